// Agents' answers by mail, and what the commit that files them finds, on every engine.

import Correspondence
import Testing

@testable import Storage

@Suite struct AgentAnswerContractTests {
    static let ada = EmailAddress("ada@acme.example")!
    static let bob = EmailAddress("bob@acme.example")!

    /// Tells what is due, to Ada and Bob; the Message-IDs of their notices.
    private func told(_ bench: Bench) async throws -> (ada: MessageID, bob: MessageID) {
        let due = try await bench.store.claimNotices(limit: 5)
        let notices = [Self.ada, Self.bob].map { bench.outgoing(.notice, to: $0) }
        try await bench.store.tell(Telling(told: due, notices: notices, later: [], nextAt: bench.clock.now))
        return (notices[0].reply.messageID, notices[1].reply.messageID)
    }

    private func word(_ bench: Bench, to agent: EmailAddress, _ reason: String) -> AgentRefusal {
        var word = bench.outgoing(.report, to: agent, body: reason)
        word.reply.inReplyTo = MessageID("answer@acme.example")
        return AgentRefusal(reason: reason, word: word)
    }

    private func filing(
        _ bench: Bench, _ id: ConversationID, from agent: EmailAddress, signer: String, notice: MessageID?
    ) -> Filing {
        var message = bench.message("Two years.", from: agent, subject: "Re: Ticket")
        message.inReplyTo = notice.map { [$0] } ?? []
        var filing = bench.filing(message)
        var outgoing = bench.outgoing(.humanReply, body: "Two years.")
        outgoing.reply.signer = signer
        filing.agent = AgentAnswer(
            conversation: id, reply: TicketReply(agent: signer, outgoing: outgoing, isNamed: true),
            ifClosed: word(bench, to: agent, "closed"), ifAnswered: word(bench, to: agent, "answered"))
        return filing
    }

    /// An agent's mail, filed.
    @discardableResult
    private func answer(
        _ bench: Bench, _ id: ConversationID, from agent: EmailAddress = ada, signer: String = "Ada",
        notice: MessageID?
    ) async throws -> Filed {
        let lease = try await bench.claimed(bench.arrival())
        let filing = filing(bench, id, from: agent, signer: signer, notice: notice)
        return try await bench.store.file([(lease, filing)])[0].get()
    }

    private func words(_ bench: Bench) async throws -> [String] {
        try await bench.store.outbox(state: nil, limit: 50).filter { $0.reply.purpose == .report }.map(\.reply.body)
    }

    private func replies(_ bench: Bench) async throws -> Int {
        try await bench.store.outbox(state: nil, limit: 50).count { $0.reply.purpose == .humanReply }
    }

    @Test(arguments: Engine.available)
    func `an answer goes out, and what waits for a draft still gets it`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            let notice = try await told(bench).ada
            bench.clock.advance(.seconds(1))
            _ = try await bench.filed(bench.message("And my money?"), token: id)
            #expect(try await answer(bench, id, notice: notice) == .settled(.recorded, id))
            #expect(try await bench.store.ticket(ticket.id).ticket.status == .open)
            #expect(try await bench.store.conversation(id).status == .open)
            let lease = try await bench.drafting(id)
            #expect(lease.item.waiting.count == 1)
            _ = try await bench.store.conclude(lease, bench.ticketing(lease))
            #expect(try await bench.store.claimNotices(limit: 5).map(\.item.conversation.id) == [id])
        }
    }

    @Test(arguments: Engine.available)
    func `what agents are still to be told of is told after an answer, also while it is being told`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            let notice = try await told(bench).ada
            for isClaimed in [false, true] {
                bench.clock.advance(.seconds(1))
                _ = try await bench.filed(bench.message("And my money? \(isClaimed)"), token: id)
                let lease = try await bench.drafting(id)
                _ = try await bench.store.conclude(lease, bench.ticketing(lease))
                let claimed = isClaimed ? try await bench.store.claimNotices(limit: 5) : []
                try await answer(bench, id, notice: notice)
                #expect(try await bench.store.ticket(ticket.id).ticket.status == .open)
                if isClaimed {
                    try await bench.store.tell(
                        Telling(told: claimed, notices: [], later: [], nextAt: bench.clock.now))
                }
                let due = try await bench.store.claimNotices(limit: 5)
                #expect(due.count == 1 && due[0].item.question.contains("And my money? \(isClaimed)"))
                try await bench.store.tell(Telling(told: due, notices: [], later: [], nextAt: bench.clock.now))
            }
            #expect(try await bench.store.untold() == 0)
        }
    }

    @Test(arguments: Engine.available)
    func `with nothing new the answer settles the ticket, and a second one is sent as well`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            let notice = try await told(bench).ada
            for _ in 0..<2 {
                bench.clock.advance(.seconds(1))
                try await answer(bench, id, notice: notice)
                #expect(try await bench.store.ticket(ticket.id).ticket.status == .waiting)
            }
            #expect(try await replies(bench) == 2)
        }
    }

    @Test(arguments: Engine.available)
    func `of two agents in one commit the first is heard, and the second's mail is held`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let (id, _) = try await bench.ticketed()
            let notices = try await told(bench)
            bench.clock.advance(.seconds(1))
            _ = try await bench.store.accept([bench.arrival(), bench.arrival()], cursor: nil)
            let leases = try await bench.store.claimArrivals(limit: 5, byteLimit: 1_000_000)
            let first = filing(bench, id, from: Self.bob, signer: "Bob", notice: notices.bob)
            let second = filing(bench, id, from: Self.ada, signer: "Ada", notice: notices.ada)
            let filed = try await bench.store.file([(leases[0], first), (leases[1], second)])
            #expect(try filed[0].get() == .settled(.recorded, id))
            #expect(try filed[1].get() == .waiting(second.newConversation))
            #expect(try await bench.store.conversation(second.newConversation).linkedTo == id)
            let held = try await bench.store.messages(of: second.newConversation)
            #expect(held.map(\.answerable) == [false] && AgentRefusal.isAmong(held[0].answerableReasons))
            #expect(try await words(bench) == ["answered"])
        }
    }

    @Test(arguments: Engine.available)
    func `agents who sign alike are told apart`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (id, _) = try await bench.ticketed()
            let notices = try await told(bench)
            bench.clock.advance(.seconds(1))
            try await answer(bench, id, from: Self.bob, signer: "Acme", notice: notices.bob)
            try await answer(bench, id, from: Self.ada, signer: "Acme", notice: notices.ada)
            #expect(try await replies(bench) == 1)
            #expect(try await words(bench) == ["answered"])
        }
    }

    @Test(arguments: Engine.available)
    func `where the mail names no notice, somebody else's last word stands until the customer writes`(
        _ engine: Engine
    ) async throws {
        try await Bench.with(engine) { bench in
            let (id, _) = try await bench.ticketed()
            let notices = try await told(bench)
            bench.clock.advance(.seconds(1))
            try await answer(bench, id, from: Self.bob, signer: "Bob", notice: notices.bob)
            try await answer(bench, id, notice: nil)
            #expect(try await words(bench) == ["answered"])
            _ = try await bench.filed(bench.message("And my money?"), token: id)
            let lease = try await bench.drafting(id)
            _ = try await bench.store.conclude(lease, bench.ticketing(lease))
            _ = try await told(bench)
            try await answer(bench, id, notice: nil)
            #expect(try await replies(bench) == 2)
        }
    }

    @Test(arguments: Engine.available)
    func `a ticket that is closed, or gone, gets no answer`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            let notice = try await told(bench).ada
            try await bench.store.setStatus(ticket.id, .closed, by: "Bob", version: nil)
            guard case .waiting(let held) = try await answer(bench, id, notice: notice) else {
                throw Missing("a held mail")
            }
            #expect(try await bench.store.conversation(held).linkedTo == id)
            // A customer's own linked conversation is not the agent's.
            let arrival = bench.arrival()
            var other = bench.message("Mine", from: EmailAddress("other@home.example")!, verified: false)
            other.answerable = false
            other.answerableReasons = ["kind is human: no"]
            other.references = try await bench.store.messages(of: id).compactMap(\.messageID)
            guard case .waiting(let linked) = try await bench.filed(other, arrival: arrival) else {
                throw Missing("a linked conversation")
            }
            #expect(try await bench.store.conversation(linked).linkedTo == id)
            try await bench.store.erase(id)
            await #expect(throws: StoreError.self) { try await bench.store.conversation(held) }
            #expect(try await bench.store.conversation(linked).linkedTo == nil)
            guard case .waiting(let late) = try await answer(bench, id, notice: notice) else {
                throw Missing("a held mail")
            }
            #expect(try await bench.store.conversation(late).linkedTo == nil)
            #expect(try await words(bench) == ["closed", "closed"])
            #expect(try await replies(bench) == 0)
        }
    }
}
