// `deskbridge report`: figures for admins, on the terminal or in a file.

import ArgumentParser
import Correspondence
import Foundation

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Make a report: digest, tickets, or one conversation.",
        discussion: """
            Without --output the report is shown as text. A file gets one self-contained HTML page, or JSON with --json.

            Example: deskbridge report digest --since 7d --output digest.html
            """)

    @Argument(help: "digest, tickets or conversation.")
    var kind: DeskReport.Kind = .digest

    @Argument(help: "Id of the conversation.")
    var id: String?

    @Option(help: ArgumentHelp("How far back: 24h, 7d.", valueName: "duration"))
    var since = "7d"

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String?

    @OptionGroup var options: StoreOptions

    func validate() throws {
        if kind == .conversation, id == nil { throw ValidationError("report conversation needs an ID") }
        if kind != .conversation, id != nil { throw ValidationError("only report conversation takes an ID") }
    }

    func run() async throws {
        let since = try OptionText.parse("--since", since, SettingsText.duration)
        let report = DeskReport(
            kind: kind, form: options.json.isOn ? .json : output == nil ? .text : .html,
            since: Int(since.seconds), conversation: id.map { ConversationID($0) })
        let settings = try SettingsFile.load(options.config)
        try await ClerkDoor.with(settings) { door in
            let sink = try OutputFile(output, saysWhere: true)
            try await door.each(options.request(.report(report))) { line in
                try sink.write(line.hasSuffix("\n") ? line : line + "\n")
            }
            try sink.finish()
        }
    }
}

extension DeskReport.Kind: ExpressibleByArgument {}

/// A file that appears whole or not at all; standard output where none is named.
final class OutputFile {
    private let path: String?
    private let saysWhere: Bool
    private let temporary: String
    private var handle: FileHandle?

    /// `saysWhere`: on standard error, for whoever sits at the terminal.
    init(_ path: String?, saysWhere: Bool = false) throws(Complaint) {
        self.path = path
        self.saysWhere = saysWhere
        temporary = (path ?? "") + ".part"
        guard let path else { return }
        try Folders.makeParent(of: path)
        guard FileManager.default.createFile(atPath: temporary, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: temporary)
        else {
            throw Complaint(.cannotCreate, "\(path): the file cannot be made; check the folder and its permissions")
        }
        self.handle = handle
    }

    deinit {
        if handle != nil { try? FileManager.default.removeItem(atPath: temporary) }
    }

    func write(_ text: String) throws {
        guard let handle else { return Terminal.write(Array(text.utf8)) }
        try handle.write(contentsOf: Data(text.utf8))
    }

    func finish() throws {
        guard let handle, let path else { return }
        try handle.synchronize()
        try handle.close()
        self.handle = nil
        guard rename(temporary, path) == 0 else {
            throw Complaint(.cannotCreate, "\(path): the file cannot be put there: \(String(cString: strerror(errno)))")
        }
        if saysWhere { Terminal.note("written: \(path)") }
    }
}
