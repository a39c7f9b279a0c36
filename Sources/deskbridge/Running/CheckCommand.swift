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
            First what serve does at its start, step by step: where this finds nothing serve starts, where it does both \
            end with the same exit code. Then knowledge, every mailbox, SMTP and the provider: what cannot be reached \
            ends with 69 here, and serve tries it again. Nothing is changed or sent. Warnings are for what is allowed \
            and seldom meant.

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
                show(
                    Finding(
                        part: "settings", level: .failed, status: .configuration, text: problem.description))
            }
            throw ExitCode(ExitStatus.configuration.rawValue)
        }
        var preparation = Preparation(settings, for: .trial)
        var stopped: ExitStatus?
        var canAnswer = true
        for step in Preparation.Step.allCases where !(step == .answering && Self.isToldAlready(settings)) {
            let finding = await Self.finding(step.rawValue) { try await preparation.take(step) }
            show(finding)
            stopped = stopped ?? finding.status
            if step == .answering, finding.status != nil { canAnswer = false }
        }
        await preparation.close()
        let knowledge = await Self.knowledge(settings, preparation.guess)
        show(knowledge)
        let failed = await probes(settings, canAnswer: canAnswer)
        show(
            Finding(
                part: "retention", level: .note,
                text: "nothing is deleted by itself in this version, whatever retention says"))
        let warnings = Findings.warnings(settings)
        for warning in warnings { show(Finding(part: "settings", level: .warning, text: warning)) }
        if !json.isOn {
            let leavesOut = knowledge.level == .warning
            conclude(
                stopped: stopped, failed: failed, leavesOut: leavesOut, warnings: warnings.count + (leavesOut ? 1 : 0))
        }
        if let worst = stopped ?? failed { throw ExitCode(worst.rawValue) }
    }

    /// The last line says what all of it comes to.
    private func conclude(stopped: ExitStatus?, failed: ExitStatus?, leavesOut: Bool, warnings: Int) {
        var words = "serve starts with these settings, and all that they name was reached"
        if stopped != nil {
            words = "serve does not start with these settings"
        } else if failed != nil {
            words = "serve starts with these settings; what failed above it tries again"
        } else if leavesOut {
            words = "serve starts with these settings, without the knowledge that is left out above"
        }
        if warnings > 0 { words += "; mind the \(warnings == 1 ? "WARNING" : "\(warnings) WARNINGS")" }
        Terminal.print("\n" + Terminal.wrap(words + ".", to: Terminal.width).joined(separator: "\n"))
    }

    struct Finding: Sendable {
        enum Level: String, Sendable { case ok, note, warning, failed }
        var part: String
        var level = Level.ok
        /// Where it failed.
        var status: ExitStatus?
        var text: String
    }

    private func show(_ finding: Finding) {
        if json.isOn {
            Terminal.print(
                JSON.object([
                    ("part", .string(finding.part)), ("ok", .bool(finding.status == nil)),
                    ("level", .string(finding.level.rawValue)), ("finding", .string(finding.text)),
                ]).line)
        } else {
            let word =
                switch finding.level {
                case .ok, .note: finding.level.rawValue
                case .warning, .failed: finding.level.rawValue.uppercased()
                }
            Terminal.print(word.padding(toLength: 8, withPad: " ", startingAt: 0) + "  " + finding.part)
            for line in Terminal.wrap(finding.text, to: Terminal.width - 10) { Terminal.print("          \(line)") }
        }
    }

    private static func finding(_ part: String, _ body: () async throws -> String) async -> Finding {
        do {
            return Finding(part: part, text: try await body())
        } catch {
            let complaint = Complaint(about: error) ?? Complaint(.unavailable, "\(error)")
            return Finding(part: part, level: .failed, status: complaint.status, text: complaint.text)
        }
    }

    /// What lies outside: one after another, so that the output has an order; the slow ones have time limits of their
    /// own. The status of what failed; what the settings are to blame for goes before what is out of reach.
    private func probes(_ settings: Settings, canAnswer: Bool) async -> ExitStatus? {
        var worst: ExitStatus?
        func tell(_ part: String, _ keys: [String], _ body: () async throws -> String) async {
            // What is missing in the settings was told with them.
            guard (try? settings.require(keys)) != nil else { return }
            let finding = await Self.finding(part, body)
            show(finding)
            guard let status = finding.status else { return }
            worst = status == .configuration || worst == .configuration ? .configuration : .unavailable
        }
        // An answerer whose settings cannot be used was told with them.
        if canAnswer {
            await tell("provider", Self.answeringKeys(settings)) { try await Wiring.answerer(settings).probe() }
        }
        let embeddings = settings.answering.embeddings
        if canAnswer, embeddings != "none" {
            await tell("embeddings", ["answering.embeddings", "answering.embeddings-key"]) {
                try await Embeddings.make(embeddings, for: settings)?.probe() ?? ""
            }
        }
        for (index, mailbox) in settings.mailboxes.enumerated() {
            await tell("mailbox \(mailbox.account.name)", ["mailboxes[\(index)]"]) {
                try await Wiring.source(mailbox).probe()
            }
        }
        if let sender = Wiring.sender(settings) {
            await tell("smtp", ["smtp"]) { try await Self.smtp(sender, settings.smtp?.server.url ?? "") }
        }
        return worst
    }

    private static func answeringKeys(_ settings: Settings) -> [String] {
        Preparation.used(settings).filter { $0.hasPrefix("answering") }
    }

    /// Whether the answerer lacks what the settings lack: that is one finding, not two.
    private static func isToldAlready(_ settings: Settings) -> Bool {
        (try? settings.require(answeringKeys(settings))) == nil
    }

    /// `serve` leaves out what it cannot read, and says so.
    private static func knowledge(_ settings: Settings, _ guess: any LanguageGuess) async -> Finding {
        let read = await KnowledgeFiles.read(settings.knowledge, languages: settings.desk.languages, guess: guess)
        guard read.problems.isEmpty else {
            return Finding(
                part: "knowledge", level: .warning,
                text: (["left out:"] + read.problems).joined(separator: "\n"))
        }
        let expired = KnowledgeFiles.expired(read.articles, at: Surroundings.system.now())
        let languages = Set(read.articles.map(\.language)).sorted().joined(separator: ", ")
        let text = "\(read.articles.count) articles" + (languages.isEmpty ? "" : " in \(languages)")
        guard expired.isEmpty else {
            return Finding(part: "knowledge", level: .note, text: ([text] + expired).joined(separator: "\n"))
        }
        return Finding(part: "knowledge", text: text)
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
