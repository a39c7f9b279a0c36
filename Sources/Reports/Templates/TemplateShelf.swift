// The texts of all templates: those in the binary, or an edited copy of them in a folder.

import CTemplates
import Correspondence
import Foundation

struct TemplateFile: Sendable, Equatable {
    /// Below the folder, with its ending: `mail/reply.mustache`.
    var name: String
    /// Where it stands, as errors tell it.
    var place: String
    var text: String

    /// `reply.mustache` is text, `reply.html.mustache` and everything in `report/` and `page/` is HTML.
    var isText: Bool { text.hasPrefix("{{% CONTENT_TYPE:TEXT}}") }
    var isTemplate: Bool { name.hasSuffix(".mustache") && !isWords }
    var isWords: Bool { name.hasPrefix("words/") }
    /// As partials and pages name it: without its ending.
    var key: String { name.hasSuffix(".mustache") ? String(name.dropLast(".mustache".count)) : name }
}

/// Contract: holds every file that the program needs, none of them empty.
struct TemplateShelf: Sendable {
    /// The largest template taken, bytes.
    static let sizeLimit = 1_000_000

    private(set) var files: [String: TemplateFile]

    /// The files carried in the binary.
    static let builtIn: [TemplateFile] = (0..<ctemplates_count()).map { index in
        let entry = ctemplates_at(index)
        let name = String(cString: entry.name)
        let bytes = UnsafeBufferPointer(start: entry.bytes, count: entry.count)
        return TemplateFile(name: name, place: "templates/\(name)", text: String(decoding: bytes, as: UTF8.self))
    }

    init() throws(TemplateError) {
        files = [:]
        for file in Self.builtIn { try add(file) }
    }

    /// A folder must hold all files of `templates/`; it may hold further languages and partials.
    init(folder: String) throws(TemplateError) {
        files = [:]
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw TemplateError(
                .missing, detail: "\(folder): no such folder; give a copy of templates/ or leave the setting empty")
        }
        let wanted = Self.builtIn.map(\.name)
        let found = Self.names(in: folder)
        for name in wanted where !found.contains(name) {
            let like = NearestName.of(name, among: found.filter { !wanted.contains($0) })
            let hint = like.map { "; \"\($0)\" looks like it" } ?? "; copy it from the templates/ of this version"
            throw TemplateError(.missing, detail: "\(folder)/\(name): this template is missing\(hint)")
        }
        for name in found { try add(Self.read(name, in: folder)) }
    }

    subscript(name: String) -> TemplateFile? { files[name] }

    private mutating func add(_ file: TemplateFile) throws(TemplateError) {
        guard file.text.contains(where: { !$0.isWhitespace }) else {
            throw TemplateError(.missing, detail: "\(file.place): the file is empty")
        }
        files[file.name] = file
    }

    private static func names(in folder: String) -> [String] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        let endings = [".mustache", ".css", ".js", ".json"]
        return paths.filter { path in
            endings.contains { path.hasSuffix($0) } && !path.split(separator: "/").contains { $0.hasPrefix(".") }
        }.sorted()
    }

    private static func read(_ name: String, in folder: String) throws(TemplateError) -> TemplateFile {
        let place = "\(folder)/\(name)"
        guard let data = FileManager.default.contents(atPath: place), data.count <= sizeLimit else {
            throw TemplateError(.unreadable, detail: "\(place): cannot be read, or is larger than 1 MB")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw TemplateError(.unreadable, detail: "\(place): is not UTF-8")
        }
        return TemplateFile(name: name, place: place, text: text)
    }
}
