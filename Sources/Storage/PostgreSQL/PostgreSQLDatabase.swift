// The shared store: a few lanes to one PostgreSQL, used by several nodes at once.

import Correspondence
import Dispatch
import Synchronization

/// Transactions run READ COMMITTED; what must hold at the commit stands in a `WHERE` with a version or a fence, or
/// under a row or advisory lock. Work is claimed with SKIP LOCKED.
///
/// When the connection is lost while COMMIT is on its way, nobody can tell whether it happened: the call throws
/// `unavailable`. Trying it again does no harm, because keys are unique and leases are fenced.
///
/// **History without gaps.** Sequences are given out before commits, so a reader could see 8 while 7 is still to be
/// committed, go on from 8 and never see 7. Therefore writers take an advisory lock in shared mode just before they
/// take sequences, and hold it to their commit; a reader that finds something new takes it exclusively first: then
/// nobody holds a sequence that is not committed, and what it reads is complete. Writers do not wait for each other,
/// and for readers only while one reads.
final class PostgreSQLDatabase: SQLDatabase {
    private typealias Job = @Sendable (PostgreSQLLane) -> Void
    private struct Pool {
        var free: [PostgreSQLLane]
        var waiting: [Job] = []
        var isClosed = false
        var comparedAt = ContinuousClock.now
    }
    /// Each costs a thread here and a process there.
    static let laneCount = 6

    let dialect = SQLDialect.postgresql
    let hints = StoreHints()
    /// How often clocks are compared: they never run equally fast.
    static let comparison = Duration.seconds(60)

    private let clock: EngineClock
    private let lanes: [PostgreSQLLane]
    private let pool: Mutex<Pool>
    private let listener: PostgreSQLListener

    /// Connects once to see that it works and to compare clocks; the other lanes connect when they are needed. `clock` is
    /// the server's from then on.
    static func open(url: String, clock: EngineClock) async throws(StoreError) -> PostgreSQLDatabase {
        let settings = try PostgreSQLSettings(url: url)
        let lanes = (0..<laneCount).map { PostgreSQLLane(number: $0, settings: settings) }
        let compared: Result<Void, StoreError> = await withCheckedContinuation { continuation in
            lanes[0].queue.async {
                continuation.resume(returning: lanes[0].compare(clock))
            }
        }
        try compared.get()
        return PostgreSQLDatabase(settings: settings, lanes: lanes, clock: clock)
    }

    private init(settings: PostgreSQLSettings, lanes: [PostgreSQLLane], clock: EngineClock) {
        self.lanes = lanes
        self.clock = clock
        pool = Mutex(Pool(free: lanes.reversed()))
        listener = PostgreSQLListener(settings: settings, hints: hints)
        listener.start()
    }

    func write<Value: Sendable>(
        mustLast: Bool, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        try await run(mustLast ? .lasting : .passing, body)
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Value)
        async throws(StoreError) -> Value
    {
        try await run(.reading, body)
    }

    /// Removed rows are given back to the disk by the server's own vacuuming.
    func scrub() async throws(StoreError) {}

    func close() async {
        let wasClosed = pool.withLock { pool in
            defer { pool.isClosed = true }
            return pool.isClosed
        }
        guard !wasClosed else { return }
        listener.stop()
        hints.finish()
        for lane in lanes {
            await withCheckedContinuation { continuation in
                lane.queue.async {
                    lane.disconnect()
                    continuation.resume()
                }
            }
        }
    }

    /// As is done now and then.
    func compareClocks() async throws(StoreError) {
        let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
            let isTaken = submit { continuation.resume(returning: $0.compare(self.clock)) }
            if !isTaken { continuation.resume(returning: .failure(Self.closed)) }
        }
        try result.get()
    }

    private static let closed = StoreError(.unavailable, detail: "the store is closed")

    // MARK: Lanes

    private func run<Value: Sendable>(
        _ kind: PostgreSQLLane.Kind, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            let isTaken = submit { lane in
                let result = lane.run(kind) { try body($0) }
                if case .success((_, let transaction)) = result {
                    self.tell(transaction.work, history: !transaction.events.isEmpty)
                }
                continuation.resume(returning: result.map(\.0))
            }
            if !isTaken { continuation.resume(returning: .failure(Self.closed)) }
        }
        return try result.get()
    }

    private func tell(_ work: Set<WorkKind>, history: Bool) {
        guard !work.isEmpty || history else { return }
        hints.publish(work: work, history: history)
        listener.tell(work: work, history: history)
    }

    /// False when the store is closed.
    private func submit(_ job: @escaping Job) -> Bool {
        let (lane, isClosed) = pool.withLock { pool -> (PostgreSQLLane?, Bool) in
            if pool.isClosed { return (nil, true) }
            if let lane = pool.free.popLast() { return (lane, false) }
            pool.waiting.append(job)
            return (nil, false)
        }
        if let lane { lane.queue.async { self.work(lane, job) } }
        return !isClosed
    }

    /// The lane goes on with whatever waits, then is free again.
    private func work(_ lane: PostgreSQLLane, _ job: @escaping Job) {
        job(lane)
        let isLate = pool.withLock { pool in
            guard ContinuousClock.now - pool.comparedAt > Self.comparison, !pool.isClosed else { return false }
            pool.comparedAt = .now
            return true
        }
        // A server that is away tells no time; the clock goes on, and is compared a minute later.
        if isLate { _ = lane.compare(clock) }
        let next: Job? = pool.withLock { pool in
            guard !pool.waiting.isEmpty else {
                pool.free.append(lane)
                return nil
            }
            return pool.waiting.removeFirst()
        }
        if let next { lane.queue.async { self.work(lane, next) } }
    }
}
