// What may be held at once of bodies whose senders are not known yet.

import Correspondence
import Hummingbird
import NIOCore
import Synchronization

/// A webhook's signature covers its whole body, so bytes of anybody must be held before it is known who sent them. This
/// bounds how many such bodies there are, what they come to, of one address and of all, and how slow they may be. Bytes
/// count as they arrive: who announces much and sends little takes up little.
final class BodyGate: Sendable {
    private struct Share {
        var bodies = 0
        var bytes = 0
    }
    private struct Held {
        var all = Share()
        var of: [String: Share] = [:]
    }
    private let limits: WebSettings.BodyLimits
    private let byteLimit: Int
    private let byteLimitOfOne: Int
    private let held = Mutex(Held())

    /// At least two of the largest bodies fit, of one address one, whatever the limits say.
    init(_ limits: WebSettings.BodyLimits, largest: Int) {
        self.limits = limits
        byteLimit = max(limits.bytes, 2 * largest)
        byteLimitOfOne = max(limits.bytesOfOne, largest)
    }

    static let full = Problem(
        .serviceUnavailable, code: "busy", detail: "too much is being taken in at the moment; please come again",
        retryAfter: 5)
    static let fullOfOne = Problem(
        .serviceUnavailable, code: "busy",
        detail: "too much of your address is being taken in at the moment; please come again", retryAfter: 5)

    /// Reads the body, and hands it to `use` once `prove` has found no fault with it; its place is free again afterwards.
    /// Refused with 503 when there is no place for it, by its announced length before anything is read; closed when it
    /// is too slow. `unproven` is called of each that was begun and is not proven: cut off, too large or wrong. Only of
    /// those that others left no room for it is not.
    func take<Value: Sendable>(
        _ request: Request, upTo limit: Int, context: WebContext, prove: ([UInt8]) throws -> Void,
        unproven: () -> Void, use: ([UInt8]) async throws -> Value
    ) async throws -> Value {
        let announced = request.headers[.contentLength].flatMap(Int.init)
        if let announced, announced > limit { throw Problem.tooLarge(limit) }
        let client = ProxyTrust.rateKey(context.client)
        if let problem = enter(client, announced: announced ?? 0) { throw problem }
        let pulse = BodyPulse(limits)
        defer { leave(client, bytes: pulse.total) }
        let bytes: [UInt8]
        do {
            bytes = try await read(request, of: client, upTo: limit, context: context, pulse)
            try prove(bytes)
        } catch {
            if error as? Problem != Self.full { unproven() }
            throw error
        }
        return try await use(bytes)
    }

    private func read(
        _ request: Request, of client: String, upTo limit: Int, context: WebContext, _ pulse: BodyPulse
    ) async throws -> [UInt8] {
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
            if let problem = grow(client, count) { throw problem }
            pulse.add(count)
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        return bytes
    }

    private func enter(_ client: String, announced: Int) -> Problem? {
        held.withLock { held in
            var own = held.of[client] ?? Share()
            guard own.bodies < limits.bodiesOfOne, own.bytes + announced <= byteLimitOfOne else {
                return Self.fullOfOne
            }
            guard held.all.bodies < limits.bodies, held.all.bytes + announced <= byteLimit else { return Self.full }
            own.bodies += 1
            held.of[client] = own
            held.all.bodies += 1
            return nil
        }
    }

    private func grow(_ client: String, _ count: Int) -> Problem? {
        held.withLock { held in
            guard held.of[client, default: Share()].bytes + count <= byteLimitOfOne else { return Self.fullOfOne }
            guard held.all.bytes + count <= byteLimit else { return Self.full }
            held.of[client, default: Share()].bytes += count
            held.all.bytes += count
            return nil
        }
    }

    private func leave(_ client: String, bytes: Int) {
        held.withLock { held in
            held.all.bodies -= 1
            held.all.bytes -= bytes
            guard var own = held.of[client] else { return }
            own.bodies -= 1
            own.bytes -= bytes
            held.of[client] = own.bodies > 0 ? own : nil
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
