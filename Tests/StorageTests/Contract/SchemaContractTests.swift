// What becomes of a store that a former version made: raised, refused, or left as it is.

import Correspondence
import TestSupport
import Testing

@testable import Storage

@Suite struct SchemaContractTests {
    private let known = Migration.schemas(.sqlite).count

    private func url(_ engine: Engine) async throws -> StoreURL {
        switch engine {
        case .sqlite: .sqlite(path: try TestFolder.make("schema") + "/desk.sqlite")
        case .postgresql: .postgresql(url: try await TestServers.database())
        }
    }

    private func open(_ url: StoreURL, _ schema: DeskStores.Schema) async throws -> OpenStore {
        try await DeskStores.open(url: url, desk: "desk", surroundings: .system, schema: schema)
    }

    /// As a former version left it.
    private func make(_ version: Int, at url: StoreURL) async throws {
        let opened = try await open(url, .left)
        try await Migration.run(on: opened.database, now: Instant(microseconds: 1), limit: version)
        #expect(try await Migration.version(of: opened.database) == version)
        await opened.close()
    }

    @Test(arguments: Engine.available, [3, 4])
    func `an older store is looked at as it is, refused to commands, and raised by serve`(
        _ engine: Engine, _ version: Int
    ) async throws {
        let url = try await url(engine)
        try await make(version, at: url)
        let looked = try await open(url, .left)
        #expect(looked.schemaFound == version && looked.schemaKnown == known)
        #expect(try await looked.store.backlog().isEmpty)
        #expect(try await Migration.version(of: looked.database) == version)
        await looked.close()
        await #expect { _ = try await open(url, .required) } throws: {
            ($0 as? StoreError)?.detail.contains("has schema \(version)") == true
        }
        try await make(version, at: url)
        let raised = try await open(url, .raised)
        #expect(raised.schemaFound == version)
        #expect(try await Migration.version(of: raised.database) == known)
        await raised.close()
        await (try await open(url, .required)).close()
    }

    /// Fills columns of the first schema alone.
    private func write(_ table: String, _ row: [(column: String, value: any SQLBindable)], in store: OpenStore)
        async throws
    {
        let places = Array(repeating: "?", count: row.count).joined(separator: ", ")
        let sql = "INSERT INTO \(table) (\(row.map(\.column).joined(separator: ", "))) VALUES (\(places))"
        let values = row.map(\.value.sqlValue)
        _ = try await store.database.write { try $0.execute(sql, values) }
    }

    @Test(arguments: Engine.available)
    func `what the fourth schema kept is read, joined and erased under this one`(_ engine: Engine) async throws {
        let url = try await url(engine)
        try await make(4, at: url)
        let former = try await open(url, .left)
        try await write(
            "conversations",
            [
                ("id", "c1"), ("desk", "desk"), ("number", 1), ("subject", "Parcel"), ("subject_base", "parcel"),
                ("status", "open"), ("language", "en"), ("customer_address", "customer@home.example"),
                ("customer_key", "customer@home.example"), ("channel", "mailbox"), ("created_at", 1),
                ("updated_at", 1), ("last_message_at", 1), ("version", 1), ("message_count", 1), ("is_held", 0),
            ], in: former)
        try await write(
            "participants", [("conversation", "c1"), ("address", "customer@home.example"), ("desk", "desk")],
            in: former)
        try await write(
            "messages",
            [
                ("id", "m1"), ("desk", "desk"), ("conversation", "c1"), ("direction", "in"),
                ("author_kind", "customer"), ("author_address", "customer@home.example"),
                ("message_id", "first@home.example"), ("subject", "Parcel"), ("at", 1), ("position", 1),
                ("language", "en"), ("text", "Where is it?"), ("new_text", "Where is it?"), ("kind", "human"),
                ("is_verified", 1), ("verification", "dmarc=pass"), ("answerable", 1), ("channel_kind", "mailbox"),
                ("channel_name", "support"),
            ], in: former)
        await former.close()
        let raised = try await open(url, .raised)
        #expect(try await raised.store.messages(of: ConversationID("c1")).map(\.text) == ["Where is it?"])
        let bench = Bench(engine: engine, url: url, clock: TestClock(), opened: raised, path: "")
        let index = try #require(ThreadIndex("AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg==".utf8))
        var answer = bench.message("one", subject: "x")
        answer.references = [try #require(MessageID("first@home.example"))]
        answer.threadIndex = index
        #expect(try await bench.filed(answer) == .waiting(ConversationID("c1")))
        var next = bench.message("two", subject: "y")
        next.threadIndex = index
        #expect(try await bench.filed(next) == .waiting(ConversationID("c1")))
        try await raised.store.erase(ConversationID("c1"))
        next.text = "three"
        #expect(try await bench.filed(next) != .waiting(ConversationID("c1")))
        await raised.close()
    }

    @Test(arguments: Engine.available)
    func `an empty store is given its tables by whoever works with it`(_ engine: Engine) async throws {
        let url = try await url(engine)
        let looked = try await open(url, .left)
        #expect(looked.schemaFound == 0)
        #expect(try await Migration.version(of: looked.database) == 0)
        await looked.close()
        let made = try await open(url, .required)
        #expect(try await Migration.version(of: made.database) == known)
        await made.close()
    }

    @Test(arguments: Engine.available, [DeskStores.Schema.raised, .required, .left])
    func `a newer store is refused to everybody`(_ engine: Engine, _ schema: DeskStores.Schema) async throws {
        let url = try await url(engine)
        let opened = try await open(url, .raised)
        _ = try await opened.database.write {
            try $0.execute("INSERT INTO schema_versions (version, applied_at) VALUES (99, 0)", [])
        }
        await opened.close()
        await #expect { _ = try await open(url, schema) } throws: {
            ($0 as? StoreError)?.code == .damaged
        }
    }
}
