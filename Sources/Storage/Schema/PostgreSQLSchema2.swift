// The second schema of the shared store: sessions. Never edited after landing: changes are further files.

enum PostgreSQLSchema2 {
    static let text = """
        CREATE TABLE sessions (
            desk TEXT COLLATE "C" NOT NULL, hash TEXT COLLATE "C" NOT NULL, began_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            PRIMARY KEY (desk, hash)
        );
        """
}
