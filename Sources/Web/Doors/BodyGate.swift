// What may be held at once of bodies whose senders are not known yet.

import Correspondence
import Hummingbird
import NIOCore
import Synchronization

/// A webhook's signature covers its whole body, so bytes of anybody must be held before it is known who sent them. This
/// bounds how many such bodies there are, what they come to, and how slow they may be. Bytes count as they arrive: who
/// announces much and sends little takes up little.
final class BodyGate: Sendable {
    private struct Held {
        var bodies = 0
        var bytes = 0
        var bodiesOf: [String: Int] = [:]
    }
    private let limits: WebSettings.BodyLimits
    private let byteLimit: Int
    private let held = Mutex(Held())

    /// At least two of the largest bodies fit, whatever the limits say.
    init(_ limits: WebSettings.BodyLimits, largest: Int) {
        self.limits = limits
        byteLimit = max(limits.bytes, 2 * largest)
    }

    /// For tests.
    var load: (bodies: Int, bytes: Int) { held.withLock { ($0.bodies, $0.bytes) } }

    static let full = Problem(
        .serviceUnavailable, code: "busy", detail: "too much is being taken in at the moment; please come again",
        retryAfter: 5)

    /// Reads the body and hands it to `use`; its place is free again afterwards. Refused with 503 when there is no place
    /// for it, by its announced length before anything is read; closed when it is too slow.
    func take<Value: Sendable>(
        _ request: Request, upTo limit: Int, context: WebContext, use: ([UInt8]) async throws -> Value
    ) async throws -> Value {
        let announced = request.headers[.contentLength].flatMap(Int.init)
        if let announced, announced > limit { throw Problem.tooLarge(limit) }
        let client = ProxyTrust.rateKey(context.client)
        guard enter(client, announced: announced ?? 0) else { throw Self.full }
        let pulse = BodyPulse(limits)
        defer { leave(client, bytes: pulse.total) }
        let bytes = try await read(request, upTo: limit, context: context, pulse)
        return try await use(bytes)
    }

    private func read(_ request: Request, upTo limit: Int, context: WebContext, _ pulse: BodyPulse) async throws
        -> [UInt8]
    {
        let channel = context.channel
        let every = TimeAmount.nanoseconds(limits.look.microseconds * 1000)
        let watch = channel.eventLoop.scheduleRepeatedTask(initialDelay: every, delay: every) { _ in
            if !pulse.keepsPace() { channel.close(promise: nil) }
        }
        defer { watch.cancel() }
        var bytes: [UInt8] = []
        for try await chunk in request.body {
            let count = chunk.readableBytes
            guard bytes.count + count <= limit else { throw Problem.tooLarge(limit) }
            guard grow(count) else { throw Self.full }
            pulse.add(count)
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        return bytes
    }

    private func enter(_ client: String, announced: Int) -> Bool {
        held.withLock { held in
            let own = held.bodiesOf[client] ?? 0
            guard held.bodies < limits.bodies, own < limits.bodiesOfOne, held.bytes + announced <= byteLimit else {
                return false
            }
            held.bodies += 1
            held.bodiesOf[client] = own + 1
            return true
        }
    }

    private func grow(_ count: Int) -> Bool {
        held.withLock { held in
            guard held.bytes + count <= byteLimit else { return false }
            held.bytes += count
            return true
        }
    }

    private func leave(_ client: String, bytes: Int) {
        held.withLock { held in
            held.bodies -= 1
            held.bytes -= bytes
            let own = (held.bodiesOf[client] ?? 1) - 1
            held.bodiesOf[client] = own > 0 ? own : nil
        }
    }
}

/// How a body comes in: looked at every so often.
private final class BodyPulse: Sendable {
    private struct State {
        var total = 0
        var atLastLook = 0
        var looks = 0
    }
    private let limits: WebSettings.BodyLimits
    private let state = Mutex(State())

    init(_ limits: WebSettings.BodyLimits) { self.limits = limits }

    var total: Int { state.withLock { $0.total } }

    func add(_ count: Int) { state.withLock { $0.total += count } }

    /// False when too little came since the last look, or there were enough of them.
    func keepsPace() -> Bool {
        state.withLock { state in
            defer {
                state.atLastLook = state.total
                state.looks += 1
            }
            return state.total - state.atLastLook >= limits.bytesALook && state.looks < limits.looks
        }
    }
}
