// Drafting: waiting messages become a reply in the outbox or a ticket, in one commit with their outcomes.

import Correspondence
import Logging

/// Takes: conversations with messages that have no outcome. Promises: each waiting message gets exactly one outcome, in
/// the commit that writes the reply or the ticket; a message that comes meanwhile makes the commit void and the case is
/// drafted again with it (one answer to a burst). A reply that is still unsent is withdrawn by that commit; what it
/// answered is asked again with the rest. After a crash: the lease runs out and the case is drafted again; at most the
/// cost of one draft is lost. A case that takes the program down is drafted `attemptLimit` times and then handed over.
/// At a graceful stop drafts under way are given up and their leases given back.
struct DraftingStation: Station {
    static let attemptLimit = 5

    let name = "drafting"
    let kind = WorkKind.draft
    let seams: GatewaySeams
    let policy: GatewayPolicy
    let signer: TokenSigner
    let keeper: LeaseKeeper
    let gate: KnowledgeGate
    private let hands: Hands

    init(
        seams: GatewaySeams, policy: GatewayPolicy, signer: TokenSigner, keeper: LeaseKeeper, gate: KnowledgeGate
    ) {
        self.seams = seams
        self.policy = policy
        self.signer = signer
        self.keeper = keeper
        self.gate = gate
        hands = Hands(policy.draftingWidth)
    }

    private var maker: ReplyMaker {
        ReplyMaker(policy: policy, signer: signer, surroundings: seams.surroundings, reports: seams.reports)
    }

    func round(_ group: inout DiscardingTaskGroup, whenFree: @escaping @Sendable () -> Void)
        async throws(StoreError) -> Bool
    {
        let free = hands.free
        guard gate.isOpen, free > 0 else { return false }
        let leases = try await seams.store.claimDrafting(limit: free)
        guard !leases.isEmpty else { return false }
        keeper.hold(leases)
        for lease in hands.take(leases) {
            group.addTask {
                await work(lease)
                keeper.forget(hands.current(lease))
                if hands.end(lease) { whenFree() }
            }
        }
        return true
    }

    private func work(_ lease: Lease<DraftingCase>) async {
        do {
            try await conclude(lease)
        } catch {
            if error.code == .stale { return }
            seams.logger.error(
                "a case could not be concluded; trying again",
                metadata: ["conversation": "\(lease.item.conversation.id)", "error": "\(error)"])
            do {
                try await seams.store.postpone(hands.current(lease), error: error.description, delay: .seconds(5))
            } catch {
                // The store is ill: the lease runs out by itself and the case comes back.
                seams.logger.error("nor put off", metadata: ["error": "\(error)"])
            }
        }
    }

    private func conclude(_ lease: Lease<DraftingCase>) async throws(StoreError) {
        let item = lease.item
        let asked = Self.asked(item)
        let choice = AnswerLanguage.choose(asked: asked, of: item, desk: policy.desk)
        let decider = Decider(policy: policy)
        var rules = decider.rules(
            for: item, waiting: asked, foreignLanguage: choice.foreign, now: seams.surroundings.now())
        if seams.answerer.asksProvider, let limit = try await limit(item, asked) { rules.append(limit) }
        let question = Self.question(asked)
        var draft: Draft?
        var failure: String?
        if lease.attempts >= Self.attemptLimit {
            failure = "drafting was begun \(lease.attempts) times and never ended: newer messages came, or it stopped"
        } else if !question.isEmpty, !(seams.answerer.asksProvider && rules.contains(where: Decider.isFloodable)) {
            if Task.isCancelled { return await keeper.giveBack([hands.current(lease)]) }
            do {
                let request = await request(item, asked, question, choice.language)
                var made = Self.sound(try await seams.answerer.draft(request))
                made.languageEvidence = choice.evidence
                if let note = request.found.note { made.reasons.append(note) }
                draft = made
            } catch {
                // A stop is no fault of the model's: the next start drafts again.
                if Task.isCancelled { return await keeper.giveBack([hands.current(lease)]) }
                failure = error.publicText
                seams.logger.error("no draft", metadata: ["answerer": "\(seams.answerer.name)", "error": "\(error)"])
            }
        }
        var decision = decider.decide(rules: rules, draft: draft, failure: failure)
        if decision.verdict != .send { decision.reasons += forAgents(question, choice.language) }
        var conclusion = self.conclusion(item, asked, decision, draft, choice)
        if case .overLimit(let limit) = try await seams.store.conclude(hands.current(lease), conclusion) {
            let refused = Decision(
                verdict: .ticket, reasons: [limit] + decision.reasons, priority: decision.priority, rule: "limit")
            conclusion = self.conclusion(item, asked, refused, draft, choice)
            // Whoever gets no answer because he got too many gets no acknowledgement either.
            if asked.last?.channel.kind != .chat { conclusion.acknowledgement = nil }
            _ = try await seams.store.conclude(hands.current(lease), conclusion)
        }
    }

    /// A draft that could not go out is not worth a provider's price; what is built in costs nothing, and the commit
    /// counts once more.
    private func limit(_ item: DraftingCase, _ asked: [SupportMessage]) async throws(StoreError) -> Decider.Rule? {
        guard let last = asked.last, let recipient = maker.recipient(of: last),
            let limit = try await seams.store.limit(
                policy.limits, on: item, recipient: recipient, isChat: last.channel.kind == .chat)
        else { return nil }
        return Decider.Rule(name: "limit", reason: limit)
    }

    /// A number that is none can be neither compared nor kept.
    private static func sound(_ draft: Draft) -> Draft {
        var draft = draft
        if !draft.confidence.isFinite { draft.confidence = 0 }
        if let cost = draft.cost, !cost.isFinite { draft.cost = nil }
        return draft
    }

    /// The waiting messages, and before them those whose reply has not gone out and will be withdrawn for this one.
    static func asked(_ item: DraftingCase) -> [SupportMessage] {
        let waitingIDs = Set(item.waiting)
        if let covered = item.covered {
            let asked = waitingIDs.union(covered)
            return item.messages.filter { $0.direction == .incoming && asked.contains($0.id) }
        }
        // A former version did not keep what its reply answers: what came since the last reply that went out.
        let waiting = item.messages.filter { waitingIDs.contains($0.id) }
        var covered: [SupportMessage] = []
        var hasUnsent = false
        for message in item.messages.reversed() where !waitingIDs.contains(message.id) {
            if message.direction == .outgoing {
                if message.isUnsentReply {
                    hasUnsent = true
                } else if message.delivery != .withdrawn {
                    break
                }
            } else if message.outcome == .answered {
                covered.append(message)
            }
        }
        return hasUnsent ? covered.reversed() + waiting : waiting
    }

    private func conclusion(
        _ item: DraftingCase, _ waiting: [SupportMessage], _ decision: Decision, _ draft: Draft?,
        _ choice: AnswerLanguage.Choice
    ) -> Conclusion {
        var decision = decision
        var reply: NewOutgoing?
        if decision.verdict == .send, let draft {
            reply = maker.automaticReply(item, waiting: waiting, draft: draft)
            if reply == nil {
                decision = Decision(
                    verdict: .ticket, reasons: ["there is no address to answer to"] + decision.reasons,
                    rule: "noAddress")
            }
        }
        let isHuman = reply == nil
        // A notice that an agents' mailbox answers by itself must not make another notice, and so on for ever.
        let isAgents = waiting.allSatisfy { policy.isAgent($0.author.address) }
        return Conclusion(
            seenVersion: item.conversation.version, covers: item.waiting, decision: decision,
            draft: draft.map { (id: seams.surroundings.makeID(), draft: $0) }, reply: reply, limits: policy.limits,
            ticket: seams.surroundings.makeID(),
            tellsAgents: !policy.notify.isEmpty && !isAgents,
            acknowledgement: isHuman && !isAgents
                ? maker.acknowledgement(item, waiting: waiting, language: choice.language) : nil,
            language: choice.isCustomers ? choice.foreign ?? choice.language : nil)
    }

    /// All waiting words, oldest first. A mail without a body asks with its subject.
    static func question(_ waiting: [SupportMessage]) -> String {
        let words = waiting.map(\.newText).filter { !$0.isEmpty }.joined(separator: "\n\n")
        let question = words.isEmpty ? waiting.map(\.subject).joined(separator: "\n") : words
        return String(Substring(question.unicodeScalars.prefix(GatewayPolicy.questionLimit)))
    }

    /// Articles that the people who answer may read, where one fits best or nearly so.
    private func forAgents(_ question: String, _ language: String) -> [String] {
        guard !question.isEmpty else { return [] }
        let found = seams.search.search(
            question, language: language, limit: 3, now: seams.surroundings.now(), audience: .agents)
        let best = found.hits.first?.score ?? 0
        return found.hits.filter { $0.isForAgents && $0.score >= best / 2 }.map { hit in
            "for agents: “\(hit.title)” (\(hit.path))"
        }
    }

    private func request(
        _ item: DraftingCase, _ waiting: [SupportMessage], _ question: String, _ language: String
    ) async -> DraftRequest {
        let waitingIDs = Set(waiting.map(\.id))
        let subject = SubjectLine.base(waiting.last?.subject ?? "", deskName: policy.desk.name)
        // The subject of a follow-up is the first question's, and would answer that one again.
        let isFirst = item.messages.allSatisfy { waitingIDs.contains($0.id) }
        let search =
            subject.isEmpty || !isFirst || item.conversation.channel == .chat ? question : "\(subject)\n\(question)"
        return DraftRequest(
            deskName: policy.desk.name, question: question, subject: subject,
            earlier: item.messages.filter { !waitingIDs.contains($0.id) && isSaid($0) }.map(Self.turn),
            language: language, customerName: item.conversation.customer.name,
            customerRole: item.conversation.customer.role,
            found: await seams.search.find(
                search, language: language, limit: GatewayPolicy.articles, now: seams.surroundings.now(),
                audience: .customer(role: item.conversation.customer.role)),
            links: policy.desk.links)
    }

    /// What customer and desk have said to each other: not what never went out, and not what somebody wrote who may
    /// be anybody.
    private func isSaid(_ message: SupportMessage) -> Bool {
        switch message.direction {
        case .incoming:
            message.kind == .human
                && (message.isVerified || policy.trust[message.channel]?.answersUnverified == true)
        case .outgoing: message.delivery == nil || message.delivery == .sent || message.delivery == .sending
        }
    }

    private static func turn(_ message: SupportMessage) -> ConversationTurn {
        let author: ConversationTurn.Author =
            switch message.author.kind {
            case .customer: .customer
            case .participant: .participant
            case .desk: .desk
            case .agent: .agent
            }
        return ConversationTurn(author: author, text: message.newText)
    }
}
