// Steps: removing a conversation with everything that hangs on it.

import Correspondence

extension DeskTransaction {
    /// With it go the mails of agents that were held beside it: they may quote a notice, and the customer in it.
    func erase(_ id: ConversationID) throws(StoreError) {
        var doomed = [id]
        var seen: Set<ConversationID> = [id]
        var next = 0
        while next < doomed.count {
            for held in try heldMails(besides: doomed[next]) where seen.insert(held).inserted { doomed.append(held) }
            next += 1
        }
        // In the one order of locks.
        for id in doomed.sorted() { _ = try conversation(id, locked: true) }
        for id in doomed { try eraseAlone(id) }
    }

    private func heldMails(besides id: ConversationID) throws(StoreError) -> [ConversationID] {
        let rows = try sql.query(
            """
            SELECT c.id, m.answerable_reasons FROM conversations c JOIN messages m ON m.conversation = c.id
            WHERE c.linked_to = ? AND c.desk = ? AND m.direction = 'in' AND m.answerable = 0
            """, [id, desk])
        var held: [ConversationID] = []
        for var row in rows {
            let conversation: ConversationID = try row.id()
            if AgentRefusal.isAmong(try row.list()) { held.append(conversation) }
        }
        return held
    }

    private func eraseAlone(_ id: ConversationID) throws(StoreError) {
        let erased = try conversation(id)
        let arrivals = try sql.query(
            "SELECT id, sha FROM arrivals WHERE conversation = ? AND desk = ?", [id, desk])
        for var row in arrivals { try forget(try row.id(), sha: try row.optionalText()) }
        try sql.execute("DELETE FROM work WHERE desk = ? AND kind IN ('draft', 'tell') AND subject = ?", [desk, id])
        try sql.execute(
            """
            DELETE FROM work WHERE desk = ? AND kind IN ('deliver', 'notify')
                AND subject IN (SELECT id FROM outbox WHERE conversation = ?)
            """, [desk, id])
        try sql.execute(
            "DELETE FROM reply_sources WHERE outbox IN (SELECT id FROM outbox WHERE conversation = ?)", [id])
        try sql.execute(
            "DELETE FROM notes WHERE ticket IN (SELECT id FROM tickets WHERE conversation = ?)", [id])
        for statement in sql.dialect.removeTerms { try sql.execute(statement, [desk, id]) }
        for table in ["outbox", "tickets", "drafts", "messages", "participants", "history"] {
            try sql.execute("DELETE FROM \(table) WHERE conversation = ?", [id])
        }
        try removeFromNotices(erased)
        try sql.execute("UPDATE conversations SET linked_to = NULL WHERE linked_to = ?", [id])
        try sql.execute("DELETE FROM conversations WHERE id = ? AND desk = ?", [id, desk])
    }

    /// Notices of many tickets belong to no conversation: they lose what they say of this one. There are few an hour.
    private func removeFromNotices(_ erased: SupportConversation) throws(StoreError) {
        let rows = try sql.query(
            """
            SELECT id, reply FROM outbox
            WHERE desk = ? AND purpose = 'notice' AND created_at >= ? AND conversation IS NULL
            """, [desk, erased.createdAt])
        for var row in rows {
            let id: OutboxID = try row.id()
            var reply: OutgoingReply = try row.json()
            let paragraphs = reply.body.split(separator: "\n\n", omittingEmptySubsequences: false)
            let kept = paragraphs.filter { !$0.hasPrefix("#\(erased.number) ") }
            // An edited template may have other paragraphs: then nothing is kept.
            reply.body = kept.count < paragraphs.count ? kept.joined(separator: "\n\n") : ""
            try sql.execute(
                "UPDATE outbox SET reply = ? WHERE id = ? AND desk = ?", [try JSONText.encode(reply), id, desk])
        }
    }

    /// The ledger's row stays, without what it says of the customer; the bytes go unless another arrival has the same.
    private func forget(_ arrival: ArrivalID, sha: String?) throws(StoreError) {
        try sql.execute("DELETE FROM work WHERE desk = ? AND kind = 'read' AND subject = ?", [desk, arrival])
        // An agent's answer by mail: it stands beside the conversation.
        try sql.execute(
            """
            DELETE FROM messages WHERE id = (SELECT message FROM arrivals WHERE id = ? AND desk = ?)
                AND conversation IS NULL
            """, [arrival, desk])
        try sql.execute(
            """
            UPDATE arrivals SET sha = NULL, sender = NULL, subject = NULL, message_id = NULL, message = NULL,
                conversation = NULL, last_error = NULL, outcome_reason = 'erased',
                outcome = CASE WHEN outcome IS NULL THEN 'recorded' ELSE outcome END
            WHERE id = ? AND desk = ?
            """, [arrival, desk])
        guard let sha else { return }
        try sql.execute(
            """
            DELETE FROM mails WHERE desk = ? AND sha = ?
                AND NOT EXISTS (SELECT 1 FROM arrivals a WHERE a.desk = mails.desk AND a.sha = mails.sha)
            """, [desk, sha])
    }
}
