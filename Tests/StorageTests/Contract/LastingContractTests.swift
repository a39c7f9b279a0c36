// Which calls return only when their commit is on the disk: all, but claims of what is not begun.

import Correspondence
import Synchronization
import Testing

@testable import Storage

@Suite struct LastingContractTests {
    @Test(arguments: Engine.available)
    func `only claims of what is not begun may be lost`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let witness = WitnessedDatabase(bench.opened.database)
            let store = SQLDeskStore(
                database: witness, desk: Bench.desk, surroundings: bench.clock.surroundings,
                clock: try #require(bench.store as? SQLDeskStore).clock)
            func lasts<Value>(_ call: () async throws -> Value) async throws -> (Value, Set<Bool>) {
                witness.forget()
                let value = try await call()
                return (value, witness.seen)
            }
            #expect(try await lasts { try await store.accept([bench.arrival()], cursor: nil) }.1 == [true])
            #expect(try await lasts { try await store.acceptClaimed([bench.arrival()], cursor: nil) }.1 == [true])
            let (arrivals, claim) = try await lasts { try await store.claimArrivals(limit: 1, byteLimit: 1_000) }
            #expect(claim == [false])
            let filing = bench.filing(bench.message())
            #expect(try await lasts { try await store.file([(arrivals[0], filing)]) }.1 == [true])
            let (drafts, draftClaim) = try await lasts { try await store.claimDrafting(limit: 1) }
            #expect(draftClaim == [false])
            #expect(try await lasts { try await store.conclude(drafts[0], bench.sending(drafts[0])) }.1 == [true])
            _ = try await bench.answered(bench.message(subject: "Two"))
            let (begun, beginning) = try await lasts { try await store.claimDeliveries(limit: 1, beginning: 1) }
            #expect(begun.count == 1 && beginning == [true])
            // A server's machine may fail alone, and the holder of a lost lease go on.
            let (mails, waiting) = try await lasts { try await store.claimDeliveries(limit: 1, beginning: 0) }
            #expect(waiting == [engine == .postgresql])
            #expect(try await lasts { try await store.begin([(mails[0].work, mails[0].fence)]) }.1 == [true])
            #expect(try await lasts { try await store.renew([(mails[0].work, mails[0].fence)]) }.1 == [true])
            #expect(try await lasts { try await store.settle(mails[0], .sent(reply: "250")) }.1 == [true])
            _ = try await bench.ticketed(bench.message(subject: "Three"))
            #expect(try await lasts { try await store.claimNotices(limit: 1) }.1 == [false])
        }
    }
}

/// Hands everything on, and remembers what was asked for.
private final class WitnessedDatabase: SQLDatabase {
    private let base: any SQLDatabase
    private let asked = Mutex<Set<Bool>>([])

    init(_ base: any SQLDatabase) { self.base = base }

    var seen: Set<Bool> { asked.withLock { $0 } }

    func forget() { asked.withLock { $0 = [] } }

    var dialect: SQLDialect { base.dialect }
    var hints: StoreHints { base.hints }

    func write<Value: Sendable>(
        mustLast: Bool, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        asked.withLock { _ = $0.insert(mustLast) }
        return try await base.write(mustLast: mustLast, body)
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Value)
        async throws(StoreError) -> Value
    { try await base.read(body) }

    func scrub() async throws(StoreError) { try await base.scrub() }
    func close() async { await base.close() }
}
