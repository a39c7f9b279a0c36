// Agents are told of every ticket, in few mails, and never before customers.

import Correspondence
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite struct TellingTests {
    private func notices(_ rig: GatewayRig) -> [OutgoingMail] {
        rig.sender.received.map(\.mail).filter { $0.origin == .notice }
    }

    @Test func `the first ticket is told at once, in full, to every agent`() async throws {
        let rig = try await GatewayRig {
            $0.notify = [Sample.address("ada@acme.example"), Sample.address("bob@acme.example")]
        }
        try await rig.arrive(rig.mail("m1", text: "human"))
        await rig.work()
        #expect(notices(rig).map(\.to.address.text).sorted() == ["ada@acme.example", "bob@acme.example"])
        #expect(notices(rig).allSatisfy { $0.subject == "Ticket 1" && $0.text.contains("human") })
        #expect(Set(notices(rig).map(\.messageID)).count == 2)
        // Notices of one ticket stand together; they show customers' tokens to nobody.
        var answer = Message()
        answer.references = notices(rig)[0].references + [notices(rig)[0].messageID]
        #expect(answer.references.count == 2)
        #expect(rig.signer.conversation(shownBy: answer, desk: Sample.desk.address) == nil)
        try await rig.expectWhole()
    }

    @Test func `a burst of 200 tickets makes few notices, which name all of them`() async throws {
        let rig = try await GatewayRig()
        for number in 0..<200 {
            try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example", text: "human"))
        }
        await rig.workOn(for: .minutes(6), step: .seconds(20))
        try await rig.expectWhole()
        #expect((1...3).contains(notices(rig).count))
        let text = notices(rig).map { "\($0.subject)\n\($0.text)" }.joined(separator: "\n") + "\n"
        for number in 1...200 {
            #expect(text.contains("#\(number) ") || text.contains("Ticket \(number)\n"), "\(number) is told to nobody")
        }
        #expect(try await rig.base.untold() == 0)
    }

    @Test func `a flood is told at a pace: so many mails an hour, with the number of the rest`() async throws {
        let rig = try await GatewayRig()
        for minute in 0..<60 {
            try await rig.arrive(rig.mail("m\(minute)", from: "c\(minute)@x.example", text: "human"))
            await rig.work()
            rig.clock.advance(.minutes(1))
        }
        #expect(notices(rig).count <= NoticePace.hourly)
        await rig.workOn(for: .minutes(30), step: .minutes(1))
        let text = notices(rig).map { "\($0.subject)\n\($0.text)" }.joined(separator: "\n") + "\n"
        for number in 1...60 { #expect(text.contains("#\(number) ") || text.contains("Ticket \(number)\n")) }
        try await rig.expectWhole()
    }

    @Test func `more tickets than one notice names are named in the next, and counted at once`() async throws {
        let rig = try await GatewayRig()
        let count = NoticePace.named + 3
        for number in 0..<count {
            try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example", text: "human"))
        }
        await rig.work([.read])
        for _ in 0..<40 { _ = try await rig.drafting.round() }
        await rig.work([.tell, .deliver])
        #expect(notices(rig).map(\.subject) == ["\(NoticePace.named) tickets"])
        #expect(notices(rig).first?.text.contains("more: 3") == true)
        await rig.workOn(for: .minutes(6), step: .minutes(1))
        #expect(notices(rig).map(\.subject) == ["\(NoticePace.named) tickets", "3 tickets"])
        try await rig.expectWhole()
    }

    @Test func `one ticket that is gone while it is told keeps the others waiting for no lease`() async throws {
        func rig(failing call: Int?) async throws -> (GatewayRig, FaultyStore) {
            let faulty = Mutex<FaultyStore?>(nil)
            let rig = try await GatewayRig(wrap: { store in
                let made = FaultyStore(store, failsAt: call.map { [$0] } ?? [], code: .stale)
                faulty.withLock { $0 = made }
                return made
            })
            for number in 1...2 {
                try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example", text: "human"))
            }
            await rig.work([.read, .draft])
            return (rig, try #require(faulty.withLock { $0 }))
        }
        let calls = try await rig(failing: nil).1.calls
        // After the claim and the look at former notices.
        let (rig, store) = try await rig(failing: calls + 3)
        #expect(try await rig.telling.round())
        #expect(store.failed == "tell")
        await rig.work([.tell, .deliver])
        #expect(notices(rig).map(\.subject) == ["2 tickets"])
        try await rig.expectWhole()
    }

    @Test func `with nobody to tell no work is left`() async throws {
        let rig = try await GatewayRig { $0.notify = [] }
        let arrival = try await rig.arrive(rig.mail("m1", text: "human"))
        await rig.work()
        let conversation = try #require(try await rig.entry(arrival).conversation)
        _ = try await rig.tickets.escalate(conversation, reason: "again", by: "Ada")
        await rig.work()
        #expect(rig.sender.attempts.isEmpty)
        try await rig.expectWhole()
    }

    @Test func `a customer whose reply bounced for good has an agent told, with the reason`() async throws {
        let rig = try await GatewayRig()
        let arrival = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        let reply = try #require(rig.sender.received.first).mail
        let bounce = rig.mail("b1", from: "mailer-daemon@x.example", text: "Undelivered") {
            $0.kind = .bounce
            $0.verification.isVerified = false
            $0.bounce = Bounce(
                recipient: "carla@x.example", status: "5.2.2", diagnostic: "550 over quota",
                originalMessageID: reply.messageID)
        }
        let bounced = try await rig.arrive(bounce)
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcomes([arrival, bounced]) == [.answered, .suppressed])
        let notice = try #require(notices(rig).first)
        #expect(notice.to.address.text == "ada@acme.example")
        for words in ["carla@x.example", "5.2.2", "the mailbox is full", "550 over quota", "How long is the warranty?"]
        {
            #expect(notice.text.contains(words))
        }
        // A notice that bounces tells nobody anything.
        try await rig.arrive(
            rig.mail("b2", from: "mailer-daemon@acme.example", text: "Undelivered notice") {
                $0.kind = .bounce
                $0.bounce = Bounce(
                    recipient: "ada@acme.example", status: "5.1.1", diagnostic: nil,
                    originalMessageID: notice.messageID)
            })
        await rig.workOn(for: .minutes(10), step: .minutes(1))
        #expect(notices(rig).count == 1)
    }

    @Test func `with VERP a bounced notice says nothing of the customer's reply`() async throws {
        let rig = try await GatewayRig { $0.usesVERP = true }
        try await rig.arrive(rig.mail("m1", text: "human"))
        await rig.work()
        #expect(rig.sender.received.map(\.envelopeFrom) == [Sample.desk.address])
    }
}
