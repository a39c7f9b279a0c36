// Steps: the one outcome of each message, in conversation and ledger alike.

import Correspondence

extension DeskTransaction {
    /// Writes the outcome where none stands yet. Returns when the oldest of them was received.
    @discardableResult
    func settle(_ messages: [MessageRecordID], _ outcome: Outcome, reason: String?, rule: String?)
        throws(StoreError) -> Instant?
    {
        var oldest: Instant?
        for message in messages {
            let row = try sql.first(
                """
                UPDATE messages SET outcome = ?, outcome_reason = ?
                WHERE id = ? AND desk = ? AND outcome IS NULL AND direction = 'in' RETURNING arrival, at
                """, [outcome.rawValue, reason, message, desk])
            guard var row else { continue }
            let arrival: ArrivalID? = try row.optionalID()
            let at = try row.instant()
            oldest = min(oldest ?? at, at)
            guard let arrival else { continue }
            try sql.execute(
                """
                UPDATE arrivals SET outcome = ?, outcome_reason = ?, rule = ?
                WHERE id = ? AND desk = ? AND outcome IS NULL
                """, [outcome.rawValue, reason, rule, arrival, desk])
        }
        return oldest
    }

    /// Messages of the conversation that no outcome was written for, oldest first.
    func waiting(in conversation: ConversationID) throws(StoreError) -> [MessageRecordID] {
        let rows = try sql.query(
            """
            SELECT id FROM messages WHERE conversation = ? AND desk = ? AND direction = 'in' AND outcome IS NULL
            ORDER BY at, position
            """, [conversation, desk])
        var ids: [MessageRecordID] = []
        for var row in rows { ids.append(try row.id()) }
        return ids
    }

    /// A human takes care of everything that waits: outcome `ticket`, and no draft is made any more.
    func handWaitingToHuman(_ conversation: ConversationID, reason: String, rule: String) throws(StoreError) {
        try settle(try waiting(in: conversation), .ticket, reason: reason, rule: rule)
        try sql.execute(
            "DELETE FROM work WHERE desk = ? AND kind = 'draft' AND subject = ?", [desk, conversation])
    }
}
