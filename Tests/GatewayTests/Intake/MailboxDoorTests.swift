// The receiving end of a mailbox: batches and cursor together, nothing twice, history as history.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct MailboxDoorTests {
    private func door(_ rig: GatewayRig) -> MailboxDoor {
        MailboxDoor(
            name: "support", store: rig.store, handover: rig.handover, surroundings: rig.clock.surroundings,
            logger: rig.seams.logger)
    }

    private func fetched(_ rig: GatewayRig, _ uid: UInt32) -> FetchedMail {
        FetchedMail(uid: uid, receivedAt: rig.clock.now, bytes: rig.mail("m\(uid)", subject: "Subject \(uid)").bytes)
    }

    @Test func `what lay there before the first sight is recorded, what came later is answered`() async throws {
        let rig = try await GatewayRig()
        let door = door(rig)
        #expect(try await door.cursor() == nil)
        let cursor = MailboxCursor(uidValidity: 7, lastUID: 12, firstUIDNext: 11)
        try await door.take([fetched(rig, 10), fetched(rig, 11), fetched(rig, 12)], cursor: cursor)
        #expect(try await door.cursor() == cursor)
        await rig.work()
        try await rig.expectWhole()
        let entries = try await rig.base.ledger(outcome: nil, limit: 10, before: nil)
        #expect(entries.sorted { $0.key < $1.key }.map(\.outcome) == [.recorded, .answered, .answered])
        #expect(entries.map(\.key).sorted() == ["7/10", "7/11", "7/12"])
    }

    @Test func `a batch that is handed over again changes nothing`() async throws {
        let rig = try await GatewayRig()
        let cursor = MailboxCursor(uidValidity: 7, lastUID: 2, firstUIDNext: 1)
        let batch = [fetched(rig, 1), fetched(rig, 2)]
        for _ in 0..<3 { try await door(rig).take(batch, cursor: cursor) }
        await rig.work()
        #expect(try await rig.base.ledger(outcome: nil, limit: 10, before: nil).count == 2)
        #expect(rig.sender.attempts.count == 2)
    }

    @Test func `a mail of which only the header was taken in becomes a ticket that says so, and the ledger too`()
        async throws
    {
        let rig = try await GatewayRig()
        var large = fetched(rig, 1)
        large.tooLarge = 61_000_000
        try await door(rig).take([large], cursor: .init(uidValidity: 7, lastUID: 1, firstUIDNext: 1))
        await rig.work()
        try await rig.expectWhole()
        let entry = try #require(try await rig.base.ledger(outcome: nil, limit: 10, before: nil).first)
        #expect(entry.outcome == .ticket)
        let words = "only its header was taken in: with 61000000 bytes"
        #expect(entry.outcomeReason?.contains(words) == true, "\(entry.outcomeReason ?? "")")
        #expect(entry.outcomeReason?.contains("mailbox support, UID 1") == true)
        let ticket = try #require(try await rig.base.tickets(TicketFilter(), limit: 5, cursor: nil).items.first)
        #expect(ticket.reasons.contains { $0.contains(words) }, "\(ticket.reasons)")
        #expect(try await rig.outbox(.notice).first?.reply.body.contains(words) == true)
        #expect(try await rig.outbox(.automaticReply).isEmpty)
    }

    @Test func `a suppressed mail that is not whole says so as well`() async throws {
        let rig = try await GatewayRig()
        let bulk = rig.mail("m1") { $0.kind = .bulk }
        let mail = FetchedMail(uid: 1, receivedAt: rig.clock.now, bytes: bulk.bytes, tooLarge: 61_000_000)
        try await door(rig).take([mail], cursor: .init(uidValidity: 7, lastUID: 1, firstUIDNext: 1))
        await rig.work()
        let entry = try #require(try await rig.base.ledger(outcome: nil, limit: 10, before: nil).first)
        #expect(entry.outcome == .suppressed && entry.outcomeReason?.contains("only its header") == true)
    }

    @Test func `a mail that the server does not give out is quarantined at once, with the server's words`() async throws
    {
        let rig = try await GatewayRig()
        let withheld = FetchedMail(uid: 2, receivedAt: rig.clock.now, bytes: [], withheld: "NO cannot read it")
        try await door(rig).take(
            [fetched(rig, 1), withheld], cursor: .init(uidValidity: 7, lastUID: 2, firstUIDNext: 1))
        await rig.work()
        try await rig.expectWhole()
        let entry = try #require(
            try await rig.base.ledger(outcome: .quarantined, limit: 10, before: nil).first)
        #expect(entry.key == "7/2")
        #expect(entry.outcomeReason?.contains("NO cannot read it") == true)
        #expect(entry.outcomeReason?.contains("mailbox support, UID 2") == true)
        let now = rig.clock.now
        let figures = try await rig.base.figures(ReportPeriod(from: now - .days(1), to: now + .minutes(1)))
        #expect(figures.quarantined.map(\.key) == ["7/2"])
        // Neither the hand-over nor the store lose the reason.
        try await rig.base.replay(entry.arrival)
        await rig.work()
        #expect(try await rig.entry(entry.arrival).outcomeReason == entry.outcomeReason)
    }

    @Test func `after UIDVALIDITY changed, known mails are recorded and new ones answered`() async throws {
        let rig = try await GatewayRig()
        try await door(rig).take([fetched(rig, 1)], cursor: .init(uidValidity: 7, lastUID: 1, firstUIDNext: 1))
        await rig.work()
        var moved = fetched(rig, 1)
        moved.uid = 900
        try await door(rig).take(
            [moved, fetched(rig, 901)], cursor: .init(uidValidity: 8, lastUID: 901, firstUIDNext: nil))
        await rig.work()
        try await rig.expectWhole()
        let outcomes = try await rig.base.ledger(outcome: nil, limit: 10, before: nil).map {
            ($0.key, $0.outcome)
        }
        #expect(outcomes.first { $0.0 == "8/900" }?.1 == .recorded)
        #expect(outcomes.first { $0.0 == "8/901" }?.1 == .answered)
    }

    @Test func `after UIDVALIDITY changed, what lay there before the first sight is still history`() async throws {
        let rig = try await GatewayRig()
        var old = [fetched(rig, 1), fetched(rig, 2)]
        for index in old.indices { old[index].receivedAt = rig.clock.now - .minutes(10) }
        try await door(rig).take([fetched(rig, 3)], cursor: .init(uidValidity: 7, lastUID: 3, firstUIDNext: 3))
        rig.clock.advance(.minutes(1))
        let later = FetchedMail(uid: 14, receivedAt: rig.clock.now, bytes: rig.mail("m14", subject: "Later").bytes)
        for (index, mail) in (old + [fetched(rig, 3), later]).enumerated() {
            var mail = mail
            mail.uid = UInt32(11 + index)
            try await door(rig).take([mail], cursor: .init(uidValidity: 8, lastUID: mail.uid, firstUIDNext: nil))
        }
        await rig.work()
        let outcomes = try await rig.base.ledger(outcome: nil, limit: 10, before: nil)
            .sorted { $0.key < $1.key }.map(\.outcome)
        #expect(outcomes == [.answered, .recorded, .recorded, .recorded, .answered])
    }

    @Test func `a store that fails is told to the mailbox, which then acknowledges nothing`() async throws {
        let rig = try await GatewayRig(wrap: { FaultyStore($0, failsAt: [1]) })
        let cursor = MailboxCursor(uidValidity: 7, lastUID: 1, firstUIDNext: 1)
        await #expect(throws: StoreError.self) { try await door(rig).take([fetched(rig, 1)], cursor: cursor) }
        #expect(try await door(rig).cursor() == nil)
        try await door(rig).take([fetched(rig, 1)], cursor: cursor)
        #expect(try await door(rig).cursor() == cursor)
    }

    @Test func `the state follows the session`() async throws {
        let rig = try await GatewayRig()
        let door = door(rig)
        #expect(door.state == .connecting)
        await door.report(.connected)
        #expect(door.state == .connecting)
        await door.report(.caughtUp(idle: true))
        #expect(door.state == .caughtUp(idle: true))
        await door.report(.afterFailed(mails: 1, reason: "x"))
        #expect(door.state == .caughtUp(idle: true))
        door.failed("cut off")
        #expect(door.state == .failed("cut off"))
    }
}
