// One row that this version cannot read ends in view of a human, and stands in nobody's way: on every engine.

import Correspondence
import Testing

@testable import Storage

@Suite struct UnreadableRowContractTests {
    private func write(_ bench: Bench, _ sql: String, _ parameters: [any SQLBindable & Sendable] = []) async throws {
        _ = try await bench.opened.database.write { try $0.execute(sql, parameters) }
    }

    /// A few are read in the claim's own transaction, many beside it.
    @Test(arguments: Engine.available, [2, 7])
    func `a reply that cannot be read fails with a ticket, and the others go out`(_ engine: Engine, _ count: Int)
        async throws
    {
        try await Bench.with(engine) { bench in
            var conversations: [ConversationID] = []
            for number in 0..<count {
                conversations.append(
                    try await bench.answered(
                        bench.message(from: EmailAddress("c\(number)@home.example"), subject: "Subject \(number)")))
            }
            // As after a rule for addresses has become stricter.
            try await write(
                bench, "UPDATE outbox SET reply = replace(reply, 'acme.example', 'no address') WHERE conversation = ?",
                [conversations[0]])
            let leases = try await bench.store.claimDeliveries(limit: count)
            #expect(Set(leases.map(\.item.conversation)) == Set(conversations.dropFirst()))
            for lease in leases { try await bench.store.settle(lease, .sent(reply: "250")) }
            #expect(try await bench.store.outbox(state: nil, limit: 10).count == count - 1)
            let failed = try await bench.opened.database.read {
                try $0.count("SELECT COUNT(*) FROM outbox WHERE state = 'failed' AND settled_at IS NOT NULL", [])
            }
            #expect(failed == 1)
            let reply = try #require(try await bench.store.messages(of: conversations[0]).last)
            #expect(reply.delivery == .failed)
            let ticket = try #require(try await bench.store.conversation(conversations[0]).ticket)
            #expect(try await bench.store.ticket(ticket).ticket.reason.contains("could not be delivered: unreadable"))
            #expect(try await bench.store.backlog() == [.tell: 1])
        }
    }

    @Test(arguments: Engine.available)
    func `a late reply that cannot be read keeps no other from being given up`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let bad = try await bench.answered()
            let good = try await bench.answered(
                bench.message(from: EmailAddress("other@home.example"), subject: "Other"))
            try await write(
                bench, "UPDATE outbox SET reply = replace(reply, 'acme.example', 'no address') WHERE conversation = ?",
                [bad])
            bench.clock.advance(.seconds(1))
            let count = try await bench.store.giveUp(
                .automaticReply, writtenBefore: bench.clock.now, error: "too late", limit: 9)
            #expect(count == 1)
            #expect(try await bench.store.outbox(state: .failed, limit: 9).map(\.conversation) == [good])
            #expect(try await bench.store.claimDeliveries(limit: 9).isEmpty)
            #expect(try await bench.store.conversation(bad).ticket != nil)
        }
    }

    @Test(arguments: Engine.available, ["conversations", "tickets"])
    func `late replies in a conversation or with a ticket that cannot be read keep none from being given up`(
        _ engine: Engine, _ table: String
    ) async throws {
        try await Bench.with(engine) { bench in
            for number in 0..<3 {
                let (id, ticket) = try await bench.ticketed(
                    bench.message(from: EmailAddress("c\(number)@home.example"), subject: "Subject \(number)"))
                try await bench.store.reply(
                    ticket.id, TicketReply(agent: "Ann", outgoing: bench.outgoing(.humanReply)), version: nil)
                if number == 0 {
                    let condition = table == "tickets" ? "conversation = ?" : "id = ?"
                    try await write(bench, "UPDATE \(table) SET status = 'unheard-of' WHERE \(condition)", [id])
                }
            }
            bench.clock.advance(.seconds(1))
            // Two at a time: the one that cannot be read is among the first.
            var count = 0
            for _ in 0..<2 {
                count += try await bench.store.giveUp(
                    .humanReply, writtenBefore: bench.clock.now, error: "too late", limit: 2)
            }
            #expect(count == 3)
            #expect(try await bench.store.outbox(state: .failed, limit: 9).count == 3)
        }
    }

    @Test(arguments: Engine.available)
    func `events of an unknown kind are passed over, and those behind them are not`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting()
            let known = try await bench.store.events(after: 0, conversation: nil, limit: 99).count
            for _ in 0..<3 { try await bench.store.close(id, by: "Ann") }
            try await write(bench, "UPDATE history SET kind = 'unheard-of' WHERE kind = 'conversationClosed'")
            #expect(try await bench.store.events(after: 0, conversation: nil, limit: 99).count == known)
            let last = try #require(try await bench.store.events(after: 0, conversation: id, limit: 99).last)
            try await bench.store.close(id, by: "Ann")
            let news = try await bench.store.events(after: last.sequence, conversation: nil, limit: 2)
            #expect(news.map(\.kind) == [.conversationClosed])
        }
    }

    @Test(arguments: Engine.available)
    func `an article that cannot be read leaves the others`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            for name in ["a", "b"] {
                let article = Article(
                    id: bench.id(), path: "\(name).md", title: name, language: "en", body: "", passages: [])
                try await bench.store.addArticle(article, origin: "added")
            }
            try await write(bench, "UPDATE articles SET article = '{\"unheard\":1}' WHERE path = 'a.md'")
            #expect(try await bench.store.articles().map(\.path) == ["b.md"])
        }
    }

    @Test(arguments: Engine.available)
    func `what waits in a conversation that cannot be read becomes a ticket`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let bad = try await bench.waiting()
            let good = try await bench.waiting(
                bench.message(from: EmailAddress("other@home.example"), subject: "Other"))
            try await write(bench, "UPDATE messages SET attachments = '[7]' WHERE conversation = ?", [bad])
            #expect(try await bench.store.claimDrafting(limit: 10).map(\.item.conversation.id) == [good])
            let ticket = try #require(try await bench.store.conversation(bad).ticket)
            #expect(ticket.text.isEmpty == false)
            let outcomes = try await bench.store.ledger(outcome: .ticket, limit: 10, before: nil)
            #expect(outcomes.map(\.conversation) == [bad])
            #expect(outcomes[0].outcomeReason?.hasPrefix("unreadable") == true)
            #expect(try await bench.store.backlog() == [.draft: 1, .tell: 1])
        }
    }

    @Test(arguments: Engine.available)
    func `an arrival that cannot be read is quarantined`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let arrivals = [bench.arrival(), bench.arrival()]
            _ = try await bench.store.accept(arrivals, cursor: nil)
            try await write(bench, "UPDATE arrivals SET channel_kind = 'pigeon' WHERE id = ?", [arrivals[0].id])
            let leases = try await bench.store.claimArrivals(limit: 10, byteLimit: 1_000)
            #expect(leases.map(\.item.id) == [arrivals[1].id])
            let quarantined = try await bench.opened.database.read {
                try $0.count("SELECT COUNT(*) FROM arrivals WHERE outcome = 'quarantined'", [])
            }
            #expect(quarantined == 1)
            #expect(try await bench.store.backlog() == [.read: 1])
        }
    }

    @Test(arguments: Engine.available)
    func `agents are told of a ticket without the draft that cannot be read`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            try await write(bench, "UPDATE drafts SET draft = '{}' WHERE conversation = ?", [id])
            let due = try await bench.store.claimNotices(limit: 5)
            #expect(due.map(\.item.ticket.id) == [ticket.id])
            #expect(due[0].item.draft == nil)
            #expect(try await bench.store.ticket(ticket.id).ticket.id == ticket.id)
        }
    }

    @Test(arguments: Engine.available)
    func `a notice of what cannot be read waits, and holds up no other`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let (bad, _) = try await bench.ticketed()
            let (good, _) = try await bench.ticketed(
                bench.message(from: EmailAddress("other@home.example"), subject: "Other"))
            try await write(bench, "UPDATE tickets SET priority = 'whenever' WHERE conversation = ?", [bad])
            #expect(try await bench.store.claimNotices(limit: 5).map(\.item.conversation.id) == [good])
            #expect(try await bench.store.backlog() == [.tell: 1])
            try await write(bench, "UPDATE tickets SET priority = 'normal' WHERE conversation = ?", [bad])
            bench.clock.advance(SQLDeskStore.unreadablePause)
            let later = try await bench.store.claimNotices(limit: 5)
            #expect(Set(later.map(\.item.conversation.id)) == [bad, good])
        }
    }

    @Test(arguments: Engine.available)
    func `references that are none any more are left out`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting()
            try await write(
                bench, "UPDATE messages SET ancestors = '[\"a b\",\"c@d.example\"]' WHERE conversation = ?", [id])
            #expect(try await bench.drafting(id).item.messages[0].references.map(\.text) == ["c@d.example"])
        }
    }

    @Test(arguments: Engine.available, ["kind = 'poem'", "attachments = '{'", "author_kind = 'ghost'"])
    func `a message that cannot be read stands among the others as one that cannot be shown`(
        _ engine: Engine, _ damage: String
    ) async throws {
        try await Bench.with(engine) { bench in
            let (id, ticket) = try await bench.ticketed()
            _ = try await bench.filed(bench.message("And then?"), token: id)
            let first = try #require(try await bench.store.messages(of: id).first)
            try await write(bench, "UPDATE messages SET \(damage) WHERE id = ?", [first.id])
            for messages in [
                try await bench.store.messages(of: id), try await bench.store.ticket(ticket.id).messages,
            ] {
                #expect(messages.map(\.id).first == first.id && messages.map(\.at).first == first.at)
                #expect(messages.first?.text.contains("cannot be shown") == true && messages.first?.kind != .human)
                #expect(messages.first?.outcome == .quarantined && messages.last?.text == "And then?")
            }
            // Nobody is answered by what cannot be read.
            #expect(try await bench.store.messages(of: id).unanswered.map(\.text) == ["And then?"])
        }
    }
}
