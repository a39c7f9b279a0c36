// One batch is filed at a time, in the order they were read.

import Correspondence
import Synchronization

/// The station's loop is the only one that begins; the next batch is read meanwhile.
final class FilingLine: Sendable {
    private struct State {
        var isBusy = false
        var failure: StoreError?
        var waiting: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    /// Waits for the former batch's end, and returns its failure instead of beginning.
    func begin() async -> StoreError? {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.isBusy { state.waiting = continuation }
                return !state.isBusy
            }
            if isFree { continuation.resume() }
        }
        return state.withLock { state in
            if let failure = state.failure {
                state.failure = nil
                return failure
            }
            state.isBusy = true
            return nil
        }
    }

    func end(_ failure: StoreError?) {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            state.isBusy = false
            state.failure = failure
            return state.waiting
        }
        waiting?.resume()
    }

    /// How the last batch failed, told once.
    func failure() -> StoreError? {
        state.withLock { state in
            defer { state.failure = nil }
            return state.failure
        }
    }
}
