// The figures of reports, on every engine.

import Correspondence
import Testing

@testable import Storage

@Suite struct FigureContractTests {
    @Test(arguments: Engine.available)
    func `figures count what came in the period and what became of it`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let store = bench.store
            let start = bench.clock.now
            try await store.addArticle(
                Article(
                    id: ArticleID("parcel.md"), path: "parcel.md", title: "Parcels", language: "en",
                    tags: ["shipping"], body: "x", passages: []), origin: "added")
            // Before the period: a day earlier would be; here the period starts later.
            _ = try await bench.answered(bench.message("before", subject: "Before"))
            bench.clock.advance(.days(1))
            let from = bench.clock.now
            let answered = try await bench.answered(bench.message("1", subject: "One"))
            bench.clock.advance(.seconds(3))
            for lease in try await store.claimDeliveries(limit: 5) where lease.item.conversation == answered {
                try await store.settle(lease, .sent(reply: "250"))
            }
            let (_, ticket) = try await bench.ticketed(bench.message("2", subject: "Two"))
            bench.clock.advance(.seconds(7))
            try await store.reply(
                ticket.id, TicketReply(agent: "Ann", outgoing: bench.outgoing(.humanReply)), version: nil)
            var bulk = bench.message("3", subject: "Three")
            bulk.kind = .bulk
            _ = try await bench.filed(bulk)
            bench.clock.advance(.days(1))
            let poison = try await bench.claimed(bench.arrival(channel: Channel(.webhook, "hook")))
            try await store.quarantine(poison, reason: "unreadable")
            _ = try await bench.waiting(bench.message("4", subject: "Four"))
            bench.clock.advance(.seconds(1))
            let figures = try await store.figures(
                ReportPeriod(from: from, to: bench.clock.now, offsetMinutes: 0))
            #expect(figures.received == 5)
            #expect(figures.outcomes == [.answered: 1, .ticket: 1, .suppressed: 1, .quarantined: 1])
            #expect(figures.withoutOutcome == 1)
            #expect(figures.days.count == 2)
            #expect(
                figures.days.map(\.outcomes) == [
                    [.answered: 1, .ticket: 1, .suppressed: 1], [.quarantined: 1],
                ])
            let day: Int64 = 86_400_000_000
            #expect(figures.days[0].day.microseconds == from.microseconds / day * day)
            #expect(figures.languages.map(\.language) == ["en"])
            #expect(figures.languages.map(\.count) == [3])
            #expect(figures.languages.map(\.answered) == [1])
            #expect(figures.channels.map(\.channel) == [Channel(.mailbox, "support"), Channel(.webhook, "hook")])
            #expect(figures.channels.map(\.count) == [4, 1])
            #expect(figures.ticketRules.map(\.rule) == ["topic:refund"])
            #expect(figures.suppressedKinds.map(\.kind) == [.bulk])
            #expect(figures.articles.map(\.path) == ["parcel.md"])
            #expect(figures.articles.map(\.count) == [1])
            #expect(figures.topics.map(\.topic) == ["refund", "shipping"])
            #expect(figures.automaticSeconds == [3])
            #expect(figures.humanSeconds == [7])
            #expect(figures.cost == 0.25)
            #expect(figures.unknownCost == 1)
            #expect(figures.answered.map(\.conversation) == [answered])
            #expect(figures.answered.first?.confidence == 0.9)
            #expect(figures.answered.first?.delivery == .sent)
            #expect(figures.answered.first?.sources.map(\.article) == ["parcel.md"])
            #expect(figures.quarantined.map(\.arrival) == [poison.item.id])
            // Answered: the next word is the customer's.
            #expect(figures.waiting.isEmpty && figures.waitingCount == 0 && figures.withCustomerCount == 1)
            try await store.setStatus(ticket.id, .open, by: "Ann", version: nil)
            let reopened = try await store.figures(ReportPeriod(from: from, to: bench.clock.now))
            #expect(reopened.waiting.map(\.ticket.id) == [ticket.id])
            #expect(reopened.waiting.first?.subject == "Two")
            #expect(reopened.waitingCount == 1 && reopened.withCustomerCount == 0)
            try await store.setStatus(ticket.id, .closed, by: "Ann", version: nil)
            let closed = try await store.figures(ReportPeriod(from: from, to: bench.clock.now))
            #expect(closed.waitingCount == 0 && closed.withCustomerCount == 0)
            #expect(figures.withdrawn == 0 && figures.failed == 0 && figures.inDoubt == 0)
            let all = try await store.figures(ReportPeriod(from: start, to: bench.clock.now))
            #expect(all.received == 6)
        }
    }

    @Test(arguments: Engine.available)
    func `withdrawn, failed and doubtful replies are counted apart`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let from = bench.clock.now
            let id = try await bench.answered()
            _ = try await bench.filed(bench.message("More"), token: id)
            let lease = try await bench.drafting(id)
            _ = try await bench.store.conclude(lease, bench.sending(lease))
            var delivery = try await bench.store.claimDeliveries(limit: 5)[0]
            try await bench.store.settle(delivery, .again(at: bench.clock.now, error: "cut", inDoubt: true))
            delivery = try await bench.store.claimDeliveries(limit: 5)[0]
            try await bench.store.settle(delivery, .failed(error: "550", ticket: bench.id()))
            bench.clock.advance(.seconds(1))
            let figures = try await bench.store.figures(ReportPeriod(from: from, to: bench.clock.now))
            #expect(figures.withdrawn == 1)
            #expect(figures.failed == 1)
            #expect(figures.inDoubt == 1)
            #expect(figures.outcomes == [.answered: 2])
            #expect(figures.automaticSeconds.isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func `an agent's reply that no server takes counts as failed`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let from = bench.clock.now
            let (_, ticket) = try await bench.ticketed()
            try await bench.store.reply(
                ticket.id, TicketReply(agent: "Ann", outgoing: bench.outgoing(.humanReply)), version: nil)
            var delivery = try await bench.store.claimDeliveries(limit: 5)[0]
            try await bench.store.settle(delivery, .again(at: bench.clock.now, error: "cut", inDoubt: true))
            delivery = try await bench.store.claimDeliveries(limit: 5)[0]
            try await bench.store.settle(delivery, .failed(error: "550 no such user", ticket: bench.id()))
            bench.clock.advance(.seconds(1))
            let to = bench.clock.now
            var figures = try await bench.store.figures(ReportPeriod(from: from, to: to))
            #expect(figures.failed == 1)
            #expect(figures.inDoubt == 1)
            #expect(figures.answered.isEmpty)
            figures = try await bench.store.figures(ReportPeriod(from: to, to: to + .days(1)))
            #expect(figures.failed == 0)
        }
    }

    @Test(arguments: Engine.available)
    func `an empty store has empty figures with all days`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let to = bench.clock.now
            let figures = try await bench.store.figures(ReportPeriod(from: to - .days(3), to: to, offsetMinutes: 60))
            #expect(figures.received == 0)
            #expect((3...4).contains(figures.days.count))
            #expect(figures.cost == 0)
        }
    }
}
