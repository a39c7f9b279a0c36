// Writing what became of a draft: everything in one transaction, or a reason why nothing was written.

import Correspondence

struct Concluding {
    let desk: DeskTransaction
    let lease: Lease<DraftingCase>
    let conclusion: Conclusion
    let texts: Texts

    /// Made of the conclusion before the transaction: see `MessageRow.Lists`.
    struct Texts {
        var draft: String?
        var reply: OutgoingText?
        var acknowledgement: OutgoingText?

        init(_ conclusion: Conclusion) throws(StoreError) {
            draft = try conclusion.draft.map { entry throws(StoreError) in try JSONText.encode(entry.draft) }
            reply = try conclusion.reply.map(OutgoingText.init)
            acknowledgement = try conclusion.acknowledgement.map(OutgoingText.init)
        }
    }

    func run() throws(StoreError) -> Concluded {
        // Two conversations of one sender may be concluded on two nodes at once: counted one after the other.
        if let reply = conclusion.reply {
            if !conclusion.limits.answers.isEmpty { try desk.sql.exclude("answers \(desk.desk)") }
            if !conclusion.limits.perSender.isEmpty, !reply.isChat {
                // In one order: two may hold each other's address.
                for key in ceilings(reply).people.sorted() { try desk.sql.exclude("sender \(desk.desk) \(key)") }
            }
        }
        let conversation = try desk.conversation(lease.item.conversation.id, locked: true)
        try desk.verify(lease)
        guard conversation.version == conclusion.seenVersion, try isAsSeen(conversation.id) else {
            try desk.doAgain(lease)
            desk.sql.wake(.draft)
            return .overtaken
        }
        if conclusion.decision.verdict == .send {
            guard let reply = texts.reply else {
                throw StoreError(.invalid, detail: "a conclusion that sends needs a reply")
            }
            if let limit = try exceeded(by: reply.outgoing, in: conversation.id) { return .overLimit(limit) }
            try write()
            try send(reply, in: conversation)
        } else {
            try write()
            try handOver(conversation)
        }
        return .done
    }

    /// False when a reply that the draft left to its sender has come back unsent, or one that the draft replaces is
    /// being sent: its question would be answered by none, or by two.
    private func isAsSeen(_ conversation: ConversationID) throws(StoreError) -> Bool {
        // Only a conclusion under this lease makes such replies: what the claim did not see is not there.
        guard lease.item.automaticReplies > 0 else { return true }
        let unsent = try desk.unsentReplies(of: conversation, locked: true)
        let seen = Set(lease.item.underWay)
        return seen.isDisjoint(with: unsent.waiting) && unsent.underWay.allSatisfy { seen.contains($0.id) }
    }

    /// What both ways have in common.
    private func write() throws(StoreError) {
        try desk.end(lease)
        let id = lease.item.conversation.id
        if lease.item.automaticReplies > 0 {
            try desk.withdrawAutomaticReplies(of: id, reason: "a newer message is answered together with the former")
        }
        if let language = conclusion.language, language != lease.item.conversation.language {
            try desk.sql.execute(
                "UPDATE conversations SET language = ? WHERE id = ? AND desk = ?", [language, id, desk.desk])
        }
        let decision = conclusion.decision
        if let (draftID, draft) = conclusion.draft {
            try desk.sql.execute(
                """
                INSERT INTO drafts (id, desk, conversation, made_at, verdict, rule, confidence, cost, draft)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    draftID, desk.desk, id, desk.now, decision.verdict.rawValue, decision.rule, draft.confidence,
                    draft.cost, texts.draft,
                ])
            desk.record(.draftMade, conversation: id, detail: decision.rule)
        }
    }

    private func send(_ reply: OutgoingText, in conversation: SupportConversation) throws(StoreError) {
        let askedAt = try desk.settle(
            conclusion.covers, .answered, reason: conclusion.decision.reasons.first, rule: conclusion.decision.rule)
        try desk.enqueue(
            reply, conversation: conversation, status: .waiting, askedAt: askedAt,
            confidence: conclusion.draft?.draft.confidence)
    }

    private func handOver(_ conversation: SupportConversation) throws(StoreError) {
        let decision = conclusion.decision
        let outcome: Outcome = decision.verdict == .review ? .review : .ticket
        let wasLive = try desk.ticket(of: conversation.id)?.status.isLive ?? false
        try desk.settle(conclusion.covers, outcome, reason: decision.reasons.first, rule: decision.rule)
        let ticket = try desk.openTicket(
            of: conversation,
            TicketCause(
                id: conclusion.ticket, reasons: decision.reasons, priority: decision.priority,
                draft: conclusion.draft?.id, leads: false))
        if conclusion.tellsAgents, !wasLive || !conclusion.covers.isEmpty { try desk.addNotice(of: ticket) }
        if let acknowledgement = texts.acknowledgement, try mayAcknowledge(acknowledgement.outgoing) {
            try desk.enqueue(acknowledgement, conversation: conversation)
        }
    }

    private func ceilings(_ reply: NewOutgoing) -> Ceilings {
        Ceilings(
            desk: desk, limits: conclusion.limits, conversation: lease.item.conversation.id,
            recipient: reply.reply.to.address, author: lease.item.conversation.customer.address, isChat: reply.isChat)
    }

    private func mayAcknowledge(_ acknowledgement: NewOutgoing) throws(StoreError) -> Bool {
        try ceilings(acknowledgement).allowsAcknowledgement()
    }

    private func exceeded(by reply: NewOutgoing, in conversation: ConversationID) throws(StoreError) -> String? {
        try ceilings(reply).exceeded()
    }
}
