// `deskbridge check`: everything the settings name is tried, each with its finding and what to do.

import ArgumentParser
import Correspondence
import Foundation
import Reports
import Storage
import Transport

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Try everything the settings name, and say what was found.",
        discussion: """
            Settings, store, secret, templates, knowledge, every mailbox, SMTP and the provider: each is tried and \
            nothing is changed or sent. Exits with 78 when the settings are wrong and with 69 when something cannot be \
            reached.

            Example: deskbridge check --config deskbridge.yaml
            """)

    @Option(help: ArgumentHelp("The settings file; without it deskbridge.yaml, if there is one.", valueName: "file"))
    var config: String?

    @OptionGroup var json: JSONOption

    func run() async throws {
        let settings: Settings
        do {
            settings = try SettingsFile.load(config)
        } catch {
            for problem in error.problems {
                show(Finding(part: "settings", status: .configuration, text: problem.description))
            }
            throw ExitCode(ExitStatus.configuration.rawValue)
        }
        let file = settings.file ?? "built-in settings"
        show(Finding(part: "settings", text: "\(file): every key is known and every value can be used"))
        var worst: ExitStatus?
        let kept = "nothing is deleted by itself in this version, whatever retention says"
        for note in Findings.quiet(settings) { show(Finding(part: "settings", isNote: true, text: note)) }
        show(Finding(part: "retention", isNote: true, text: kept))
        for try await finding in Self.findings(settings) {
            show(finding)
            if let status = finding.status, worst != .configuration { worst = status }
        }
        if let worst { throw ExitCode(worst.rawValue) }
    }

    struct Finding: Sendable {
        var part: String
        /// nil where all is well.
        var status: ExitStatus?
        var isNote = false
        var text: String
    }

    private func show(_ finding: Finding) {
        let word = finding.isNote ? "note" : finding.status == nil ? "ok" : "FAILED"
        if json.isOn {
            Terminal.print(
                JSON.object([
                    ("part", .string(finding.part)), ("ok", .bool(finding.status == nil)),
                    ("finding", .string(finding.text)),
                ]).line)
        } else {
            let head =
                word.padding(toLength: 8, withPad: " ", startingAt: 0)
                + finding.part.padding(toLength: max(16, finding.part.count + 2), withPad: " ", startingAt: 0)
            let lines = Terminal.wrap(finding.text, to: Terminal.width - 10)
            Terminal.print(head.trimmingCharacters(in: .whitespaces))
            for line in lines { Terminal.print("          \(line)") }
        }
    }

    /// One after another, so that the output has an order; the slow ones have time limits of their own.
    private static func findings(_ settings: Settings) -> AsyncThrowingStream<Finding, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                func tell(_ part: String, _ keys: [String], _ body: () async throws -> String) async {
                    do {
                        try settings.require(keys)
                        continuation.yield(Finding(part: part, text: try await body()))
                    } catch let error as SettingsError {
                        continuation.yield(Finding(part: part, status: .configuration, text: error.description))
                    } catch {
                        let complaint = Complaint(about: error) ?? Complaint(.unavailable, "\(error)")
                        let status: ExitStatus = complaint.status == .configuration ? .configuration : .unavailable
                        continuation.yield(Finding(part: part, status: status, text: complaint.text))
                    }
                }
                await tell("templates", ["templates"]) {
                    _ = try MustacheReportMaker(folder: settings.templates)
                    return settings.templates.isEmpty ? "the built-in ones" : "\(settings.templates): all can be used"
                }
                await tell("secret", ["secret"]) { try secret(settings.secret) }
                await tell("store", ["store"]) { try await store(settings) }
                await tell("knowledge", ["knowledge"]) { try await knowledge(settings) }
                await tell("answering", ServeCommand.used(settings).filter { $0.hasPrefix("answering") }) {
                    try await Wiring.answerer(settings).probe()
                }
                for (index, mailbox) in settings.mailboxes.enumerated() {
                    await tell("mailbox \(mailbox.account.name)", ["mailboxes[\(index)]"]) {
                        try await Wiring.source(mailbox).probe()
                    }
                }
                if let sender = Wiring.sender(settings) {
                    await tell("smtp", ["smtp"]) { try await smtp(sender, settings.smtp?.server.url ?? "") }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private static func secret(_ location: SecretLocation) throws -> String {
        guard case .file(let path) = location, !FileManager.default.fileExists(atPath: path) else {
            _ = try SigningSecret.key(location, mayMake: false)
            return "can be used"
        }
        return "\(path): not there yet; serve makes it at its first start"
    }

    private static func store(_ settings: Settings) async throws -> String {
        if case .sqlite(let path) = settings.store, !FileManager.default.fileExists(atPath: path) {
            let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
            var place = folder
            while place.count > 1, !FileManager.default.fileExists(atPath: place) {
                place = URL(filePath: place).deletingLastPathComponent().path(percentEncoded: false)
            }
            guard FileManager.default.isWritableFile(atPath: place) else {
                throw Complaint(.configuration, "\(path): \(place) may not be written to; choose another place")
            }
            return "\(path): not there yet; serve makes it at its first start"
        }
        do {
            let store = try await Wiring.openStore(settings)
            let backlog = try await store.store.backlog().values.reduce(0, +)
            await store.close()
            return "can be opened and written; \(backlog) pieces of work wait"
        } catch let error as StoreError where error.code == .locked {
            return "in use by a running gateway"
        }
    }

    private static func knowledge(_ settings: Settings) async throws -> String {
        let read = await KnowledgeFiles.read(settings.knowledge, languages: settings.desk.languages)
        guard read.problems.isEmpty else { throw Complaint(.configuration, read.problems.joined(separator: "\n")) }
        let languages = Set(read.articles.map(\.language)).sorted().joined(separator: ", ")
        return "\(read.articles.count) articles" + (languages.isEmpty ? "" : " in \(languages)")
    }

    private static func smtp(_ sender: any MailSender, _ url: String) async throws -> String {
        switch await sender.probe() {
        case .accepted(let reply): return "\(url): signed in; the server says \(reply)"
        case .refused(_, let code, let reply):
            throw Complaint(.unavailable, "\(url): the server refuses: \(code) \(reply)")
        case .notSent(_, let reason), .interrupted(let reason), .inDoubt(let reason):
            throw Complaint(.unavailable, "\(url): \(reason)")
        case .calledOff: throw Complaint(.unavailable, "\(url): was not tried")
        }
    }
}
