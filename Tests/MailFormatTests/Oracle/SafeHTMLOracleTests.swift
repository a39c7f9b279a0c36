// What a browser would make of cleaned HTML, told by a parser that is not ours (html5lib).
import Foundation
import MailFormat
import Rehearsal
import TestSupport
import Testing

struct SafeHTMLOracleTests {
    private struct Finding: Decodable {
        var index: Int
        var faults: [String]
    }

    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "oracle.py")

    /// What the oracle finds, each behind the text it was found in.
    private func findings(_ texts: [String]) async throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "oracle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // temporary: the system takes what stays
        let file = folder.appending(path: "texts.json")
        try JSONEncoder().encode(texts).write(to: file)
        let command = ChildCommand(try ChildCommand.locate("python3"), [Self.script.path, file.path])
        let finished = try await FinishedProcess.run(command, within: .seconds(300))
        return try JSONDecoder().decode([Finding].self, from: Data(finished.output.utf8)).map {
            "\($0.faults): \(texts[$0.index])"
        }
    }

    @Test(.needs(.html5lib))
    func `the oracle sees what must not be there`() async throws {
        let bad = [
            "<img src=x onerror=alert(1)>", "<a href=\"java&Tab;script:1\">x</a>", "</div><p>out", "<svg></svg>",
            "<p style=\"background:url(x)\">x</p>", "<p><!-- x --></p>", "<form></form>",
        ]
        let good = "<p style=\"color:red\"><a href=\"https://x.example/\">x</a><img src=\"cid:a@b\"></p>"
        #expect(try await findings(bad + [good]).count == bad.count)
    }

    @Test(.needs(.html5lib))
    func `nothing acts in what is left of thousands of attacks, and cleaning it again changes nothing`() async throws {
        let cleaner = LibXMLCleaner()
        let cleaned = AttackPayloads.all.map { cleaner.safeHTML($0) }
        try #require(cleaned.count > 20_000)
        for (payload, once) in zip(AttackPayloads.all, cleaned) where cleaner.safeHTML(once) != once {
            let twice = cleaner.safeHTML(once)
            Issue.record("\(payload.debugDescription): \(once.debugDescription), then \(twice.debugDescription)")
        }
        // Many come to the same.
        let different = Set(cleaned).sorted()
        try #require(different.count > 300)
        let found = try await findings(different)
        #expect(found.isEmpty, "\(found.prefix(20).joined(separator: "\n"))")
    }

    @Test(.needs(.html5lib))
    func `nothing acts in the HTML of the corpus' mails`() async throws {
        var cleaned: [String] = []
        for folder in ["clients", "replies", "hostile", "automatic", "malformed", "bounces"] {
            for mail in try Corpus.mails(in: folder) {
                let bytes = try Data(contentsOf: mail)
                guard bytes.count < 1_000_000 else { continue }
                // As a page, whatever it says of itself: the headers are words then.
                cleaned.append(LibXMLCleaner().safeHTML(String(decoding: bytes, as: UTF8.self)))
            }
        }
        try #require(cleaned.count > 400)
        let found = try await findings(cleaned)
        #expect(found.isEmpty, "\(found.prefix(5).map { $0.prefix(2000) })")
    }
}
