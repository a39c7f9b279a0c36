// The contract of kept vectors, on every engine.

import Correspondence
import TestSupport
import Testing

@testable import Storage

@Suite struct VectorContractTests {
    @Test(arguments: Engine.available)
    func `vectors are kept by text and model, and go with the texts`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in try await VectorStoreContract.check(bench.opened.vectors) }
    }

    @Test(arguments: Engine.available)
    func `the text itself is not kept beside its vector, and a damaged vector counts as none`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let store = bench.opened.vectors
            try await store.keepVectors(["a line of an article": [1, 0]], model: "m")
            let database = bench.opened.database
            let texts = try await database.read { sql in
                try sql.query("SELECT hash, model FROM vectors", []).flatMap { row in
                    row.values.map { "\($0)" }
                }
            }
            #expect(!texts.contains { $0.contains("line") })
            for damage in [[UInt8](), [1, 2, 3], [0, 0, 0xC0, 0x7F]] {
                _ = try await database.write { try $0.execute("UPDATE vectors SET vector = ?", [damage]) }
                #expect(try await store.vectors(of: ["a line of an article"], model: "m").isEmpty)
            }
        }
    }
}
