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
    /// What becomes of a store that a former version of this program made.
    package enum Schema: Sendable {
        /// It is brought up to date: there is no way back to the former version.
        case raised
        /// It is refused. An empty store is given its tables.
        case required
        /// It stays as it is, and so does everything else: to look at the store, not to work with it.
        case left
    }

    /// Opens the store, takes its lock (SQLite: one process; a second is refused within a second with `locked`), and
    /// brings its schema up to date, unless `schema` says otherwise; a schema newer than this version is `damaged`, and
    /// so is an older one that is refused.
    package static func open(
        url: StoreURL, desk: String, surroundings: Surroundings, schema: Schema = .raised
    ) async throws(StoreError) -> OpenStore {
        let database: any SQLDatabase
        let clock = EngineClock(surroundings)
        switch url {
        case .sqlite(let path): database = try await sqlite(path)
        case .postgresql(let url): database = try await PostgreSQLDatabase.open(url: url, clock: clock)
        }
        let known = Migration.schemas(database.dialect.engine).count
        let found: Int
        do {
            found = try await Migration.version(of: database)
            try check(found, against: known, schema)
            if schema != .left {
                try await Migration.run(on: database, now: surroundings.now())
                if database.dialect.engine == .sqlite { try await FormerLeases.release(on: database) }
                if case .sqlite = url { try await database.write { try ClockStep.mend($0, now: clock.now) } }
            } else {
                // Whether it could be written.
                try await database.write { _ in }
            }
        } catch {
            await database.close()
            throw error
        }
        let store = SQLDeskStore(
            database: database, desk: desk, surroundings: surroundings, clock: clock,
            node: Base32.encode(surroundings.randomBytes(10)))
        return OpenStore(store: store, vectors: store, database: database, schemaFound: found, schemaKnown: known)
    }

    private static func check(_ found: Int, against known: Int, _ schema: Schema) throws(StoreError) {
        guard found <= known else { throw Migration.isTooNew(found, for: known) }
        guard schema == .required, found > 0, found < known else { return }
        throw StoreError(
            .damaged,
            detail: """
                the store has schema \(found), this version of deskbridge works with \(known): `deskbridge serve` brings \
                it up when it starts, and the former version cannot use it any more then
                """)
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
    /// Vectors of the articles' lines, in the same store.
    package let vectors: any VectorStore
    let database: any SQLDatabase
    /// As it was before the opening; 0 for an empty store.
    package let schemaFound: Int
    /// What this version works with.
    package let schemaKnown: Int

    /// Ends the streams of hints, lets commits under way finish, and gives up the lock. Later calls throw
    /// `unavailable`.
    package func close() async {
        await database.close()
    }
}
