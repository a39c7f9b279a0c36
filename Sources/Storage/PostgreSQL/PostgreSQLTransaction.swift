// What a closure sees of PostgreSQL: one connection inside a transaction, and what is to follow at its end.

import Correspondence

final class PostgreSQLTransaction: SQLTransaction {
    let dialect = SQLDialect.postgresql
    private let connection: PostgreSQLConnection
    private(set) var work: Set<WorkKind> = []
    private(set) var events: [NewEvent] = []
    private var terms: [NewTerms] = []

    init(_ connection: PostgreSQLConnection) {
        self.connection = connection
    }

    @discardableResult
    func execute(_ sql: String, _ parameters: [any SQLBindable]) throws(StoreError) -> Int {
        try connection.run(sql, parameters).changed
    }

    func query(_ sql: String, _ parameters: [any SQLBindable]) throws(StoreError) -> [SQLRow] {
        try connection.run(sql, parameters).rows()
    }

    func exclude(_ key: String) throws(StoreError) {
        _ = try query("SELECT pg_advisory_xact_lock(hashtextextended(CAST(? AS TEXT), 0))", [key])
    }

    func wake(_ kind: WorkKind) { work.insert(kind) }

    func record(_ event: NewEvent) { events.append(event) }

    func index(_ terms: NewTerms) { self.terms.append(terms) }

    /// Search terms, then history: its lock is held from here to the commit only.
    func finish() throws(StoreError) {
        for entry in terms {
            try execute(
                """
                INSERT INTO terms (desk, conversation, terms)
                VALUES (?, ?, strip(to_tsvector('simple', CAST(? AS TEXT))))
                """, [entry.desk, entry.conversation, entry.text])
        }
        guard !events.isEmpty else { return }
        _ = try query(dialect.historyGate, [])
        for event in events { try execute(NewEvent.insert, event.parameters) }
    }
}
