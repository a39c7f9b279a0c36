// The fourth schema of the shared store. Never edited after landing.

enum PostgreSQLSchema4 {
    /// `first_seen_at`: when the mailbox was seen for the first time; NULL where a former version saw it. `covers`: the
    /// records of the messages that a reply answers. `holder`: which node a lease was given to.
    static let text = """
        ALTER TABLE mailboxes ADD COLUMN first_seen_at BIGINT;
        ALTER TABLE outbox ADD COLUMN covers TEXT COLLATE "C";
        ALTER TABLE work ADD COLUMN holder TEXT COLLATE "C";
        CREATE INDEX work_by_lease ON work (desk, kind, id) WHERE leased = 1;
        """
}
