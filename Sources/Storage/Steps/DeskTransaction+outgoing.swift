// Steps: writing into the outbox, and taking back what is not sent.

import Correspondence

/// What goes out, with its JSON texts made before the transaction: see `MessageRow.Lists`.
struct OutgoingText {
    var outgoing: NewOutgoing
    var reply: String
    var covers: String?
    var lists: MessageRow.Lists

    init(_ outgoing: NewOutgoing) throws(StoreError) {
        self.outgoing = outgoing
        reply = try JSONText.encode(outgoing.reply)
        covers = try JSONText.encode(list: outgoing.covers)
        lists = try MessageRow.Lists(references: outgoing.reply.references, sources: outgoing.sources)
    }
}

extension DeskTransaction {
    /// A row of the outbox, its sources, its message in the conversation and its delivery work. What is said in the
    /// chat is sent by being written. `status` is the conversation's from then on, where a message is written into it.
    func enqueue(
        _ entry: OutgoingText, conversation: SupportConversation?, status: SupportConversation.Status? = nil,
        askedAt: Instant? = nil, confidence: Double? = nil, actor: String = "desk"
    ) throws(StoreError) {
        let outgoing = entry.outgoing
        let reply = outgoing.reply
        let state: OutboxState = outgoing.isChat ? .sent : .pending
        try sql.execute(
            OutboxRow.insert,
            [
                outgoing.id, desk, conversation?.id, outgoing.record, reply.purpose.rawValue, state.rawValue,
                reply.to.address.key, now, now, outgoing.isChat ? now : nil, outgoing.isChat, askedAt, confidence,
                entry.reply, entry.covers,
            ])
        for (position, source) in outgoing.sources.enumerated() {
            try sql.execute(
                """
                INSERT INTO reply_sources (outbox, position, desk, article, title, quote, at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """, [outgoing.id, position, desk, source.article, source.title, source.quote, now])
        }
        if let conversation, let record = outgoing.record {
            try write(entry, record: record, into: conversation, status: status, state: state, actor: actor)
            self.record(
                state == .sent ? .replySent : .replyQueued, conversation: conversation.id, message: record,
                actor: actor,
                detail: reply.purpose.rawValue)
        }
        if !outgoing.isChat {
            try addDelivery(outgoing.id, purpose: reply.purpose, conversation: conversation?.id)
        }
    }

    /// Work to deliver a row, due now. Customers wait for theirs, agents and admins can.
    func addDelivery(_ id: OutboxID, purpose: OutgoingReply.Purpose, conversation: ConversationID?)
        throws(StoreError)
    {
        try addWork(
            purpose == .notice || purpose == .report ? .notify : .deliver, id.text, dueAt: now,
            waitsFor: purpose == .automaticReply ? conversation : nil)
    }

    private func write(
        _ entry: OutgoingText, record: MessageRecordID, into conversation: SupportConversation,
        status: SupportConversation.Status?, state: OutboxState, actor: String
    ) throws(StoreError) {
        let outgoing = entry.outgoing
        let reply = outgoing.reply
        let isAgents = reply.purpose == .humanReply && !reply.isReleasedDraft
        let message = SupportMessage(
            id: record, conversation: conversation.id, direction: .outgoing,
            author: SupportMessage.Author(
                kind: isAgents ? .agent : .desk, name: reply.isReleasedDraft ? actor : reply.signer),
            messageID: reply.messageID, inReplyTo: reply.inReplyTo, references: reply.references,
            subject: reply.subject, at: now, language: reply.language, text: reply.body, newText: reply.body,
            html: reply.html, channel: Channel(conversation.channel, conversation.channel.rawValue),
            delivery: state, sources: outgoing.sources)
        guard
            var row = try sql.first(
                """
                UPDATE conversations SET message_count = message_count + 1, updated_at = ?, last_message_at = ?,
                    status = COALESCE(?, status)
                WHERE id = ? AND desk = ? RETURNING message_count
                """, [now, now, status?.rawValue, conversation.id, desk])
        else { throw StoreError(.notFound, detail: "no conversation \(conversation.id)") }
        try sql.execute(
            MessageRow.insert, MessageRow.parameters(message, entry.lists, desk: desk, position: try row.int()))
    }

    /// Automatic replies of a conversation that are still to be delivered.
    struct UnsentReplies {
        /// Begun, under a lease that holds: they may be with the customer at any moment.
        var underWay: [(id: OutboxID, record: MessageRecordID?)] = []
        /// Can be taken back: nobody is sending them, or their sender died.
        var waiting: [OutboxID] = []
        /// What those that can be taken back answer; nil where one of them does not say.
        var covered: [MessageRecordID]? = []
    }

    /// `locked`: stays so until the commit.
    func unsentReplies(of conversation: ConversationID, locked: Bool) throws(StoreError) -> UnsentReplies {
        let works = try sql.query(
            """
            SELECT w.subject, w.leased, w.due_at FROM work w WHERE w.desk = ? AND w.kind = 'deliver'
                AND w.subject IN (SELECT id FROM outbox WHERE conversation = ? AND purpose = 'automaticReply')
            ORDER BY w.id \(locked ? sql.dialect.rowLock : "")
            """, [desk, conversation])
        var unsent = UnsentReplies()
        for var work in works {
            let id: OutboxID = try work.id()
            let isHeld = try work.bool()
            let isHeldNow = try work.instant() > engineNow && isHeld
            // Looked at when the work is held: `begin` holds it while it marks the row.
            let row = try sql.first("SELECT state, record, covers FROM outbox WHERE id = ? AND desk = ?", [id, desk])
            guard var row else { continue }
            let state: String = try row.text()
            let record: MessageRecordID? = try row.optionalID()
            if isHeldNow, state == OutboxState.sending.rawValue {
                unsent.underWay.append((id, record))
            } else {
                unsent.waiting.append(id)
                let covers = try row.optionalText()
                let known = covers.flatMap { try? JSONText.decode([MessageRecordID].self, from: $0) }
                unsent.covered = unsent.covered.flatMap { all in known.map { all + $0 } }
            }
        }
        return unsent
    }

    /// Takes back the automatic replies of a conversation that nobody is sending right now, claimed or not. One whose
    /// sender died is taken back as well, and marked: the customer may hold it.
    func withdrawAutomaticReplies(of conversation: ConversationID, reason: String) throws(StoreError) {
        for id in try unsentReplies(of: conversation, locked: true).waiting {
            try sql.execute("DELETE FROM work WHERE desk = ? AND kind = 'deliver' AND subject = ?", [desk, id])
            try withdraw(id, reason: reason)
        }
    }

    /// The row's work is ended already.
    func withdraw(_ id: OutboxID, reason: String, actor: String = "desk") throws(StoreError) {
        let row = try sql.first(
            """
            UPDATE outbox SET was_in_doubt = CASE WHEN state = 'sending' THEN 1 ELSE was_in_doubt END,
                state = 'withdrawn', settled_at = ?, last_error = ?
            WHERE id = ? AND desk = ? AND state <> 'sent' RETURNING record, conversation
            """, [now, reason, id, desk])
        guard var row else { return }
        let record: MessageRecordID? = try row.optionalID()
        let conversation: ConversationID? = try row.optionalID()
        try markDelivery(record, .withdrawn)
        if conversation == nil { try dropWords(id) }
        self.record(
            .replyWithdrawn, conversation: conversation, message: record, actor: actor, detail: reason)
    }

    /// Of a message: an agent's words, or a draft that a human let go.
    static let isByHuman = "direction = 'out' AND (author_kind = 'agent' OR author_name IS NOT NULL)"

    /// Why an automatic reply that was written at `since` is no machine's business any more; nil while it is, or where the
    /// conversation cannot be read: such a row holds up no other.
    func takenOver(_ id: ConversationID, since: Instant, locked: Bool) throws(StoreError) -> String? {
        do throws(StoreError) {
            let conversation = try conversation(id, locked: locked)
            if conversation.ticket != nil, let ticket = try ticket(of: id), ticket.status.isLive {
                return "a human has taken over (ticket #\(ticket.number))"
            }
        } catch {
            guard error.isOfOneRow else { throw error }
            return nil
        }
        let answered = try sql.first(
            """
            SELECT 1 FROM messages WHERE conversation = ? AND desk = ? AND at >= ? AND \(Self.isByHuman) LIMIT 1
            """, [id, desk, since])
        return answered == nil ? nil : "a human has answered"
    }

    func markDelivery(_ record: MessageRecordID?, _ state: OutboxState) throws(StoreError) {
        guard let record else { return }
        try sql.execute(
            "UPDATE messages SET delivery = ? WHERE id = ? AND desk = ?", [state.rawValue, record, desk])
    }
}
