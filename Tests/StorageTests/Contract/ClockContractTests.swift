// A wall clock that somebody sets while the store is open, on every engine.

import Correspondence
import Testing

@testable import Storage

@Suite struct ClockContractTests {
    @Test(arguments: Engine.available, [Duration.hours(-1), .hours(1)])
    func `work is due and leases end in their time, whatever the wall clock is set to`(
        _ engine: Engine, _ step: Duration
    ) async throws {
        try await Bench.with(engine) { bench in
            let arrival = bench.arrival()
            _ = try await bench.store.accept([arrival], cursor: nil)
            bench.clock.step(step)
            let first = try await bench.store.claimArrivals(limit: 1, byteLimit: 1_000)
            #expect(first.map(\.item.id) == [arrival.id])
            bench.clock.step(step)
            #expect(try await bench.store.claimArrivals(limit: 1, byteLimit: 1_000).isEmpty)
            bench.clock.advance(leaseDuration - .seconds(1))
            #expect(try await bench.store.claimArrivals(limit: 1, byteLimit: 1_000).isEmpty)
            bench.clock.advance(.seconds(2))
            let again = try await bench.store.claimArrivals(limit: 1, byteLimit: 1_000)
            #expect(again.map(\.attempts) == [1])
            try await bench.store.postpone(again[0], error: "later", delay: .seconds(60))
            bench.clock.step(step)
            bench.clock.advance(.seconds(59))
            #expect(try await bench.store.claimArrivals(limit: 1, byteLimit: 1_000).isEmpty)
            bench.clock.advance(.seconds(1))
            #expect(try await bench.store.claimArrivals(limit: 1, byteLimit: 1_000).count == 1)
        }
    }

    @Test(arguments: Engine.available)
    func `a mail that is being sent stays its sender's, and people see the wall clock's time`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            bench.clock.step(.seconds(-40))
            let id = try await bench.answered()
            #expect(try await bench.store.conversation(id).createdAt == bench.clock.now)
            let lease = try await bench.store.claimDeliveries(limit: 1)[0]
            #expect(lease.item.createdAt == bench.clock.now)
            bench.clock.step(.seconds(80))
            #expect(try await bench.store.claimDeliveries(limit: 1).isEmpty)
            await #expect { try await bench.store.drop(lease.item.id) } throws: {
                ($0 as? StoreError)?.code == .stale
            }
            let at = bench.clock.now + .seconds(60)
            try await bench.store.settle(lease, .again(at: at, error: "451", inDoubt: false))
            #expect(try await bench.store.outbox(state: nil, limit: 1)[0].dueAt == at)
            bench.clock.step(.hours(-2))
            bench.clock.advance(.seconds(60))
            let again = try await bench.store.claimDeliveries(limit: 1)
            #expect(again.map(\.item.wasInDoubt) == [false])
            try await bench.store.settle(again[0], .sent(reply: "250"))
            #expect(try await bench.store.outbox(state: .sent, limit: 1)[0].settledAt == bench.clock.now)
        }
    }
}
