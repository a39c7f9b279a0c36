// Finds, reads and checks the settings: a file, or the embedded default.

import Foundation
import Yams

enum SettingsFile {
    /// Taken when `--config` is not given, if it is there.
    static let usualPath = "deskbridge.yaml"
    static let sizeLimit = 1_000_000

    /// `path` nil takes `deskbridge.yaml` if there is one, else the embedded default; a named file must exist.
    static func load(_ path: String?, sources: SettingsSources = .system) throws(SettingsError) -> Settings {
        let wanted = path ?? usualPath
        if path == nil, !FileManager.default.fileExists(atPath: wanted) { return try parse("", sources: sources) }
        guard let data = FileManager.default.contents(atPath: wanted) else {
            let reason =
                FileManager.default.fileExists(atPath: wanted)
                ? "cannot be read; check that it is a file and who may read it"
                : "there is no such file; name another by --config, or leave --config out for the built-in settings"
            throw SettingsError(problems: [whole(wanted, reason)])
        }
        guard data.count <= sizeLimit else {
            throw SettingsError(problems: [whole(wanted, "larger than \(sizeLimit) bytes: that is no settings file")])
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw SettingsError(problems: [whole(wanted, "is not UTF-8 text; save it as UTF-8")])
        }
        let folder = wanted.contains("/") ? String(wanted[..<(wanted.lastIndex(of: "/") ?? wanted.startIndex)]) : ""
        return try parse(
            text, file: wanted, folder: folder.isEmpty && wanted.hasPrefix("/") ? "/" : folder, sources: sources)
    }

    /// The pure part: text to values, or everything that is wrong with it.
    static func parse(
        _ text: String, file: String = "", folder: String = "", sources: SettingsSources = .system
    ) throws(SettingsError) -> Settings {
        let reader = SettingsReader(file: file, folder: folder, sources: sources)
        let root = try tree(text, file: file)
        let settings = Settings(SettingsSection(reader, node: root, path: "", place: ""))
        guard reader.problems.isEmpty else {
            let inOrder = reader.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
            throw SettingsError(problems: inOrder)
        }
        return settings
    }

    static func tree(_ text: String, file: String) throws(SettingsError) -> Node? {
        let clean = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        guard !clean.unicodeScalars.contains("\0") else {
            throw SettingsError(problems: [whole(file, "holds a NUL character: that is no settings file")])
        }
        do {
            return try compose(yaml: clean)
        } catch let error as YamlError {
            throw SettingsError(problems: [problem(of: error, file: file)])
        } catch {
            throw SettingsError(problems: [whole(file, "is not YAML")])
        }
    }

    private static func problem(of error: YamlError, file: String) -> SettingsProblem {
        func at(_ mark: Mark, _ message: String) -> SettingsProblem {
            SettingsProblem(file: file, line: mark.line, column: mark.column, key: "", message: message)
        }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return at(mark, "not YAML: \(problem); check the indentation and quotes around here")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            return at(context.mark, "given twice here: \(names); keep one")
        case .reader(let problem, _, _, _):
            return whole(file, "not YAML: \(problem)")
        default:
            return whole(file, "is not YAML")
        }
    }

    private static func whole(_ file: String, _ message: String) -> SettingsProblem {
        SettingsProblem(file: file, line: 0, column: 0, key: "", message: message)
    }
}
