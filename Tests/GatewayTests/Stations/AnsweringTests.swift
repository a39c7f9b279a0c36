// From a mail to its answer: one mail, bursts, mails that come in between.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct AnsweringTests {
    @Test func `a mail is answered, in its thread, with our marks`() async throws {
        let rig = try await GatewayRig()
        let arrival = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(arrival) == .answered)
        #expect(rig.sender.attempts.count == 1)
        let sent = try #require(rig.sender.attempts.first)
        #expect(sent.recipient.text == "carla@x.example" && sent.envelopeFrom?.text == "support@acme.example")
        let mail = sent.mail
        #expect(mail.subject == "Re: [Acme #1] Warranty")
        #expect(mail.inReplyTo?.text == "m1@x.example" && mail.references.map(\.text) == ["m1@x.example"])
        #expect(mail.origin == .automaticReply && mail.loopMark == "support@acme.example")
        #expect(mail.from == NamedAddress(name: "Acme", address: Sample.desk.address))
        var reply = Message()
        reply.recipients = [try #require(mail.replyTo?.address)]
        let conversation = try await rig.conversation(of: arrival)
        #expect(rig.signer.conversation(shownBy: reply, desk: Sample.desk.address) == conversation.id)
        #expect(conversation.status == .waiting && conversation.ticket == nil && conversation.number == 1)
        let messages = try await rig.messages(of: arrival)
        #expect(messages.map(\.direction) == [.incoming, .outgoing])
        #expect(messages.last?.delivery == .sent)
        #expect(messages.last?.sources.map(\.article) == ["warranty.md"])
    }

    @Test func `the customer's answer joins by our token and knows what was said`() async throws {
        let rig = try await GatewayRig()
        let first = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        rig.clock.advance(.minutes(5))
        let answer = try #require(rig.sender.attempts.first).mail
        let second = try await rig.arrive(rig.mail("m2", text: "And abroad?", replyTo: answer))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.entry(second).conversation == rig.entry(first).conversation)
        #expect(rig.answerer.requests.count == 2)
        #expect(rig.answerer.requests.last?.question == "And abroad?")
        #expect(rig.answerer.requests.last?.earlier.map(\.author) == [.customer, .desk])
        #expect(
            rig.sender.attempts.last?.mail.references.map(\.text).suffix(2) == [answer.messageID.text, "m2@x.example"])
    }

    @Test func `a burst is answered by one reply that covers it`() async throws {
        let rig = try await GatewayRig()
        let first = try await rig.arrive(rig.mail("m1", text: "First?"))
        let second = try await rig.arrive(rig.mail("m2", text: "Second?", subject: "Re: Warranty"))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.entry(second).conversation == rig.entry(first).conversation)
        #expect(try await rig.outcomes([first, second]) == [.answered, .answered])
        #expect(rig.answerer.requests.map(\.question) == ["First?\n\nSecond?"])
        #expect(rig.sender.attempts.map(\.mail.inReplyTo?.text) == ["m2@x.example"])
    }

    @Test func `a mail that comes while a draft is made voids it: one reply answers both`() async throws {
        let late = LateMail()
        let answerer = ScriptedAnswerer { (number, request) async throws(AnswererError) -> Draft in
            if number == 1 { await late.arrive() }
            return Sample.draft("On “\(request.question)”")
        }
        let rig = try await GatewayRig(answerer: answerer)
        late.set {
            let arrival = try await rig.arrive(rig.mail("m2", text: "Second?", subject: "Re: Warranty"))
            await rig.work([.read])
            return arrival
        }
        let first = try await rig.arrive(rig.mail("m1", text: "First?"))
        await rig.work()
        try await rig.expectWhole()
        let second = try #require(late.arrival)
        #expect(try await rig.outcomes([first, second]) == [.answered, .answered])
        #expect(answerer.requests.map(\.question) == ["First?", "First?\n\nSecond?"])
        #expect(try await rig.outbox(.automaticReply).count == 1)
        #expect(rig.sender.attempts.count == 1)
        #expect(rig.sender.attempts.first?.mail.text.contains("Second?") == true)
    }

    @Test func `a mail that comes before the reply went out has it withdrawn: one reply answers both`() async throws {
        let rig = try await GatewayRig()
        let first = try await rig.arrive(rig.mail("m1", text: "First?"))
        await rig.work([.read, .draft])
        let second = try await rig.arrive(rig.mail("m2", text: "Second?", subject: "Re: Warranty"))
        await rig.work([.read])
        // While the second waits for its draft, the first reply is held back.
        await rig.work([.deliver])
        #expect(rig.sender.attempts.isEmpty)
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcomes([first, second]) == [.answered, .answered])
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.withdrawn, .sent])
        #expect(rig.answerer.requests.last?.question == "First?\n\nSecond?")
        #expect(rig.answerer.requests.last?.earlier.isEmpty == true)
        #expect(rig.sender.attempts.count == 1)
        let events = try await rig.base.events(after: 0, conversation: nil, limit: 100).map(\.kind)
        #expect(events.filter { $0 == .replyWithdrawn }.count == 1)
    }

    /// What the one `deed` does while the first reply is with the mail server, and what the server says then.
    private func during(_ deed: LateMail, then outcome: SendOutcome) -> FakeMailSender {
        FakeMailSender { number, _ in
            guard number == 1 else { return .accepted(reply: "250 ok") }
            await deed.arrive()
            return outcome
        }
    }

    /// A follow-up, drafted at once.
    private func second(_ rig: GatewayRig) async throws -> ArrivalID {
        let arrival = try await rig.arrive(rig.mail("m2", text: "Second?", subject: "Re: Warranty"))
        await rig.work([.read, .draft])
        return arrival
    }

    @Test func `a mail that comes while the reply is being sent is answered alone`() async throws {
        let late = LateMail()
        let rig = try await GatewayRig(sender: during(late, then: .accepted(reply: "250 ok")))
        late.set { try await second(rig) }
        try await rig.arrive(rig.mail("m1", text: "First?"))
        await rig.work()
        try await rig.expectWhole()
        #expect(rig.answerer.requests.map(\.question) == ["First?", "Second?"])
        #expect(rig.answerer.requests.last?.earlier.count == 2)
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.sent, .sent])
        #expect(rig.sender.attempts.count == 2)
    }

    @Test func `a reply that comes back unsent beside a newer answer goes out too, each question answered once`()
        async throws
    {
        let late = LateMail()
        let rig = try await GatewayRig(
            sender: during(late, then: .refused(isTemporary: true, code: 451, reply: "later")))
        late.set { try await second(rig) }
        try await rig.arrive(rig.mail("m1", text: "First?"))
        await rig.work()
        await rig.workOn()
        try await rig.expectWhole()
        #expect(rig.answerer.requests.map(\.question) == ["First?", "Second?"])
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.sent, .sent])
    }

    @Test func `a reply that comes back unsent and is withdrawn for a third mail has its question answered with it`()
        async throws
    {
        let late = LateMail()
        let rig = try await GatewayRig(
            sender: during(late, then: .refused(isTemporary: true, code: 451, reply: "later")))
        late.set { try await second(rig) }
        try await rig.arrive(rig.mail("m1", text: "First?"))
        await rig.work()
        rig.clock.advance(.seconds(5))
        try await rig.arrive(rig.mail("m3", text: "Third?", subject: "Re: Warranty"))
        await rig.work()
        await rig.workOn()
        try await rig.expectWholeButWithdrawn()
        #expect(rig.answerer.requests.map(\.question) == ["First?", "Second?", "First?\n\nThird?"])
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.withdrawn, .sent, .sent])
    }

    enum Human: CaseIterable { case answers, takesOver }

    @Test(arguments: Human.allCases)
    func `a machine's reply that comes back unsent does not go out behind a human's`(_ human: Human) async throws {
        let late = LateMail()
        let rig = try await GatewayRig(
            sender: during(late, then: .refused(isTemporary: true, code: 451, reply: "later")))
        late.set {
            let conversation = try #require(
                try await rig.base.conversations(ConversationFilter(), limit: 1, cursor: nil).items.first)
            let ticket = try await rig.tickets.escalate(conversation.id, reason: "", by: "Ada")
            if human == .answers {
                try await rig.tickets.reply(1, body: "I am here.", agent: "Ada")
                try await rig.base.setStatus(ticket.id, .resolved, by: "Ada", version: nil)
            }
            return nil
        }
        try await rig.arrive(rig.mail("m1", text: "First?"))
        await rig.work()
        await rig.workOn()
        let replies = try await rig.outbox(.automaticReply)
        #expect(replies.map(\.state) == [.withdrawn])
        #expect(replies.map(\.wasInDoubt) == [false])
        let toCustomer = rig.sender.received.filter { $0.recipient.text == "carla@x.example" }
        #expect(toCustomer.map(\.mail.origin) == (human == .answers ? [.human] : []))
        #expect(try await rig.backlog() == 0)
    }

    @Test func `a reply that comes back unsent while the newer mail is drafted is withdrawn: one reply answers both`()
        async throws
    {
        let drafting = LateMail()
        let rig = try await GatewayRig(
            answerer: ScriptedAnswerer { (number, request) async throws(AnswererError) -> Draft in
                if number == 2 { await drafting.arrive() }
                return Sample.draft("On “\(request.question)”")
            })
        try await rig.arrive(rig.mail("m1", text: "First?"))
        await rig.work([.read, .draft])
        let sending = try await rig.base.claimDeliveries(limit: 5)
        #expect(sending.count == 1)
        let second = try await rig.arrive(rig.mail("m2", text: "Second?", subject: "Re: Warranty"))
        drafting.set { () async throws -> ArrivalID? in
            try await rig.base.release(sending.map { ($0.work, $0.fence) })
            return nil
        }
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(second) == .answered)
        #expect(rig.answerer.requests.map(\.question) == ["First?", "Second?", "First?\n\nSecond?"])
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.withdrawn, .sent])
        #expect(rig.sender.attempts.count == 1)
    }

    @Test func `a reply that is claimed and waits for its turn is withdrawn by the newer draft`() async throws {
        let rig = try await GatewayRig()
        try await rig.arrive(rig.mail("m1", text: "First?"))
        await rig.work([.read, .draft])
        let waiting = try await rig.base.claimDeliveries(limit: 5, beginning: 0)
        try await rig.arrive(rig.mail("m2", text: "Second?", subject: "Re: Warranty"))
        await rig.work([.read, .draft])
        #expect(rig.answerer.requests.last?.question == "First?\n\nSecond?")
        #expect(try await rig.base.begin(waiting.map { ($0.work, $0.fence) }).isEmpty)
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.withdrawn, .sent])
        #expect(try await rig.outbox(.automaticReply).map(\.wasInDoubt) == [false, false])
    }

    @Test func `a reply that is withdrawn for a ticket leaves a human with everything`() async throws {
        let rig = try await GatewayRig()
        try await rig.arrive(rig.mail("m1", text: "First?"))
        await rig.work([.read, .draft])
        let second = try await rig.arrive(rig.mail("m2", text: "I want to talk to a human", subject: "Re: Warranty"))
        await rig.work()
        try await rig.expectWholeButWithdrawn()
        #expect(try await rig.outcome(second) == .ticket)
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.withdrawn])
        #expect(try await rig.conversation(of: second).ticket != nil)
        #expect(rig.sender.attempts.map(\.mail.origin) == [.notice])
    }

    @Test func `many conversations at once each get their one answer`() async throws {
        let rig = try await GatewayRig()
        for number in 0..<60 {
            try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example", subject: "Subject \(number)"))
        }
        await rig.work()
        try await rig.expectWhole()
        #expect(Set(rig.sender.attempts.map(\.recipient.text)).count == 60 && rig.sender.attempts.count == 60)
    }

    @Test func `nothing is drafted before the index is full`() async throws {
        let rig = try await GatewayRig()
        let gate = KnowledgeGate()
        let drafting = DraftingStation(
            seams: rig.seams, policy: rig.policy, signer: rig.signer, keeper: rig.keeper, gate: gate)
        try await rig.arrive(rig.mail("m1"))
        await rig.work([.read])
        #expect(try await drafting.round() == false)
        #expect(rig.answerer.requests.isEmpty)
        gate.open()
        #expect(try await drafting.round())
        #expect(rig.answerer.requests.count == 1)
    }
}

extension GatewayRig {
    /// As `expectWhole`, where a human took over an answered mail.
    func expectWholeButWithdrawn() async throws {
        let entries = try await base.ledger(outcome: nil, limit: 10_000, before: nil)
        #expect(entries.allSatisfy { $0.outcome != nil })
        #expect(try await backlog() == 0)
    }
}
