// The third schema of the shared store: why an arrival's bytes are not the whole mail. Never edited after landing.

enum PostgreSQLSchema3 {
    static let text = """
        ALTER TABLE arrivals ADD COLUMN shortfall TEXT;
        """
}
