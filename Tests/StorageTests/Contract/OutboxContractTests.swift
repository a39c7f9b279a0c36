// Claiming and settling deliveries, on every engine.

import Correspondence
import Testing

@testable import Storage

@Suite struct OutboxContractTests {
    @Test(arguments: Engine.available)
    func `what was sent is told in outbox, conversation and history`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.answered()
            let lease = try await bench.store.claimDeliveries(limit: 5)[0]
            #expect(lease.item.state == .sending)
            #expect(lease.item.conversation == id)
            #expect(lease.item.wasInDoubt == false)
            #expect(try await bench.store.claimDeliveries(limit: 5).isEmpty)
            bench.clock.advance(.seconds(2))
            try await bench.store.settle(lease, .sent(reply: "250 ok"))
            let entry = try await bench.store.outbox(state: .sent, limit: 5)[0]
            #expect(entry.settledAt == bench.clock.now)
            #expect(entry.attempts == 1)
            #expect(try await bench.store.messages(of: id).last?.delivery == .sent)
            #expect(try await bench.store.backlog().isEmpty)
            await #expect { try await bench.store.settle(lease, .sent(reply: "250")) } throws: {
                ($0 as? StoreError)?.code == .stale
            }
            #expect(try await bench.store.events(after: 0, conversation: id, limit: 9).last?.kind == .replySent)
        }
    }

    @Test(arguments: Engine.available)
    func `what is to be tried again waits for its time`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            _ = try await bench.answered()
            let lease = try await bench.store.claimDeliveries(limit: 5)[0]
            let at = bench.clock.now + .seconds(60)
            try await bench.store.settle(lease, .again(at: at, error: "451", inDoubt: false))
            let entry = try await bench.store.outbox(state: .pending, limit: 5)[0]
            #expect(entry.dueAt == at)
            #expect(entry.lastError == "451")
            #expect(try await bench.store.claimDeliveries(limit: 5).isEmpty)
            bench.clock.advance(.seconds(60))
            let again = try await bench.store.claimDeliveries(limit: 5)[0]
            #expect(again.attempts == 1)
            #expect(again.item.attempts == 1)
            #expect(again.item.wasInDoubt == false)
        }
    }

    @Test(arguments: Engine.available)
    func `a doubt stays with the row for good`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.answered()
            let lease = try await bench.store.claimDeliveries(limit: 5)[0]
            try await bench.store.settle(lease, .again(at: bench.clock.now, error: "no reply", inDoubt: true))
            #expect(try await bench.store.outbox(state: .inDoubt, limit: 5).map(\.wasInDoubt) == [true])
            #expect(try await bench.store.messages(of: id).last?.delivery == .inDoubt)
            let again = try await bench.store.claimDeliveries(limit: 5)[0]
            #expect(again.item.wasInDoubt)
            #expect(again.item.reply.messageID == lease.item.reply.messageID)
            try await bench.store.settle(again, .sent(reply: "250"))
            #expect(try await bench.store.outbox(state: .sent, limit: 5).map(\.wasInDoubt) == [true])
        }
    }

    @Test(arguments: Engine.available)
    func `a sender that died leaves a row in doubt`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            _ = try await bench.answered()
            let late = try await bench.store.claimDeliveries(limit: 5)[0]
            bench.clock.advance(leaseDuration + .seconds(1))
            let next = try await bench.store.claimDeliveries(limit: 5)[0]
            #expect(next.item.wasInDoubt)
            #expect(next.attempts == 1)
            await #expect(throws: StoreError.self) { try await bench.store.settle(late, .sent(reply: "250")) }
            #expect(try await bench.store.outbox(state: .sending, limit: 5).count == 1)
        }
    }

    /// Rows of several conversations, due now.
    private func due(_ count: Int, _ bench: Bench) async throws {
        for number in 0..<count { _ = try await bench.answered(bench.message(subject: "Number \(number)")) }
    }

    @Test(arguments: Engine.available)
    func `of the claimed rows only the begun ones are in doubt when their sender died`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            try await due(4, bench)
            let leases = try await bench.store.claimDeliveries(limit: 9, beginning: 1)
            #expect(leases.map(\.item.state) == [.sending, .pending, .pending, .pending])
            #expect(try await bench.store.begin([(leases[2].work, leases[2].fence)]) == [leases[2].work])
            #expect(try await bench.store.outbox(state: .sending, limit: 9).count == 2)
            bench.clock.advance(leaseDuration + .seconds(1))
            let next = try await bench.store.claimDeliveries(limit: 9, beginning: 0)
            #expect(next.map(\.item.wasInDoubt) == [true, false, true, false])
            #expect(next.map(\.item.state) == [.inDoubt, .pending, .inDoubt, .pending])
            let events = try await bench.store.events(after: 0, conversation: nil, limit: 99).map(\.kind)
            #expect(events.count { $0 == .replyInDoubt } == 2)
            // Begun once more or not, a doubt stays; what was never begun gets none.
            #expect(try await bench.store.begin(next[0...1].map { ($0.work, $0.fence) }).count == 2)
            bench.clock.advance(leaseDuration + .seconds(1))
            let last = try await bench.store.claimDeliveries(limit: 9)
            #expect(last.map(\.item.wasInDoubt) == [true, true, true, false])
            #expect(last.allSatisfy { $0.item.state == .sending })
        }
    }

    @Test(arguments: Engine.available)
    func `a claim that ran out before the mail's turn came is no attempt`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            try await due(1, bench)
            try await bench.store.enqueue(bench.outgoing(.report))
            for _ in 0..<3 {
                let leases = try await bench.store.claimDeliveries(limit: 4, beginning: 0)
                #expect(leases.map(\.attempts) == [0, 0])
                bench.clock.advance(leaseDuration + .seconds(1))
            }
            #expect(try await bench.store.claimDeliveries(limit: 4, beginning: 2).map(\.attempts) == [0, 0])
            // Those had begun: now it counts.
            bench.clock.advance(leaseDuration + .seconds(1))
            #expect(try await bench.store.claimDeliveries(limit: 4, beginning: 2).map(\.attempts) == [1, 1])
        }
    }

    @Test(arguments: Engine.available)
    func `a reply whose conversation was erased is stale, however it ended`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.answered()
            let lease = try await bench.store.claimDeliveries(limit: 1)[0]
            try await bench.store.erase(id)
            for settlement in [
                Settlement.sent(reply: "250"), .again(at: bench.clock.now, error: "451", inDoubt: false),
                .failed(error: "550", ticket: bench.id()),
            ] {
                await #expect { try await bench.store.settle(lease, settlement) } throws: {
                    ($0 as? StoreError)?.code == .stale
                }
            }
        }
    }

    @Test(arguments: Engine.available)
    func `a row is begun once, by who holds it, and not after its lease`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            try await due(3, bench)
            let leases = try await bench.store.claimDeliveries(limit: 9, beginning: 0)
            let works = leases.map { (work: $0.work, fence: $0.fence) }
            #expect(try await bench.store.begin([(works[0].work, works[0].fence + 1), ("x", 1), ("999", 1)]).isEmpty)
            #expect(
                try await bench.store.begin([works[1], works[0], works[1]]) == [works[0].work, works[1].work].sorted())
            // Who holds the same fence by a lost commit finds it begun.
            #expect(try await bench.store.begin([works[0]]).isEmpty)
            try await bench.store.release([works[0]])
            #expect(try await bench.store.begin([works[0]]).isEmpty)
            let again = try await bench.store.claimDeliveries(limit: 9, beginning: 0)
            #expect(again.map(\.work) == [works[0].work] && !again[0].item.wasInDoubt)
            bench.clock.advance(leaseDuration + .seconds(1))
            #expect(try await bench.store.begin([works[2]]).isEmpty)
            try await bench.store.settle(again[0], .sent(reply: "250"))
            #expect(try await bench.store.begin([(again[0].work, again[0].fence)]).isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func `a claimed row that is taken back is not begun`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.answered()
            let lease = try await bench.store.claimDeliveries(limit: 5, beginning: 0)[0]
            bench.clock.advance(leaseDuration + .seconds(1))
            let ticket: TicketID = bench.id()
            _ = try await bench.store.escalate(id, ticket: ticket, reason: "asked", by: "ada")
            #expect(try await bench.store.outbox(state: .withdrawn, limit: 5).map(\.wasInDoubt) == [false])
            #expect(try await bench.store.begin([(lease.work, lease.fence)]).isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func `a renewed lease holds on, a lost one is left out of the answer`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            _ = try await bench.answered()
            let lease = try await bench.store.claimDeliveries(limit: 5)[0]
            for _ in 0..<3 {
                bench.clock.advance(.seconds(20))
                let held = try await bench.store.renew([(lease.work, lease.fence), (lease.work, lease.fence + 1)])
                #expect(held == [lease.work])
            }
            #expect(try await bench.store.claimDeliveries(limit: 5).isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func `released leases are free at once and leave no doubt`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            _ = try await bench.answered()
            let lease = try await bench.store.claimDeliveries(limit: 5)[0]
            try await bench.store.release([(lease.work, lease.fence)])
            let again = try await bench.store.claimDeliveries(limit: 5)[0]
            #expect(again.item.wasInDoubt == false)
            #expect(again.attempts == 0)
            await #expect(throws: StoreError.self) { try await bench.store.settle(lease, .sent(reply: "250")) }
        }
    }

    @Test(arguments: Engine.available)
    func `a row that is given back says why, begun or not`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            try await due(2, bench)
            let leases = try await bench.store.claimDeliveries(limit: 5, beginning: 1)
            try await bench.store.release(leases.map { ($0.work, $0.fence) }, reason: "535 no")
            #expect(try await bench.store.outbox(state: .pending, limit: 5).map(\.lastError) == ["535 no", "535 no"])
            // A word that is missing takes none away, and whoever lost the lease says nothing.
            let again = try await bench.store.claimDeliveries(limit: 5)
            try await bench.store.release(leases.map { ($0.work, $0.fence) }, reason: "late")
            try await bench.store.release(again.map { ($0.work, $0.fence) })
            #expect(try await bench.store.outbox(state: .pending, limit: 5).map(\.lastError) == ["535 no", "535 no"])
        }
    }

    @Test(arguments: Engine.available)
    func `rows that nobody holds are given up by purpose and age, each to a human`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            var ids: [ConversationID] = []
            for number in 0..<4 { ids.append(try await bench.answered(bench.message(subject: "Number \(number)"))) }
            try await bench.store.enqueue(bench.outgoing(.report))
            let held = try await bench.store.claimDeliveries(limit: 1)[0]
            bench.clock.advance(.seconds(10))
            let limit = bench.clock.now
            bench.clock.advance(.seconds(10))
            let young = try await bench.answered(bench.message(subject: "Young"))
            func giveUp(_ purpose: OutgoingReply.Purpose, _ count: Int) async throws -> Int {
                try await bench.store.giveUp(purpose, writtenBefore: limit, error: "too late", limit: count)
            }
            #expect(try await giveUp(.humanReply, 9) == 0)
            #expect(try await giveUp(.automaticReply, 2) == 2)
            #expect(try await giveUp(.automaticReply, 9) == 1)
            #expect(try await giveUp(.automaticReply, 9) == 0)
            let failed = try await bench.store.outbox(state: .failed, limit: 9)
            #expect(failed.count == 3 && failed.allSatisfy { $0.lastError == "too late" })
            for id in ids + [young] {
                let stands = id == young || id == held.item.conversation
                #expect((try await bench.store.conversation(id).ticket == nil) == stands)
            }
            #expect(try await giveUp(.report, 9) == 1)
            try await bench.store.settle(held, .sent(reply: "250"))
            #expect(try await bench.store.claimDeliveries(limit: 9).map(\.item.conversation) == [young])
        }
    }

    @Test(arguments: Engine.available)
    func `what failed for good opens the ticket and tells the agents`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.answered()
            let lease = try await bench.store.claimDeliveries(limit: 5)[0]
            let ticket: TicketID = bench.id()
            try await bench.store.settle(lease, .failed(error: "550 no such user", ticket: ticket))
            #expect(try await bench.store.conversation(id).ticket == ticket)
            #expect(try await bench.store.ticket(ticket).ticket.reason.contains("550"))
            #expect(try await bench.store.messages(of: id).map(\.outcome) == [.answered, nil])
            #expect(try await bench.store.messages(of: id).last?.delivery == .failed)
            let due = try await bench.store.claimNotices(limit: 5)
            #expect(due.map(\.item.ticket.id) == [ticket])
            #expect(due.first?.item.ticket.reasons == ["a reply could not be delivered: 550 no such user"])
            #expect(due.first?.item.question == "Where is my parcel?")
        }
    }

    @Test(arguments: Engine.available)
    func `a report goes out, and failing opens no ticket`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let report = bench.outgoing(.report)
            try await bench.store.enqueue(report)
            let lease = try await bench.store.claimDeliveries(limit: 5)[0]
            #expect(lease.item.conversation == nil)
            #expect(lease.item.reply == report.reply)
            try await bench.store.settle(lease, .failed(error: "550", ticket: bench.id()))
            #expect(try await bench.store.tickets(TicketFilter(), limit: 5, cursor: nil).items.isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func `a failed row can be tried again, a sent one cannot`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.answered()
            let lease = try await bench.store.claimDeliveries(limit: 5)[0]
            try await bench.store.settle(lease, .failed(error: "550", ticket: bench.id()))
            try await bench.store.retry(lease.item.id)
            #expect(try await bench.store.messages(of: id).last?.delivery == .pending)
            let again = try await bench.store.claimDeliveries(limit: 5)[0]
            #expect(again.item.id == lease.item.id)
            try await bench.store.settle(again, .sent(reply: "250"))
            for refused in [lease.item.id] {
                await #expect { try await bench.store.retry(refused) } throws: { ($0 as? StoreError)?.code == .invalid }
                await #expect { try await bench.store.drop(refused) } throws: { ($0 as? StoreError)?.code == .invalid }
            }
            await #expect { try await bench.store.drop(bench.id()) } throws: { ($0 as? StoreError)?.code == .notFound }
        }
    }

    @Test(arguments: Engine.available)
    func `a dropped reply is withdrawn and leaves its customer to a human`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.answered()
            let row = try await bench.store.outbox(state: nil, limit: 5)[0]
            let lease = try await bench.store.claimDeliveries(limit: 5)[0]
            await #expect { try await bench.store.drop(row.id) } throws: { ($0 as? StoreError)?.code == .stale }
            try await bench.store.settle(lease, .again(at: bench.clock.now, error: "451", inDoubt: false))
            try await bench.store.drop(row.id)
            #expect(try await bench.store.outbox(state: .withdrawn, limit: 5).map(\.id) == [row.id])
            #expect(try await bench.store.claimDeliveries(limit: 5).isEmpty)
            #expect(try await bench.store.conversation(id).ticket != nil)
        }
    }

    @Test(arguments: Engine.available)
    func `the backlog counts due and leased work of each kind`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            #expect(try await bench.store.backlog().isEmpty)
            _ = try await bench.answered()
            _ = try await bench.waiting(bench.message(subject: "Two"))
            _ = try await bench.store.accept([bench.arrival(), bench.arrival()], cursor: nil)
            _ = try await bench.store.claimArrivals(limit: 1, byteLimit: 1)
            #expect(try await bench.store.backlog() == [.read: 2, .draft: 1, .deliver: 1])
        }
    }

    @Test(arguments: Engine.available)
    func `waiting tasks get hints of work and history`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            var work = bench.store.wakeUps().makeAsyncIterator()
            var history = bench.store.historyHints().makeAsyncIterator()
            _ = try await bench.store.accept([bench.arrival()], cursor: nil)
            // The first hints of a listening PostgreSQL name every kind.
            var heard: Set<WorkKind> = []
            while !heard.contains(.read), let kind = await work.next() { heard.insert(kind) }
            #expect(heard.contains(.read))
            _ = try await bench.waiting(bench.message(subject: "Two"))
            #expect(await history.next() != nil)
        }
    }
}
