// The few words in which the engines' SQL differs.

struct SQLDialect: Sendable {
    enum Engine: String, Sendable {
        case sqlite
        case postgresql
    }
    let engine: Engine
    /// Ends a `SELECT … FROM work w` that claims: rows that others hold are passed over.
    let claimClause: String
    /// Ends a `SELECT` whose row must not change before the commit.
    let rowLock: String
    /// Takes the next number of a conversation; parameter: desk.
    let nextNumber: String
    /// Says first, before history is written: see `PostgreSQLDatabase`. Empty where writers are serialised anyway.
    let historyGate: String
    /// Says first, before history is read, in a transaction that sees what was committed before each statement.
    let historyBarrier: String
    /// Removes the terms of a conversation, one statement after the other; parameters: desk, conversation.
    let removeTerms: [String]
    /// Conversations with a term; parameters: desk, term. Stands behind `IN`.
    let conversationsWithTerm: String

    static let sqlite = SQLDialect(
        engine: .sqlite, claimClause: "", rowLock: "",
        nextNumber: """
            INSERT INTO counters (desk, name, value) VALUES (?, 'conversation', 1)
            ON CONFLICT (desk, name) DO UPDATE SET value = counters.value + 1 RETURNING value
            """,
        historyGate: "", historyBarrier: "",
        removeTerms: [
            """
            INSERT INTO search (search, rowid, terms)
            SELECT 'delete', number, terms FROM terms WHERE desk = ? AND conversation = ?
            """,
            "DELETE FROM terms WHERE desk = ? AND conversation = ?",
        ],
        conversationsWithTerm: """
            SELECT t.conversation FROM search s JOIN terms t ON t.number = s.rowid
            WHERE t.desk = ? AND s.search MATCH ?
            """)

    static let postgresql = SQLDialect(
        engine: .postgresql, claimClause: "FOR UPDATE OF w SKIP LOCKED", rowLock: "FOR NO KEY UPDATE",
        nextNumber: "SELECT nextval('conversation_numbers') WHERE CAST(? AS TEXT) IS NOT NULL",
        historyGate: "SELECT pg_advisory_xact_lock_shared(\(historyKey))",
        historyBarrier: "SELECT pg_advisory_xact_lock(\(historyKey))",
        removeTerms: ["DELETE FROM terms WHERE desk = ? AND conversation = ?"],
        conversationsWithTerm: """
            SELECT conversation FROM terms WHERE desk = ? AND terms @@ to_tsquery('simple', CAST(? AS TEXT))
            """)

    /// The advisory lock that history is written and read under.
    private static let historyKey: Int64 = 0x6465_736B_6869_7374
}
