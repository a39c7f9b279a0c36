// The whole program on real servers: the demo to its end, and through kill -9.

import Foundation
import Glibc
import Testing

@testable import Rehearsal

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
        defer { try? FileManager.default.removeItem(atPath: folder) }
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

    @Test(
        "Killed with -9 in the middle and started again, every mail still has exactly one outcome",
        .enabled(if: PrivateMailServers.absenceReason == nil || mustHaveServers, "no mail servers on this machine"),
        .timeLimit(.minutes(6)))
    func killed() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for mails in [4, 15, 33] {
            let run = try Run(folder)
            if mails == 15 {
                try run.wait(forMails: 8)
                let second = try Run(folder)
                second.wait()
                #expect(second.status == 75, "a second demo in the same folder was not refused")
            }
            try run.kill(afterMails: mails)
        }
        let run = try Run(folder)
        let lines = try run.finish()
        let counts = try #require(lines.last)
        #expect(run.status == 0)
        #expect(counts["withoutOutcome"] as? Int == 0)
        #expect(counts["twice"] as? Int == 0)
        let ids = lines.dropLast().filter { $0["outcome"] as? String != "recorded" }.compactMap {
            $0["messageID"] as? String
        }
        #expect(Set(ids).count == ids.count)
    }

    /// As the file has it; empty for the one that is no mail.
    private static func messageID(of file: String) throws -> String {
        let data = try Data(contentsOf: root.appendingPathComponent("examples/mail/\(file)"))
        let text = String(decoding: data, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
        let head = text.components(separatedBy: "\n\n")[0].replacingOccurrences(of: "\n ", with: " ")
        for line in head.components(separatedBy: "\n") where line.lowercased().hasPrefix("message-id:") {
            return line.dropFirst("message-id:".count).trimmingCharacters(in: CharacterSet(charactersIn: " \t<>"))
        }
        return ""
    }

    private static let mustHaveServers = ProcessInfo.processInfo.environment["REQUIRE_SERVERS"] == "1"

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

        /// Waits until the customers have written so many mails, then ends the program as a crash would.
        func kill(afterMails count: Int) throws {
            try wait(forMails: count)
            Glibc.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

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
