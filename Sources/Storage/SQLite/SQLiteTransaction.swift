// What a closure sees of SQLite: one connection inside a transaction, and what is to follow at its end.

import Correspondence
import GRDB
import GRDBSQLite

final class SQLiteTransaction: SQLTransaction {
    let database: Database
    let dialect = SQLDialect.sqlite
    private(set) var work: Set<WorkKind> = []
    private(set) var events: [NewEvent] = []
    private(set) var terms: [NewTerms] = []

    init(_ database: Database) {
        self.database = database
    }

    @discardableResult
    func execute(_ sql: String, _ parameters: [any SQLBindable]) throws(StoreError) -> Int {
        let statement = try SQLiteStatement(sql, on: database)
        let before = sqlite3_total_changes(statement.connection)
        try statement.run(parameters) { _ in }
        // `sqlite3_changes` keeps its old value when a statement changes nothing.
        guard sqlite3_total_changes(statement.connection) != before else { return 0 }
        return Int(sqlite3_changes(statement.connection))
    }

    func query(_ sql: String, _ parameters: [any SQLBindable]) throws(StoreError) -> [SQLRow] {
        var rows: [SQLRow] = []
        try SQLiteStatement(sql, on: database).run(parameters) { rows.append($0) }
        return rows
    }

    /// There is one writer: every other transaction waits anyway.
    func exclude(_ key: String) {}

    func wake(_ kind: WorkKind) { work.insert(kind) }

    func record(_ event: NewEvent) { events.append(event) }

    func index(_ terms: NewTerms) { self.terms.append(terms) }

    /// How many rows this connection has changed since it was opened.
    var changes: Int32 { database.sqliteConnection.map { sqlite3_total_changes($0) } ?? 0 }
}
