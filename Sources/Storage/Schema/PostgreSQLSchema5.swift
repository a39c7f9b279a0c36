// The fifth schema of the shared store. Never edited after landing.

enum PostgreSQLSchema5 {
    /// `thread_root`: the root of an incoming mail's Thread-Index; mails without one cost the index nothing.
    /// `vectors`: of the articles' lines; `hash` is the SHA-256 of a line, `vector` its numbers, four bytes each.
    static let text = """
        ALTER TABLE messages ADD COLUMN thread_root TEXT COLLATE "C";
        CREATE INDEX messages_by_thread_root ON messages (desk, thread_root, id) WHERE thread_root IS NOT NULL;

        CREATE TABLE vectors (
            desk TEXT COLLATE "C" NOT NULL, hash TEXT COLLATE "C" NOT NULL, model TEXT COLLATE "C" NOT NULL,
            vector BYTEA NOT NULL, PRIMARY KEY (desk, hash, model)
        );
        """
}
