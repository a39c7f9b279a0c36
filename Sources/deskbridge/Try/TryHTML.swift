// `try html`: what is left of HTML once it is safe, and the text in it.

import ArgumentParser
import Correspondence
import Foundation
import MailFormat

struct TryHTML: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "html",
        abstract: "Make HTML safe to show, and make plain text of it.",
        discussion: "Example: deskbridge try html page.html")

    @Argument(help: "HTML files, or - for standard input.")
    var files: [String]

    @OptionGroup var json: JSONOption

    func run() async throws {
        let cleaner = LibXMLCleaner()
        let isJSON = json.isOn
        let unread = UnreadInputs()
        await OrderedWork<FileInput, [UInt8]>(batch: 4).run(
            FileSource(files),
            transform: { input in
                unread.note(input)
                switch input.content {
                case .failure(let reason):
                    return TryFailure(file: input.path, error: reason.text).bytes(
                        isJSON: isJSON, others: ["html", "text"])
                case .success(let bytes):
                    let html = String(decoding: bytes, as: UTF8.self)
                    let safe = cleaner.safeHTML(html)
                    let text = cleaner.text(html)
                    guard isJSON else {
                        return Array(
                            """
                            \(input.path)
                            \(Terminal.field("text", text))\(Terminal.field("html", safe))

                            """.utf8)
                    }
                    return Array(
                        "\(JSON.object([("file", .string(input.path)), ("html", .string(safe)), ("text", .string(text))]).line)\n"
                            .utf8)
                }
            },
            emit: { Terminal.write(Array($0.joined())) })
        try unread.conclude()
    }
}

/// An input that could not be worked with.
struct TryFailure: Sendable {
    /// The object's first key: `file`, or `query`.
    var key = "file"
    var file: String
    var error: String

    /// `others` are keys that a success would have: null here, `lists` are empty.
    func bytes(isJSON: Bool, others: [String] = [], lists: [String] = []) -> [UInt8] {
        guard isJSON else { return Array("\(file)\n\(Terminal.field("error", error))\n".utf8) }
        let fields: [(String, JSON)] =
            [(key, .string(file)), ("parsed", .bool(false)), ("error", .string(error))]
            + others.map { ($0, .null) } + lists.map { ($0, .array([])) }
        return Array("\(JSON.object(fields).line)\n".utf8)
    }
}
