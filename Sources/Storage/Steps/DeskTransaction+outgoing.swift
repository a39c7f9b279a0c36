// Steps: writing into the outbox, and taking back what is not sent.

import Correspondence

/// What goes out, with its JSON texts made before the transaction: see `MessageRow.Lists`.
struct OutgoingText {
    var outgoing: NewOutgoing
    var reply: String
    var lists: MessageRow.Lists

    init(_ outgoing: NewOutgoing) throws(StoreError) {
        self.outgoing = outgoing
        reply = try JSONText.encode(outgoing.reply)
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
                entry.reply,
            ])
        for (position, source) in outgoing.sources.enumerated() {
            try sql.execute(
                """
                INSERT INTO reply_sources (outbox, position, desk, article, title, quote, at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """, [outgoing.id, position, desk, source.article, source.title, source.quote, now])
        }
        if let conversation, let record = outgoing.record {
            try write(entry, record: record, into: conversation, status: status, state: state)
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
        status: SupportConversation.Status?, state: OutboxState
    ) throws(StoreError) {
        let outgoing = entry.outgoing
        let reply = outgoing.reply
        let isHuman = reply.purpose == .humanReply
        let message = SupportMessage(
            id: record, conversation: conversation.id, direction: .outgoing,
            author: SupportMessage.Author(kind: isHuman ? .agent : .desk, name: reply.signer),
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

    /// Takes back the automatic replies of a conversation that nobody is sending right now. One whose sender died is
    /// taken back as well, and marked: the customer may hold it.
    func withdrawAutomaticReplies(of conversation: ConversationID, reason: String) throws(StoreError) {
        let rows = try sql.query(
            """
            DELETE FROM work WHERE desk = ? AND kind = 'deliver' AND (leased = 0 OR due_at <= ?)
                AND subject IN (SELECT id FROM outbox WHERE conversation = ? AND purpose = 'automaticReply')
            RETURNING subject
            """, [desk, engineNow, conversation])
        for var row in rows { try withdraw(try row.id(OutboxID.self), reason: reason) }
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
        self.record(
            .replyWithdrawn, conversation: conversation, message: record, actor: actor, detail: reason)
    }

    func markDelivery(_ record: MessageRecordID?, _ state: OutboxState) throws(StoreError) {
        guard let record else { return }
        try sql.execute(
            "UPDATE messages SET delivery = ? WHERE id = ? AND desk = ?", [state.rawValue, record, desk])
    }
}
