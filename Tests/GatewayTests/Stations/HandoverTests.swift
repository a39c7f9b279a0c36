// What intake hands straight to filing: in order, within limits, and never past what was only kept.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct HandoverTests {
    private func arrival(_ rig: GatewayRig, _ name: String, size: Int = 0) -> Arrival {
        var bytes = rig.mail(name, subject: name).bytes
        bytes += Array(repeating: 32, count: size)
        return Arrival(
            id: rig.clock.surroundings.makeID(), channel: Channel(.mailbox, "support"), key: name,
            receivedAt: rig.clock.now, bytes: bytes)
    }

    /// Opens the way, as the station does that found nothing to claim.
    private func opened() async throws -> GatewayRig {
        let rig = try await GatewayRig()
        rig.handover.open(rig.handover.mark)
        return rig
    }

    @Test func `mails are only kept until the station has looked for what an earlier run left`() async throws {
        let rig = try await GatewayRig()
        _ = try await rig.handover.accept([arrival(rig, "a")], cursor: nil)
        #expect(rig.handover.take(limit: 10, byteLimit: 1_000_000).isEmpty)
        #expect(try await rig.filing.round())
        #expect(try await rig.filing.round() == false)
        _ = try await rig.handover.accept([arrival(rig, "b")], cursor: nil)
        #expect(rig.handover.take(limit: 10, byteLimit: 1_000_000).map(\.item.key) == ["b"])
    }

    @Test func `what is handed over is held, not claimable, taken in order and filed`() async throws {
        let rig = try await opened()
        let mails = ["a", "b", "c"].map { arrival(rig, $0) }
        #expect(try await rig.handover.accept(mails, cursor: nil) == mails.map { .new($0.id) })
        #expect(try await rig.base.claimArrivals(limit: 10, byteLimit: 1_000_000).isEmpty)
        let first = rig.handover.take(limit: 2, byteLimit: 1_000_000)
        #expect(first.map(\.item.key) == ["a", "b"])
        #expect(first.allSatisfy { rig.keeper.holds($0) })
        await rig.keeper.giveBack(first)
        await rig.work()
        try await rig.expectWhole()
        for mail in mails { #expect(try await rig.outcome(mail.id) == .answered) }
    }

    @Test func `beyond the limit mails are only kept, and so is all that comes after, until nothing is left`()
        async throws
    {
        let rig = try await opened()
        let large = arrival(rig, "large", size: Handover.byteLimit)
        _ = try await rig.handover.accept([large], cursor: nil)
        // The first may be larger than the limit; nothing fits beside it.
        _ = try await rig.handover.accept([arrival(rig, "second")], cursor: nil)
        #expect(rig.handover.take(limit: 10, byteLimit: 1_000).map(\.item.key) == ["large"])
        _ = try await rig.handover.accept([arrival(rig, "third")], cursor: nil)
        #expect(rig.handover.take(limit: 10, byteLimit: 1_000_000).isEmpty)
        let claimed = try await rig.base.claimArrivals(limit: 10, byteLimit: 1_000_000)
        #expect(claimed.map(\.item.key) == ["second", "third"])
    }

    @Test func `a mark from before something was only kept opens nothing`() async throws {
        let rig = try await GatewayRig()
        let mark = rig.handover.mark
        _ = try await rig.handover.accept([arrival(rig, "a")], cursor: nil)
        rig.handover.open(mark)
        _ = try await rig.handover.accept([arrival(rig, "b")], cursor: nil)
        #expect(rig.handover.take(limit: 10, byteLimit: 1_000_000).isEmpty)
    }

    @Test func `a store that cannot keep leaves the room as it was`() async throws {
        let rig = try await opened()
        let faulty = FaultyStore(rig.base, failsAt: [1])
        let handover = Handover(store: faulty, keeper: rig.keeper)
        handover.open(handover.mark)
        let large = arrival(rig, "large", size: Handover.byteLimit)
        await #expect(throws: StoreError.self) { try await handover.accept([large], cursor: nil) }
        _ = try await handover.accept([large], cursor: nil)
        #expect(handover.take(limit: 10, byteLimit: 1_000).map(\.item.key) == ["large"])
        // A mail that is known already brings nothing and takes no room.
        #expect(try await handover.accept([large], cursor: nil) == [.known(large.id)])
        #expect(handover.take(limit: 10, byteLimit: 1_000).isEmpty)
    }

    @Test func `where filing failed, all that stands in line goes back with it before anything else is filed`()
        async throws
    {
        let rig = try await opened()
        _ = try await rig.handover.accept(["a", "b", "c"].map { arrival(rig, $0) }, cursor: nil)
        let first = rig.handover.take(limit: 1, byteLimit: 1_000_000)
        rig.handover.fail(first)
        // While they are owed they are held: nobody else takes them, and nothing new passes them.
        #expect(first.allSatisfy { rig.keeper.holds($0) })
        #expect(rig.handover.take(limit: 10, byteLimit: 1_000_000).isEmpty)
        rig.handover.open(rig.handover.mark)
        rig.clock.advance(.seconds(1))
        _ = try await rig.handover.accept([arrival(rig, "d")], cursor: nil)
        #expect(rig.handover.take(limit: 10, byteLimit: 1_000_000).isEmpty)
        try await rig.handover.settle()
        #expect(!rig.handover.owes && !rig.keeper.holds(first[0]))
        rig.clock.advance(.seconds(1))
        var order: [String] = []
        for _ in 0..<4 {
            order += try await rig.base.claimArrivals(limit: 1, byteLimit: 1_000_000).map(\.item.key)
        }
        #expect(order == ["a", "b", "c", "d"])
        // The line has its whole room again.
        rig.handover.open(rig.handover.mark)
        let large = arrival(rig, "large", size: Handover.byteLimit - 2_000)
        _ = try await rig.handover.accept([large, arrival(rig, "e")], cursor: nil)
        #expect(rig.handover.take(limit: 10, byteLimit: .max).map(\.item.key) == ["large", "e"])
    }

    @Test func `what cannot be given back is owed on, and nothing is filed meanwhile`() async throws {
        let rig = try await GatewayRig(wrap: { FaultyStore($0, failsAt: [2, 3]) })
        rig.handover.open(rig.handover.mark)
        _ = try await rig.handover.accept([arrival(rig, "a")], cursor: nil)
        rig.handover.fail(rig.handover.take(limit: 1, byteLimit: 1_000_000))
        for _ in 0..<2 {
            await #expect(throws: StoreError.self) { try await rig.filing.round() }
            #expect(rig.handover.owes)
        }
        #expect(try await rig.filing.round())
        #expect(try await rig.base.backlog()[.read] == nil)
    }

    @Test func `one batch is filed at a time, and a failure is told once`() async {
        let line = FilingLine()
        #expect(await line.begin() == nil)
        let ended = StoreError(.unavailable, detail: "away")
        async let next = line.begin()
        line.end(ended)
        #expect(await next?.code == .unavailable)
        #expect(line.failure() == nil)
        #expect(await line.begin() == nil)
        line.end(nil)
        #expect(line.failure() == nil)
    }
}
