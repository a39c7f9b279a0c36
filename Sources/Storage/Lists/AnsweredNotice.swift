// What happened to a ticket since the notice that an agent's mail answers.

import Correspondence

/// Asked under the conversation's lock. A page shows what it stands on by the ticket's version; a mail shows it by the
/// notice it answers.
struct AnsweredNotice {
    /// Notices of one ticket to one agent, and replies of agents in it, that are looked at; the newest.
    private static let lookLimit = 50

    private let desk: DeskTransaction
    private let ticket: SupportTicket
    private let agent: EmailAddress?
    /// When it was written; nil where the mail does not say, as one to an address that stood in a list of tickets.
    private let writtenAt: Instant?

    init(desk: DeskTransaction, message: Message, ticket: SupportTicket) throws(StoreError) {
        self.desk = desk
        self.ticket = ticket
        agent = message.from?.address
        let rows = try desk.sql.query(
            """
            SELECT created_at, reply FROM outbox
            WHERE conversation = ? AND purpose = 'notice' AND desk = ? AND recipient = ?
            ORDER BY created_at DESC LIMIT ?
            """, [ticket.conversation, desk.desk, agent?.key ?? "", Self.lookLimit])
        let ancestors = Set(message.ancestors)
        var found: Instant?
        for var row in rows where found == nil {
            let at = try row.instant()
            let notice: OutgoingReply = try row.json()
            if ancestors.contains(notice.messageID) { found = at }
        }
        writtenAt = found
    }

    /// Whether somebody else's reply went out since then. Where nothing says which notice was answered: whether it is
    /// the last word in the ticket.
    func isAnsweredByAnother(than signer: String?) throws(StoreError) -> Bool {
        let rows = try desk.sql.query(
            """
            SELECT author_name, at FROM messages
            WHERE conversation = ? AND desk = ? AND \(DeskTransaction.isByHuman)
            ORDER BY at DESC, position DESC LIMIT ?
            """, [ticket.conversation, desk.desk, Self.lookLimit])
        var isLast = true
        for var row in rows {
            let name = try row.optionalText()
            let at = try row.instant()
            let isNewer = writtenAt.map { at >= $0 } ?? (isLast && ticket.status == .waiting)
            if isNewer, name != signer { return true }
            isLast = false
        }
        guard let writtenAt else { return false }
        // Agents who sign alike are told apart by the mails they wrote.
        let mails = try desk.sql.query(
            """
            SELECT m.author_address FROM arrivals a JOIN messages m ON m.id = a.message
            WHERE a.conversation = ? AND a.desk = ? AND m.direction = 'in' AND m.author_kind = 'agent' AND m.at >= ?
            """, [ticket.conversation, desk.desk, writtenAt])
        for var row in mails {
            let writer = try row.optionalText().flatMap { EmailAddress($0) }
            if writer != agent { return true }
        }
        return false
    }

    /// Whether there is something new that the agent was not told of, or was told of in a later notice.
    var isOutdated: Bool {
        get throws(StoreError) {
            if try !desk.waiting(in: ticket.conversation).isEmpty { return true }
            let untold = try desk.sql.first(
                "SELECT 1 FROM work WHERE desk = ? AND kind = 'tell' AND subject = ?",
                [desk.desk, ticket.conversation])
            if untold != nil { return true }
            guard let writtenAt else { return false }
            let newer = try desk.sql.first(
                """
                SELECT 1 FROM messages
                WHERE conversation = ? AND desk = ? AND direction = 'in' AND kind = 'human' AND at > ? LIMIT 1
                """, [ticket.conversation, desk.desk, writtenAt])
            return newer != nil
        }
    }
}
