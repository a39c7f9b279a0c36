// Flushes SQLite's write-ahead log beside the writer, and tells those who wait for it.

import Correspondence
import Dispatch
import Foundation
import Synchronization

/// The writer commits with `synchronous=NORMAL`, which writes the log and leaves it to us to flush it: so the next group
/// is run while this one goes to the disk, and one flush serves all groups that were written before it began. A flush of
/// the file covers every frame written so far, and frames count only in their order, so what is flushed here is as
/// durable as a commit under `synchronous=FULL`. SQLite itself still flushes around a checkpoint.
///
/// A failed flush is final: the kernel may forget the pages that it could not write, and the next flush would lie.
final class LogFlusher: Sendable {
    private struct State {
        var waiting: [@Sendable (Bool) -> Void] = []
        var isFlushing = false
        var writerWaits = false
        var hasFailed = false
    }
    private let state = Mutex(State())
    private let descriptor: Int32
    private let sync: @Sendable (Int32) -> Int32
    private let turn = DispatchSemaphore(value: 0)
    private let line = DispatchQueue(label: "deskbridge.sqlite.flush")

    /// `path` is the log, which exists while the database is open.
    init(path: String, sync: @escaping @Sendable (Int32) -> Int32 = { fdatasync($0) }) throws(StoreError) {
        descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StoreError(.unavailable, detail: "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        self.sync = sync
    }

    // SQLite holds no lock on the log itself, so closing a second descriptor of it gives none up.
    deinit { close(descriptor) }

    /// Calls `told` once what is in the log now is on the disk: true, or false where it cannot be known to be.
    func flush(_ told: @escaping @Sendable (Bool) -> Void) {
        let mustStart = state.withLock { state in
            state.waiting.append(told)
            defer { state.isFlushing = true }
            return !state.isFlushing
        }
        if mustStart { line.async { self.run() } }
    }

    /// Blocks the writer while a group waits behind a flush: a further one would reach the disk no sooner, and one
    /// that gathers writes meanwhile costs less: each group writes every page that it changed anew. Where much is
    /// written at once (`isBusy`), it gathers through the whole flush.
    func awaitTurn(isBusy: Bool) {
        let mustWait = state.withLock { state in
            state.writerWaits = state.isFlushing && (isBusy || !state.waiting.isEmpty)
            return state.writerWaits
        }
        if mustWait { turn.wait() }
    }

    private func run() {
        while true {
            let (waiting, hasFailed) = state.withLock { state in
                defer {
                    state.waiting = []
                    if state.writerWaits { turn.signal() }
                    state.writerWaits = false
                }
                if state.waiting.isEmpty { state.isFlushing = false }
                return (state.waiting, state.hasFailed)
            }
            if waiting.isEmpty { return }
            let isFlushed = !hasFailed && sync(descriptor) == 0
            if !isFlushed { state.withLock { $0.hasFailed = true } }
            for told in waiting { told(isFlushed) }
        }
    }
}
