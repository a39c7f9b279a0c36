// One transaction on one desk: the steps that the stores' calls are made of.

import Correspondence

/// Locks are taken in one order everywhere, so that two calls on PostgreSQL never wait for each other: `exclude`, then
/// the conversation's row, then work rows, then outbox rows, history last.
struct DeskTransaction {
    let sql: any SQLTransaction
    let desk: String
    /// By this process's clock: what people see.
    let now: Instant
    /// How far the engine's clock is ahead at this moment: what due times and leases are told in.
    let clockAhead: Duration
    let surroundings: Surroundings
    /// Who takes a lease; nil where this process has the store to itself.
    let node: String?

    /// `now` by the engine's clock.
    var engineNow: Instant { now + clockAhead }

    func makeID<Kind>() -> Identifier<Kind> { surroundings.makeID() }

    func record(
        _ kind: HistoryEvent.Kind, conversation: ConversationID? = nil, ticket: TicketID? = nil,
        message: MessageRecordID? = nil, actor: String = "desk", detail: String = ""
    ) {
        sql.record(
            NewEvent(
                desk: desk, at: now, kind: kind, conversation: conversation, ticket: ticket, message: message,
                actor: actor, detail: detail))
    }

    // MARK: Reading rows

    func conversation(_ id: ConversationID, locked: Bool = false) throws(StoreError) -> SupportConversation {
        let row = try sql.first(
            """
            SELECT \(ConversationRow.columns) FROM conversations c WHERE c.id = ? AND c.desk = ?
            \(locked ? sql.dialect.rowLock : "")
            """, [id, desk])
        guard var row else { throw StoreError(.notFound, detail: "no conversation \(id)") }
        return try ConversationRow.read(&row)
    }

    func messages(of id: ConversationID) throws(StoreError) -> [SupportMessage] {
        let rows = try sql.query(
            """
            SELECT \(MessageRow.columns) FROM messages m WHERE m.conversation = ? AND m.desk = ?
            ORDER BY m.at, m.position
            """, [id, desk])
        var messages: [SupportMessage] = []
        messages.reserveCapacity(rows.count)
        for row in rows { messages.append(try MessageRow.readOrMark(row)) }
        return messages
    }

    func ticket(of id: ConversationID, locked: Bool = false) throws(StoreError) -> SupportTicket? {
        let row = try sql.first(
            """
            SELECT \(TicketRow.columns) FROM tickets k WHERE k.conversation = ? AND k.desk = ?
            \(locked ? sql.dialect.rowLock : "")
            """, [id, desk])
        guard var row else { return nil }
        return try TicketRow.read(&row)
    }

    /// nil also for one that cannot be read: it is a help to agents, and must not keep a ticket from them.
    func draft(_ id: DraftID) throws(StoreError) -> Draft? {
        guard var row = try sql.first("SELECT draft FROM drafts WHERE id = ? AND desk = ?", [id, desk]) else {
            return nil
        }
        do {
            return try row.json()
        } catch  where error.isOfOneRow {
            return nil
        }
    }
}
