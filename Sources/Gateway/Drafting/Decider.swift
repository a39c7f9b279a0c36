// The decision: what becomes of waiting messages, from facts alone.

package import Correspondence

/// Facts in, decision out. The rules come first, in this order; then one comparison of confidence and threshold.
package struct Decider: Sendable {
    /// Why a human must look, before any draft was made.
    struct Rule: Equatable {
        var name: String
        var reason: String
        var priority = SupportTicket.Priority.normal
    }

    /// Below this a draft is no near miss: the article that it rests on is merely the least wrong one.
    private static let fit = 0.05
    /// So many messages of a customer that humans were to answer, and did not, make the ticket urgent business.
    static let patience = 3
    /// In a chat people write line by line: what comes sooner after the last counted message counts with it.
    private static let chatPause = Duration.minutes(10)

    private static let reviewed = "every draft is looked at before it goes out (answering.mode: review)"

    let policy: GatewayPolicy

    package init(policy: GatewayPolicy) {
        self.policy = policy
    }

    /// All rules that call for a human on this case, the weightiest first.
    func rules(for item: DraftingCase, waiting: [SupportMessage], foreignLanguage: String?, now: Instant) -> [Rule] {
        var rules: [Rule] = []
        if item.isHeld {
            rules.append(
                Rule(name: "stranger", reason: "someone who is no participant wrote with a conversation's token"))
        }
        if waiting.contains(where: { policy.isAgent($0.author.address) }) {
            rules.append(
                Rule(
                    name: "agent",
                    reason:
                        "someone who is told of tickets wrote by mail: customers are answered by answering a ticket's "
                        + "notice, on its page or by “deskbridge ticket reply”"))
        }
        let known = Set(item.messages.map(\.id))
        if !item.waiting.allSatisfy(known.contains) {
            // What was not looked at may hold anything: an unverified sender, a word for a human.
            rules.append(Rule(name: "flood", reason: "\(item.waiting.count) messages wait at once"))
        }
        if waiting.contains(where: { $0.author.kind == .participant }) {
            rules.append(Rule(name: "participant", reason: "someone in Cc wrote, not the customer"))
        }
        for message in waiting {
            if !message.isVerified, policy.trust[message.channel]?.answersUnverified != true {
                rules.append(
                    Rule(name: "unverified", reason: "the sender is not verified (\(message.verification))"))
                break
            }
        }
        if let blocked = waiting.first(where: { !$0.answerable }) {
            let why = blocked.answerableReasons.joined(separator: ", ")
            rules.append(Rule(name: "notAnswerable", reason: "may get no automatic answer: \(why)"))
        }
        if let last = waiting.last, last.author.address == nil, last.channel.kind != .chat {
            rules.append(Rule(name: "noAddress", reason: "there is no address to answer to"))
        }
        if let ticket = item.ticket, ticket.status.isLive {
            rules.append(
                Rule(name: "ticketOpen", reason: ticket.openReason, priority: ticket.priority))
            let count = Self.unanswered(item)
            if count >= Self.patience {
                rules.append(
                    Rule(
                        name: "unanswered", reason: "the customer has written \(count) times without an answer",
                        priority: .high))
            }
        }
        if let oldest = waiting.first, now - oldest.at > policy.answerAge {
            rules.append(Rule(name: "tooOld", reason: "received more than \(Self.words(policy.answerAge)) ago"))
        }
        let text = waiting.map { "\($0.subject)\n\($0.newText)" }.joined(separator: "\n")
        // Each text for itself: the word that our notice asks for is the whole of one message.
        if waiting.contains(where: { HumanWish.isIn($0.newText) || HumanWish.isIn($0.subject) }) {
            rules.append(Rule(name: "wantsHuman", reason: "the customer asks for a person", priority: .high))
        }
        if let topic = TopicRule.topic(in: text, of: policy.desk.topicsForHumans) {
            rules.append(
                Rule(name: "topic:\(topic.name)", reason: "about “\(topic.name)”, a topic for humans", priority: .high))
        }
        if let foreignLanguage {
            rules.append(
                Rule(name: "language", reason: "written in “\(foreignLanguage)”, which the desk does not answer in"))
        }
        // One that still waits in the outbox is replaced by the next: the store counts once more in its commit.
        let replies = item.automaticReplies - item.messages.filter(\.isUnsentReply).count
        if replies >= policy.limits.repliesPerConversation {
            rules.append(
                Rule(name: "replies", reason: "\(replies) automatic replies went out in this conversation"))
        }
        let same = RepeatRule.count(item, now: now)
        if same > 0 {
            rules.append(
                Rule(name: "repeated", reason: "the same words came \(same) times in a day: perhaps a machine answers"))
        }
        if policy.mode == .shadow {
            rules.append(Rule(name: "shadow", reason: "the desk runs in shadow mode: humans answer everything"))
        }
        return rules
    }

    /// How often the customer has written since somebody answered.
    static func unanswered(_ item: DraftingCase) -> Int {
        var count = 0
        var last: Instant?
        for message in item.messages {
            if message.direction == .outgoing {
                if message.isAnswer {
                    count = 0
                    last = nil
                }
            } else if message.kind == .human, message.author.kind == .customer, message.outcome != .recorded {
                if message.channel.kind == .chat, let before = last, message.at - before < chatPause { continue }
                count += 1
                last = message.at
            }
        }
        return count
    }

    /// Rules that a thousand forged mails would meet: no call of a provider is spent on those.
    static func isFloodable(_ rule: Rule) -> Bool {
        ["stranger", "flood", "unverified", "notAnswerable", "noAddress", "tooOld", "replies", "repeated", "limit"]
            .contains(
                rule.name)
    }

    /// `failure` is set when no draft could be made.
    func decide(rules: [Rule], draft: Draft?, failure: String?) -> Decision {
        var found = rules
        if let failure {
            found.append(Rule(name: "modelFailed", reason: "no draft could be made: \(failure)"))
        } else if let draft {
            if let human = draft.needsHuman {
                found.append(Rule(name: "draft", reason: human))
            } else if draft.reply.isEmpty {
                found.append(Rule(name: "nothingFound", reason: "the knowledge base has no answer"))
            } else if !(draft.confidence >= policy.threshold) {
                // So written that a confidence that is no number does not send.
                let fits = !(draft.confidence < Self.fit)
                let reason =
                    fits
                    ? "confidence \(Self.percent(draft.confidence)) is below \(Self.percent(policy.threshold))"
                    : "nothing in the knowledge base fits (confidence \(Self.percent(draft.confidence)))"
                found.append(Rule(name: fits ? "confidence" : "nothingFound", reason: reason))
            }
        } else if rules.isEmpty {
            found.append(Rule(name: "nothingAsked", reason: "the message has no words to answer"))
        }
        // That a ticket is open says least: what weighs more comes before it.
        let isAdded = found.contains { $0.name == "ticketOpen" }
        func leads(_ rule: Rule) -> Bool {
            isAdded && rule.name != "ticketOpen" && Self.rank(rule.priority) > Self.rank(.normal)
        }
        let ordered = found.filter(leads) + found.filter { !leads($0) }
        let reasons = ordered.map(\.reason) + (draft?.reasons ?? [])
        guard let first = found.first else {
            if policy.mode == .review {
                return Decision(verdict: .review, reasons: [Self.reviewed] + reasons, rule: "review")
            }
            let reason = "confidence \(Self.percent(draft?.confidence ?? 0)) reaches \(Self.percent(policy.threshold))"
            return Decision(verdict: .send, reasons: [reason] + reasons, rule: "confidence")
        }
        let priority = found.map(\.priority).max { Self.rank($0) < Self.rank($1) } ?? .normal
        return Decision(verdict: .ticket, reasons: reasons, priority: priority, rule: first.name)
    }

    /// The decision on a draft alone, as `try answer` shows it.
    package func decide(draft: Draft, question: String) -> Decision {
        var rules: [Rule] = []
        if HumanWish.isIn(question) {
            rules.append(Rule(name: "wantsHuman", reason: "the customer asks for a person", priority: .high))
        }
        if let topic = TopicRule.topic(in: question, of: policy.desk.topicsForHumans) {
            rules.append(
                Rule(name: "topic:\(topic.name)", reason: "about “\(topic.name)”, a topic for humans", priority: .high))
        }
        return decide(rules: rules, draft: draft, failure: nil)
    }

    private static func rank(_ priority: SupportTicket.Priority) -> Int {
        SupportTicket.Priority.allCases.firstIndex(of: priority) ?? 0
    }

    /// Rounded down, so that what is below a threshold does not read as if it reached it.
    package static func percent(_ number: Double) -> String {
        guard number.isFinite else { return "unknown" }
        return "\(Int((min(max(number, 0), 1) * 100 + 1e-9).rounded(.down))) %"
    }

    private static func words(_ duration: Duration) -> String {
        duration >= .days(2) ? "\(Int(duration.seconds / 86_400)) days" : "\(Int(duration.seconds / 3600)) hours"
    }
}
