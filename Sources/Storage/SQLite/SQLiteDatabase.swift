// The embedded store: one SQLite file, one writing connection in one process, group commits, read-only readers.

import Correspondence
import Dispatch
import Foundation
import GRDB
import GRDBSQLite
import Glibc
import Synchronization

/// Why it is built so: SQLite before 3.51.3 can lose commits when one connection resets the write-ahead log while
/// another starts a checkpoint (docs/decisions). So the pool's one writer is the only connection that writes and
/// checkpoints, its readers are opened read-only, and `StoreLock` keeps other processes out.
///
/// **Group commit.** The writer takes all writes that wait into one transaction. Closures run one after another without
/// savepoints; when one throws after it changed something, or the commit fails, the whole group is rolled back and run
/// again, each closure in a transaction of its own. So a closure that throws never spoils its neighbours, and what a
/// task is told is true of a commit that happened. The commit is written by the writer and flushed by `LogFlusher`,
/// while the writer runs the next group; tasks whose write must last are told after the flush. Hints of work go out
/// with the commit, before its flush: whoever follows them writes behind it in the log, where nothing is kept without
/// what stands before it. History's hints, which people see, follow the flush.
final class SQLiteDatabase: SQLDatabase {
    private struct Queue {
        var jobs: [any WriteJob] = []
        var isDraining = false
        var isClosed = false
        /// A commit could not be flushed: nobody knows what is on the disk until the file is opened anew.
        var isLost = false
    }
    /// What tests and metrics look at.
    struct Counts: Sendable {
        var writes = 0
        var commits = 0
    }
    /// How long a statement waits for a lock.
    private static let busySeconds = 5.0
    /// How often erasing waits 50 ms for readers to end.
    static let scrubAttempts = 100
    /// A store of up to this size is written anew after an erasure: some half a second, and as much memory.
    static let rebuildLimit = 64 << 20
    /// At most so many closures share a commit: bounds how long the first waits for the last.
    static let groupLimit = 128
    /// A group of so many closures tells that more are on their way: the next gathers while this one is flushed.
    static let busyGroup = 4
    /// Pages of the log before a checkpoint: 16 MiB.
    static let checkpointPages = 4_096

    let dialect = SQLDialect.sqlite
    let hints = StoreHints()
    private let pool: DatabasePool
    private let lock: StoreLock
    private let queue = Mutex(Queue())
    private let counted = Mutex(Counts())
    private let flusher: LogFlusher
    private let closing = DispatchQueue(label: "deskbridge.sqlite.closing")

    var counts: Counts { counted.withLock { $0 } }

    /// How many closures wait for their turn, for tests.
    var waiting: Int { queue.withLock { $0.jobs.count } }

    /// Blocks: call it from a queue of its own. `sync` flushes a descriptor, as `fdatasync(2)`.
    init(path: String, sync: @escaping @Sendable (Int32) -> Int32 = { fdatasync($0) }) throws(StoreError) {
        lock = try StoreLock(database: path)
        try Self.makePrivate(path)
        var configuration = Configuration()
        configuration.busyMode = .timeout(Self.busySeconds)
        configuration.maximumReaderCount = 4
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            guard !database.configuration.readonly else { return }
            // Before the first table, and before the log: afterwards it would need a VACUUM.
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
            try database.execute(sql: "PRAGMA secure_delete = FAST")
            try database.execute(sql: "PRAGMA cache_size = -32768")
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { database in
                // The log is flushed by `LogFlusher`, and by SQLite before and after a checkpoint.
                try database.execute(sql: "PRAGMA synchronous = NORMAL")
                try database.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.checkpointPages)")
                try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
            }
        } catch {
            throw StoreError(sqlite: error)
        }
        flusher = try LogFlusher(path: path + "-wal", sync: sync)
    }

    /// Customers' mail: for this user alone, whatever the umask. SQLite gives its log and index the database's mode.
    private static func makePrivate(_ path: String) throws(StoreError) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw StoreError(
                errno == EROFS || errno == EACCES ? .readOnly : .unavailable,
                detail: "\(path) cannot be opened: \(reason)")
        }
        Glibc.close(descriptor)
    }

    // MARK: Writing

    func write<Value: Sendable>(
        mustLast: Bool, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        let result = await withCheckedContinuation { continuation in
            submit(TypedWriteJob(mustLast: mustLast, body, continuation))
        }
        return try result.get()
    }

    private func submit(_ job: any WriteJob) {
        let (mustStart, refusal): (Bool, StoreError?) = queue.withLock { queue in
            if queue.isClosed { return (false, Self.closed) }
            if queue.isLost { return (false, Self.lost) }
            queue.jobs.append(job)
            defer { queue.isDraining = true }
            return (!queue.isDraining, nil)
        }
        if let refusal { job.finish(failure: refusal) }
        if mustStart { pool.asyncWriteWithoutTransaction { database in self.drain(database) } }
    }

    private static let closed = StoreError(.unavailable, detail: "the store is closed")
    private static let lost = StoreError(
        .unavailable, detail: "the disk failed to keep what was written; look at the disk, then start the program anew")

    private func drain(_ database: Database) {
        var isBusy = false
        while true {
            flusher.awaitTurn(isBusy: isBusy)
            let group = queue.withLock { queue in
                let group = Array(queue.jobs.prefix(Self.groupLimit))
                queue.jobs.removeFirst(group.count)
                if group.isEmpty { queue.isDraining = false }
                return group
            }
            if group.isEmpty { return }
            isBusy = group.count >= Self.busyGroup
            counted.withLock { $0.writes += group.count }
            if group.count == 1 || !runTogether(group, database) {
                for job in group { runAlone(job, database) }
            }
        }
    }

    /// False when nothing was committed and nobody was told.
    private func runTogether(_ group: [any WriteJob], _ database: Database) -> Bool {
        do {
            var work: Set<WorkKind> = []
            var events: [NewEvent] = []
            var terms: [NewTerms] = []
            try run("BEGIN IMMEDIATE", database)
            for job in group {
                let transaction = SQLiteTransaction(database)
                let before = transaction.changes
                do {
                    try job.run(transaction)
                    work.formUnion(transaction.work)
                    events += transaction.events
                    terms += transaction.terms
                } catch {
                    // What threw before it wrote (a stale lease, a missing row) leaves the group as it was.
                    guard transaction.changes == before, database.isInsideTransaction else { throw error }
                }
            }
            try finish(events, terms, database)
            tell(group, work: work, history: !events.isEmpty)
            return true
        } catch {
            rollBack(database)
            return false
        }
    }

    private func runAlone(_ job: any WriteJob, _ database: Database) {
        let transaction = SQLiteTransaction(database)
        do {
            try run("BEGIN IMMEDIATE", database)
            try job.run(transaction)
            try finish(transaction.events, transaction.terms, database)
            tell([job], work: transaction.work, history: !transaction.events.isEmpty)
        } catch {
            rollBack(database)
            job.finish(failure: error)
        }
    }

    /// The group is committed: whoever need not wait for the disk is told now, the others after the flush.
    private func tell(_ group: [any WriteJob], work: Set<WorkKind>, history: Bool) {
        counted.withLock { $0.commits += 1 }
        if !work.isEmpty { hints.publish(work: work, history: false) }
        for job in group where !job.mustLast { job.finish(failure: nil) }
        let lasting = group.filter(\.mustLast)
        guard !lasting.isEmpty else {
            if history { hints.publish(work: [], history: true) }
            return
        }
        flusher.flush { [self] isFlushed in
            if !isFlushed { queue.withLock { $0.isLost = true } }
            for job in lasting { job.finish(failure: isFlushed ? nil : Self.lost) }
            if history, isFlushed { hints.publish(work: [], history: true) }
        }
    }

    /// History and search terms last, in one go: FTS5 would write a segment at every statement in between.
    private func finish(_ events: [NewEvent], _ terms: [NewTerms], _ database: Database) throws(StoreError) {
        let transaction = SQLiteTransaction(database)
        for event in events { try transaction.execute(NewEvent.insert, event.parameters) }
        for entry in terms {
            try transaction.execute(
                "INSERT INTO terms (desk, conversation, terms) VALUES (?, ?, ?)",
                [entry.desk, entry.conversation, entry.text])
            guard let connection = database.sqliteConnection else { throw Self.closed }
            try transaction.execute(
                "INSERT INTO search (rowid, terms) VALUES (?, ?)",
                [sqlite3_last_insert_rowid(connection), entry.text])
        }
        try run("COMMIT", database)
    }

    private func run(_ sql: String, _ database: Database) throws(StoreError) {
        try SQLiteStatement(sql, on: database).run([]) { _ in }
    }

    private func rollBack(_ database: Database) {
        guard database.isInsideTransaction else { return }
        do {
            try run("ROLLBACK", database)
        } catch {
            // A failing ROLLBACK means that SQLite has rolled back by itself (disk full, I/O error).
        }
    }

    // MARK: Reading

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Value)
        async throws(StoreError) -> Value
    {
        if queue.withLock({ $0.isClosed }) { throw Self.closed }
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            pool.asyncRead { access in
                do {
                    continuation.resume(returning: .success(try body(SQLiteTransaction(try access.get()))))
                } catch {
                    continuation.resume(returning: .failure(StoreError(sqlite: error)))
                }
            }
        }
        return try result.get()
    }

    // MARK: Keeping house

    /// `secure_delete` overwrites what is deleted, but not the copies that stay in a page's free space when SQLite has
    /// moved rows to another page: only a file written anew has none. A larger one is left as it is (docs/decisions).
    ///
    /// A reader that is just ending keeps the log from being emptied: it is tried again, some five seconds long.
    func scrub() async throws(StoreError) {
        try await rebuild()
        for _ in 0..<Self.scrubAttempts {
            if try await emptyLog(waitsFor: 0) { return }
            // Cancelled or not, what was erased must go.
            try? await Task.sleep(for: .milliseconds(50))
        }
        throw StoreError(
            .unavailable, detail: "erased, but readers kept SQLite's log from being emptied; erase once more")
    }

    private func rebuild() async throws(StoreError) {
        let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { database in
                do {
                    let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                    let size = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
                    if pages * size <= Self.rebuildLimit { try database.execute(sql: "VACUUM") }
                    continuation.resume(returning: .success(()))
                } catch {
                    continuation.resume(returning: .failure(StoreError(sqlite: error)))
                }
            }
        }
        try result.get()
    }

    /// False while a reader still needs the log. Writers stand still for so many seconds at the most: who calls this with
    /// 0 tries again.
    private func emptyLog(waitsFor seconds: Double) async throws(StoreError) -> Bool {
        let result: Result<Bool, StoreError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { database in
                do {
                    try database.execute(sql: "PRAGMA incremental_vacuum")
                    try database.execute(sql: "PRAGMA busy_timeout = \(Int(seconds * 1_000))")
                    let busy = Result { try Int.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
                    try database.execute(sql: "PRAGMA busy_timeout = \(Int(Self.busySeconds * 1_000))")
                    continuation.resume(returning: .success(try busy.get() == 0))
                } catch {
                    continuation.resume(returning: .failure(StoreError(sqlite: error)))
                }
            }
        }
        return try result.get()
    }

    /// Whoever waits for a commit still gets it; what comes later is refused.
    func close() async {
        let wasClosed = queue.withLock { queue in
            defer { queue.isClosed = true }
            return queue.isClosed
        }
        guard !wasClosed else { return }
        hints.finish()
        do {
            // So that the database is whole in its one file: a copy of it alone is a copy of everything.
            _ = try await emptyLog(waitsFor: Self.busySeconds)
        } catch {
            // The log stays beside it, and the next start reads it.
        }
        // Behind all who still wait for a flush.
        await withCheckedContinuation { continuation in flusher.flush { _ in continuation.resume() } }
        await withCheckedContinuation { continuation in
            closing.async {
                do {
                    try self.pool.close()
                    self.lock.unlock()
                } catch {
                    // A reader is still at it: connections and lock go with the last of them.
                }
                continuation.resume()
            }
        }
    }
}
