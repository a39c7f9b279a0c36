// The fifth schema of the embedded store. Never edited after landing.

enum SQLiteSchema5 {
    /// `thread_root`: the root of an incoming mail's Thread-Index; mails without one cost the index nothing.
    /// `vectors`: of the articles' lines; `hash` is the SHA-256 of a line, `vector` its numbers, four bytes each.
    static let text = """
        ALTER TABLE messages ADD COLUMN thread_root TEXT;
        CREATE INDEX messages_by_thread_root ON messages (desk, thread_root, id) WHERE thread_root IS NOT NULL;

        CREATE TABLE vectors (
            desk TEXT NOT NULL, hash TEXT NOT NULL, model TEXT NOT NULL, vector BLOB NOT NULL,
            PRIMARY KEY (desk, hash, model)
        ) STRICT;
        """
}
