// What agents do, on every engine.

import Correspondence
import Testing

@testable import Storage

@Suite struct TicketContractTests {
    @Test(arguments: Engine.available)
    func `an agent's reply goes out, ends the waiting and is the first response`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            _ = try await bench.filed(bench.message("Hello?"), token: id)
            bench.clock.advance(.seconds(90))
            let reply = bench.outgoing(.humanReply, body: "Hello, Ann here.")
            try await bench.store.reply(ticket.id, TicketReply(agent: "Ann", outgoing: reply), version: ticket.version)
            let folder = try await bench.store.ticket(ticket.id)
            #expect(folder.ticket.status == .waiting)
            #expect(folder.ticket.firstResponseAt == bench.clock.now)
            #expect(folder.conversation.status == .waiting)
            #expect(folder.messages.map(\.outcome) == [.ticket, .ticket, nil])
            #expect(folder.messages.last?.author == .init(kind: .agent, name: "Ann"))
            #expect(folder.messages.last?.text == "Hello, Ann here.")
            #expect(try await bench.store.claimDrafting(limit: 5).isEmpty)
            #expect(try await bench.store.claimDeliveries(limit: 5).map(\.item.id) == [reply.id])
            let second = bench.outgoing(.humanReply)
            bench.clock.advance(.seconds(1))
            try await bench.store.reply(
                ticket.id, TicketReply(agent: "Bob", outgoing: second, status: .resolved), version: nil)
            let after = try await bench.store.ticket(ticket.id).ticket
            #expect(after.status == .resolved)
            #expect(after.resolvedAt == bench.clock.now)
            #expect(after.firstResponseAt == folder.ticket.firstResponseAt)
        }
    }

    @Test(arguments: Engine.available)
    func `a discarded draft is off its ticket, which stays for a human, with a note`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            let note = TicketNote(at: bench.clock.now, author: "Ann", text: "wrong article")
            await #expect { try await bench.store.discardDraft(ticket.id, note, version: ticket.version + 1) } throws: {
                ($0 as? StoreError)?.code == .stale
            }
            try await bench.store.discardDraft(ticket.id, note, version: ticket.version)
            let folder = try await bench.store.ticket(ticket.id)
            #expect(folder.draft == nil && folder.ticket.status == .open && folder.notes == [note])
            #expect(try await bench.store.lastDraft(of: id) != nil)
            await #expect { try await bench.store.discardDraft(ticket.id, note, version: nil) } throws: {
                ($0 as? StoreError)?.code == .notFound
            }
            #expect(try await bench.store.ticket(ticket.id).notes.count == 1)
        }
    }

    @Test(arguments: Engine.available)
    func `a draft that a human let go is the desk's, with who let it go, and is let go once`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let (_, ticket) = try await bench.ticketed()
            for index in 0..<2 {
                var reply = bench.outgoing(.humanReply, body: "Perhaps")
                reply.reply.signer = nil
                do {
                    try await bench.store.reply(ticket.id, TicketReply(agent: "Ann", outgoing: reply), version: nil)
                    #expect(index == 0)
                } catch {
                    #expect(index == 1 && (error as? StoreError)?.code == .stale)
                }
            }
            let folder = try await bench.store.ticket(ticket.id)
            #expect(
                folder.messages.filter { $0.direction == .outgoing }.map(\.author) == [.init(kind: .desk, name: "Ann")])
            #expect(folder.ticket.firstResponseAt == bench.clock.now)
        }
    }

    @Test(arguments: Engine.available)
    func `an agent's reply withdraws the machine's and ends a draft under way`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            _ = try await bench.filed(bench.message("More"), token: id)
            let machine = try await bench.drafting(id)
            _ = try await bench.store.conclude(machine, bench.sending(machine))
            _ = try await bench.filed(bench.message("Even more"), token: id)
            let late = try await bench.drafting(id)
            let reply = bench.outgoing(.humanReply)
            try await bench.store.reply(ticket.id, TicketReply(agent: "Ann", outgoing: reply), version: nil)
            #expect(try await bench.store.outbox(state: .withdrawn, limit: 5).count == 1)
            await #expect { try await bench.store.conclude(late, bench.sending(late)) } throws: {
                ($0 as? StoreError)?.code == .stale
            }
            #expect(try await bench.store.outbox(state: .pending, limit: 5).map(\.id) == [reply.id])
        }
    }

    @Test(arguments: Engine.available)
    func `a change names the version it saw, or changes whatever stands there`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (_, ticket) = try await bench.ticketed()
            let store = bench.store
            try await store.assign(ticket.id, to: "ann", by: "admin", version: ticket.version)
            for attempt in 0..<3 {
                await #expect {
                    switch attempt {
                    case 0: try await store.assign(ticket.id, to: "bob", by: "admin", version: ticket.version)
                    case 1: try await store.setStatus(ticket.id, .closed, by: "admin", version: ticket.version)
                    default:
                        let reply = TicketReply(agent: "Bob", outgoing: bench.outgoing(.humanReply))
                        try await store.reply(ticket.id, reply, version: ticket.version)
                    }
                } throws: {
                    ($0 as? StoreError)?.code == .stale
                }
            }
            let seen = try await store.ticket(ticket.id).ticket
            #expect(seen.assignee == "ann")
            #expect(seen.status == .open)
            #expect(seen.version == ticket.version + 1)
            #expect(try await store.outbox(state: nil, limit: 5).isEmpty)
            try await store.setStatus(ticket.id, .resolved, by: "ann", version: nil)
            await #expect { try await store.setStatus(ticket.id, .resolved, by: "ann", version: nil) } throws: {
                ($0 as? StoreError)?.code == .invalid
            }
            #expect(try await store.ticket(ticket.id).ticket.resolvedAt == bench.clock.now)
        }
    }

    @Test(arguments: Engine.available)
    func `a resolved ticket is opened again, a live one is told what is new`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            _ = try await bench.filed(bench.message("Still broken"), token: id)
            var lease = try await bench.drafting(id)
            #expect(lease.item.ticket?.id == ticket.id)
            var conclusion = bench.ticketing(lease, priority: .urgent)
            conclusion.decision.reasons = ["angry"]
            _ = try await bench.store.conclude(lease, conclusion)
            var now = try await bench.store.ticket(ticket.id).ticket
            #expect(now.status == .new)
            #expect(now.priority == .urgent)
            #expect(now.reasons == ["angry", "a refund"])
            #expect(try await bench.store.untold() == 1)
            try await bench.store.setStatus(ticket.id, .resolved, by: "ann", version: nil)
            bench.clock.advance(.hours(1))
            _ = try await bench.filed(bench.message("It broke again"), token: id)
            lease = try await bench.drafting(id)
            _ = try await bench.store.conclude(lease, bench.ticketing(lease))
            now = try await bench.store.ticket(ticket.id).ticket
            #expect(now.status == .open)
            #expect(now.openedAt == bench.clock.now)
            #expect(now.resolvedAt == nil)
            #expect(now.priority == .normal)
            #expect(now.reasons == ["a refund"])
            #expect(try await bench.store.untold() == 1)
            #expect(try await bench.store.tickets(TicketFilter(), limit: 9, cursor: nil).items.count == 1)
        }
    }

    @Test(arguments: Engine.available)
    func `a live ticket keeps its first reason, unless a weightier one comes`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            func add(_ reasons: [String], _ priority: SupportTicket.Priority) async throws -> SupportTicket {
                _ = try await bench.filed(bench.message("More"), token: id)
                let lease = try await bench.drafting(id)
                var conclusion = bench.ticketing(lease, priority: priority)
                conclusion.decision.reasons = reasons
                _ = try await bench.store.conclude(lease, conclusion)
                return try await bench.store.ticket(ticket.id).ticket
            }
            let open = "ticket #\(ticket.number) is open"
            var now = try await add([open, "confidence 12 %"], .normal)
            #expect(now.reason == "a refund")
            #expect(now.reasons == ["a refund", "confidence 12 %"])
            now = try await add(["the customer asks for a person", open, "confidence 12 %"], .high)
            #expect(now.reason == "the customer asks for a person")
            #expect(now.reasons == ["the customer asks for a person", "confidence 12 %", "a refund"])
            now = try await add(["something else", open], .high)
            #expect(now.reason == "the customer asks for a person")
            #expect(now.reasons.last == "something else")
            for number in 0..<30 { now = try await add([open, "doubt \(number)"], .normal) }
            #expect(now.reason == "the customer asks for a person")
            #expect(now.reasons.count == 20 && now.reasons.last == "doubt 29")
        }
    }

    @Test(arguments: Engine.available)
    func `a request for a human opens the ticket and takes over all that waits`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.answered()
            _ = try await bench.filed(bench.message("A human please"), token: id)
            let late = try await bench.drafting(id)
            let opened = try await bench.store.escalate(
                id, ticket: bench.id(), reason: "asked for a human", by: "customer")
            #expect(opened.status == .new)
            #expect(opened.reason == "asked for a human")
            let messages = try await bench.store.messages(of: id)
            #expect(messages.map(\.outcome) == [.answered, nil, .ticket])
            #expect(messages[1].delivery == .withdrawn)
            let due = try await bench.store.claimNotices(limit: 9)
            #expect(due.map(\.item.ticket) == [opened])
            #expect(due.first?.item.question.hasSuffix("A human please") == true)
            try await bench.store.tell(Telling(told: due, notices: [], later: [], nextAt: bench.clock.now))
            await #expect(throws: StoreError.self) { try await bench.store.conclude(late, bench.sending(late)) }
            // Asked twice: the same ticket, and no further notice.
            let again = try await bench.store.escalate(
                id, ticket: bench.id(), reason: "asked again", by: "customer")
            #expect(again.id == opened.id)
            #expect(try await bench.store.untold() == 0)
            let event = try await bench.store.events(after: 0, conversation: id, limit: 50)
                .first { $0.kind == .ticketOpened }
            #expect(event?.actor == "customer")
            #expect(event?.ticket == opened.id)
        }
    }

    @Test(arguments: Engine.available)
    func `notes are kept in order and never sent`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            for number in 0..<3 {
                let note = TicketNote(at: bench.clock.now, author: "ann", text: "note \(number)")
                try await bench.store.note(ticket.id, note)
                bench.clock.advance(.seconds(1))
            }
            let folder = try await bench.store.ticket(ticket.id)
            #expect(folder.notes.map(\.text) == ["note 0", "note 1", "note 2"])
            #expect(try await bench.store.outbox(state: nil, limit: 5).isEmpty)
            let notes = try await bench.store.events(after: 0, conversation: id, limit: 50)
                .filter { $0.kind == .ticketNote }
            #expect(notes.map(\.detail) == ["", "", ""])
            await #expect { try await bench.store.note(bench.id(), folder.notes[0]) } throws: {
                ($0 as? StoreError)?.code == .notFound
            }
        }
    }

    @Test(arguments: Engine.available)
    func `tickets are listed live ones first, by priority and age, in pages`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            var expected: [(TicketID, Int)] = []
            for (number, priority) in [SupportTicket.Priority.low, .urgent, .normal, .normal, .high].enumerated() {
                let id = try await bench.waiting(bench.message(subject: "Case \(number)"))
                let lease = try await bench.drafting(id)
                let conclusion = bench.ticketing(lease, priority: priority)
                _ = try await bench.store.conclude(lease, conclusion)
                expected.append((conclusion.ticket, number))
                bench.clock.advance(.seconds(1))
            }
            let store = bench.store
            try await store.setStatus(expected[1].0, .closed, by: "ann", version: nil)
            try await store.assign(expected[3].0, to: "ann", by: "ann", version: nil)
            let order = [4, 2, 3, 0, 1].map { expected[$0].0 }
            var listed: [TicketID] = []
            var cursor: String?
            repeat {
                let page = try await store.tickets(TicketFilter(), limit: 2, cursor: cursor)
                listed += page.items.map(\.id)
                cursor = page.next
            } while cursor != nil && listed.count < 20
            #expect(listed == order)
            let live = TicketFilter(statuses: [.new, .open, .waiting])
            #expect(try await store.tickets(live, limit: 9, cursor: nil).items.map(\.id) == Array(order.prefix(4)))
            let hers = TicketFilter(assignee: "ann")
            #expect(try await store.tickets(hers, limit: 9, cursor: nil).items.map(\.id) == [expected[3].0])
            let closed = TicketFilter(statuses: [.closed])
            #expect(try await store.tickets(closed, limit: 9, cursor: nil).items.map(\.id) == [expected[1].0])
            await #expect { try await store.tickets(TicketFilter(), limit: 2, cursor: "x") } throws: {
                ($0 as? StoreError)?.code == .invalid
            }
        }
    }

    // MARK: Double clicks

    @Test(arguments: Engine.available)
    func `a named reply is written once, whatever version it names; with other words it is refused`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let (_, ticket) = try await bench.ticketed()
            let first = bench.outgoing(.humanReply)
            func send(_ body: String? = nil, version: Int? = nil) async throws {
                var again = bench.outgoing(.humanReply, body: body ?? first.reply.body)
                again.reply.messageID = first.reply.messageID
                try await bench.store.reply(
                    ticket.id, TicketReply(agent: "Ann", outgoing: again, isNamed: true), version: version)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 { group.addTask { try await send(version: ticket.version) } }
                try await group.waitForAll()
            }
            bench.clock.advance(.hours(5))
            try await send()
            await #expect { try await send("Something else.") } throws: { ($0 as? StoreError)?.code == .invalid }
            #expect(try await bench.store.outbox(state: nil, limit: 9).count == 1)
            #expect(try await bench.store.ticket(ticket.id).ticket.version == ticket.version + 1)
        }
    }

    @Test(arguments: Engine.available)
    func `without a name or a version the same words of one agent go out once a minute`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (_, ticket) = try await bench.ticketed()
            func send(_ body: String = "Yes.", signer: String = "Ann", isNamed: Bool = false) async throws {
                var outgoing = bench.outgoing(.humanReply, body: body)
                outgoing.reply.signer = signer
                try await bench.store.reply(
                    ticket.id, TicketReply(agent: signer, outgoing: outgoing, isNamed: isNamed), version: nil)
            }
            func refused(_ call: () async throws -> Void) async {
                await #expect { try await call() } throws: { ($0 as? StoreError)?.code == .stale }
            }
            try await send()
            await refused { try await send() }
            try await send("Yes!")
            await refused { try await send("Yes!") }
            try await send("Yes!", isNamed: true)
            try await send("Yes!", signer: "Bob")
            bench.clock.advance(TicketReply.doubleClick)
            try await send("Yes!", signer: "Bob")
            #expect(try await bench.store.outbox(state: nil, limit: 9).count == 5)
        }
    }
}
