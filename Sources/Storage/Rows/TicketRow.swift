// How a ticket lies in its table.

import Correspondence

enum TicketRow {
    static let columns = """
        k.id, k.number, k.conversation, k.status, k.priority, k.assignee, k.reason, k.reasons, k.draft, k.opened_at, \
        k.updated_at, k.first_response_at, k.resolved_at, k.version
        """

    static func read(_ row: inout SQLRow) throws(StoreError) -> SupportTicket {
        SupportTicket(
            id: try row.id(), number: try row.int(), conversation: try row.id(), status: try row.word(),
            priority: try row.word(), assignee: try row.optionalText(), reason: try row.text(),
            reasons: try row.list(), draft: try row.optionalID(), openedAt: try row.instant(),
            updatedAt: try row.instant(), firstResponseAt: try row.optionalInstant(),
            resolvedAt: try row.optionalInstant(), version: try row.int())
    }

    static let insert = """
        INSERT INTO tickets (id, desk, number, conversation, status, priority, rank, assignee, reason, reasons, draft,
            opened_at, updated_at, first_response_at, resolved_at, version)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    static func parameters(_ ticket: SupportTicket, desk: String) throws(StoreError) -> [any SQLBindable] {
        [
            ticket.id, desk, ticket.number, ticket.conversation, ticket.status.rawValue, ticket.priority.rawValue,
            rank(ticket), ticket.assignee, ticket.reason, try JSONText.encode(list: ticket.reasons), ticket.draft,
            ticket.openedAt, ticket.updatedAt, ticket.firstResponseAt, ticket.resolvedAt, ticket.version,
        ]
    }

    /// Everything that may change, `version` being the new one and `seen` the one it replaces.
    static let update = """
        UPDATE tickets SET status = ?, priority = ?, rank = ?, assignee = ?, reason = ?, reasons = ?, draft = ?,
            opened_at = ?, updated_at = ?, first_response_at = ?, resolved_at = ?, version = ?
        WHERE id = ? AND version = ?
        """

    static func changes(_ ticket: SupportTicket, seen: Int) throws(StoreError) -> [any SQLBindable] {
        [
            ticket.status.rawValue, ticket.priority.rawValue, rank(ticket), ticket.assignee, ticket.reason,
            try JSONText.encode(list: ticket.reasons), ticket.draft, ticket.openedAt, ticket.updatedAt,
            ticket.firstResponseAt, ticket.resolvedAt, ticket.version, ticket.id, seen,
        ]
    }

    /// Live ones below this, urgent ones first.
    static let firstRestingRank = 10

    static func rank(_ ticket: SupportTicket) -> Int {
        let urgency = ticket.priority.weight
        return (ticket.status.isLive ? 0 : firstRestingRank) + SupportTicket.Priority.urgent.weight - urgency
    }
}

extension SupportTicket.Priority {
    var weight: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
