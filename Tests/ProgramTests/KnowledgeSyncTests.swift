// The knowledge base in step with its folders: what is gone goes, what cannot be reached stays.

import Correspondence
import Foundation
import Logging
import Storage
import Testing

@testable import deskbridge

@Suite struct KnowledgeSyncTests {
    @Test func `articles of a folder that is gone for now stay, those of files that are gone go`() async throws {
        let folder = try ProgramFolder()
        for name in ["returns", "gifts"] { try folder.write("articles/\(name).md", "# \(name)\n\nThirty days.\n") }
        try folder.write("desk.yaml", "store: sqlite:\(folder.path)/desk.sqlite\nsecret: file:\(folder.path)/secret\n")
        let wiring = try await Wiring.open(try SettingsFile.load("\(folder.path)/desk.yaml"))
        let store = wiring.store.store
        let sync = KnowledgeSync(
            paths: ["\(folder.path)/articles"], languages: ["en"], store: store,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        func paths() async throws -> [String] { try await store.articles().map(\.path) }
        #expect(await sync.sync())
        #expect(try await paths() == ["gifts.md", "returns.md"])
        try FileManager.default.moveItem(atPath: "\(folder.path)/articles", toPath: "\(folder.path)/away")
        #expect(await !sync.sync())
        #expect(try await paths() == ["gifts.md", "returns.md"])
        try FileManager.default.moveItem(atPath: "\(folder.path)/away", toPath: "\(folder.path)/articles")
        try FileManager.default.removeItem(atPath: "\(folder.path)/articles/gifts.md")
        #expect(await sync.sync())
        #expect(try await paths() == ["returns.md"])
        await wiring.store.close()
    }
}
