// A cursor over the YAML tree that hands out values by key and collects everything that is wrong.

import Foundation
import Yams

/// Where values that are not in the file come from. The tests give their own.
struct SettingsSources: Sendable {
    var environment: @Sendable (String) -> String?
    /// The text of a secret file; throws when it cannot be read.
    var file: @Sendable (String) throws -> String
    /// Why a file that is named cannot be read; nil when it can.
    var whyUnreadable: @Sendable (String) -> String? = Self.whyUnreadable

    static let system = SettingsSources(
        environment: { ProcessInfo.processInfo.environment[$0] },
        file: { try String(contentsOfFile: $0, encoding: .utf8) })

    /// Opened, not only asked for: permissions are what the system says they are.
    private static func whyUnreadable(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            return errno == ENOENT ? "is not there" : "cannot be read: \(String(cString: strerror(errno)))"
        }
        defer { close(descriptor) }
        var byte: UInt8 = 0
        switch read(descriptor, &byte, 1) {
        case 1...: return nil
        case 0: return "is empty"
        default: return "cannot be read: \(String(cString: strerror(errno)))"
        }
    }
}

/// Lives only while one file is read; its sections share it.
final class SettingsReader {
    let file: String
    /// What relative paths start from; empty for the working directory.
    let folder: String
    let sources: SettingsSources
    private(set) var problems: [SettingsProblem] = []
    private(set) var missing: [SettingsProblem] = []
    /// Keys of the table that were asked for: lets a test find keys that nothing reads.
    private(set) var asked: Set<String> = []

    init(file: String, folder: String, sources: SettingsSources) {
        self.file = file
        self.folder = folder
        self.sources = sources
    }

    /// A section may be looked at twice; what is wrong with it is told once. Past the limit nothing more is kept.
    func add(_ message: String, key: String, at mark: Mark?) {
        let found = problem(message, key: key, at: mark)
        if problems.count < Self.problemLimit, !problems.contains(found) { problems.append(found) }
    }

    private static let problemLimit = 100

    func addMissing(_ message: String, key: String, at mark: Mark?) {
        let found = problem(message, key: key, at: mark)
        if missing.count < Self.problemLimit, !missing.contains(found) { missing.append(found) }
    }

    func ask(_ path: String) { asked.insert(path) }

    private func problem(_ message: String, key: String, at mark: Mark?) -> SettingsProblem {
        SettingsProblem(file: file, line: mark?.line ?? 0, column: mark?.column ?? 0, key: key, message: message)
    }

    func resolve(_ path: String) -> String {
        path.isEmpty || path.hasPrefix("/") || folder.isEmpty || folder == "." ? path : "\(folder)/\(path)"
    }

    /// The text with `${NAME}` replaced; nil, with the reason among `missing`, when a variable is not set.
    func expand(_ text: String, key: String, at mark: Mark?) -> String? {
        guard text.contains("${") else { return text }
        var result = ""
        var rest = Substring(text)
        while let start = rest.range(of: "${") {
            let literal = rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
            let name = String(rest[start.upperBound..<end])
            rest = rest[rest.index(after: end)...]
            if literal.hasSuffix("$") {
                result += literal.dropLast() + "${\(name)}"
                continue
            }
            guard Self.isVariable(name) else {
                add("\"${\(name)}\" names no environment variable; write $${ for the characters ${", key: key, at: mark)
                return nil
            }
            guard let value = sources.environment(name) else {
                addMissing(
                    "the environment variable \(name) is not set; set it, or write the value another way", key: key,
                    at: mark)
                return nil
            }
            result += literal + value
        }
        return result + rest
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
        return name.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 32) || $0 == 95 }
    }
}

/// One mapping of the file, or the absence of one.
struct SettingsSection {
    let reader: SettingsReader
    let node: Node?
    /// As in the table: `mailboxes[]`.
    let path: String
    /// With places: `mailboxes[1]`.
    let place: String

    /// Checks that `node` is a mapping whose keys the table knows.
    init(_ reader: SettingsReader, node: Node?, path: String, place: String) {
        self.reader = reader
        self.path = path
        self.place = place
        guard let node, !node.isNothing else {
            self.node = nil
            return
        }
        guard case .mapping(let mapping) = node else {
            self.node = nil
            reader.add("expected keys and values here", key: place, at: node.mark)
            return
        }
        self.node = node
        let known = SettingsKey.children(of: path)
        for (key, _) in mapping {
            guard case .scalar(let scalar) = key else {
                reader.add("expected a key", key: place, at: key.mark)
                continue
            }
            if known.contains(scalar.string) { continue }
            let shown = scalar.string.prefix(60).filter { !$0.isNewline }
            let nearest = NearestKey.of(scalar.string, among: known)
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? "; known here: \(known.joined(separator: ", "))"
            reader.add("unknown key \"\(shown)\"\(hint)", key: place, at: scalar.mark)
        }
    }

    var isPresent: Bool { node != nil }
    var mark: Mark? { node?.mark }

    func has(_ key: String) -> Bool { child(key) != nil }

    func section(_ key: String) -> SettingsSection {
        reader.ask(join(path, key))
        return SettingsSection(reader, node: child(key), path: join(path, key), place: join(place, key))
    }

    func sections(_ key: String) -> [SettingsSection] {
        let path = join(path, key) + "[]"
        let place = join(place, key)
        reader.ask(path)
        guard let node = child(key) else { return [] }
        guard case .sequence(let sequence) = node else {
            reader.add("expected a list; begin each entry with -", key: place, at: node.mark)
            return []
        }
        return sequence.enumerated().compactMap { index, entry in
            let section = SettingsSection(reader, node: entry, path: path, place: "\(place)[\(index)]")
            if entry.isNothing { reader.add("expected keys and values here", key: section.place, at: entry.mark) }
            return section.isPresent ? section : nil
        }
    }

    /// The value of `key`, or its default in the table, where it has one. Where the text is wrong, the problem is kept
    /// and the default stands, so that reading goes on.
    func value<T>(_ key: String, _ parse: (String) throws(Expected) -> T) -> T? {
        let path = join(path, key)
        reader.ask(path)
        if let node = child(key) {
            guard let text = scalarText(node, key: key) else { return fallback(path, parse) }
            return parsed(text, node, key, parse) ?? fallback(path, parse)
        }
        if case .required = SettingsKey.named(path)?.shape, isPresent {
            reader.add("\"\(key)\" is missing", key: place, at: mark)
        }
        return fallback(path, parse)
    }

    /// A list of values; a single one counts as a list of one, `none` (unquoted) as an empty list.
    func list<T>(_ key: String, _ parse: (String) throws(Expected) -> T) -> [T] {
        let path = join(path, key)
        reader.ask(path)
        let node: Node
        if let own = child(key) {
            node = own
        } else if case .value(let fallback) = SettingsKey.named(path)?.shape, !fallback.isEmpty,
            let standing = try? compose(yaml: fallback)
        {
            node = standing
        } else {
            if case .required = SettingsKey.named(path)?.shape, isPresent {
                reader.add("\"\(key)\" is missing", key: place, at: mark)
            }
            return []
        }
        switch node {
        case .sequence(let sequence):
            return sequence.enumerated().compactMap { index, entry in
                let entryKey = "\(key)[\(index)]"
                return scalarText(entry, key: entryKey).flatMap { parsed($0, entry, entryKey, parse) }
            }
        case .scalar(let scalar) where scalar.string == "none" && scalar.style == .plain:
            return []
        default:
            guard let text = scalarText(node, key: key) else { return [] }
            return parsed(text, node, key, parse).map { [$0] } ?? []
        }
    }

    /// A secret: `file:PATH`, or the text itself. Without one: empty.
    func secret(_ key: String) -> String {
        guard let text = value(key, SettingsText.line), !text.isEmpty else { return "" }
        guard text.hasPrefix("file:") else { return text }
        let path = reader.resolve(String(text.dropFirst(5)))
        do {
            let content = try reader.sources.file(path)
            return content.trimmingCharacters(in: .newlines)
        } catch {
            reader.addMissing(
                "the secret file \(path) cannot be read; make it, or name another", key: join(place, key),
                at: child(key)?.mark)
            return ""
        }
    }

    /// A path, resolved against the settings file's folder; empty stays empty.
    func path(_ key: String) -> String { reader.resolve(value(key, SettingsText.line) ?? "") }

    /// The path of a file that must be there. One that cannot be read is among `missing`, so that only what uses it fails.
    func readable(_ key: String) -> String {
        let path = path(key)
        if !path.isEmpty, let reason = reader.sources.whyUnreadable(path) {
            reader.addMissing(
                "the file \(path) \(reason); mend that, or name another", key: join(place, key), at: child(key)?.mark)
        }
        return path
    }

    /// For a key that takes a list or, in its place, `{inner: word}`: nil when it is a list or absent.
    func inner(_ inner: String, of key: String, mustBe word: String) -> String? {
        guard let mapping = child(key)?.mapping else { return nil }
        guard mapping.count == 1, mapping[inner]?.scalar?.string == word else {
            problem("expected a list, or \(inner): \(word)", at: key)
            return ""
        }
        return word
    }

    func problem(_ message: String, at key: String? = nil) {
        reader.add(message, key: key.map { join(place, $0) } ?? place, at: key.flatMap { child($0)?.mark } ?? mark)
    }

    // MARK: Parts

    private static let secretKeys: Set<String> = [
        "password", "secret", "api-key", "embeddings-key", "client-secret", "refresh-token",
    ]

    func child(_ key: String) -> Node? {
        guard let node, case .mapping(let mapping) = node else { return nil }
        let found = mapping.first { pair in
            guard case .scalar(let scalar) = pair.key else { return false }
            return scalar.string == key
        }
        guard let value = found?.value, !value.isNothing else { return nil }
        return value
    }

    private func scalarText(_ node: Node, key: String) -> String? {
        guard case .scalar(let scalar) = node else {
            reader.add("expected a single value", key: join(place, key), at: node.mark)
            return nil
        }
        guard scalar.string.utf8.count <= SettingsText.lengthLimit else {
            reader.add(
                "longer than \(SettingsText.lengthLimit) bytes", key: join(place, key), at: node.mark)
            return nil
        }
        return reader.expand(scalar.string, key: join(place, key), at: node.mark)
    }

    private func parsed<T>(
        _ text: String, _ node: Node, _ key: String, _ parse: (String) throws(Expected) -> T
    ) -> T? {
        do {
            return try parse(text)
        } catch {
            // What came from a variable is not shown: it may be a secret in the wrong place.
            let found = node.scalar?.string == text && !Self.secretKeys.contains(key) ? "\"\(text.prefix(60))\": " : ""
            reader.add("\(found)expected \(error.text)", key: join(place, key), at: node.mark)
            return nil
        }
    }

    private func fallback<T>(_ path: String, _ parse: (String) throws(Expected) -> T) -> T? {
        guard case .value(let text) = SettingsKey.named(path)?.shape, !text.isEmpty else { return nil }
        let node = try? compose(yaml: text)
        guard case .scalar(let scalar) = node else { return nil }
        return try? parse(scalar.string)
    }

    private func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

extension Node {
    /// `key:` with nothing behind it, or `~`: as if the key were not there.
    fileprivate var isNothing: Bool {
        guard case .scalar(let scalar) = self else { return false }
        return scalar.style == .plain && (scalar.string.isEmpty || scalar.string == "~" || scalar.string == "null")
    }
}
