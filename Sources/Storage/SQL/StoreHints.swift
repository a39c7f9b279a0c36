// Hints that work became due or history was written: for waiting tasks of this process, and passed on to others.

import Correspondence
import Synchronization

/// Whoever waits also polls, so a hint may be dropped: each listener's buffer keeps the newest few only.
final class StoreHints: Sendable {
    private struct Listeners {
        var next = 0
        var work: [Int: AsyncStream<WorkKind>.Continuation] = [:]
        var history: [Int: AsyncStream<Void>.Continuation] = [:]
        var isFinished = false
    }
    private let listeners = Mutex(Listeners())

    func workHints() -> AsyncStream<WorkKind> {
        let (stream, continuation) = AsyncStream<WorkKind>.makeStream(
            bufferingPolicy: .bufferingNewest(WorkKind.allCases.count * 4))
        let key: Int? = listeners.withLock { state in
            guard !state.isFinished else { return nil }
            state.next += 1
            state.work[state.next] = continuation
            return state.next
        }
        guard let key else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.withLock { _ = $0.work.removeValue(forKey: key) }
        }
        return stream
    }

    func historyHints() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let key: Int? = listeners.withLock { state in
            guard !state.isFinished else { return nil }
            state.next += 1
            state.history[state.next] = continuation
            return state.next
        }
        guard let key else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.withLock { _ = $0.history.removeValue(forKey: key) }
        }
        return stream
    }

    func publish(work: Set<WorkKind>, history: Bool) {
        let (workers, watchers) = listeners.withLock { (Array($0.work.values), Array($0.history.values)) }
        for kind in work { for worker in workers { worker.yield(kind) } }
        if history { for watcher in watchers { watcher.yield() } }
    }

    func finish() {
        let (workers, watchers) = listeners.withLock { state in
            state.isFinished = true
            return (Array(state.work.values), Array(state.history.values))
        }
        for worker in workers { worker.finish() }
        for watcher in watchers { watcher.finish() }
    }
}
