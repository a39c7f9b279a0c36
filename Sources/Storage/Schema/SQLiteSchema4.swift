// The fourth schema of the embedded store. Never edited after landing.

enum SQLiteSchema4 {
    /// `first_seen_at`: when the mailbox was seen for the first time; NULL where a former version saw it. `covers`: the
    /// records of the messages that a reply answers. `holder`: which node a lease was given to, where there are several.
    static let text = """
        ALTER TABLE mailboxes ADD COLUMN first_seen_at INTEGER;
        ALTER TABLE outbox ADD COLUMN covers TEXT;
        ALTER TABLE work ADD COLUMN holder TEXT;
        """
}
