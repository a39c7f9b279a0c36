// A closure that waits for its turn in a group commit.

import Correspondence

protocol WriteJob: Sendable {
    /// Whether the commit must be on the disk before anybody is told.
    var mustLast: Bool { get }
    /// Runs the closure and keeps what it returned or threw; throws that again.
    func run(_ transaction: SQLiteTransaction) throws(StoreError)
    /// Gives the kept result to whoever waits, or `failure` when the commit was not to be had.
    func finish(failure: StoreError?)
}

/// `@unchecked Sendable`: `result` is written on the writer's queue and read after that, on it or on the flusher's.
final class TypedWriteJob<Value: Sendable>: WriteJob, @unchecked Sendable {
    let mustLast: Bool
    private let body: @Sendable (any SQLTransaction) throws -> Value
    private let continuation: CheckedContinuation<Result<Value, StoreError>, Never>
    private var result: Result<Value, StoreError>?

    init(
        mustLast: Bool, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value,
        _ continuation: CheckedContinuation<Result<Value, StoreError>, Never>
    ) {
        self.mustLast = mustLast
        self.body = body
        self.continuation = continuation
    }

    func run(_ transaction: SQLiteTransaction) throws(StoreError) {
        do {
            result = .success(try body(transaction))
        } catch {
            let failure = StoreError(sqlite: error)
            result = .failure(failure)
            throw failure
        }
    }

    func finish(failure: StoreError?) {
        if let failure {
            continuation.resume(returning: .failure(failure))
        } else {
            continuation.resume(
                returning: result ?? .failure(StoreError(.other, detail: "a write was never run")))
        }
    }
}
