// Steps: making sure that agents are told of a ticket, now or with the next notice.

import Correspondence

extension DeskTransaction {
    /// When the next notice may go, in `counters`.
    private static let noticesOpenAt = "notices open at"
    /// A later time than this was written by a clock that was wrong.
    private static let longestWait = Duration.hours(1)

    /// One piece of work a conversation: what is told already is told again, what waits is told once.
    func addNotice(of ticket: SupportTicket) throws(StoreError) {
        var dueAt = now
        let row = try sql.first(
            "SELECT value FROM counters WHERE desk = ? AND name = ?", [desk, Self.noticesOpenAt])
        if var row {
            let opensAt = try row.instant()
            if opensAt > now, opensAt <= now + Self.longestWait { dueAt = opensAt }
        }
        try addWork(.tell, ticket.conversation.text, dueAt: dueAt)
    }

    func openNotices(at instant: Instant) throws(StoreError) {
        try sql.execute(
            """
            INSERT INTO counters (desk, name, value) VALUES (?, ?, ?)
            ON CONFLICT (desk, name) DO UPDATE SET value = excluded.value
            """, [desk, Self.noticesOpenAt, instant])
    }
}
