// What humans do: agents reply in the thread, somebody hands over.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct HumansTests {
    @Test func `an agent's reply goes out in the thread, as a human's`() async throws {
        let rig = try await GatewayRig()
        let arrival = try await rig.arrive(
            rig.mail("m1", text: "human") { $0.references = [Sample.messageID("older@x.example")] })
        await rig.work()
        try await rig.tickets.reply(1, body: "  Two years,\r\nplus one.\u{0} ", agent: "Ada")
        await rig.work()
        try await rig.expectWhole()
        let mail = try #require(rig.sender.attempts.last).mail
        #expect(mail.to.address.text == "carla@x.example" && mail.origin == .human)
        #expect(mail.inReplyTo?.text == "m1@x.example")
        #expect(mail.references.map(\.text) == ["older@x.example", "m1@x.example"])
        #expect(mail.subject == "Re: [Acme #1] Warranty" && mail.text.contains("Two years,\nplus one."))
        var answer = Message()
        answer.references = [mail.messageID]
        #expect(
            try await rig.signer.conversation(shownBy: answer, desk: Sample.desk.address)
                == rig.entry(arrival).conversation)
        let folder = try await rig.base.ticket(number: 1)
        #expect(folder.ticket.status == .waiting && folder.ticket.firstResponseAt != nil)
        #expect(folder.messages.last?.author.kind == .agent && folder.messages.last?.author.name == "Ada")
    }

    @Test func `a draft that was let go is the automatic answer, without the mark of automatic mail`() async throws {
        let automatic = try await GatewayRig()
        let review = try await GatewayRig { $0.mode = .review }
        for rig in [automatic, review] {
            try await rig.arrive(rig.mail("m1"))
            try await rig.arrive(
                rig.mail("m2", text: "And abroad?", subject: "Re: Warranty") {
                    $0.references = [Sample.messageID("m1@x.example")]
                })
            await rig.work()
        }
        try await review.tickets.release(1, agent: "Ada")
        await review.work()
        try await review.expectWhole()
        let wanted = try #require(try await automatic.outbox(.automaticReply).first).reply
        let reply = try #require(try await review.outbox(.humanReply).first).reply
        #expect(reply.isReleasedDraft)
        #expect(reply.body == wanted.body && reply.language == wanted.language && reply.quote == wanted.quote)
        #expect(reply.to == wanted.to && reply.subject == wanted.subject && reply.inReplyTo == wanted.inReplyTo)
        let mail = try #require(review.sender.attempts.last { $0.recipient.text == "carla@x.example" }).mail
        #expect(mail.origin == .human)
        // What comes before it is delivered takes nothing back: a person let it go.
        let folder = try await review.base.ticket(number: 1)
        #expect(folder.messages.last?.author == .init(kind: .desk, name: "Ada"))
        #expect(folder.ticket.status == .resolved && folder.messages.unanswered.isEmpty)
    }

    @Test
    func `only a draft that would have been sent is let go as it stands, and once; others are an agent's own words`()
        async throws
    {
        let rig = try await GatewayRig()
        try await rig.arrive(rig.mail("m1", text: "I want to talk to a human. How long is the warranty?"))
        await rig.work()
        let draft = try #require(try await rig.base.ticket(number: 1).draft)
        let refused = await #expect(throws: StoreError.self) { try await rig.tickets.release(1, agent: "Ada") }
        #expect(refused?.code == .invalid && refused?.detail.contains("asks for a person") == true)
        try await rig.tickets.release(1, text: draft.reply, agent: "Ada")
        let reply = try #require(try await rig.outbox(.humanReply).first).reply
        #expect(reply.signer == "Ada" && !reply.isReleasedDraft)
        // It is answered: nothing is left to be held back.
        let late = await #expect(throws: StoreError.self) { try await rig.tickets.discard(1, agent: "Dylan") }
        #expect(late?.code == .invalid)
    }

    @Test func `of agents who let one draft go at the same moment one comes too late`() async throws {
        let rig = try await GatewayRig { $0.mode = .review }
        try await rig.arrive(rig.mail("m1"))
        await rig.work()
        let done = await withTaskGroup(of: Bool.self) { group in
            for agent in ["Ada", "Dylan", "Kim", "Priya"] {
                group.addTask { (try? await rig.tickets.release(1, agent: agent)) != nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(done == 1)
        #expect(try await rig.outbox(.humanReply).count == 1)
    }

    @Test func `a request to let a draft go that comes twice under one name is done once`() async throws {
        let rig = try await GatewayRig { $0.mode = .review }
        try await rig.arrive(rig.mail("m1"))
        await rig.work()
        for _ in 1...2 { try await rig.tickets.release(1, agent: "Ada", key: "one") }
        await #expect(throws: StoreError.self) { try await rig.tickets.release(1, agent: "Ada", key: "two") }
        #expect(try await rig.outbox(.humanReply).count == 1)
    }

    @Test func `an agent who answers a notice by mail gets no automatic answer, and makes no further notice`()
        async throws
    {
        let rig = try await GatewayRig()
        try await rig.arrive(rig.mail("m1", text: "human"))
        await rig.work()
        let notices = rig.sender.attempts.count
        let arrival = try await rig.arrive(rig.mail("m2", from: "ada@acme.example", text: "Two years."))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(arrival) == .ticket)
        #expect(rig.sender.attempts.count == notices)
    }

    @Test func `the customer's next mail comes back to that agent's ticket`() async throws {
        let rig = try await GatewayRig()
        try await rig.arrive(rig.mail("m1", text: "human"))
        await rig.work()
        try await rig.tickets.reply(1, body: "Two years.", agent: "Ada")
        await rig.work()
        let mail = try #require(rig.sender.attempts.last).mail
        let second = try await rig.arrive(rig.mail("m2", text: "Thank you, and abroad?", replyTo: mail))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(second) == .ticket)
        #expect(try await rig.base.ticket(number: 1).ticket.status == .open)
    }

    @Test func `a reply takes an unsent automatic one back and ends waiting work`() async throws {
        let rig = try await GatewayRig()
        let first = try await rig.arrive(rig.mail("m1"))
        await rig.work([.read, .draft])
        let conversation = try #require(try await rig.entry(first).conversation)
        _ = try await rig.tickets.escalate(conversation, reason: "", by: "Ada")
        let second = try await rig.arrive(rig.mail("m2", text: "Hello?", subject: "Re: Warranty"))
        await rig.work([.read])
        try await rig.tickets.reply(1, body: "I am here.", agent: "Ada")
        await rig.work()
        #expect(try await rig.outcomes([first, second]) == [.answered, .ticket])
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.withdrawn])
        let toCustomer = rig.sender.attempts.filter { $0.recipient.text == "carla@x.example" }
        #expect(toCustomer.map(\.mail.origin) == [.human])
        #expect(try await rig.backlog() == 0)
    }

    @Test func `nothing is sent of a reply without words, to an unknown ticket, or on an old version`() async throws {
        let rig = try await GatewayRig()
        try await rig.arrive(rig.mail("m1", text: "human"))
        await rig.work()
        let count = rig.sender.attempts.count
        let codes: [(StoreError.Code, () async throws(StoreError) -> Void)] = [
            (
                .invalid,
                { () async throws(StoreError) in try await rig.tickets.reply(1, body: " \n\u{0}", agent: "Ada") }
            ),
            (.notFound, { () async throws(StoreError) in try await rig.tickets.reply(99, body: "x", agent: "Ada") }),
            (
                .stale,
                { () async throws(StoreError) in try await rig.tickets.reply(1, body: "x", agent: "Ada", version: 77) }
            ),
        ]
        for (code, call) in codes {
            let error = await #expect(throws: StoreError.self) { try await call() }
            #expect(error?.code == code)
        }
        await rig.work()
        #expect(rig.sender.attempts.count == count)
    }

    @Test func `a hand-over opens a ticket, tells the agents and keeps the machine silent`() async throws {
        let rig = try await GatewayRig()
        let first = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        let conversation = try #require(try await rig.entry(first).conversation)
        let ticket = try await rig.tickets.escalate(conversation, reason: "the customer pressed the button", by: "chat")
        #expect(ticket.status == .new && ticket.reason == "the customer pressed the button")
        let again = try await rig.tickets.escalate(conversation, reason: "", by: "Ada")
        #expect(again.id == ticket.id)
        let second = try await rig.arrive(rig.mail("m2", text: "How long?", subject: "Re: Warranty"))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(second) == .ticket)
        #expect(rig.sender.attempts.filter { $0.recipient.text == "carla@x.example" }.count == 1)
        #expect(rig.sender.attempts.contains { $0.recipient.text == "ada@acme.example" })
        let unknown = await #expect(throws: StoreError.self) {
            try await rig.tickets.escalate(ConversationID("none"), reason: "", by: "x")
        }
        #expect(unknown?.code == .notFound)
    }

    @Test func `a double click sends once: by its key, or by its words`() async throws {
        let rig = try await GatewayRig()
        try await rig.arrive(rig.mail("m1", text: "human"))
        await rig.work()
        for _ in 0..<3 { try await rig.tickets.reply(1, body: "Two years.", agent: "Ada", version: 1, key: "click") }
        let error = await #expect(throws: StoreError.self) {
            try await rig.tickets.reply(1, body: "Two years.", agent: "Ada")
        }
        #expect(error?.code == .stale)
        // Another key is another wish; the same key on another ticket as well.
        try await rig.tickets.reply(1, body: "Two years.", agent: "Ada", key: "another")
        try await rig.arrive(rig.mail("m2", from: "tom@x.example", text: "human"))
        await rig.work()
        try await rig.tickets.reply(2, body: "Two years.", agent: "Ada", key: "click")
        await rig.work()
        let sent = rig.sender.attempts.filter { $0.mail.origin == .human }
        #expect(sent.map(\.recipient.text).sorted() == ["carla@x.example", "carla@x.example", "tom@x.example"])
        #expect(Set(sent.map(\.mail.messageID)).count == 3)
    }
}
