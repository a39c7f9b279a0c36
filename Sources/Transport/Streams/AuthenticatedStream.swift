// A signed-in stream of bytes for one task: send, receive with a deadline, close.

import Correspondence
import Synchronization

/// Made by `open`. One task receives; `send` and `close` may come from any. A stream that is forgotten is closed.
package final class AuthenticatedStream: Sendable {
    private let line: Line
    /// For people: host and port.
    package let place: String

    /// Connects, secures and signs in. Throws `cancelled` soon after the task was cancelled.
    package static func open(
        _ target: StreamTarget, connector: StreamConnector = .mailboxes, reactor: StreamReactor = .shared
    ) async throws(StreamError) -> AuthenticatedStream {
        let cancellation = StreamConnector.Cancellation()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation {
                (waiter: CheckedContinuation<Result<EstablishedStream, StreamError>, Never>) in
                connector.connect(target, isCancelled: cancellation) { waiter.resume(returning: $0) }
            }
        } onCancel: {
            cancellation.set()
        }
        let established = try result.get()
        let line = Line(reactor)
        let place = target.address.place
        reactor.perform { line.attach(reactor.adopt(established, place: place, owner: line)) }
        return AuthenticatedStream(line, place)
    }

    private init(_ line: Line, _ place: String) {
        self.line = line
        self.place = place
    }

    deinit { line.close(saying: []) }

    /// Hands the bytes over and returns; a failure shows in the next `receive`.
    package func send(_ bytes: [UInt8]) { line.send(bytes) }

    /// What has come since the last call, never empty. Throws `timedOut` when nothing came within `limit` (the stream
    /// stays usable), `cutOff` when the stream ended, `cancelled` when the task was cancelled.
    package func receive(within limit: Duration) async throws(StreamError) -> [UInt8] {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { line.wait($0, limit) }
        } onCancel: {
            line.cancelWait()
        }
        return try result.get()
    }

    /// Sends `bytes` if the socket takes them at once, then closes.
    package func close(saying bytes: [UInt8] = []) { line.close(saying: bytes) }
}

/// The part that the reactor knows: what was read waits here behind a mutex for the task.
private final class Line: StreamOwner {
    typealias Waiter = CheckedContinuation<Result<[UInt8], StreamError>, Never>

    private struct State {
        var channel: StreamChannel?
        var unread: [UInt8] = []
        var end: StreamError?
        var waiter: Waiter?
        var deadline: ContinuousClock.Instant?
        var isCancelled = false
        var isPaused = false
    }

    private let state = Mutex(State())
    private let reactor: StreamReactor

    init(_ reactor: StreamReactor) {
        self.reactor = reactor
    }

    // MARK: From the task

    func send(_ bytes: [UInt8]) {
        reactor.perform { [self] in channel?.write(bytes) }
    }

    func wait(_ waiter: Waiter, _ limit: Duration) {
        let deadline = ContinuousClock.now + limit
        var result: Result<[UInt8], StreamError>?
        var resumes = false
        state.withLock { state in
            if state.isCancelled {
                result = .failure(StreamError(.cancelled, detail: "waiting for the mail server was cancelled"))
            } else if !state.unread.isEmpty {
                result = .success(state.unread)
                state.unread = []
                resumes = state.isPaused
                state.isPaused = false
            } else if let end = state.end {
                result = .failure(end)
            } else {
                state.waiter = waiter
                state.deadline = deadline
            }
        }
        if let result {
            waiter.resume(returning: result)
            if resumes { reactor.perform { [self] in channel?.isPaused = false } }
        } else {
            reactor.perform { [self] in setDeadline() }
        }
    }

    func cancelWait() {
        let waiter = state.withLock { state in
            state.isCancelled = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(
            returning: .failure(StreamError(.cancelled, detail: "waiting for the mail server was cancelled")))
    }

    func close(saying bytes: [UInt8]) {
        reactor.perform { [self] in
            let channel = state.withLock { state in
                defer { state.channel = nil }
                if state.end == nil { state.end = StreamError(.cutOff, detail: "the stream was closed here") }
                return state.channel
            }
            if let channel, !bytes.isEmpty { channel.write(bytes) }
            channel?.close()
        }
    }

    // MARK: On the reactor's thread

    private var channel: StreamChannel? { state.withLock { $0.channel } }

    func attach(_ channel: StreamChannel) {
        state.withLock { $0.channel = channel }
        setDeadline()
    }

    private func setDeadline() {
        let (channel, deadline) = state.withLock { ($0.channel, $0.waiter == nil ? nil : $0.deadline) }
        channel?.setDeadline(deadline)
    }

    func channel(_ channel: StreamChannel, received bytes: UnsafeRawBufferPointer) {
        let isFull = state.withLock { state in
            state.unread.append(contentsOf: bytes)
            guard state.unread.count >= TransportLimits.unreadBytes, state.waiter == nil else { return false }
            state.isPaused = true
            return true
        }
        if isFull { channel.isPaused = true }
    }

    func channelSettled(_ channel: StreamChannel) {
        var bytes: [UInt8] = []
        let waiter: Waiter? = state.withLock { state in
            guard let waiter = state.waiter, !state.unread.isEmpty else { return nil }
            bytes = state.unread
            state.unread = []
            state.waiter = nil
            return waiter
        }
        waiter?.resume(returning: .success(bytes))
    }

    func channelDeadlinePassed(_ channel: StreamChannel) {
        let now = ContinuousClock.now
        var later: ContinuousClock.Instant?
        let waiter: Waiter? = state.withLock { state in
            guard let waiter = state.waiter, let deadline = state.deadline else { return nil }
            guard deadline <= now else {
                later = deadline
                return nil
            }
            state.waiter = nil
            return waiter
        }
        if let later { channel.setDeadline(later) }
        waiter?.resume(returning: .failure(StreamError(.timedOut, detail: "\(channel.place) was silent for too long")))
    }

    func channel(_ channel: StreamChannel, ended error: StreamError) {
        channelSettled(channel)
        let waiter = state.withLock { state in
            if state.end == nil { state.end = error }
            state.channel = nil
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: .failure(error))
    }
}
