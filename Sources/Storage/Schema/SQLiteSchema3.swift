// The third schema of the embedded store: why an arrival's bytes are not the whole mail. Never edited after landing.

enum SQLiteSchema3 {
    static let text = """
        ALTER TABLE arrivals ADD COLUMN shortfall TEXT;
        """
}
