// Whose turn it is to be sent: only rows whose turn has come are marked as perhaps sent.

import Correspondence
import Synchronization

/// More mails are claimed than the server is talked to about at a time, so that composing and waiting cost nothing. What
/// is marked `sending` in the store is in doubt after a crash; so a row is marked when its turn has come, and not when it
/// is claimed.
///
/// A mark is a flushed commit, gathered: while one is being written, the next turns gather, and the store puts marks,
/// claims and settlements of one moment into one flush. As long as mails end quickly, as many again as there are
/// connections are marked ahead, so that no connection waits for a flush; a slow server is given marks one by one.
final class Turns: Sendable {
    /// A mail that ends within this leaves no time for a flush before the next.
    static let quick = Duration.milliseconds(50)

    enum Answer: Equatable {
        case begun
        /// Another's by now, or taken back: to be forgotten.
        case refused
        /// The store could not be asked.
        case failed(String)
        /// The task was cancelled in line.
        case cancelled
    }
    private struct Waiter {
        let number: Int
        /// Asked when the turn comes: the lease may be a newer one by then.
        let work: @Sendable () -> (work: String, fence: Int64)
        let continuation: CheckedContinuation<Call, Never>
    }
    private enum Call {
        case answer(Answer)
        /// This task writes the marks of these, and its own.
        case lead([Waiter])
    }
    private struct State {
        var begun = 0
        var isQuick = false
        var isMarking = false
        var waiting: [Waiter] = []
        var lastNumber = 0
    }
    private let connections: Int
    private let write: Mark
    private let state = Mutex(State())

    /// `OutboxStore.begin`.
    typealias Mark = @Sendable ([(work: String, fence: Int64)]) async throws(StoreError) -> [String]

    init(connections: Int, mark: @escaping Mark) {
        self.connections = max(1, connections)
        write = mark
    }

    /// How many turns are taken, for tests.
    var begun: Int { state.withLock { $0.begun } }

    /// Takes up to `wanted` free turns for rows that are begun by their claim.
    func reserve(_ wanted: Int) -> Int {
        state.withLock { state in
            guard state.waiting.isEmpty else { return 0 }
            let count = max(0, min(wanted, limit(state) - state.begun))
            state.begun += count
            return count
        }
    }

    func giveBack(_ count: Int) {
        guard count > 0 else { return }
        callNext { $0.begun -= count }
    }

    /// The end of one turn, which took so long.
    func end(after time: Duration) {
        callNext {
            $0.begun -= 1
            $0.isQuick = time < Self.quick
        }
    }

    /// Waits for a turn and marks the row. `begun`: the turn is to be ended.
    func begin(_ work: @escaping @Sendable () -> (work: String, fence: Int64)) async -> Answer {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let call = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                callNext { state in
                    state.waiting.append(Waiter(number: number, work: work, continuation: continuation))
                }
                // Cancelled before it stood in line.
                if Task.isCancelled { leave(number) }
            }
        } onCancel: {
            leave(number)
        }
        switch call {
        case .answer(let answer): return answer
        case .lead(let others): return await mark(work(), others)
        }
    }

    private func limit(_ state: State) -> Int { state.isQuick ? 2 * connections : connections }

    /// Changes the state; if turns are free then and nobody writes marks, the first in line is called to do so.
    private func callNext(_ change: (inout State) -> Void) {
        let group = state.withLock { state -> [Waiter] in
            change(&state)
            let free = min(limit(state) - state.begun, state.waiting.count)
            guard free > 0, !state.isMarking else { return [] }
            let group = Array(state.waiting.prefix(free))
            state.waiting.removeFirst(free)
            state.begun += free
            state.isMarking = true
            return group
        }
        group.first?.continuation.resume(returning: .lead(Array(group.dropFirst())))
    }

    private func leave(_ number: Int) {
        let waiter = state.withLock { state -> Waiter? in
            guard let at = state.waiting.firstIndex(where: { $0.number == number }) else { return nil }
            return state.waiting.remove(at: at)
        }
        waiter?.continuation.resume(returning: .answer(.cancelled))
    }

    private func mark(_ own: (work: String, fence: Int64), _ others: [Waiter]) async -> Answer {
        let works = [own] + others.map { $0.work() }
        let answers: [Answer]
        do {
            let begun = Set(try await write(works))
            answers = works.map { begun.contains($0.work) ? .begun : .refused }
        } catch {
            answers = works.map { _ in .failed(error.detail) }
        }
        for (waiter, answer) in zip(others, answers.dropFirst()) {
            waiter.continuation.resume(returning: .answer(answer))
        }
        callNext {
            $0.isMarking = false
            $0.begun -= answers.count { $0 != .begun }
        }
        return answers[0]
    }
}
