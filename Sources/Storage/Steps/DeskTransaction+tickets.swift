// Steps: opening, reopening and changing tickets.

import Correspondence

/// Why a ticket is to be opened.
struct TicketCause {
    var id: TicketID
    var reasons: [String]
    var priority: SupportTicket.Priority = .normal
    var draft: DraftID?
    var actor = "desk"
    /// Whether it comes first even on a live ticket: something happened. What a customer adds comes behind the reason
    /// that the ticket has, unless it is weightier.
    var leads = true
}

extension DeskTransaction {
    /// A ticket may say at most so many reasons; older ones go first.
    private static let reasonLimit = 20

    /// Opens the conversation's ticket, opens it again, or tells the live one what is new.
    @discardableResult
    func openTicket(of conversation: SupportConversation, _ cause: TicketCause) throws(StoreError) -> SupportTicket {
        try sql.execute(
            "UPDATE conversations SET status = 'open', updated_at = ? WHERE id = ? AND desk = ?",
            [now, conversation.id, desk])
        guard var ticket = try ticket(of: conversation.id, locked: true) else {
            return try newTicket(of: conversation, cause)
        }
        let seen = ticket.version
        let isReopened = !ticket.status.isLive
        if isReopened {
            ticket.openedAt = now
            ticket.firstResponseAt = nil
            ticket.resolvedAt = nil
            ticket.priority = cause.priority
            ticket.reasons = cause.reasons
        } else {
            let isWeightier = cause.priority.weight > ticket.priority.weight
            if isWeightier { ticket.priority = cause.priority }
            // That it is open says nothing on itself.
            let news = cause.reasons.filter { $0 != ticket.openReason }
            if cause.leads || isWeightier {
                ticket.reasons = news + ticket.reasons.filter { !news.contains($0) }
            } else {
                ticket.reasons += news.filter { !ticket.reasons.contains($0) }
                // The first stays, of the others the older ones go.
                let surplus = ticket.reasons.count - Self.reasonLimit
                if surplus > 0 { ticket.reasons.removeSubrange(1...surplus) }
            }
        }
        ticket.reasons = Array(ticket.reasons.prefix(Self.reasonLimit))
        ticket.reason = ticket.reasons.first ?? ticket.reason
        if ticket.status != .new { ticket.status = .open }
        ticket.draft = cause.draft ?? ticket.draft
        ticket.updatedAt = now
        ticket.version += 1
        try save(ticket, seen: seen)
        record(
            isReopened ? .ticketOpened : .ticketChanged, conversation: conversation.id, ticket: ticket.id,
            actor: cause.actor, detail: cause.reasons.first ?? ticket.reason)
        return ticket
    }

    private func newTicket(of conversation: SupportConversation, _ cause: TicketCause) throws(StoreError)
        -> SupportTicket
    {
        let ticket = SupportTicket(
            id: cause.id, number: conversation.number, conversation: conversation.id, status: .new,
            priority: cause.priority, reason: cause.reasons.first ?? "", reasons: cause.reasons, draft: cause.draft,
            openedAt: now, updatedAt: now)
        try sql.execute(TicketRow.insert, try TicketRow.parameters(ticket, desk: desk))
        try sql.execute(
            "UPDATE conversations SET ticket = ? WHERE id = ? AND desk = ?", [ticket.id, conversation.id, desk])
        record(
            .ticketOpened, conversation: conversation.id, ticket: ticket.id, actor: cause.actor,
            detail: ticket.reason)
        return ticket
    }

    func save(_ ticket: SupportTicket, seen: Int) throws(StoreError) {
        guard try sql.execute(TicketRow.update, try TicketRow.changes(ticket, seen: seen)) == 1 else {
            throw StoreError(.stale, detail: ticket.outdated)
        }
    }
}

extension SupportTicket {
    /// What is said to who names an older version.
    var outdated: String { "ticket #\(number) was changed meanwhile: look at it again, and name its new version" }
}
