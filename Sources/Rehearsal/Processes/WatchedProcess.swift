// A child process that is known by its pid, cannot outlive us, and can be started again.

import Foundation
import Glibc
import Synchronization

/// Each run has a thread of its own that starts the child, waits for it and reaps it. That is more than convenience:
/// the kernel sends the parent-death signal when the *thread* that started the child ends, so it must be one that
/// lives as long as the child. the child leads a session and process group of its own; what is left of the group when the child
/// has ended is killed before the pid is given back, so no pid that could be somebody else's is ever signalled.
package final class WatchedProcess: Sendable {
    /// How a run ended.
    package enum Ending: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// The pids of all children that run, by their session's id.
    private static let running = Mutex<Set<pid_t>>([])

    package let command: ChildCommand
    private let state = Mutex(State())

    private struct State {
        var pid: pid_t?
        var ending: Ending?
        var waiters: [CheckedContinuation<Ending, Never>] = []
    }

    package init(_ command: ChildCommand) {
        self.command = command
    }

    /// The child's pid while it runs.
    package var pid: Int32? { state.withLock { $0.pid } }
    package var isRunning: Bool { pid != nil }
    /// How the last run ended; nil while it runs and before the first.
    package var ending: Ending? { state.withLock { $0.ending } }

    /// Starts the child; throws `didNotStart` when it runs already or the system refuses.
    package func start() async throws {
        let words = try command.words
        try await withCheckedThrowingContinuation { (started: CheckedContinuation<Void, any Error>) in
            let thread = Thread { self.live(words, started) }
            thread.name = "watch"
            thread.stackSize = 256 * 1024
            thread.start()
        }
    }

    /// Sends TERM, waits, and sends KILL to the whole group when `patience` is over. Returns once the child is reaped;
    /// at once when nothing runs.
    @discardableResult
    package func stop(_ signal: Int32 = SIGTERM, patience: Duration = .seconds(5)) async -> Ending? {
        guard send(signal) else { return ending }
        let impatience = Task {
            try await Task.sleep(for: patience)
            self.sendToGroup(SIGKILL)
        }
        let ending = await ended()
        impatience.cancel()
        return ending
    }

    /// KILL for the child and its group, and waits until it is reaped.
    package func kill() async {
        if sendToGroup(SIGKILL) { _ = await ended() }
    }

    /// Sends one signal to the child alone. False when it does not run.
    @discardableResult
    package func send(_ signal: Int32) -> Bool {
        state.withLock { state in
            guard let pid = state.pid else { return false }
            return Glibc.kill(pid, signal) == 0
        }
    }

    @discardableResult
    private func sendToGroup(_ signal: Int32) -> Bool {
        state.withLock { state in
            guard let pid = state.pid else { return false }
            return Glibc.kill(-pid, signal) == 0
        }
    }

    /// Waits for the end of this run. At once when nothing runs.
    package func ended() async -> Ending {
        await withCheckedContinuation { waiter in
            let over: Ending? = state.withLock { state in
                if state.pid == nil { return state.ending ?? .exited(0) }
                state.waiters.append(waiter)
                return nil
            }
            if let over { waiter.resume(returning: over) }
        }
    }

    /// For the last moment of a process (`atexit`): KILL for every child with its group, and up to two seconds until all
    /// are reaped, so that what they wrote into can be removed. Blocks.
    package static func killAll() {
        running.withLock { for pid in $0 { _ = Glibc.kill(-pid, SIGKILL) } }
        for _ in 0..<400 where running.withLock({ !$0.isEmpty }) { usleep(5_000) }
    }

    // MARK: The thread of one run

    private func live(_ words: [String], _ started: CheckedContinuation<Void, any Error>) {
        let pid: pid_t
        do {
            pid = try state.withLock { state in
                guard state.pid == nil else {
                    throw RehearsalFailure(.didNotStart, "\(command.executable) runs already; stop it first")
                }
                let pid = try Spawn.start(words, command)
                state.pid = pid
                state.ending = nil
                Self.running.withLock { _ = $0.insert(pid) }
                return pid
            }
        } catch {
            started.resume(throwing: error)
            return
        }
        let guardian = command.losesDeathSignal ? Guardian(of: pid, running: command.executable) : nil
        defer { guardian?.dismiss() }
        started.resume()
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        reap(pid)
    }

    /// The child is dead but not reaped: its pid and group still belong to it, whoever else asks for a pid.
    private func reap(_ pid: pid_t) {
        let (ending, waiters) = state.withLock { state in
            _ = Glibc.kill(-pid, SIGKILL)
            var status: Int32 = 0
            Self.running.withLock { running in
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                running.remove(pid)
            }
            let ending: Ending =
                status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .signalled(status & 0x7F)
            let waiters = state.waiters
            state = State(pid: nil, ending: ending, waiters: [])
            return (ending, waiters)
        }
        for waiter in waiters { waiter.resume(returning: ending) }
    }
}
