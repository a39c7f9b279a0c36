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

    /// A mail that is part of no conversation.
    func eraseAlone(_ arrival: ArrivalID) throws(StoreError) {
        let entry = try sql.first(
            "SELECT sha, received_at, outcome_reason FROM arrivals WHERE id = ? AND desk = ?", [arrival, desk])
        guard var entry else { throw StoreError(.notFound, detail: "no arrival \(arrival)") }
        if let conversation = try conversation(ofMail: arrival) {
            throw StoreError(
                .invalid, detail: "arrival \(arrival) is part of conversation \(conversation): erase that one")
        }
        let sha = try entry.optionalText()
        let receivedAt = try entry.instant()
        if sha == nil, try entry.optionalText() == Self.erased {
            throw StoreError(.notFound, detail: "arrival \(arrival) was erased before")
        }
        try forgetHistory(ofMail: arrival)
        try forget(arrival, sha: sha)
        try takeBackReports(since: receivedAt)
    }

    /// One that an address is erased with: its message stays in the conversation of somebody else, without its words.
    /// False where it is gone already.
    func forgetMail(_ arrival: ArrivalID) throws(StoreError) -> Bool {
        guard
            var row = try sql.first(
                "SELECT sha, received_at, outcome_reason FROM arrivals WHERE id = ? AND desk = ?", [arrival, desk])
        else { return false }
        let sha = try row.optionalText()
        let receivedAt = try row.instant()
        if sha == nil, try row.optionalText() == Self.erased { return false }
        // Locks in their one order.
        if let conversation = try conversation(ofMail: arrival) {
            _ = try self.conversation(conversation, locked: true)
            try sql.execute(
                """
                UPDATE messages SET author_name = NULL, author_address = NULL, answer_to = NULL, subject = '', text = '',
                    new_text = '', html = NULL, attachments = NULL, verification = '', answerable_reasons = NULL,
                    outcome_reason = NULL, thread_root = NULL
                WHERE id = (SELECT message FROM arrivals WHERE id = ? AND desk = ?) AND arrival = ?
                """, [arrival, desk, arrival])
        }
        try forgetHistory(ofMail: arrival)
        try forget(arrival, sha: sha)
        try takeBackReports(since: receivedAt)
        return true
    }

    /// What is left of an address beside conversations and mails.
    func forget(_ address: EmailAddress) throws(StoreError) {
        try sql.execute("DELETE FROM participants WHERE desk = ? AND address = ?", [desk, address.key])
        let alone = "desk = ? AND recipient = ? AND conversation IS NULL"
        try sql.execute(
            """
            DELETE FROM work WHERE desk = ? AND kind IN ('deliver', 'notify')
                AND subject IN (SELECT id FROM outbox WHERE \(alone))
            """, [desk, desk, address.key])
        try sql.execute(
            "DELETE FROM reply_sources WHERE outbox IN (SELECT id FROM outbox WHERE \(alone))", [desk, address.key])
        try sql.execute("DELETE FROM outbox WHERE \(alone)", [desk, address.key])
    }

    /// The conversation that a mail's own message is part of.
    private func conversation(ofMail arrival: ArrivalID) throws(StoreError) -> ConversationID? {
        let row = try sql.first(
            """
            SELECT m.conversation FROM arrivals a JOIN messages m ON m.id = a.message AND m.arrival = a.id
            WHERE a.id = ? AND a.desk = ?
            """, [arrival, desk])
        guard var row else { return nil }
        return try row.optionalID()
    }

    /// What history says of a mail that is part of no conversation: why it was suppressed.
    private func forgetHistory(ofMail arrival: ArrivalID) throws(StoreError) {
        try sql.execute(
            """
            DELETE FROM history WHERE desk = ? AND conversation IS NULL
                AND message = (SELECT message FROM arrivals WHERE id = ? AND desk = ?)
            """, [desk, arrival, desk])
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
        try takeBackReports(since: erased.createdAt)
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
            guard var reply = try readable(&row) else {
                try blank(id)
                continue
            }
            let paragraphs = reply.body.split(separator: "\n\n", omittingEmptySubsequences: false)
            let kept = paragraphs.filter { !$0.hasPrefix("#\(erased.number) ") }
            // An edited template may have other paragraphs: then nothing is kept.
            reply.body = kept.count < paragraphs.count ? kept.joined(separator: "\n\n") : ""
            try sql.execute(
                "UPDATE outbox SET reply = ? WHERE id = ? AND desk = ?", [try JSONText.encode(reply), id, desk])
        }
    }

    /// Reports tell of everything. What was sent has no words any more; what waits is taken back and can be made anew.
    private func takeBackReports(since instant: Instant) throws(StoreError) {
        let rows = try sql.query(
            "SELECT id, state, reply FROM outbox WHERE desk = ? AND purpose = 'report' AND created_at >= ? ORDER BY id",
            [desk, instant])
        for var row in rows {
            let id: OutboxID = try row.id()
            let state = OutboxState(rawValue: try row.text())
            // A word to an agent, why their mail was not sent, tells of nobody.
            if try readable(&row)?.inReplyTo != nil { continue }
            if state == .pending || state == .sending || state == .inDoubt {
                try sql.execute(
                    "DELETE FROM work WHERE desk = ? AND kind IN ('deliver', 'notify') AND subject = ?", [desk, id])
                try withdraw(id, reason: "it may tell of what was erased; make it anew")
            }
            try dropWords(id)
        }
    }

    /// Of a report that has ended: its words are not kept, who got it and when are.
    func dropWords(_ id: OutboxID) throws(StoreError) {
        let row = try sql.first(
            "SELECT reply FROM outbox WHERE id = ? AND desk = ? AND purpose = 'report'", [id, desk])
        guard var row else { return }
        guard var reply = try readable(&row) else { return try blank(id) }
        guard reply.inReplyTo == nil, !reply.body.isEmpty || reply.html != nil || reply.quote != nil else { return }
        (reply.body, reply.html, reply.quote) = ("", nil, nil)
        try sql.execute(
            "UPDATE outbox SET reply = ? WHERE id = ? AND desk = ?", [try JSONText.encode(reply), id, desk])
    }

    private func readable(_ row: inout SQLRow) throws(StoreError) -> OutgoingReply? {
        do throws(StoreError) {
            return try row.json()
        } catch  where error.isOfOneRow {
            return nil
        }
    }

    /// Nobody knows what is in it.
    private func blank(_ id: OutboxID) throws(StoreError) {
        try sql.execute("UPDATE outbox SET reply = '{}' WHERE id = ? AND desk = ?", [id, desk])
    }

    private static let erased = "erased"

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
                conversation = NULL, last_error = NULL, outcome_reason = ?,
                outcome = CASE WHEN outcome IS NULL THEN 'recorded' ELSE outcome END
            WHERE id = ? AND desk = ?
            """, [Self.erased, arrival, desk])
        guard let sha else { return }
        try sql.execute(
            """
            DELETE FROM mails WHERE desk = ? AND sha = ?
                AND NOT EXISTS (SELECT 1 FROM arrivals a WHERE a.desk = mails.desk AND a.sha = mails.sha)
            """, [desk, sha])
    }
}
