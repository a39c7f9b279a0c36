// The contract of the ledger, on every engine.

import Correspondence
import Testing

@testable import Storage

@Suite struct ArrivalContractTests {
    @Test(arguments: Engine.available)
    func `what was accepted once is known the second time, and read once`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let first = bench.arrival("one", key: "1/1")
            let again = bench.arrival("one", key: "1/1")
            let other = bench.arrival("two", key: "1/2")
            #expect(try await bench.store.accept([first, other], cursor: nil) == [.new(first.id), .new(other.id)])
            #expect(try await bench.store.accept([again], cursor: nil) == [.known(first.id)])
            let leases = try await bench.store.claimArrivals(limit: 10, byteLimit: 1_000)
            #expect(leases.map(\.item.id) == [first.id, other.id])
            #expect(leases.map(\.item.bytes) == [Array("one".utf8), Array("two".utf8)])
            #expect(leases[0].item.channel == Channel(.mailbox, "support"))
            #expect(leases[0].attempts == 0)
            #expect(try await bench.store.mail(other.id) == Array("two".utf8))
        }
    }

    @Test(arguments: Engine.available)
    func `what is claimed as it is accepted is nobody else's, and known arrivals bring no lease`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let known = bench.arrival("one", key: "1/1")
            _ = try await bench.store.accept([known], cursor: nil)
            #expect(try await bench.store.claimArrivals(limit: 10, byteLimit: 1_000).map(\.item.id) == [known.id])
            let news = [bench.arrival("two", key: "1/2"), bench.arrival("three", key: "1/3")]
            let again = bench.arrival("one", key: "1/1")
            let cursor = MailboxCursor(uidValidity: 1, lastUID: 3, firstUIDNext: 1)
            let (acceptances, leases) = try await bench.store.acceptClaimed(
                [again] + news, cursor: ("support", cursor))
            #expect(acceptances == [.known(known.id), .new(news[0].id), .new(news[1].id)])
            #expect(leases.map(\.item.bytes) == news.map(\.bytes))
            #expect(leases.map(\.attempts) == [0, 0])
            #expect(try await bench.store.cursor(mailbox: "support") == cursor)
            let others = try await bench.store.claimArrivals(limit: 10, byteLimit: 1_000)
            #expect(others.isEmpty)
            // The lease is one like any other: it can be renewed and given back, and then it is gone.
            let work = leases.map { (work: $0.work, fence: $0.fence) }
            #expect(try await bench.store.renew(work).count == 2)
            try await bench.store.release(work)
            let claimed = try await bench.store.claimArrivals(limit: 10, byteLimit: 1_000)
            #expect(claimed.map(\.item.id) == news.map(\.id))
            #expect(claimed.map(\.attempts) == [0, 0])
            await #expect { try await bench.store.postpone(leases[0], error: "late", delay: .seconds(1)) } throws: {
                ($0 as? StoreError)?.code == .stale
            }
        }
    }

    @Test(arguments: Engine.available)
    func `the same key on another channel is another arrival`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let one = bench.arrival(channel: Channel(.mailbox, "a"), key: "1/1")
            let two = bench.arrival(channel: Channel(.mailbox, "b"), key: "1/1")
            let answers = try await bench.store.accept([one, two], cursor: nil)
            #expect(answers == [.new(one.id), .new(two.id)])
        }
    }

    @Test(arguments: Engine.available)
    func `a mailbox's cursor is kept with its mails`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            #expect(try await bench.store.cursor(mailbox: "support") == nil)
            let cursor = MailboxCursor(uidValidity: 4_000_000_000, lastUID: 7, firstUIDNext: 3)
            _ = try await bench.store.accept([bench.arrival()], cursor: ("support", cursor))
            #expect(try await bench.store.cursor(mailbox: "support") == cursor)
            let next = MailboxCursor(uidValidity: 5, lastUID: 0, firstUIDNext: nil)
            _ = try await bench.store.accept([], cursor: ("support", next))
            #expect(try await bench.store.cursor(mailbox: "support") == next)
            #expect(try await bench.store.cursor(mailbox: "other") == nil)
        }
    }

    @Test(arguments: Engine.available)
    func `a UID that is used for another mail brings a new mail, and the same bytes again are known`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let store = bench.store
            let cursor = ("support", MailboxCursor(uidValidity: 7, lastUID: 1, firstUIDNext: 1))
            let first = bench.arrival("A", key: "7/1")
            _ = try await store.accept([first], cursor: cursor)
            let lease = try await store.claimArrivals(limit: 1, byteLimit: 10)[0]
            _ = try await store.file([(lease, bench.filing(bench.message()))])[0].get()
            // The mailbox was restored from a backup: the session begins anew, under the same UIDVALIDITY.
            let restored = ("support", MailboxCursor(uidValidity: 7, lastUID: 1, firstUIDNext: nil))
            let other = bench.arrival("B", key: "7/1")
            let (acceptances, leases) = try await store.acceptClaimed([other], cursor: restored)
            #expect(acceptances == [.new(other.id)])
            #expect(leases.map(\.item.bytes) == [Array("B".utf8)])
            #expect(leases.first?.item.key.hasPrefix("7/1/") == true)
            for (bytes, known) in [("A", first), ("B", other)] {
                #expect(
                    try await store.accept([bench.arrival(bytes, key: "7/1")], cursor: restored) == [.known(known.id)])
            }
            #expect(try await store.ledger(outcome: nil, limit: 10, before: nil).count == 2)
            // Of a webhook's key nobody says so.
            let channel = Channel(.webhook, "inbound")
            let called = bench.arrival("A", channel: channel, key: "1")
            _ = try await store.accept([called], cursor: nil)
            #expect(
                try await store.accept([bench.arrival("B", channel: channel, key: "1")], cursor: nil)
                    == [.known(called.id)])
        }
    }

    @Test(arguments: Engine.available)
    func `an erased mail is known by its size, and one kept by its header by how it begins`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let store = bench.store
            let cursor = ("support", MailboxCursor(uidValidity: 7, lastUID: 4, firstUIDNext: nil))
            func accept(_ text: String, _ key: String, shortfall: String? = nil) async throws -> Bool {
                var arrival = bench.arrival(text, key: key)
                arrival.shortfall = shortfall
                guard case .new = try await store.accept([arrival], cursor: cursor)[0] else { return false }
                return true
            }
            let erased = try await bench.waiting(arrival: bench.arrival("erased", key: "7/1"))
            try await store.erase(erased)
            #expect(try await !accept("erased", "7/1"))
            #expect(try await accept("another mail", "7/1"))
            // Too large once, and not any more; the other way round.
            #expect(try await accept("header", "7/2", shortfall: "too large"))
            #expect(try await !accept("header and body", "7/2"))
            #expect(try await !accept("header", "7/2", shortfall: "too large, in other words"))
            #expect(try await accept("other header", "7/2", shortfall: "too large"))
            #expect(try await accept("head and body", "7/3"))
            #expect(try await !accept("head", "7/3", shortfall: "too large"))
            // Not given out once; now it is.
            #expect(try await accept("", "7/4", shortfall: "withheld"))
            #expect(try await accept("whole", "7/4"))
        }
    }

    /// Ten old mails, as the mailbox is handed over anew under another UIDVALIDITY; how many are history.
    private func historyAfterReset(_ bench: Bench, ages: [Duration]) async throws -> [Bool] {
        var seen: [Bool] = []
        for (index, age) in ages.enumerated() {
            var old = bench.arrival(key: "8/\(index + 1)")
            old.receivedAt = bench.clock.now - age
            let cursor = MailboxCursor(uidValidity: 8, lastUID: UInt32(index + 1), firstUIDNext: nil)
            let leases = try await bench.store.acceptClaimed([old], cursor: ("support", cursor)).leases
            seen += leases.map(\.item.isHistory)
        }
        return seen
    }

    @Test(arguments: Engine.available, [false, true])
    func `after UIDVALIDITY changed, what was received before the first sight is history, whatever came since`(
        _ engine: Engine, _ hasCopy: Bool
    ) async throws {
        try await Bench.with(engine) { bench in
            _ = try await bench.store.accept(
                [], cursor: ("support", MailboxCursor(uidValidity: 7, lastUID: 50, firstUIDNext: 51)))
            bench.clock.advance(.hours(1))
            if hasCopy {
                // Somebody copies a mail of two years ago into the mailbox: it keeps its date.
                var copied = bench.arrival(key: "7/51")
                copied.receivedAt = bench.clock.now - .days(730)
                _ = try await bench.store.acceptClaimed(
                    [copied], cursor: ("support", MailboxCursor(uidValidity: 7, lastUID: 51, firstUIDNext: 51)))
            }
            let old = try await historyAfterReset(bench, ages: (1...10).map { .days(30 * $0) })
            #expect(old == Array(repeating: true, count: 10))
            var news = bench.arrival(key: "8/11")
            news.receivedAt = bench.clock.now - .minutes(59)
            let cursor = MailboxCursor(uidValidity: 8, lastUID: 11, firstUIDNext: nil)
            let leases = try await bench.store.acceptClaimed([news], cursor: ("support", cursor)).leases
            #expect(leases.map(\.item.isHistory) == [false])
        }
    }

    @Test(arguments: Engine.available)
    func `where a former version saw a mailbox first, the first mail that it brought is the bound`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            try await bench.filed(bench.message(), arrival: bench.arrival(key: "7/51"))
            _ = try await bench.store.accept(
                [],
                cursor: ("support", MailboxCursor(uidValidity: 7, lastUID: 51, firstUIDNext: 51)))
            _ = try await bench.opened.database.write {
                try $0.execute("UPDATE mailboxes SET first_seen_at = NULL", [])
            }
            bench.clock.advance(.hours(1))
            let history = try await historyAfterReset(bench, ages: [.hours(2), .minutes(30)])
            #expect(history == [true, false])
        }
    }

    @Test(arguments: Engine.available)
    func `a claim stops at the byte limit but takes one`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let large = String(repeating: "x", count: 1_000)
            let arrivals = (0..<3).map { bench.arrival("\($0)" + large) }
            _ = try await bench.store.accept(arrivals, cursor: nil)
            let first = try await bench.store.claimArrivals(limit: 10, byteLimit: 10)
            #expect(first.map(\.item.id) == [arrivals[0].id])
            let rest = try await bench.store.claimArrivals(limit: 10, byteLimit: 10_000)
            #expect(rest.map(\.item.id) == [arrivals[1].id, arrivals[2].id])
            #expect(rest.map(\.attempts) == [0, 0])
        }
    }

    @Test(arguments: Engine.available)
    func `what was not read for want of room, or was given back, comes before what was kept later`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let store = bench.store
            let large = String(repeating: "x", count: 1_000)
            let early = [bench.arrival("a"), bench.arrival("b" + large), bench.arrival("c")]
            _ = try await store.accept(early, cursor: nil)
            bench.clock.advance(.seconds(1))
            let late = bench.arrival("d")
            _ = try await store.accept([late], cursor: nil)
            bench.clock.advance(.seconds(1))
            // The small one behind the large one is not taken before it.
            let first = try await store.claimArrivals(limit: 3, byteLimit: 10)
            #expect(first.map(\.item.id) == [early[0].id])
            let second = try await store.claimArrivals(limit: 1, byteLimit: 10)
            #expect(second.map(\.item.id) == [early[1].id])
            bench.clock.advance(.seconds(1))
            try await store.release((first + second).map { ($0.work, $0.fence) })
            var order: [ArrivalID] = []
            for _ in 0..<4 { order += try await store.claimArrivals(limit: 1, byteLimit: 10).map(\.item.id) }
            #expect(order == early.map(\.id) + [late.id])
        }
    }

    @Test(arguments: Engine.available)
    func `a lease holds for its time; then another takes over and the first comes too late`(
        _ engine: Engine
    ) async throws {
        try await Bench.with(engine) { bench in
            let late = try await bench.claimed(bench.arrival())
            bench.clock.advance(leaseDuration - .seconds(1))
            #expect(try await bench.store.claimArrivals(limit: 1, byteLimit: 1_000).isEmpty)
            bench.clock.advance(.seconds(2))
            let next = try await bench.store.claimArrivals(limit: 1, byteLimit: 1_000)
            #expect(next.map(\.attempts) == [1])
            let filing = bench.filing(bench.message())
            let results = try await bench.store.file([(late, filing)])
            #expect(throws: StoreError.self) { try results[0].get() }
            await #expect(throws: StoreError.self) { try await bench.store.quarantine(late, reason: "late") }
            #expect(try await bench.store.ledgerEntry(late.item.id).outcome == nil)
            #expect(try await bench.store.conversations(ConversationFilter(), limit: 5, cursor: nil).items.isEmpty)
            #expect(try await bench.store.file([(next[0], filing)])[0].get() == .waiting(filing.newConversation))
        }
    }

    @Test(arguments: Engine.available)
    func `a stale lease in a batch harms no other`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            var leases: [Lease<Arrival>] = []
            _ = try await bench.store.accept((0..<3).map { _ in bench.arrival() }, cursor: nil)
            leases = try await bench.store.claimArrivals(limit: 3, byteLimit: 1_000)
            try await bench.store.quarantine(leases[1], reason: "unreadable")
            let results = try await bench.store.file(leases.map { ($0, bench.filing(bench.message())) })
            #expect((try? results[0].get()) != nil)
            #expect(throws: StoreError.self) { try results[1].get() }
            #expect((try? results[2].get()) != nil)
        }
    }

    @Test(arguments: Engine.available)
    func `a filing that breaks a rule of the tables harms no other`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let taken = try await bench.waiting()
            _ = try await bench.store.accept((0..<3).map { _ in bench.arrival() }, cursor: nil)
            let leases = try await bench.store.claimArrivals(limit: 3, byteLimit: 1_000)
            var filings = leases.map { _ in bench.filing(bench.message(subject: "Other")) }
            filings[1].newConversation = taken
            let results = try await bench.store.file(Array(zip(leases, filings)).map { ($0.0, $0.1) })
            #expect((try? results[0].get()) != nil)
            #expect(throws: StoreError.self) { try results[1].get() }
            #expect((try? results[2].get()) != nil)
            #expect(try await bench.store.ledgerEntry(leases[1].item.id).message == nil)
        }
    }

    @Test(arguments: Engine.available)
    func `a postponed arrival comes again after the delay with its attempt counted`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let lease = try await bench.claimed(bench.arrival())
            try await bench.store.postpone(lease, error: "crashed", delay: .seconds(60))
            bench.clock.advance(.seconds(59))
            #expect(try await bench.store.claimArrivals(limit: 1, byteLimit: 1_000).isEmpty)
            bench.clock.advance(.seconds(1))
            #expect(try await bench.store.claimArrivals(limit: 1, byteLimit: 1_000).first?.attempts == 1)
            let entry = try await bench.store.ledgerEntry(lease.item.id)
            #expect(entry.attempts == 1)
            #expect(entry.lastError == "crashed")
        }
    }

    @Test(arguments: Engine.available)
    func `what is quarantined keeps its bytes and can be replayed once`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let lease = try await bench.claimed(bench.arrival("poison"))
            try await bench.store.quarantine(lease, reason: "unreadable")
            let entry = try await bench.store.ledgerEntry(lease.item.id)
            #expect(entry.outcome == .quarantined)
            #expect(entry.outcomeReason == "unreadable")
            #expect(try await bench.store.mail(lease.item.id) == Array("poison".utf8))
            try await bench.store.replay(lease.item.id)
            #expect(try await bench.store.ledgerEntry(lease.item.id).outcome == nil)
            let again = try await bench.store.claimArrivals(limit: 1, byteLimit: 1_000)
            #expect(again.map(\.item.id) == [lease.item.id])
            await #expect { try await bench.store.replay(lease.item.id) } throws: {
                ($0 as? StoreError)?.code == .invalid
            }
        }
    }

    @Test(arguments: Engine.available)
    func `the ledger is listed newest first, by outcome and by pages`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            var ids: [ArrivalID] = []
            for _ in 0..<4 {
                let lease = try await bench.claimed(bench.arrival())
                ids.append(lease.item.id)
                if ids.count == 2 { try await bench.store.quarantine(lease, reason: "unreadable") }
                bench.clock.advance(.seconds(1))
            }
            ids.reverse()
            let store = bench.store
            #expect(try await store.ledger(outcome: nil, limit: 10, before: nil).map(\.arrival) == ids)
            #expect(try await store.ledger(outcome: nil, limit: 2, before: ids[0]).map(\.arrival) == [ids[1], ids[2]])
            #expect(try await store.ledger(outcome: .quarantined, limit: 10, before: nil).map(\.arrival) == [ids[2]])
            #expect(try await store.ledger(outcome: .some(nil), limit: 10, before: nil).map(\.arrival).count == 3)
            await #expect { try await store.ledgerEntry(bench.id()) } throws: { ($0 as? StoreError)?.code == .notFound }
        }
    }

    @Test(arguments: Engine.available)
    func `rows of other desks are never seen`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (conversation, ticket) = try await bench.ticketed()
            let other = SQLDeskStore(
                database: bench.opened.database, desk: "other", surroundings: bench.clock.surroundings,
                clock: EngineClock(bench.clock.surroundings))
            #expect(try await other.ledger(outcome: nil, limit: 10, before: nil).isEmpty)
            #expect(try await other.conversations(ConversationFilter(), limit: 10, cursor: nil).items.isEmpty)
            #expect(try await other.tickets(TicketFilter(), limit: 10, cursor: nil).items.isEmpty)
            #expect(try await other.events(after: 0, conversation: nil, limit: 10).isEmpty)
            #expect(try await other.outbox(state: nil, limit: 10).isEmpty)
            #expect(try await other.backlog().isEmpty)
            await #expect(throws: StoreError.self) { try await other.conversation(conversation) }
            await #expect(throws: StoreError.self) { try await other.ticket(ticket.id) }
        }
    }

    @Test(arguments: Engine.available)
    func `texts lose their NULs and nothing else`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            var message = bench.message("a\u{0}b 😀 \\u0000 ü")
            message.attachments = [
                Attachment(
                    name: "x\u{0}y\\u0000", type: "text/plain", size: 1, isInline: false, contentID: nil, part: 1)
            ]
            let id = try await bench.waiting(message)
            let stored = try await bench.store.messages(of: id)[0]
            #expect(stored.text == "ab 😀 \\u0000 ü")
            #expect(stored.attachments[0].name == "xy\\u0000")
        }
    }
}
