// The whole program on real servers: the demo to its end, and through kill -9.

import Foundation
import Glibc
import Testing

@testable import Rehearsal
@testable import deskbridge

/// Each test runs the built binary as a user would.
@Suite(.serialized)
struct DemoTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private struct Plan: Decodable {
        struct Expectation: Decodable {
            var outcome: String
            var kind: String?
            var language: String?
        }
        var file: String
        var expect: Expectation
    }

    @Test(
        "Every mail of the demo ends in the one outcome its plan expects",
        .enabled(if: PrivateMailServers.absenceReason == nil || mustHaveServers, "no mail servers on this machine"),
        .timeLimit(.minutes(5)))
    func demo() throws {
        let folder = try temporaryFolder()
        defer { clean(folder) }
        let run = try Run(folder)
        let lines = try run.finish()
        #expect(run.status == 0)
        let counts = try #require(lines.last)
        let plan = try JSONDecoder().decode(
            [Plan].self,
            from: Data(contentsOf: Self.root.appendingPathComponent("examples/mail/rehearsal.json")))
        #expect(plan.count >= 40)
        #expect(counts["messages"] as? Int == plan.count)
        #expect(counts["withoutOutcome"] as? Int == 0)
        #expect(counts["twice"] as? Int == 0)
        let became = Dictionary(
            lines.dropLast().map { ($0["messageID"] as? String ?? "", $0["outcome"] as? String) },
            uniquingKeysWith: { first, _ in first })
        var unanswered: [String] = []
        for mail in plan {
            let outcome = try became[Self.messageID(of: mail.file)] ?? nil
            if mail.expect.outcome == "answered", outcome == "ticket" {
                unanswered.append(mail.file)
            } else {
                #expect(outcome == mail.expect.outcome, "\(mail.file)")
            }
        }
        // The desk may be too careful now and then, never too bold.
        let answerable = plan.filter { $0.expect.outcome == "answered" }.count
        #expect(Double(unanswered.count) <= 0.15 * Double(answerable), "too careful: \(unanswered)")
        let answered = lines.dropLast().filter { $0["outcome"] as? String == "answered" }
        #expect(answered.allSatisfy { ($0["reply"] as? String)?.isEmpty == false })
        #expect(
            Set(answered.compactMap { $0["language"] as? String }).isSuperset(of: [
                "en", "de", "fr", "es", "pl", "ja", "ar",
            ]))
    }

    /// One round is one demo, killed twelve times on its way. `DEMO_KILLS=240 DEMO_SEED=7` sweeps longer, elsewhere.
    @Test(
        "Killed with -9 at a dozen moments, every mail has exactly one outcome and nobody two answers",
        .enabled(if: PrivateMailServers.absenceReason == nil || mustHaveServers, "no mail servers on this machine"),
        .timeLimit(.minutes(60)))
    func killed() async throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["DEMO_SEED"].flatMap { UInt64($0) } ?? 1
        let rounds = max(1, (environment["DEMO_KILLS"].flatMap { Int($0) } ?? 12) / 12)
        for round in 0..<rounds {
            var dice = SeededDice(state: seed &* 1_000 &+ UInt64(round))
            let folder = try temporaryFolder()
            defer { clean(folder) }
            for number in 0..<12 {
                let run = try Run(folder)
                switch number {
                // While the servers and the desk start.
                case 3, 8: usleep(UInt32.random(in: 0...1_500_000, using: &dice))
                default:
                    // Further than the last time, and then somewhere between two mails. The last one is all of them:
                    // answers are still on their way.
                    let mails = number == 11 ? Self.mailCount : number * 6 + Int.random(in: 1...5, using: &dice)
                    try run.wait(forMails: mails)
                    usleep(UInt32.random(in: 0...150_000, using: &dice))
                }
                run.kill()
            }
            let run = try Run(folder)
            let lines = try run.finish()
            let counts = try #require(lines.last)
            #expect(run.status == 0, "seed \(seed), round \(round)")
            #expect(counts["withoutOutcome"] as? Int == 0, "seed \(seed), round \(round)")
            #expect(counts["twice"] as? Int == 0, "seed \(seed), round \(round)")
            let ids = lines.dropLast().filter { $0["outcome"] as? String != "recorded" }.compactMap {
                $0["messageID"] as? String
            }
            #expect(Set(ids).count == ids.count && ids.count >= Self.mailCount - 2, "\(ids.count)")
            // Counted once more, past the program: what lies in the customers' mailboxes.
            let copies = try copiesTooMany(folder)
            let queue = try await ProgramFolder().run(
                "queue", "list", "--json", "--config", "\(folder)/deskbridge.yaml")
            let doubtful = Set(
                try queue.objects().filter { $0["inDoubt"] as? Bool == true }.compactMap { $0["messageID"] as? String })
            #expect(queue.status == 0 && copies.isSubset(of: doubtful), "seed \(seed), round \(round): \(copies)")
        }
    }

    @Test(
        "A second demo in the same folder is refused",
        .enabled(if: PrivateMailServers.absenceReason == nil || mustHaveServers, "no mail servers on this machine"),
        .timeLimit(.minutes(3)))
    func second() throws {
        let folder = try temporaryFolder()
        defer { clean(folder) }
        let first = try Run(folder)
        defer { first.kill() }
        try first.wait(forMails: 2)
        let second = try Run(folder)
        second.wait()
        #expect(second.status == 75)
    }

    @Test(
        "On a terminal of 80 columns no line of the demo is longer; the log stands in a file that is named",
        .enabled(if: PrivateMailServers.absenceReason == nil || mustHaveServers, "no mail servers on this machine"),
        .timeLimit(.minutes(3)))
    func terminal() async throws {
        let folder = try temporaryFolder()
        defer { clean(folder) }
        // What `script` has the program believe is a terminal.
        let words = "stty cols 80 rows 24; exec '\(ProgramFolder.binary)' demo --exit --folder '\(folder)' --port 0"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
        process.arguments = ["-q", "-e", "-c", words, "\(folder).tty"]
        process.currentDirectoryURL = Self.root
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        defer { try? FileManager.default.removeItem(atPath: "\(folder).tty") }
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let said = try String(contentsOfFile: "\(folder).tty", encoding: .utf8)
        let lines = said.replacing("\u{1B}[K", with: "").split(whereSeparator: \.isNewline).filter {
            !$0.hasPrefix("Script ") && !$0.contains(folder) && !$0.contains("/admin/enter?key=")
        }
        #expect(lines.count > 60)
        for line in lines {
            #expect(DemoTable.pad(String(line), 80).count >= line.count, "longer than 80 columns: \(line)")
            #expect(!line.contains(" deskbridge: "), "a line of the log: \(line)")
        }
        // One of the mails cannot be read, and the log says so.
        #expect(said.contains("\(folder)/log.txt"))
        #expect(try String(contentsOfFile: "\(folder)/log.txt", encoding: .utf8).contains("mail quarantined"))
    }

    private static let mailCount: Int = {
        let data = FileManager.default.contents(
            atPath: root.appendingPathComponent("examples/mail/rehearsal.json").path)
        return (try? JSONDecoder().decode([Plan].self, from: data ?? Data()).count) ?? 0
    }()

    /// Message-IDs of which a customer's mailbox holds more than one mail.
    private func copiesTooMany(_ folder: String) throws -> Set<String> {
        let place = try String(contentsOfFile: "\(folder)/servers.txt", encoding: .utf8) + "/mail"
        var found: Set<String> = []
        let users = try FileManager.default.contentsOfDirectory(atPath: place).filter { !$0.hasPrefix("support@") }
        try #require(users.count > 20)
        for user in users {
            var seen: Set<String> = []
            for mailbox in ["new", "cur"] {
                let files = "\(place)/\(user)/Maildir/\(mailbox)"
                // Absent where nobody wrote to them.
                for name in (try? FileManager.default.contentsOfDirectory(atPath: files)) ?? [] {
                    let data = try Data(contentsOf: URL(fileURLWithPath: "\(files)/\(name)"))
                    let id = Self.messageID(in: data)
                    if !id.isEmpty, !seen.insert(id).inserted { found.insert(id) }
                }
            }
        }
        return found
    }

    /// As the file has it; empty for the one that is no mail.
    private static func messageID(of file: String) throws -> String {
        messageID(in: try Data(contentsOf: root.appendingPathComponent("examples/mail/\(file)")))
    }

    private static func messageID(in data: Data) -> String {
        let text = String(decoding: data, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
        let head = text.components(separatedBy: "\n\n")[0].replacingOccurrences(of: "\n ", with: " ")
        for line in head.components(separatedBy: "\n") where line.lowercased().hasPrefix("message-id:") {
            return line.dropFirst("message-id:".count).trimmingCharacters(in: CharacterSet(charactersIn: " \t<>"))
        }
        return ""
    }

    private static let mustHaveServers = ProcessInfo.processInfo.environment["REQUIRE_SERVERS"] == "1"

    /// With what lies beside it.
    private func clean(_ folder: String) {
        for ending in ["", ".lock", ".out"] { try? FileManager.default.removeItem(atPath: folder + ending) }
    }

    private func temporaryFolder() throws -> String {
        let path = NSTemporaryDirectory() + "deskbridge-demo-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// One run of `deskbridge demo --exit --json`.
    private final class Run {
        private let process = Process()
        private let output: String
        private let folder: String
        var status: Int32 { process.terminationStatus }

        init(_ folder: String) throws {
            self.folder = folder
            output = "\(folder).out"
            _ = FileManager.default.createFile(atPath: output, contents: nil)
            process.executableURL =
                Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
                .map { $0.bundleURL.deletingLastPathComponent() }?.appendingPathComponent("deskbridge")
                ?? DemoTests.root.appendingPathComponent(".build/debug/deskbridge")
            process.arguments = ["demo", "--exit", "--json", "--folder", folder, "--port", "0"]
            process.currentDirectoryURL = DemoTests.root
            process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
            try process.run()
        }

        func finish() throws -> [[String: Any]] {
            process.waitUntilExit()
            let text = try String(contentsOfFile: output, encoding: .utf8)
            try? FileManager.default.removeItem(atPath: output)
            return try text.split(separator: "\n").map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
                return try #require(object as? [String: Any])
            }
        }

        func wait() { process.waitUntilExit() }

        /// Ends the program as a crash would.
        func kill() {
            Glibc.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        /// Waits until the customers have written so many mails.
        func wait(forMails count: Int) throws {
            let deadline = Date().addingTimeInterval(90)
            while written() < count {
                try #require(process.isRunning, "the demo ended by itself")
                try #require(Date() < deadline, "\(count) mails were not written in 90 s")
                usleep(20_000)
            }
        }

        private func written() -> Int {
            let text = (try? String(contentsOfFile: "\(folder)/sent.txt", encoding: .utf8)) ?? ""
            return text.split(separator: "\n").count
        }
    }
}

/// The same numbers for the same seed (SplitMix64).
private struct SeededDice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
