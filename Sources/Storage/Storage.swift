// Storage: everything a desk keeps, in SQLite or in PostgreSQL; the only place with SQL.

package import Correspondence
import Dispatch
import Foundation

/// How to read this target. Other targets know `DeskStores.open`, `OpenStore` and `StoreURL`; what they are handed is
/// `any DeskStore`, the seams of Correspondence.
///
/// - `Desk/` and `Lists/` implement the seams, one file each, over `SQLDatabase`: every statement is written once.
/// - `Steps/` holds what the calls are made of inside one transaction: work and leases, filing, concluding, outcomes,
///   the outbox, tickets, erasure.
/// - `Rows/` says how the records lie in their tables, `Schema/` what the tables are, per engine.
/// - `SQL/` is the seam to the engines; `SQLite/` and `PostgreSQL/` are the two drivers. Group commit, locking,
///   claiming, waking up and the order of history live there.
package enum DeskStores {
    /// Opens the store, takes its lock (SQLite: one process; a second is refused within a second with `locked`), and
    /// brings its schema up to date; a schema newer than this version is `damaged`.
    package static func open(url: StoreURL, desk: String, surroundings: Surroundings) async throws(StoreError)
        -> OpenStore
    {
        let database: any SQLDatabase
        let clock = EngineClock(surroundings)
        switch url {
        case .sqlite(let path): database = try await sqlite(path)
        case .postgresql(let url): database = try await PostgreSQLDatabase.open(url: url, clock: clock)
        }
        do {
            try await Migration.run(on: database, now: surroundings.now())
            if database.dialect.engine == .sqlite { try await FormerLeases.release(on: database) }
            if case .sqlite = url { try await database.write { try ClockStep.mend($0, now: clock.now) } }
        } catch {
            await database.close()
            throw error
        }
        let store = SQLDeskStore(database: database, desk: desk, surroundings: surroundings, clock: clock)
        return OpenStore(store: store, database: database)
    }

    private static func sqlite(_ path: String) async throws(StoreError) -> any SQLDatabase {
        let result: Result<SQLiteDatabase, StoreError> = await withCheckedContinuation { continuation in
            DispatchQueue(label: "deskbridge.sqlite.opening").async {
                do throws(StoreError) {
                    continuation.resume(returning: .success(try SQLiteDatabase(path: path)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}

/// A store that is open, until `close`.
package struct OpenStore: Sendable {
    package let store: any DeskStore
    let database: any SQLDatabase

    /// Ends the streams of hints, lets commits under way finish, and gives up the lock. Later calls throw
    /// `unavailable`.
    package func close() async {
        await database.close()
    }
}
