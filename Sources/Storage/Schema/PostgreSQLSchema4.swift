// The fourth schema of the shared store. Never edited after landing.

enum PostgreSQLSchema4 {
    /// `first_seen_at`: when the mailbox was seen for the first time; NULL where a former version saw it. `covers`: the
    /// records of the messages that a reply answers.
    static let text = """
        ALTER TABLE mailboxes ADD COLUMN first_seen_at BIGINT;
        ALTER TABLE outbox ADD COLUMN covers TEXT COLLATE "C";
        """
}
