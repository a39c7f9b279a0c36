// The knowledge base in step with its folders: what is gone goes, what cannot be reached stays.

import Correspondence
import Foundation
import Logging
import Storage
import Synchronization
import Testing

@testable import deskbridge

@Suite struct KnowledgeSyncTests {
    /// A desk with a knowledge folder, synced by hand at a time of our own.
    private final class Desk: Sendable {
        let folder: ProgramFolder
        let wiring: Wiring
        let sync: KnowledgeSync

        init(_ files: [String: String]) async throws {
            let folder = try ProgramFolder()
            for (name, text) in files { try folder.write("articles/\(name)", text) }
            try folder.write(
                "desk.yaml", "store: sqlite:\(folder.path)/desk.sqlite\nsecret: file:\(folder.path)/secret\n")
            self.folder = folder
            wiring = try await Wiring.open(try SettingsFile.load("\(folder.path)/desk.yaml"))
            let clock = Clock()
            self.clock = clock
            sync = KnowledgeSync(
                paths: ["\(folder.path)/articles"], languages: ["en"], store: wiring.store.store,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), now: { clock.now() })
        }

        final class Clock: Sendable {
            private let time = Mutex(Instant(microseconds: 1_800_000_000_000_000))
            func now() -> Instant { time.withLock { $0 } }
            func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
        }
        let clock: Clock

        var articles: String { "\(folder.path)/articles" }

        func paths() async throws -> [String] { try await wiring.store.store.articles().map(\.path) }

        func text(_ path: String) async throws -> String? {
            try await wiring.store.store.articles().first { $0.path == path }?.passages.first?.text
        }
    }

    @Test func `articles of a folder that is gone for now stay, those of files that are gone go`() async throws {
        let desk = try await Desk(["returns.md": "# R\n\nThirty days.", "gifts.md": "# G\n\nThirty days."])
        #expect(await desk.sync.sync())
        #expect(try await desk.paths() == ["gifts.md", "returns.md"])
        try FileManager.default.moveItem(atPath: desk.articles, toPath: desk.articles + ".away")
        #expect(await !desk.sync.sync())
        #expect(try await desk.paths() == ["gifts.md", "returns.md"])
        try FileManager.default.moveItem(atPath: desk.articles + ".away", toPath: desk.articles)
        try FileManager.default.removeItem(atPath: "\(desk.articles)/gifts.md")
        #expect(await desk.sync.sync())
        #expect(try await desk.paths() == ["returns.md"])
        await desk.wiring.store.close()
    }

    @Test func `files that are changed, added and renamed are taken in, in every format`() async throws {
        let desk = try await Desk(["a.md": "# A\n\nOne.", "faq.csv": "question,answer\nWhen?,Now.\n"])
        #expect(await desk.sync.sync())
        try desk.folder.write("articles/a.md", "# A\n\nTwo.")
        try desk.folder.write("articles/faq.csv", "question,answer\nWhen?,Later.\nWhere?,Here.\n")
        try desk.folder.write("articles/de/b.txt", "Titel\n\nDrei.")
        #expect(await desk.sync.sync())
        #expect(try await desk.paths() == ["a.md", "de/b.txt", "faq.csv#1", "faq.csv#2"])
        #expect(try await desk.text("a.md") == "Two.")
        #expect(try await desk.text("faq.csv#1") == "Later.")
        try FileManager.default.moveItem(atPath: "\(desk.articles)/a.md", toPath: "\(desk.articles)/c.md")
        #expect(await desk.sync.sync())
        #expect(try await desk.paths() == ["c.md", "de/b.txt", "faq.csv#1", "faq.csv#2"])
        await desk.wiring.store.close()
    }

    @Test func `a folder that is empty of a sudden keeps its articles for a while, as if it were not mounted`()
        async throws
    {
        let desk = try await Desk(["a.md": "# A\n\nOne."])
        #expect(await desk.sync.sync())
        try FileManager.default.moveItem(atPath: desk.articles, toPath: desk.articles + ".away")
        try FileManager.default.createDirectory(atPath: desk.articles, withIntermediateDirectories: false)
        #expect(await !desk.sync.sync())
        #expect(try await desk.paths() == ["a.md"])
        desk.clock.advance(KnowledgeSync.emptyGrace - .seconds(1))
        #expect(await !desk.sync.sync())
        #expect(try await desk.paths() == ["a.md"])
        desk.clock.advance(.seconds(2))
        #expect(await desk.sync.sync())
        #expect(try await desk.paths() == [])
        await desk.wiring.store.close()
    }

    @Test(.enabled(if: getuid() != 0, "root may list every folder"))
    func `articles of a folder below that cannot be listed stay; the others are taken in`() async throws {
        let desk = try await Desk(["a.md": "# A\n\nOne.", "de/b.md": "# B\n\nEins."])
        #expect(await desk.sync.sync())
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: "\(desk.articles)/de")
        try desk.folder.write("articles/a.md", "# A\n\nTwo.")
        #expect(await !desk.sync.sync())
        #expect(try await desk.paths() == ["a.md", "de/b.md"])
        #expect(try await desk.text("a.md") == "Two.")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(desk.articles)/de")
        await desk.wiring.store.close()
    }

    @Test func `what is past its date, for agents or a proposal is told by list and check`() async throws {
        let desk = try await Desk([
            "old.md": "---\nvalid-until: 2020-01-31\n---\n# Old\n\nOne.",
            "inner.md": "---\naudience: agents\n---\n# Inner\n\nTwo.",
        ])
        #expect(await desk.sync.sync())
        let list = try await desk.wiring.clerk().perform(DeskRequest(call: .articles, asJSON: true, by: "test")).lines
        #expect(list.count == 2)
        #expect(list.first?.contains("\"audience\":\"agents\"") == true)
        #expect(list.last?.contains("\"expired\":true") == true)
        let rows = try await desk.wiring.clerk().perform(DeskRequest(call: .articles, asJSON: false, by: "test")).lines
        #expect(rows.first?.contains("[agents] inner.md") == true)
        #expect(rows.last?.contains("(not used since 2020-01-31) old.md") == true)
        let articles = try await desk.wiring.store.store.articles()
        #expect(
            KnowledgeFiles.expired(articles, at: desk.clock.now()) == [
                "old.md: not used since 2020-01-31 (valid-until)"
            ])
        await desk.wiring.store.close()
    }

    @Test func `a running sync takes in what is written, once it is written whole`() async throws {
        let desk = try await Desk(["a.md": "# A\n\nOne."])
        let sync = KnowledgeSync(
            paths: [desk.articles], languages: ["en"], store: desk.wiring.store.store,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            pause: .milliseconds(50), settling: .milliseconds(100))
        let running = Task { try await sync.run() }
        func until(_ isMet: () async throws -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(20)
            while try await !isMet() {
                try #require(ContinuousClock.now < deadline)
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        try await until { try await desk.paths() == ["a.md"] }
        try desk.folder.write("articles/b.md", "# B\n\nTwo.")
        try await until { try await desk.text("b.md") == "Two." }
        try FileManager.default.removeItem(atPath: "\(desk.articles)/a.md")
        try await until { try await desk.paths() == ["b.md"] }
        running.cancel()
        _ = try? await running.value
        await desk.wiring.store.close()
    }
}
