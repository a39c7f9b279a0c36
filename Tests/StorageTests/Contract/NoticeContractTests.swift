// Telling agents of tickets, and replies before notices, on every engine.

import Correspondence
import Testing

@testable import Storage

@Suite struct NoticeContractTests {
    static let agent = EmailAddress("ada@acme.example")!

    private func tell(
        _ bench: Bench, _ told: [Lease<DueNotice>], _ notices: [NewOutgoing] = [], later: [Lease<DueNotice>] = [],
        nextAt: Instant? = nil
    ) async throws {
        try await bench.store.tell(
            Telling(told: told, notices: notices, later: later, nextAt: nextAt ?? bench.clock.now))
    }

    @Test(arguments: Engine.available)
    func `a ticket is told in the commit that ends its work, once`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            #expect(try await bench.store.backlog() == [.tell: 1])
            let due = try await bench.store.claimNotices(limit: 5)
            #expect(due.map(\.item.ticket) == [ticket])
            #expect(try await bench.store.claimNotices(limit: 5).isEmpty)
            let notice = bench.outgoing(.notice, to: Self.agent)
            try await tell(bench, due, [notice])
            #expect(try await bench.store.untold() == 0)
            #expect(try await bench.store.outbox(state: .pending, limit: 5).map(\.conversation) == [id])
            let from = bench.clock.now - .hours(1)
            #expect(try await bench.store.noticeTimes(to: Self.agent, since: from) == [bench.clock.now])
            #expect(try await bench.store.noticeTimes(to: Bench.customer, since: from).isEmpty)
            await #expect { try await tell(bench, due, [bench.outgoing(.notice)]) } throws: {
                ($0 as? StoreError)?.code == .stale
            }
            #expect(try await bench.store.outbox(state: nil, limit: 5).count == 1)
        }
    }

    @Test(arguments: Engine.available)
    func `what is nobody's to be told makes no work`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting()
            let lease = try await bench.drafting(id)
            _ = try await bench.store.conclude(lease, bench.ticketing(lease, tellsAgents: false))
            #expect(try await bench.store.untold() == 0)
        }
    }

    @Test(arguments: Engine.available)
    func `a teller that died is followed by another`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            _ = try await bench.ticketed()
            let late = try await bench.store.claimNotices(limit: 5)
            bench.clock.advance(leaseDuration + .seconds(1))
            try await tell(bench, try await bench.store.claimNotices(limit: 5), [bench.outgoing(.notice)])
            await #expect(throws: StoreError.self) { try await tell(bench, late, [bench.outgoing(.notice)]) }
            #expect(try await bench.store.outbox(state: nil, limit: 5).count == 1)
        }
    }

    @Test(arguments: Engine.available)
    func `a ticket that got something new while it was told is told once more, one that was answered is not`(
        _ engine: Engine
    ) async throws {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            var due = try await bench.store.claimNotices(limit: 5)
            _ = try await bench.filed(bench.message("And my money?"), token: id)
            let lease = try await bench.drafting(id)
            _ = try await bench.store.conclude(lease, bench.ticketing(lease))
            let later = bench.clock.now + .minutes(5)
            try await tell(bench, due, [bench.outgoing(.notice)], nextAt: later)
            #expect(try await bench.store.claimNotices(limit: 5).isEmpty)
            #expect(try await bench.store.untold() == 1)
            bench.clock.advance(.minutes(5))
            due = try await bench.store.claimNotices(limit: 5)
            #expect(due.map(\.item.question) == ["Where is my parcel?\n\nAnd my money?"])
            // An agent answers while the notice is written.
            try await bench.store.reply(
                ticket.id, TicketReply(agent: "Ann", outgoing: bench.outgoing(.humanReply)), version: nil)
            try await tell(bench, due, [bench.outgoing(.notice)])
            #expect(try await bench.store.untold() == 0)
        }
    }

    @Test(arguments: Engine.available)
    func `a ticket that was answered before it was told is told to nobody`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (_, ticket) = try await bench.ticketed()
            try await bench.store.reply(
                ticket.id, TicketReply(agent: "Ann", outgoing: bench.outgoing(.humanReply)), version: nil)
            #expect(try await bench.store.claimNotices(limit: 5).isEmpty)
            #expect(try await bench.store.untold() == 0)
        }
    }

    @Test(arguments: Engine.available)
    func `after a notice tickets wait for the next`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (first, _) = try await bench.ticketed()
            let due = try await bench.store.claimNotices(limit: 5)
            let later = try await bench.ticketed(bench.message("Two", subject: "Two")).0
            let claimed = try await bench.store.claimNotices(limit: 5)
            try await tell(bench, due, [bench.outgoing(.notice)], later: claimed, nextAt: bench.clock.now + .minutes(5))
            let third = try await bench.ticketed(bench.message("Three", subject: "Three")).0
            #expect(try await bench.store.claimNotices(limit: 5).isEmpty)
            #expect(try await bench.store.untold() == 2)
            bench.clock.advance(.minutes(5))
            let rest = try await bench.store.claimNotices(limit: 5).map(\.item.conversation.id)
            #expect(Set(rest) == [later, third])
            #expect(!rest.contains(first))
        }
    }

    // MARK: Failed replies

    @Test(arguments: Engine.available)
    func `a final bounce tells the agents, with recipient, status and what the server said`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let reply = bench.outgoing()
            let id = try await bench.answered(reply: reply)
            try await bench.store.settle(
                try await bench.store.claimDeliveries(limit: 1)[0], .sent(reply: "250 ok"))
            var bounce = bench.message("Undeliverable", from: FilingContractTests.stranger, verified: false)
            bounce.kind = .bounce
            bounce.bounce = Bounce(
                recipient: Bench.customer.text, status: "4.4.1", diagnostic: nil,
                originalMessageID: reply.reply.messageID)
            try await bench.filed(bounce)
            #expect(try await bench.store.untold() == 0)
            bounce.bounce?.status = "5.1.1"
            bounce.bounce?.diagnostic = "smtp; 550 5.1.1\r\n No such user"
            bounce.text = "Undeliverable for good"
            let arrival = bench.arrival()
            try await bench.filed(bounce, arrival: arrival)
            let due = try await bench.store.claimNotices(limit: 5)
            #expect(due.map(\.item.conversation.id) == [id])
            #expect(
                due.first?.item.ticket.reasons == [
                    "a reply to \(Bench.customer.text) could not be delivered: there is no such mailbox (5.1.1); "
                        + "their server said: smtp; 550 5.1.1 No such user"
                ])
            #expect(due.first?.item.question == "Where is my parcel?")
            try await tell(bench, due, [bench.outgoing(.notice)])
            // The same bounce by another way tells nobody twice.
            try await bench.filed(bounce)
            #expect(try await bench.store.untold() == 0)
        }
    }

    // MARK: Replies first

    @Test(arguments: Engine.available)
    func `a reply queued after a thousand notices leaves before them, also when it is tried again`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            for _ in 0..<1_000 { try await bench.store.enqueue(bench.outgoing(.notice, to: Self.agent)) }
            bench.clock.advance(.minutes(1))
            let reply = bench.outgoing()
            _ = try await bench.answered(reply: reply)
            let lease = try await bench.store.claimDeliveries(limit: 1)
            #expect(lease.map(\.item.id) == [reply.id])
            try await bench.store.settle(
                lease[0], .again(at: bench.clock.now + .minutes(1), error: "451", inDoubt: false))
            #expect(try await bench.store.claimDeliveries(limit: 1).map(\.item.reply.purpose) == [.notice])
            bench.clock.advance(.minutes(1))
            #expect(try await bench.store.claimDeliveries(limit: 1).map(\.item.id) == [reply.id])
        }
    }

    @Test(arguments: Engine.available)
    func `notices that stood back long enough get a quarter of the turns`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            for _ in 0..<30 { try await bench.store.enqueue(bench.outgoing(.notice, to: Self.agent)) }
            for number in 0..<30 { _ = try await bench.answered(bench.message(subject: "Mail \(number)")) }
            func purposes() async throws -> [OutgoingReply.Purpose] {
                try await bench.store.claimDeliveries(limit: 8).map(\.item.reply.purpose)
            }
            #expect(try await purposes().allSatisfy { $0 == .automaticReply })
            bench.clock.advance(noticePatience + .seconds(1))
            let claimed = try await purposes()
            #expect(claimed.count == 8 && claimed.filter { $0 == .notice }.count == 2)
        }
    }

    // MARK: Erasure

    @Test(arguments: Engine.available)
    func `of an erased conversation no notice of many tickets says anything`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (gone, ticket) = try await bench.ticketed(bench.message("One", subject: "Secret parcel"))
            _ = try await bench.ticketed(bench.message("Two", subject: "Two"))
            func notice() -> NewOutgoing {
                bench.outgoing(
                    .notice, to: Self.agent,
                    body: "2 tickets\n\n#\(ticket.number) Secret parcel\n  me\n\n#9999 Two\n  you\n\n")
            }
            try await tell(bench, try await bench.store.claimNotices(limit: 5), [notice(), notice()])
            let sent = try await bench.store.claimDeliveries(limit: 1)[0]
            try await bench.store.settle(sent, .sent(reply: "250"))
            _ = try await bench.filed(bench.message("More"), token: gone)
            let lease = try await bench.drafting(gone)
            _ = try await bench.store.conclude(lease, bench.ticketing(lease))
            #expect(try await bench.store.untold() == 1)
            try await bench.store.erase(gone)
            #expect(try await bench.store.untold() == 0)
            let rows = try await bench.store.outbox(state: nil, limit: 5)
            #expect(Set(rows.map(\.state)) == [.sent, .pending])
            #expect(rows.allSatisfy { $0.reply.body == "2 tickets\n\n#9999 Two\n  you\n\n" })
        }
    }
}
