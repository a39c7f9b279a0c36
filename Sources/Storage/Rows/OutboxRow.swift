// How a row of the outbox lies in its table.

import Correspondence

enum OutboxRow {
    static let columns = """
        o.id, o.conversation, o.reply, o.state, o.created_at, o.due_at, o.attempts, o.last_error, o.settled_at, \
        o.was_in_doubt, o.is_chat
        """

    static func read(_ row: inout SQLRow) throws(StoreError) -> OutboxEntry {
        OutboxEntry(
            id: try row.id(), conversation: try row.optionalID(), reply: try row.json(), state: try row.word(),
            createdAt: try row.instant(), dueAt: try row.instant(), attempts: try row.int(),
            lastError: try row.optionalText(), settledAt: try row.optionalInstant(), wasInDoubt: try row.bool(),
            isChat: try row.bool())
    }

    /// nil for a row that this version cannot read.
    static func readIfKnown(_ row: inout SQLRow) throws(StoreError) -> OutboxEntry? {
        do {
            return try read(&row)
        } catch {
            guard error.isOfOneRow else { throw error }
            return nil
        }
    }

    static let insert = """
        INSERT INTO outbox (id, desk, conversation, record, purpose, state, recipient, created_at, due_at, attempts,
            settled_at, was_in_doubt, is_chat, asked_at, confidence, reply, covers)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, ?, ?, ?, ?, ?)
        """
}
