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

    @Test(arguments: Engine.available)
    func `an older store is looked at as it is, refused to commands, and raised by serve`(_ engine: Engine)
        async throws
    {
        let url = try await url(engine)
        try await make(3, at: url)
        let looked = try await open(url, .left)
        #expect(looked.schemaFound == 3 && looked.schemaKnown == known)
        #expect(try await looked.store.backlog().isEmpty)
        #expect(try await Migration.version(of: looked.database) == 3)
        await looked.close()
        await #expect { _ = try await open(url, .required) } throws: {
            ($0 as? StoreError)?.detail.contains("has schema 3") == true
        }
        try await make(3, at: url)
        let raised = try await open(url, .raised)
        #expect(raised.schemaFound == 3)
        #expect(try await Migration.version(of: raised.database) == known)
        await raised.close()
        await (try await open(url, .required)).close()
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
