// Brings a database to the schema this version knows, or says why it cannot.

import Correspondence

/// Schemas are numbered from 1; all missing ones are applied in one transaction each, with their number.
enum Migration {
    static func schemas(_ engine: SQLDialect.Engine) -> [String] {
        switch engine {
        case .sqlite: [SQLiteSchema1.text, SQLiteSchema2.text, SQLiteSchema3.text, SQLiteSchema4.text]
        case .postgresql:
            [PostgreSQLSchema1.text, PostgreSQLSchema2.text, PostgreSQLSchema3.text, PostgreSQLSchema4.text]
        }
    }

    static func run(on database: any SQLDatabase, now: Instant) async throws(StoreError) {
        let schemas = schemas(database.dialect.engine)
        try await database.write { transaction in
            // Two nodes may start at once.
            try transaction.exclude("deskbridge schema")
            try transaction.execute(versionTable(transaction.dialect.engine), [])
            let version = try transaction.count("SELECT MAX(version) FROM schema_versions", [])
            guard version <= schemas.count else {
                throw StoreError(
                    .damaged,
                    detail: """
                        the store has schema \(version), this version of deskbridge knows \(schemas.count). Start the \
                        newer deskbridge again, or restore a backup made before it.
                        """)
            }
            for number in version..<schemas.count {
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
