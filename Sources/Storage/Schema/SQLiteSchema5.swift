// The fifth schema of the embedded store. Never edited after landing.

enum SQLiteSchema5 {
    /// `thread_root`: the root of an incoming mail's Thread-Index; mails without one cost the index nothing.
    static let text = """
        ALTER TABLE messages ADD COLUMN thread_root TEXT;
        CREATE INDEX messages_by_thread_root ON messages (desk, thread_root, id) WHERE thread_root IS NOT NULL;
        """
}
