// The shared store.

import Correspondence

enum PostgreSQLDatabase {
    static func open(url: String, now: @Sendable () -> Instant) async throws(StoreError) -> any SQLDatabase {
        throw StoreError(.other, detail: "PostgreSQL is not built in yet")
    }
}
