// Hands every history event to all who listen: one reader of the store, many streams and waiting chats.

package import Correspondence
package import Logging
import ServiceLifecycle
import Synchronization

/// While nobody listens the store is not asked. A stream that falls behind ends; its reader comes back with the last
/// sequence it saw and misses nothing.
package final class HistoryHub: Service {
    static let bufferLimit = 256
    static let batch = 500
    /// Hints may be lost: the store is asked this often all the same.
    static let beat = Duration.seconds(1)
    /// Beats between two signs of life to a stream: proxies cut off what is silent.
    static let keepAlive = 20

    private enum Listener {
        case stream(AsyncStream<HistoryEvent?>.Continuation)
        case bell(AsyncStream<Void>.Continuation, isWanted: @Sendable (HistoryEvent) -> Bool)
    }
    private struct State {
        var listeners: [Int: Listener] = [:]
        var nextListener = 0
        /// The last event that was handed on; nil while nobody listens.
        var last: Int64?
        /// Where to begin when somebody listens again.
        var from: Int64?
        var isOver = false
    }
    private let state = Mutex(State())
    private let store: any DeskStore
    private let logger: Logger

    package init(store: any DeskStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Events after `sequence`, and nil as a sign of life; what was written before the call may be left out, for whoever
    /// asked the store for `sequence` reads it there. Ends when the hub does, when the buffer is full, or when the
    /// reader lets go.
    package func subscribe(after sequence: Int64) -> AsyncStream<HistoryEvent?> {
        let (stream, continuation) = AsyncStream<HistoryEvent?>.makeStream(
            bufferingPolicy: .bufferingOldest(Self.bufferLimit))
        let id = add(.stream(continuation), after: sequence)
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        if id == nil { continuation.finish() }
        return stream
    }

    /// Rings after each event that is wanted, at every beat, and when events may have been passed over; rings that were
    /// not heard yet are one. Ends when the hub does.
    package func bell(_ isWanted: @escaping @Sendable (HistoryEvent) -> Bool) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = add(.bell(continuation, isWanted: isWanted), after: nil)
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        if id == nil { continuation.finish() }
        return stream
    }

    package var listenerCount: Int { state.withLock { $0.listeners.count } }

    private func add(_ listener: Listener, after sequence: Int64?) -> Int? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            if state.last == nil, let sequence { state.from = min(state.from ?? sequence, sequence) }
            state.nextListener += 1
            state.listeners[state.nextListener] = listener
            return state.nextListener
        }
    }

    private func remove(_ id: Int?) {
        guard let id else { return }
        state.withLock { $0.listeners[id] = nil }
    }

    // MARK: Running

    /// Reads and hands on until a graceful stop, or until the task is cancelled.
    package func run() async {
        await cancelWhenGracefulShutdown { await self.work() }
        let left = state.withLock { state in
            state.isOver = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in left {
            switch listener {
            case .stream(let stream): stream.finish()
            case .bell(let bell, _): bell.finish()
            }
        }
    }

    private func work() async {
        let (pulses, pulse) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await withTaskGroup(of: Void.self) { group in
            let hints = store.historyHints()
            group.addTask { for await _ in hints { pulse.yield() } }
            group.addTask {
                var beats = 0
                while !Task.isCancelled {
                    // Cancellation ends the sleep and then the loop.
                    try? await Task.sleep(for: Self.beat)
                    beats += 1
                    self.ring()
                    if beats % Self.keepAlive == 0 { self.hand(nil) }
                    pulse.yield()
                }
                pulse.finish()
            }
            group.addTask { for await _ in pulses { await self.read() } }
            await group.waitForAll()
        }
    }

    /// Everything that is new, handed on.
    private func read() async {
        do {
            guard var last = try await begin() else { return }
            while true {
                let events = try await store.events(after: last, conversation: nil, limit: Self.batch)
                guard let newest = events.last else { return }
                for event in events { hand(event) }
                last = newest.sequence
                state.withLock { $0.last = last }
            }
        } catch {
            logger.warning("history could not be read", metadata: ["error": "\(error)"])
        }
    }

    /// Where to read on; nil while nobody listens.
    private func begin() async throws(StoreError) -> Int64? {
        let (isAlone, known) = state.withLock { state -> (Bool, Int64?) in
            if state.listeners.isEmpty { (state.last, state.from) = (nil, nil) }
            return (state.listeners.isEmpty, state.last)
        }
        if isAlone || known != nil { return known }
        let newest = try await store.lastSequence()
        let first = state.withLock { state -> Int64 in
            let first = min(state.from ?? newest, newest)
            (state.last, state.from) = (first, nil)
            return first
        }
        ring()
        return first
    }

    private func hand(_ event: HistoryEvent?) {
        for listener in state.withLock({ Array($0.listeners.values) }) {
            switch listener {
            case .stream(let stream):
                if case .dropped = stream.yield(event) { stream.finish() }
            case .bell(let bell, let isWanted):
                if let event, isWanted(event) { bell.yield() }
            }
        }
    }

    private func ring() {
        for case .bell(let bell, _) in state.withLock({ Array($0.listeners.values) }) { bell.yield() }
    }
}
