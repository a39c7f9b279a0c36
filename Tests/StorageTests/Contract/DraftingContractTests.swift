// What ends the wait for a draft, on every engine.

import Correspondence
import Testing

@testable import Storage

@Suite struct DraftingContractTests {
    @Test(arguments: Engine.available)
    func `draft work shows the whole conversation and what waits in it`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.answered()
            _ = try await bench.filed(bench.message("And now?"), token: id)
            _ = try await bench.filed(bench.message("Hello?"), token: id)
            let item = try await bench.drafting(id).item
            #expect(item.messages.map(\.direction) == [.incoming, .outgoing, .incoming, .incoming])
            #expect(item.waiting == [item.messages[2].id, item.messages[3].id])
            #expect(item.automaticReplies == 1)
            #expect(item.ticket == nil)
            #expect(item.isHeld == false)
            #expect(try await bench.store.claimDrafting(limit: 10).isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func `sending writes outcome, draft, reply and delivery work in one commit`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting()
            let lease = try await bench.drafting(id)
            let conclusion = bench.sending(lease)
            #expect(try await bench.store.conclude(lease, conclusion) == .done)
            let messages = try await bench.store.messages(of: id)
            #expect(messages.map(\.outcome) == [.answered, nil])
            let out = messages[1]
            #expect(out.id == conclusion.reply?.record)
            #expect(out.author.kind == .desk)
            #expect(out.delivery == .pending)
            #expect(out.sources == conclusion.reply?.sources)
            #expect(out.text == "It is on its way.")
            let conversation = try await bench.store.conversation(id)
            #expect(conversation.status == .waiting)
            #expect(conversation.messageCount == 2)
            #expect(conversation.version == 1)
            #expect(try await bench.store.lastDraft(of: id) == conclusion.draft?.draft)
            let entries = try await bench.store.ledger(outcome: .answered, limit: 5, before: nil)
            #expect(entries.map(\.conversation) == [id])
            let outbox = try await bench.store.outbox(state: nil, limit: 5)
            #expect(outbox.map(\.reply) == [conclusion.reply?.reply])
            #expect(outbox.map(\.conversation) == [id])
            #expect(try await bench.store.backlog() == [.deliver: 1])
            await #expect { try await bench.store.conclude(lease, conclusion) } throws: {
                ($0 as? StoreError)?.code == .stale
            }
        }
    }

    @Test(arguments: Engine.available)
    func `a customer's former language comes along where the conversation shows none, and the found one is kept`(
        _ engine: Engine
    ) async throws {
        try await Bench.with(engine) { bench in
            var german = bench.message("Wo bleibt denn bitte mein Paket von letzter Woche?")
            german.language = "de"
            let first = try await bench.waiting(german)
            #expect(try await bench.drafting(first).item.customerLanguage == nil)
            var short = bench.message("ok", subject: "Another matter")
            short.language = "und"
            let second = try await bench.waiting(short)
            let lease = try await bench.drafting(second)
            #expect(lease.item.customerLanguage == "de")
            var conclusion = bench.sending(lease)
            conclusion.language = "de"
            conclusion.draft?.draft.languageEvidence = .customer
            #expect(try await bench.store.conclude(lease, conclusion) == .done)
            #expect(try await bench.store.conversation(second).language == "de")
            #expect(try await bench.store.lastDraft(of: second)?.languageEvidence == .customer)
            var stranger = bench.message("ok", from: EmailAddress("other@home.example"), subject: "A third")
            stranger.language = "und"
            let third = try await bench.waiting(stranger)
            #expect(try await bench.drafting(third).item.customerLanguage == nil)
        }
    }

    @Test(arguments: Engine.available)
    func `handing over opens a ticket with the draft, agents to be told and an acknowledgement`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting()
            let lease = try await bench.drafting(id)
            var conclusion = bench.ticketing(lease, priority: .high)
            conclusion.acknowledgement = bench.outgoing(.acknowledgement)
            #expect(try await bench.store.conclude(lease, conclusion) == .done)
            let folder = try await bench.store.ticket(conclusion.ticket)
            let conversation = try await bench.store.conversation(id)
            #expect(folder.conversation == conversation)
            #expect(conversation.ticket == conclusion.ticket)
            #expect(conversation.status == .open)
            #expect(folder.ticket.number == conversation.number)
            #expect(folder.ticket.priority == .high)
            #expect(folder.ticket.reason == "a refund")
            #expect(folder.draft == conclusion.draft?.draft)
            #expect(folder.messages.map(\.outcome) == [.ticket, nil])
            #expect(try await bench.store.outbox(state: .pending, limit: 5).count == 1)
            #expect(
                try await bench.store.claimNotices(limit: 5).map(\.item) == [
                    DueNotice(
                        ticket: folder.ticket, conversation: conversation, question: "Where is my parcel?",
                        draft: folder.draft)
                ])
            #expect(try await bench.store.ticket(number: conversation.number) == folder)
        }
    }

    @Test(arguments: Engine.available)
    func `acknowledgements to one sender have an end, whatever conversation they are in`(_ engine: Engine) async throws
    {
        try await Bench.with(engine) { bench in
            for number in 0..<4 {
                let id = try await bench.waiting(bench.message("Echo \(number)", subject: "Echo \(number)"))
                let lease = try await bench.drafting(id)
                var conclusion = bench.ticketing(lease)
                conclusion.limits.perSender = [Rate(count: 2, period: .hours(1))]
                conclusion.acknowledgement = bench.outgoing(.acknowledgement)
                #expect(try await bench.store.conclude(lease, conclusion) == .done)
            }
            #expect(try await bench.store.outbox(state: .pending, limit: 9).count == 2)
            #expect(try await bench.store.ledger(outcome: .ticket, limit: 9, before: nil).count == 4)
        }
    }

    @Test(arguments: Engine.available)
    func `a draft for review leaves the outcome review`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting()
            let lease = try await bench.drafting(id)
            #expect(try await bench.store.conclude(lease, bench.ticketing(lease, verdict: .review)) == .done)
            #expect(try await bench.store.messages(of: id).map(\.outcome) == [.review])
            #expect(try await bench.store.conversation(id).ticket != nil)
        }
    }

    @Test(arguments: Engine.available)
    func `a newer message overtakes the draft: nothing is written and the work is due again`(
        _ engine: Engine
    ) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting()
            let lease = try await bench.drafting(id)
            _ = try await bench.filed(bench.message("Wait, there is more"), token: id)
            #expect(try await bench.store.claimDrafting(limit: 5).isEmpty)
            #expect(try await bench.store.conclude(lease, bench.sending(lease)) == .overtaken)
            #expect(try await bench.store.outbox(state: nil, limit: 5).isEmpty)
            #expect(try await bench.store.lastDraft(of: id) == nil)
            let again = try await bench.drafting(id)
            #expect(again.item.waiting.count == 2)
            // It counts: whoever is overtaken every time is handed to a human at last.
            #expect(again.attempts == 1)
            #expect(try await bench.store.conclude(again, bench.sending(again)) == .done)
            #expect(try await bench.store.messages(of: id).map(\.outcome) == [.answered, .answered, nil])
        }
    }

    @Test(arguments: Engine.available)
    func `a newer answer withdraws the one that did not go out`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let first = bench.outgoing()
            let id = try await bench.answered(reply: first)
            _ = try await bench.filed(bench.message("One more thing"), token: id)
            #expect(try await bench.store.claimDeliveries(limit: 5).isEmpty)
            let lease = try await bench.drafting(id)
            let conclusion = bench.sending(lease)
            #expect(try await bench.store.conclude(lease, conclusion) == .done)
            #expect(try await bench.store.outbox(state: .withdrawn, limit: 5).map(\.id) == [first.id])
            #expect(try await bench.store.claimDeliveries(limit: 5).map(\.item.id) == [conclusion.reply?.id])
            let messages = try await bench.store.messages(of: id)
            #expect(messages.map(\.outcome) == [.answered, nil, .answered, nil])
            #expect(messages.compactMap(\.delivery) == [.withdrawn, .pending])
        }
    }

    @Test(arguments: Engine.available)
    func `a reply that is being sent is not withdrawn`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let first = bench.outgoing()
            let id = try await bench.answered(reply: first)
            let sending = try await bench.store.claimDeliveries(limit: 5)[0]
            _ = try await bench.filed(bench.message("One more thing"), token: id)
            let lease = try await bench.drafting(id)
            _ = try await bench.store.conclude(lease, bench.ticketing(lease))
            try await bench.store.settle(sending, .sent(reply: "250"))
            #expect(try await bench.store.outbox(state: .sent, limit: 5).map(\.id) == [first.id])
        }
    }

    @Test(arguments: Engine.available)
    func `a claimed reply whose turn has not come is withdrawn`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let first = bench.outgoing()
            let id = try await bench.answered(reply: first)
            let claimed = try await bench.store.claimDeliveries(limit: 5, beginning: 0)[0]
            _ = try await bench.filed(bench.message("One more thing"), token: id)
            let lease = try await bench.drafting(id)
            #expect(lease.item.underWay.isEmpty)
            #expect(try await bench.store.conclude(lease, bench.sending(lease)) == .done)
            #expect(try await bench.store.outbox(state: .withdrawn, limit: 5).map(\.id) == [first.id])
            #expect(try await bench.store.begin([(claimed.work, claimed.fence)]).isEmpty)
            await #expect(throws: StoreError.self) { try await bench.store.settle(claimed, .sent(reply: "250")) }
        }
    }

    enum End: String, CaseIterable { case sent, again, released, stays }

    @Test(arguments: Engine.available, End.allCases)
    func `a draft leaves what is being sent to its sender, and begins anew if it came back`(
        _ engine: Engine, _ end: End
    )
        async throws
    {
        try await Bench.with(engine) { bench in
            let first = bench.outgoing()
            let id = try await bench.answered(reply: first)
            let sending = try await bench.store.claimDeliveries(limit: 5)[0]
            _ = try await bench.filed(bench.message("One more thing"), token: id)
            let lease = try await bench.drafting(id)
            #expect(lease.item.underWay == [first.id])
            #expect(lease.item.messages.compactMap(\.delivery) == [.sending])
            switch end {
            case .sent: try await bench.store.settle(sending, .sent(reply: "250"))
            case .again:
                try await bench.store.settle(
                    sending, .again(at: bench.clock.now + .minutes(1), error: "451", inDoubt: false))
            case .released: try await bench.store.release([(sending.work, sending.fence)])
            case .stays: break
            }
            let comesBack = end == .again || end == .released
            #expect(try await bench.store.conclude(lease, bench.sending(lease)) == (comesBack ? .overtaken : .done))
            #expect(try await bench.store.outbox(state: .withdrawn, limit: 5).isEmpty)
            if comesBack {
                let next = try await bench.drafting(id)
                #expect(next.item.underWay.isEmpty && next.attempts == 1)
                #expect(try await bench.store.conclude(next, bench.sending(next)) == .done)
                #expect(try await bench.store.outbox(state: .withdrawn, limit: 5).map(\.id) == [first.id])
            } else if end == .stays {
                // Given back beside the newer answer: it answers its own question.
                try await bench.store.release([(sending.work, sending.fence)])
                #expect(try await bench.store.claimDeliveries(limit: 5).count == 2)
            }
        }
    }

    @Test(arguments: Engine.available)
    func `each limit stands in the way by itself, writes nothing and leaves the lease`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            _ = try await bench.answered()
            let id = try await bench.answered(bench.message(subject: "Second"))
            let delivered = try await bench.store.claimDeliveries(limit: 5)
            for lease in delivered { try await bench.store.settle(lease, .sent(reply: "250")) }
            _ = try await bench.filed(bench.message("More"), token: id)
            let lease = try await bench.drafting(id)
            let hour = Duration.hours(1)
            for limits in [
                SendingLimits(repliesPerConversation: 1, perSender: [], answers: []),
                SendingLimits(repliesPerConversation: 9, perSender: [Rate(count: 2, period: hour)], answers: []),
                SendingLimits(repliesPerConversation: 9, perSender: [], answers: [Rate(count: 2, period: hour)]),
            ] {
                let concluded = try await bench.store.conclude(lease, bench.sending(lease, limits: limits))
                guard case .overLimit(let text) = concluded else { throw Missing("a limit, not \(concluded)") }
                #expect(!text.isEmpty)
            }
            #expect(try await bench.store.messages(of: id).last?.outcome == nil)
            #expect(try await bench.store.outbox(state: nil, limit: 5).count == 2)
            bench.clock.advance(hour + .seconds(1))
            #expect(try await bench.store.renew([(lease.work, lease.fence)]) == [lease.work])
            let wide = SendingLimits(
                repliesPerConversation: 2, perSender: [Rate(count: 2, period: hour)],
                answers: [Rate(count: 2, period: hour)])
            #expect(try await bench.store.conclude(lease, bench.sending(lease, limits: wide)) == .done)
        }
    }

    @Test(arguments: Engine.available)
    func `a reply that the new one replaces does not count against a limit`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.answered()
            _ = try await bench.filed(bench.message("More"), token: id)
            let lease = try await bench.drafting(id)
            let rate = [Rate(count: 1, period: .hours(1))]
            let limits = SendingLimits(repliesPerConversation: 1, perSender: rate, answers: rate)
            #expect(try await bench.store.conclude(lease, bench.sending(lease, limits: limits)) == .done)
        }
    }

    @Test(arguments: Engine.available)
    func `many conclusions at once never go over a limit`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            for number in 0..<8 { _ = try await bench.waiting(bench.message(subject: "Case \(number)")) }
            let leases = try await bench.store.claimDrafting(limit: 8)
            let limits = SendingLimits(
                repliesPerConversation: 9, perSender: [Rate(count: 3, period: .hours(1))], answers: [])
            let done = try await withThrowingTaskGroup(of: Concluded.self) { group in
                for lease in leases {
                    group.addTask { try await bench.store.conclude(lease, bench.sending(lease, limits: limits)) }
                }
                return try await group.reduce(into: 0) { $0 += $1 == .done ? 1 : 0 }
            }
            #expect(done == 3)
            #expect(try await bench.store.outbox(state: nil, limit: 20).count == 3)
        }
    }

    @Test(arguments: Engine.available)
    func `in the chat a reply is sent by being written`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let reply = bench.outgoing(isChat: true)
            let id = try await bench.answered(reply: reply)
            #expect(try await bench.store.outbox(state: .sent, limit: 5).map(\.id) == [reply.id])
            #expect(try await bench.store.messages(of: id).last?.delivery == .sent)
            #expect(try await bench.store.claimDeliveries(limit: 5).isEmpty)
            let kinds = try await bench.store.events(after: 0, conversation: id, limit: 10).map(\.kind)
            #expect(kinds == [.messageReceived, .draftMade, .replySent])
        }
    }

    @Test(arguments: Engine.available)
    func `postponed draft work comes again after the delay`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting()
            let lease = try await bench.drafting(id)
            try await bench.store.postpone(lease, error: "model is away", delay: .seconds(30))
            #expect(try await bench.store.claimDrafting(limit: 5).isEmpty)
            bench.clock.advance(.seconds(30))
            #expect(try await bench.drafting(id).attempts == 1)
        }
    }

    @Test(arguments: Engine.available)
    func `work in which nothing waits any more is ended, not given out`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.answered()
            _ = try await bench.opened.database.write { sql in
                try sql.execute(
                    """
                    INSERT INTO work (desk, kind, subject, due_at, leased, fence, attempts, weight)
                    VALUES ('desk', 'draft', ?, 0, 0, 0, 0, 0)
                    """, [id])
            }
            #expect(try await bench.store.claimDrafting(limit: 5).isEmpty)
            #expect(try await bench.store.backlog()[.draft] == nil)
        }
    }

    // MARK: Long conversations

    /// Messages of one conversation, written as fast as the engine goes.
    private func fill(_ bench: Bench, _ id: ConversationID, _ count: Int, text: String) async throws {
        for start in stride(from: 0, to: count, by: 100) {
            _ = try await bench.store.accept((0..<100).map { bench.arrival("\(start) \($0)") }, cursor: nil)
            let leases = try await bench.store.claimArrivals(limit: 100, byteLimit: 10_000_000)
            var batch: [(lease: Lease<Arrival>, filing: Filing)] = []
            for (number, lease) in leases.enumerated() {
                var message = bench.message("\(start + number) \(text)")
                message.html = "<p>\(text)</p>"
                batch.append((lease, bench.filing(message, token: id)))
                bench.clock.advance(.microseconds(1))
            }
            for result in try await bench.store.file(batch) { #expect(try result.get() == .waiting(id)) }
        }
    }

    @Test(arguments: Engine.available)
    func `of a conversation of 2,000 messages the first and the newest are drafted from, within bytes`(
        _ engine: Engine
    ) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting(bench.message("The very first", id: "first@home.example"))
            try await fill(bench, id, 2_000, text: String(repeating: "long words ", count: 300))
            let item = try await bench.drafting(id).item
            #expect(item.conversation.messageCount == 2_001)
            #expect(item.messages.first?.newText == "The very first")
            #expect(item.messages.last?.newText.hasPrefix("1999 ") == true)
            #expect((20...DraftingCase.messageLimit + 1).contains(item.messages.count))
            let bytes = item.messages.reduce(0) { $0 + $1.newText.utf8.count }
            #expect(bytes < DraftingCase.byteLimit + DraftingCase.textLimit)
            #expect(item.messages.allSatisfy { $0.html == nil && $0.text.isEmpty })
            let stored = try await bench.store.messages(of: id)
            #expect(item.messages.dropFirst().map(\.id) == stored.suffix(item.messages.count - 1).map(\.id))
            #expect(item.waiting == stored.map(\.id))
        }
    }

    @Test(arguments: Engine.available)
    func `of many short messages only so many are drafted from, of a long one only so much`(_ engine: Engine)
        async throws
    {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting(bench.message(String(repeating: "é", count: 50_000)))
            var item = try await bench.drafting(id).item
            #expect(item.messages.map(\.newText.count) == [DraftingCase.textLimit])
            bench.clock.advance(leaseDuration + .seconds(1))
            try await fill(bench, id, 300, text: "short")
            item = try await bench.drafting(id).item
            #expect(item.messages.count == DraftingCase.messageLimit + 1)
            #expect(item.waiting.count == 301)
        }
    }
}
