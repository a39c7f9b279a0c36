// What the mail server says, and what becomes of the row: one settlement, one copy, or a human.

import Correspondence
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite struct DeliveringTests {
    private func rig(_ outcomes: [SendOutcome]) async throws -> GatewayRig {
        try await GatewayRig(
            sender: FakeMailSender { number, mail in
                if mail.origin == .notice { return .accepted(reply: "250 ok") }
                return number <= outcomes.count ? outcomes[number - 1] : .accepted(reply: "250 ok")
            })
    }

    private let busy = SendOutcome.refused(isTemporary: true, code: 451, reply: "later")

    @Test func `a server that says later is asked by the schedule, always with the same mail`() async throws {
        let rig = try await rig([busy, .notSent(isTemporary: true, reason: "connection refused"), busy])
        let start = rig.clock.now
        let arrival = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        #expect(try await rig.outcome(arrival) == .answered)
        var times: [Double] = []
        for _ in 0..<4_000 {
            if rig.sender.attempts.count > times.count { times.append((rig.clock.now - start).seconds) }
            if times.count == 4 { break }
            rig.clock.advance(.seconds(1))
            await rig.work([.deliver])
        }
        try await rig.expectWhole()
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(gaps.count == 3)
        for (gap, wanted) in zip(gaps, [60.0, 300, 900]) { #expect(gap >= wanted * 0.8 - 2 && gap <= wanted * 1.2 + 2) }
        #expect(rig.sender.attempts.allSatisfy { $0.mail == rig.sender.attempts.first?.mail })
        let entry = try #require(try await rig.outbox(.automaticReply).first)
        #expect(entry.state == .sent && entry.attempts == 4 && !entry.wasInDoubt)
    }

    @Test func `a server that never says yes is given up after two days, to a human`() async throws {
        let rig = try await rig(Array(repeating: busy, count: 1_000))
        let arrival = try await rig.arrive(rig.mail("m1"))
        await rig.workOn(for: .hours(60), step: .minutes(20))
        #expect(try await rig.outcome(arrival) == .answered)
        let entry = try #require(try await rig.outbox(.automaticReply).first)
        #expect(entry.state == .failed && (10...20).contains(entry.attempts))
        let ticket = try await rig.base.ticket(try #require(try await rig.conversation(of: arrival).ticket))
        #expect(ticket.ticket.status == .new && ticket.ticket.reason.contains("could not be delivered"))
        #expect(try await rig.outbox(.notice).count == 1)
    }

    @Test func `a refusal for good is not repeated: the ticket is open and an agent is told`() async throws {
        let rig = try await rig([.refused(isTemporary: false, code: 550, reply: "no such user")])
        let arrival = try await rig.arrive(rig.mail("m1"))
        await rig.workOn(for: .hours(3), step: .minutes(20))
        #expect(rig.sender.attempts.filter { $0.mail.origin == .automaticReply }.count == 1)
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.failed])
        #expect(try await rig.conversation(of: arrival).ticket != nil)
        #expect(try await rig.outbox(.notice).map(\.state) == [.sent])
        #expect(try await rig.backlog() == 0)
    }

    @Test func `a conversation that is erased while its reply is refused holds nobody up`() async throws {
        let clock = TestClock()
        let path = try TestFolder.make("erased") + "/desk.sqlite"
        let erase = Mutex<(@Sendable () async throws -> Void)?>(nil)
        let sender = FakeMailSender { _, _ in
            try? await erase.withLock { $0 }?()
            return .refused(isTemporary: false, code: 550, reply: "no such user")
        }
        let rig = try await GatewayRig(clock: clock, sender: sender, path: path)
        let arrival = try await rig.arrive(rig.mail("m1"))
        await rig.work([.read, .draft])
        let id = try await rig.conversation(of: arrival).id
        let base = rig.base
        erase.withLock { $0 = { try await base.erase(id) } }
        // Ends only if the hand gives up what it cannot record.
        _ = try await rig.delivery.round()
        await #expect(throws: StoreError.self) { try await rig.base.conversation(id) }
        #expect(sender.attempts.count == 1)
        #expect(try await rig.backlog() == 0)
    }

    @Test func `a notice that cannot be delivered makes no further notices`() async throws {
        let rig = try await GatewayRig(
            sender: FakeMailSender { _, _ in .refused(isTemporary: false, code: 550, reply: "no such user") })
        try await rig.arrive(rig.mail("m1", text: "human"))
        await rig.workOn(for: .hours(1), step: .minutes(10))
        #expect(rig.sender.attempts.count == 1)
        #expect(try await rig.outbox(.notice).map(\.state) == [.failed])
        #expect(try await rig.backlog() == 0)
    }

    @Test func `in doubt goes out once more under the same Message-ID, and is marked`() async throws {
        let rig = try await rig([.inDoubt(reason: "no reply after the final dot")])
        try await rig.arrive(rig.mail("m1"))
        await rig.work()
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.inDoubt])
        await rig.workOn()
        let entry = try #require(try await rig.outbox(.automaticReply).first)
        #expect(entry.state == .sent && entry.wasInDoubt)
        #expect(rig.sender.attempts.count == 2 && rig.sender.attempts.first?.mail == rig.sender.attempts.last?.mail)
    }

    @Test func `a server that takes mails and never answers gets two, not one at every attempt`() async throws {
        let rig = try await rig(Array(repeating: .inDoubt(reason: "no reply after the final dot"), count: 100))
        let arrival = try await rig.arrive(rig.mail("m1"))
        await rig.workOn(for: .hours(6), step: .minutes(10))
        #expect(rig.sender.attempts.filter { $0.mail.origin == .automaticReply }.count == 2)
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.failed])
        #expect(try await rig.conversation(of: arrival).ticket != nil)
    }

    @Test func `a sender that died is followed by one more copy, marked; three deaths are enough`() async throws {
        let rig = try await GatewayRig()
        try await rig.arrive(rig.mail("m1"))
        await rig.work([.read, .draft])
        // Programs that end between claim and record.
        for _ in 0..<2 {
            #expect(try await rig.base.claimDeliveries(limit: 10).count == 1)
            #expect(try await rig.base.claimDeliveries(limit: 10).isEmpty)
            rig.clock.advance(.seconds(31))
        }
        await rig.work()
        let entry = try #require(try await rig.outbox(.automaticReply).first)
        #expect(entry.state == .sent && entry.wasInDoubt && rig.sender.attempts.count == 1)

        let other = try await GatewayRig()
        let arrival = try await other.arrive(other.mail("m1"))
        await other.work([.read, .draft])
        for _ in 0..<3 {
            #expect(try await other.base.claimDeliveries(limit: 10).count == 1)
            other.clock.advance(.seconds(31))
        }
        await other.work()
        #expect(other.sender.attempts.filter { $0.mail.origin == .automaticReply }.isEmpty)
        #expect(try await other.outbox(.automaticReply).map(\.state) == [.failed])
        #expect(try await other.conversation(of: arrival).ticket != nil)
    }

    @Test func `retries do not count as deaths`() async throws {
        let rig = try await rig(Array(repeating: busy, count: 8))
        try await rig.arrive(rig.mail("m1"))
        await rig.workOn(for: .hours(12), step: .minutes(10))
        try await rig.expectWhole()
        #expect(rig.sender.attempts.count == 9)
    }

    @Test func `the rate is kept over rounds`() async throws {
        let rig = try await GatewayRig()
        let delivery = DeliveryStation(
            seams: rig.seams, policy: rig.policy, signer: rig.signer, keeper: rig.keeper, sender: rig.sender,
            pace: Pace(Rate(count: 5, period: .minutes(1))))
        for number in 0..<12 { try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example")) }
        await rig.work([.read, .draft])
        var counts: [Int] = []
        for _ in 0..<3 {
            while try await delivery.round() {}
            counts.append(rig.sender.attempts.count)
            rig.clock.advance(.seconds(60))
        }
        #expect(counts == [5, 10, 12])
    }

    @Test func `with VERP a bounce finds its conversation by the envelope`() async throws {
        let rig = try await GatewayRig { $0.usesVERP = true }
        let arrival = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        var bounce = Message()
        bounce.recipients = [try #require(rig.sender.attempts.first?.envelopeFrom)]
        #expect(
            try await rig.signer.conversation(shownBy: bounce, desk: Sample.desk.address)
                == rig.entry(arrival).conversation)
    }
}
