// Brings a database to the schema this version knows, or says why it cannot.

import Correspondence

/// Schemas are numbered from 1; all missing ones are applied in one transaction each, with their number.
enum Migration {
    static func schemas(_ engine: SQLDialect.Engine) -> [String] {
        switch engine {
        case .sqlite:
            [
                SQLiteSchema1.text, SQLiteSchema2.text, SQLiteSchema3.text, SQLiteSchema4.text, SQLiteSchema5.text,
            ]
        case .postgresql:
            [
                PostgreSQLSchema1.text, PostgreSQLSchema2.text, PostgreSQLSchema3.text, PostgreSQLSchema4.text,
                PostgreSQLSchema5.text,
            ]
        }
    }

    /// The schema as it stands; 0 for an empty store. Changes nothing.
    static func version(of database: any SQLDatabase) async throws(StoreError) -> Int {
        let exists =
            switch database.dialect.engine {
            case .sqlite: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_versions'"
            case .postgresql: "SELECT 1 FROM pg_class WHERE oid = to_regclass('schema_versions')"
            }
        return try await database.read { transaction in
            guard try transaction.first(exists, []) != nil else { return 0 }
            return try transaction.count("SELECT MAX(version) FROM schema_versions", [])
        }
    }

    static func isTooNew(_ version: Int, for known: Int) -> StoreError {
        StoreError(
            .damaged,
            detail: """
                the store has schema \(version), this version of deskbridge knows \(known). Start the newer deskbridge \
                again, or restore a backup made before it.
                """)
    }

    /// `limit`: to make what a former version left, for tests.
    static func run(on database: any SQLDatabase, now: Instant, limit: Int = .max) async throws(StoreError) {
        let schemas = schemas(database.dialect.engine)
        try await database.write { transaction in
            // Two nodes may start at once.
            try transaction.exclude("deskbridge schema")
            try transaction.execute(versionTable(transaction.dialect.engine), [])
            let version = try transaction.count("SELECT MAX(version) FROM schema_versions", [])
            guard version <= schemas.count else { throw isTooNew(version, for: schemas.count) }
            for number in version..<max(version, min(limit, schemas.count)) {
                for statement in statements(schemas[number]) { try transaction.execute(statement, []) }
                try transaction.execute(
                    "INSERT INTO schema_versions (version, applied_at) VALUES (?, ?)", [number + 1, now])
            }
        }
    }

    private static func versionTable(_ engine: SQLDialect.Engine) -> String {
        let integer = engine == .sqlite ? "INTEGER" : "BIGINT"
        return """
            CREATE TABLE IF NOT EXISTS schema_versions (
                version \(integer) NOT NULL PRIMARY KEY, applied_at \(integer) NOT NULL
            )
            """
    }

    /// Our schemas hold no `;` but the one that ends a statement at the end of a line.
    static func statements(_ text: String) -> [String] {
        text.split(separator: ";\n").map { $0.split(separator: "\n").filter { !$0.hasPrefix("--") } }
            .map { $0.joined(separator: "\n") }
            .map { $0.hasSuffix(";") ? String($0.dropLast()) : $0 }
            .filter { !$0.isEmpty }
    }
}
