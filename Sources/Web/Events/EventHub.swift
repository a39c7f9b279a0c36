// Hands every history event to all who listen: one reader of the store, many streams.

import Correspondence
import Gateway
import Logging
import ServiceLifecycle
import Synchronization

/// A stream that falls behind ends; its client comes back with `Last-Event-ID` and misses nothing.
final class EventHub: Sendable {
    static let bufferLimit = 256
    static let batch = 500
    /// Hints may be lost: the store is asked this often all the same.
    static let beat = Duration.seconds(1)
    /// A sign of life to every listener: proxies cut off what is silent.
    static let keepAlive = Duration.seconds(20)

    private struct State {
        var listeners: [Int: AsyncStream<HistoryEvent?>.Continuation] = [:]
        var nextListener = 0
        var isOver = false
    }
    private let state = Mutex(State())
    private let store: any DeskStore
    private let logger: Logger

    init(store: any DeskStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Events from now on, and nil as a sign of life. Ends when the hub does, when the buffer is full, or when the reader lets go.
    func subscribe() -> AsyncStream<HistoryEvent?> {
        let (stream, continuation) = AsyncStream<HistoryEvent?>.makeStream(
            bufferingPolicy: .bufferingOldest(Self.bufferLimit))
        let id = state.withLock { state -> Int? in
            guard !state.isOver else { return nil }
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.listeners[id] = nil }
        }
        return stream
    }

    var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Reads and hands on until the task is cancelled.
    func run() async {
        let (pulses, pulse) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await withTaskGroup(of: Void.self) { group in
            let hints = store.historyHints()
            group.addTask { for await _ in hints { pulse.yield() } }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.beat)
                    pulse.yield()
                }
                pulse.finish()
            }
            group.addTask { await self.pump(pulses) }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.keepAlive)
                    self.hand(nil)
                }
            }
            await group.waitForAll()
        }
        let left = state.withLock { state in
            state.isOver = true
            return Array(state.listeners.values)
        }
        for listener in left { listener.finish() }
    }

    private func pump(_ pulses: AsyncStream<Void>) async {
        var last = try? await store.lastSequence()
        for await _ in pulses {
            do {
                if last == nil { last = try await store.lastSequence() }
                while let after = last {
                    let events = try await store.events(after: after, conversation: nil, limit: Self.batch)
                    guard let newest = events.last else { break }
                    for event in events { hand(event) }
                    last = newest.sequence
                }
            } catch {
                logger.warning("history could not be read", metadata: ["error": "\(error)"])
            }
        }
    }

    private func hand(_ event: HistoryEvent?) {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners {
            if case .dropped = listener.yield(event) { listener.finish() }
        }
    }
}
