// Turns: marks are written when a mail's turn has come, gathered, and no more than connections can use.

import Correspondence
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite struct TurnsTests {
    /// Rows in the outbox of a real store, claimed and not begun.
    private func leases(_ count: Int, _ rig: GatewayRig) async throws -> [Lease<OutboxEntry>] {
        for number in 0..<count {
            try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example"))
        }
        await rig.work([.read, .draft])
        let leases = try await rig.base.claimDeliveries(limit: count, beginning: 0)
        #expect(leases.count == count)
        return leases
    }

    private func sending(_ rig: GatewayRig) async throws -> Int {
        try await rig.base.outbox(state: .sending, limit: 100).count
    }

    private func wait(until condition: @Sendable () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try await !condition() {
            guard ContinuousClock.now < deadline else { throw StoreError(.other, detail: "never") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    @Test func `no more are marked than connections can use, twice as many while mails end quickly`() async throws {
        let rig = try await GatewayRig()
        let leases = try await leases(12, rig)
        let turns = Turns(connections: 2, mark: rig.base.begin)
        try await withThrowingTaskGroup(of: Turns.Answer.self) { (group) async throws -> Void in
            for lease in leases { group.addTask { await turns.begin { (lease.work, lease.fence) } } }
            for _ in 0..<2 { #expect(try await group.next() == .begun) }
            #expect(turns.begun == 2)
            #expect(try await sending(rig) == 2)
            turns.end(after: .seconds(1))
            #expect(try await group.next() == .begun)
            #expect(try await sending(rig) == 3 && turns.begun == 2)
            turns.end(after: .milliseconds(1))
            for _ in 0..<3 { #expect(try await group.next() == .begun) }
            #expect(turns.begun == 4)
            #expect(try await sending(rig) == 6)
            turns.end(after: .seconds(1))
            turns.end(after: .seconds(1))
            #expect(turns.begun == 2)
            for _ in 0..<6 {
                turns.end(after: .seconds(1))
                #expect(try await group.next() == .begun)
            }
        }
    }

    @Test func `turns that come while a mark is written are marked in one commit`() async throws {
        let calls = Mutex<[Int]>([])
        let rig = try await GatewayRig()
        let leases = try await leases(9, rig)
        let turns = Turns(connections: 9) { works throws(StoreError) in
            calls.withLock { $0.append(works.count) }
            // Until all the others stand in line.
            if works.count == 1 { try? await Task.sleep(for: .milliseconds(300)) }
            return try await rig.base.begin(works)
        }
        await withTaskGroup(of: Turns.Answer.self) { group in
            for lease in leases { group.addTask { await turns.begin { (lease.work, lease.fence) } } }
            for await answer in group { #expect(answer == .begun) }
        }
        #expect(calls.withLock { $0 } == [1, 8])
    }

    @Test func `who is cancelled in line is told so and leaves no mark; who is refused leaves no turn`() async throws {
        let rig = try await GatewayRig()
        let leases = try await leases(2, rig)
        let turns = Turns(connections: 1, mark: rig.base.begin)
        #expect(await turns.begin { (leases[0].work, leases[0].fence + 7) } == .refused)
        #expect(turns.begun == 0)
        #expect(await turns.begin { (leases[0].work, leases[0].fence) } == .begun)
        let second = Task { await turns.begin { (leases[1].work, leases[1].fence) } }
        second.cancel()
        #expect(await second.value == .cancelled)
        turns.end(after: .seconds(1))
        #expect(turns.begun == 0)
        #expect(turns.reserve(5) == 1)
        turns.giveBack(1)
        #expect(try await sending(rig) == 1)
    }

    @Test func `a store that cannot be asked is told, and the next in line is asked for`() async throws {
        let rig = try await GatewayRig()
        let leases = try await leases(2, rig)
        let failures = Mutex(1)
        let turns = Turns(connections: 1) { works throws(StoreError) in
            let fails = failures.withLock { left in
                left -= 1
                return left >= 0
            }
            if fails { throw StoreError(.unavailable, detail: "away") }
            return try await rig.base.begin(works)
        }
        #expect(await turns.begin { (leases[0].work, leases[0].fence) } == .failed("away"))
        #expect(await turns.begin { (leases[1].work, leases[1].fence) } == .begun)
        #expect(turns.begun == 1)
    }

    @Test func `after a kill only mails whose turn had come are in doubt`() async throws {
        let hangs = Mutex(true)
        let sender = FakeMailSender(connections: 2) { _, _ in
            while hangs.withLock({ $0 }), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
            return .accepted(reply: "250 ok")
        }
        let rig = try await GatewayRig(sender: sender)
        for number in 0..<10 { try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example")) }
        await rig.work([.read, .draft])
        // The program that is killed: it claims all, and hangs in two dialogues.
        let killed = Task { _ = try await rig.delivery.round() }
        try await wait { sender.begun == 2 }
        #expect(try await rig.base.claimDeliveries(limit: 10).isEmpty)
        #expect(try await rig.base.outbox(state: .sending, limit: 20).count == 2)
        rig.clock.advance(leaseDuration + .seconds(1))
        let next = try await rig.base.claimDeliveries(limit: 20, beginning: 0)
        #expect(next.count == 10)
        #expect(next.count { $0.item.wasInDoubt } == 2)
        killed.cancel()
        hangs.withLock { $0 = false }
        _ = try await killed.value
    }
}
