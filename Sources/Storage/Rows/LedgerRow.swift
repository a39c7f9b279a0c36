// How an entry of the ledger lies in its table.

import Correspondence

enum LedgerRow {
    static let columns = """
        a.id, a.channel_kind, a.channel_name, a.key, a.received_at, a.size, a.attempts, a.last_error, a.outcome, \
        a.outcome_reason, a.kind, a.language, a.message_id, a.sender, a.subject, a.message, a.conversation
        """

    static func read(_ row: inout SQLRow) throws(StoreError) -> LedgerEntry {
        LedgerEntry(
            arrival: try row.id(), channel: Channel(try row.word(), try row.text()), key: try row.text(),
            receivedAt: try row.instant(), size: try row.int(), attempts: try row.int(),
            lastError: try row.optionalText(), outcome: try row.optionalWord(),
            outcomeReason: try row.optionalText(), kind: try row.optionalWord(), language: try row.optionalText(),
            messageID: try row.optionalText().flatMap { MessageID($0) }, from: try row.optionalText(),
            subject: try row.optionalText(), message: try row.optionalID(), conversation: try row.optionalID())
    }

    static let insert = """
        INSERT INTO arrivals (id, desk, channel_kind, channel_name, key, received_at, sha, size, is_history,
            is_vouched, shortfall, attempts)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
        ON CONFLICT (desk, channel_kind, channel_name, key) DO NOTHING
        """

    /// What reading found out, and what became of it; parameters end with id and desk.
    static let settle = """
        UPDATE arrivals SET kind = ?, language = ?, message_id = ?, sender = ?, subject = ?, message = ?,
            conversation = ?, outcome = ?, outcome_reason = ?, last_error = NULL
        WHERE id = ? AND desk = ?
        """
}
