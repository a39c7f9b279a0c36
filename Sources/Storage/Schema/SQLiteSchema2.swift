// The second schema of the embedded store: sessions. Never edited after landing: changes are further files.

enum SQLiteSchema2 {
    static let text = """
        CREATE TABLE sessions (
            desk TEXT NOT NULL, hash TEXT NOT NULL, began_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
            PRIMARY KEY (desk, hash)
        ) STRICT, WITHOUT ROWID;
        """
}
