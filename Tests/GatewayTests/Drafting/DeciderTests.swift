// The decision: every rule for itself, their order, and the one comparison behind them.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct DeciderTests {
    private static let topics = [DeskProfile.Topic(name: "refund", words: ["refund"], over: 100)]

    private static func policy(_ mode: GatewayPolicy.Mode = .automatic, threshold: Double = 0.75) -> GatewayPolicy {
        var desk = Sample.desk
        desk.topicsForHumans = topics
        return GatewayPolicy(desk: desk, mode: mode, threshold: threshold)
    }

    private func rules(
        _ item: DraftingCase, policy: GatewayPolicy = Self.policy(), foreign: String? = nil, now: Instant = Sample.noon
    ) -> [Decider.Rule] {
        let waiting = Set(item.waiting)
        return Decider(policy: policy).rules(
            for: item, waiting: item.messages.filter { waiting.contains($0.id) }, foreignLanguage: foreign, now: now)
    }

    private static func ticket(_ status: SupportTicket.Status, _ priority: SupportTicket.Priority = .urgent)
        -> SupportTicket
    {
        SupportTicket(
            id: TicketID("t"), number: 12, conversation: Sample.conversationID, status: status, priority: priority,
            reason: "x", reasons: ["x"], openedAt: Sample.noon, updatedAt: Sample.noon)
    }

    @Test func `a plain question of a verified customer meets no rule`() {
        #expect(rules(Sample.item([Sample.message()])).isEmpty)
    }

    static let table: [(name: String, item: DraftingCase, priority: SupportTicket.Priority)] = [
        ("stranger", Sample.item([Sample.message()], isHeld: true), .normal),
        ("participant", Sample.item([Sample.message(kind: .participant)]), .normal),
        ("participant", Sample.item([Sample.message("a", kind: .participant), Sample.message("b")]), .normal),
        ("unverified", Sample.item([Sample.message(isVerified: false)]), .normal),
        ("unverified", Sample.item([Sample.message("a", isVerified: false), Sample.message("b")]), .normal),
        ("notAnswerable", Sample.item([Sample.message(answerable: false)]), .normal),
        ("noAddress", Sample.item([Sample.message(from: nil)]), .normal),
        ("ticketOpen", Sample.item([Sample.message()], ticket: ticket(.new)), .urgent),
        ("ticketOpen", Sample.item([Sample.message()], ticket: ticket(.waiting, .low)), .low),
        ("tooOld", Sample.item([Sample.message(at: Sample.noon - .hours(49))]), .normal),
        ("wantsHuman", Sample.item([Sample.message(text: "Mensch")]), .high),
        ("wantsHuman", Sample.item([Sample.message("a"), Sample.message("b", text: "Mensch")]), .high),
        ("wantsHuman", Sample.item([Sample.message(subject: "talk to a human")]), .high),
        ("topic:refund", Sample.item([Sample.message(text: "refund 200 EUR")]), .high),
        (
            "topic:refund", Sample.item([Sample.message("a", text: "refund"), Sample.message("b", text: "200 EUR")]),
            .high
        ),
        ("replies", Sample.item([Sample.message()], automaticReplies: 3), .normal),
    ]

    @Test(arguments: table.indices) func `a rule calls for a human`(index: Int) {
        let (name, item, priority) = Self.table[index]
        let found = rules(item)
        #expect(found.map(\.name) == [name])
        #expect(found.first?.priority == priority)
        let decision = Decider(policy: Self.policy()).decide(
            rules: found, draft: Sample.draft(confidence: 1), failure: nil)
        #expect(decision.verdict == .ticket)
        #expect(decision.rule == name)
        #expect(decision.priority == priority)
        #expect(decision.reasons.first == found.first?.reason)
    }

    @Test func `what the rules let pass`() {
        #expect(rules(Sample.item([Sample.message()], ticket: Self.ticket(.resolved))).isEmpty)
        #expect(rules(Sample.item([Sample.message()], ticket: Self.ticket(.closed))).isEmpty)
        #expect(rules(Sample.item([Sample.message(at: Sample.noon - .hours(48))])).isEmpty)
        #expect(rules(Sample.item([Sample.message()], automaticReplies: 2)).isEmpty)
        #expect(
            rules(Sample.item([Sample.message(from: nil, channel: Channel(.chat, "chat"))], channel: .chat)).isEmpty)
        // A reply that is still in the outbox will be replaced: it does not count.
        let unsent = Sample.message("r", kind: .desk, direction: .outgoing, delivery: .pending)
        #expect(rules(Sample.item([unsent, Sample.message()], automaticReplies: 3)).isEmpty)
    }

    @Test func `a language the desk does not answer in goes to a human`() {
        #expect(rules(Sample.item([Sample.message()]), foreign: "fi").map(\.name) == ["language"])
    }

    @Test func `trust lifts the ban on unverified senders for its own channel alone`() {
        var policy = Self.policy()
        policy.trust[Channel(.mailbox, "support")] = .init(answersUnverified: true)
        #expect(rules(Sample.item([Sample.message(isVerified: false)]), policy: policy).isEmpty)
        let other = Sample.message(isVerified: false, channel: Channel(.mailbox, "other"))
        #expect(rules(Sample.item([other]), policy: policy).map(\.name) == ["unverified"])
    }

    @Test func `rules keep their order, the first one is counted and the highest priority wins`() {
        let message = Sample.message(
            kind: .participant, text: "I want a refund of 200 EUR, talk to a human", at: Sample.noon - .days(3),
            isVerified: false, answerable: false)
        let item = Sample.item([message], isHeld: true, ticket: Self.ticket(.open, .low), automaticReplies: 9)
        let found = rules(item, policy: Self.policy(.shadow), foreign: "fi")
        #expect(
            found.map(\.name) == [
                "stranger", "participant", "unverified", "notAnswerable", "ticketOpen", "tooOld", "wantsHuman",
                "topic:refund", "language", "replies", "shadow",
            ])
        let decision = Decider(policy: Self.policy()).decide(rules: found, draft: Sample.draft(), failure: nil)
        #expect(decision.rule == "stranger")
        #expect(decision.priority == .high)
        #expect(decision.reasons.count >= 11)
    }

    @Test(arguments: [
        (0.75, 0.75, true), (0.7499, 0.75, false), (1.0, 0.75, true), (0.0, 0.0, true), (0.2, 0.0, true),
        (0.99, 1.0, false), (Double.nan, 0.75, false), (Double.nan, 0.0, false),
    ]) func `a draft is sent at the threshold or above`(confidence: Double, threshold: Double, isSent: Bool) {
        let decider = Decider(policy: Self.policy(threshold: threshold))
        let decision = decider.decide(rules: [], draft: Sample.draft(confidence: confidence), failure: nil)
        #expect(decision.verdict == (isSent ? .send : .ticket))
        #expect(decision.rule == "confidence")
        #expect(!decision.reasons.isEmpty)
    }

    @Test func `what is below the threshold does not read as if it reached it`() {
        let decision = Decider(policy: Self.policy()).decide(
            rules: [], draft: Sample.draft(confidence: 0.749), failure: nil)
        #expect(decision.reasons.first == "confidence 74 % is below 75 %")
        let nothing = Decider(policy: Self.policy()).decide(
            rules: [], draft: Sample.draft(confidence: -.infinity), failure: nil)
        #expect(nothing.verdict == .ticket)
    }

    @Test func `a draft that hardly fits says so, instead of a confidence of nothing`() {
        let decider = Decider(policy: Self.policy())
        for confidence in [0, 0.004, 0.03] {
            let decision = decider.decide(rules: [], draft: Sample.draft(confidence: confidence), failure: nil)
            #expect(decision.verdict == .ticket && decision.rule == "nothingFound")
            #expect(decision.reasons.first?.hasPrefix("nothing in the knowledge base fits") == true)
        }
        let near = decider.decide(rules: [], draft: Sample.draft(confidence: 0.05), failure: nil)
        #expect(near.reasons.first == "confidence 5 % is below 75 %")
        // A desk that sends everything sends this as well.
        let bold = Decider(policy: Self.policy(threshold: 0))
        #expect(bold.decide(rules: [], draft: Sample.draft(confidence: 0), failure: nil).verdict == .send)
    }

    @Test func `on an open ticket what weighs more comes before its being open`() {
        let decider = Decider(policy: Self.policy())
        let item = Sample.item(
            [Sample.message(text: "human please, my order is late")], ticket: Self.ticket(.open, .low))
        let decision = decider.decide(rules: rules(item), draft: Sample.draft(), failure: nil)
        #expect(decision.reasons.prefix(2) == ["the customer asks for a person", "ticket #12 is open"])
        #expect(decision.rule == "ticketOpen" && decision.priority == .high)
        let plain = decider.decide(
            rules: rules(Sample.item([Sample.message()], ticket: Self.ticket(.open, .low))), draft: Sample.draft(),
            failure: nil)
        #expect(plain.reasons.first == "ticket #12 is open" && plain.priority == .low)
    }

    @Test func `who writes a third time without an answer comes before the others`() {
        func mail(_ id: String, outcome: Outcome? = .ticket, at: Instant = Sample.noon) -> SupportMessage {
            Sample.message(id, text: "My order \(id) is late.", at: at, outcome: outcome)
        }
        func found(_ messages: [SupportMessage], ticket: SupportTicket? = Self.ticket(.open, .normal)) -> [String] {
            rules(Sample.item(messages, ticket: ticket)).map(\.name)
        }
        let waiting = mail("c", outcome: nil)
        #expect(found([mail("a"), mail("b"), waiting]) == ["ticketOpen", "unanswered"])
        #expect(found([mail("a"), waiting]) == ["ticketOpen"])
        // A burst that the machine may still answer at once is no waiting.
        #expect(found([mail("a", outcome: nil), mail("b", outcome: nil), waiting], ticket: nil).isEmpty)
        let answer = Sample.message("r", kind: .agent, direction: .outgoing, delivery: .sent)
        #expect(found([mail("a"), mail("b"), answer, waiting]) == ["ticketOpen"])
        let lost = Sample.message("r", kind: .agent, direction: .outgoing, delivery: .failed)
        #expect(found([mail("a"), mail("b"), lost, waiting]) == ["ticketOpen", "unanswered"])
        let told = Sample.message("r", kind: .desk, direction: .outgoing, delivery: .sent)
        #expect(found([mail("a"), told, mail("b"), told, waiting]) == ["ticketOpen", "unanswered"])
        let chat = Channel(.chat, "chat")
        func line(_ id: String, _ minutes: Int, outcome: Outcome? = .ticket) -> SupportMessage {
            Sample.message(id, at: Sample.noon - .minutes(60 - minutes), channel: chat, outcome: outcome)
        }
        #expect(found([line("a", 0), line("b", 1), line("c", 2), line("d", 3, outcome: nil)]) == ["ticketOpen"])
        #expect(
            found([line("a", 0), line("b", 20), line("c", 40, outcome: nil)]) == ["ticketOpen", "unanswered"])
        let decision = Decider(policy: Self.policy()).decide(
            rules: rules(Sample.item([mail("a"), mail("b"), waiting], ticket: Self.ticket(.open, .normal))),
            draft: Sample.draft(), failure: nil)
        #expect(decision.priority == .high)
        #expect(decision.reasons.first == "the customer has written 3 times without an answer")
    }

    @Test func `the same words for the third time, with our answers between them, are a machine's`() {
        func mail(_ id: String, _ text: String, _ hours: Int = 1, channel: Channel? = nil) -> SupportMessage {
            Sample.message(
                id, text: text, at: Sample.noon - .hours(hours), channel: channel ?? Channel(.mailbox, "support"))
        }
        let answer = Sample.message("r", kind: .desk, direction: .outgoing, delivery: .sent)
        func found(_ messages: [SupportMessage]) -> [String] {
            rules(Sample.item(messages)).map(\.name).filter { $0 == "repeated" }
        }
        let first = mail("a", "We got your mail, number 4711, on 3 May.")
        let second = mail("b", "We got your mail, number 4712,\non 4 May.")
        let third = mail("c", "We got your mail, number 4713, on 5 May.")
        #expect(found([first, answer, second, answer, third]) == ["repeated"])
        #expect(found([first, answer, second, answer, mail("c", "Thank you, and does it fit?")]).isEmpty)
        // Twice may happen to anybody, and so may three times before an answer.
        #expect(found([first, answer, third]).isEmpty)
        #expect(found([first, second, third]).isEmpty)
        #expect(
            found([mail("a", "We got your mail", 25), answer, mail("b", "We got your mail"), answer, third]).isEmpty)
        // Without a letter there is nothing to compare.
        #expect(found([mail("a", "?"), answer, mail("b", "?!"), answer, mail("c", "1")]).isEmpty)
        let chat = Channel(.chat, "chat")
        #expect(
            found([
                mail("a", "Hello", channel: chat), answer, mail("b", "Hello", channel: chat), answer,
                mail("c", "Hello", channel: chat),
            ]).isEmpty)
    }

    @Test func `a draft without words, with a word of its own, or none at all is never sent`() {
        let decider = Decider(policy: Self.policy(threshold: 0))
        #expect(decider.decide(rules: [], draft: Sample.draft("", confidence: 1), failure: nil).rule == "nothingFound")
        let refused = decider.decide(rules: [], draft: Sample.draft(needsHuman: "a link of nobody's"), failure: nil)
        #expect(refused.rule == "draft" && refused.verdict == .ticket && refused.reasons.first == "a link of nobody's")
        #expect(decider.decide(rules: [], draft: nil, failure: nil).rule == "nothingAsked")
        let failed = decider.decide(rules: [], draft: nil, failure: "no draft could be made")
        #expect(failed.rule == "modelFailed" && failed.verdict == .ticket)
    }

    @Test func `in review mode what would be sent waits, in shadow mode everything is a ticket`() {
        let review = Decider(policy: Self.policy(.review))
        let waits = review.decide(rules: [], draft: Sample.draft(), failure: nil)
        #expect(waits.verdict == .review && waits.rule == "review")
        #expect(waits.reasons.first?.hasPrefix("every draft is looked at before it goes out") == true)
        #expect(!waits.reasons.contains { $0.contains("reaches") })
        #expect(review.decide(rules: [], draft: Sample.draft(confidence: 0.1), failure: nil).verdict == .ticket)
        let found = rules(Sample.item([Sample.message()]), policy: Self.policy(.shadow))
        #expect(found.map(\.name) == ["shadow"])
    }

    @Test func `a question alone is decided by wish, topic and confidence`() {
        let decider = Decider(policy: Self.policy())
        #expect(decider.decide(draft: Sample.draft(), question: "How long?").verdict == .send)
        #expect(decider.decide(draft: Sample.draft(), question: "human").rule == "wantsHuman")
        #expect(decider.decide(draft: Sample.draft(), question: "refund of 649 EUR").rule == "topic:refund")
    }

    @Test func `a flood that was not looked at whole goes to a human, unasked of any provider`() {
        var item = Sample.item([Sample.message("a")])
        item.waiting.insert(MessageRecordID("unseen"), at: 0)
        let rules = Decider(policy: GatewayPolicy(desk: Sample.desk, trust: [:])).rules(
            for: item, waiting: item.messages, foreignLanguage: nil, now: Sample.noon)
        #expect(rules.map(\.name) == ["flood"])
        #expect(rules.allSatisfy(Decider.isFloodable))
    }
}
