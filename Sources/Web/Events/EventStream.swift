// A response of server-sent events: what was missed, then what happens, with signs of life between.

import Correspondence
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// Each write has a deadline on the event loop: a client that never reads is cut off. A graceful stop ends the stream, and
/// so does the end of its caller's rights: a key that was removed, a session that was left, an erased conversation.
struct EventStream: Sendable {
    static let writeDeadline = TimeAmount.seconds(30)
    static let catchUpBatch = 200

    let store: any DeskStore
    let history: HistoryHub
    let surroundings: Surroundings
    let places: StreamPlaces
    /// See `WebSettings.StreamLimits.look`.
    let look: Duration

    init(seams: WebSeams, limits: WebSettings.StreamLimits) {
        store = seams.store
        history = seams.history
        surroundings = seams.surroundings
        places = StreamPlaces(limits)
        look = limits.look
    }

    /// Headers of every stream; proxies must not hold it back.
    static let headers: HTTPFields = [
        .contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no",
    ]

    /// What a customer sees of their conversation: that something happened, not who did it and why.
    static let customerKinds: Set<HistoryEvent.Kind> = [
        .messageReceived, .replyQueued, .replySent, .ticketOpened, .conversationClosed,
    ]

    /// Events of `conversation` (nil for all) after `Last-Event-ID`; without one, from now on. 429 when there are too
    /// many streams.
    func response(
        to request: Request, context: WebContext, conversation: ConversationID?
    ) async throws -> Response {
        let caller = context.caller
        let isCustomer = if case .customer = caller { true } else { false }
        let header = request.headers[.lastEventID]
        let after: Int64?
        if let header {
            guard let number = Int64(header), number >= 0 else {
                throw Problem.invalid("Last-Event-ID is no event of ours")
            }
            after = number
        } else {
            after = nil
        }
        let place = try places.take(for: caller, from: context.client)
        // From before the first answer byte, so that nothing falls between.
        let now = try await store.lastSequence()
        let live = history.subscribe(after: now)
        let start = after ?? now
        let channel = context.channel
        return Response(
            status: .ok, headers: Self.headers,
            body: ResponseBody { writer in
                defer { place.leave() }
                var watch = Watch(caller: caller, store: store, surroundings: surroundings, look: look)
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await Self.write(": here\nretry: 2000\n\n", to: &writer, channel: channel)
                    var last = start
                    while true {
                        let missed = try await store.events(
                            after: last, conversation: conversation, limit: Self.catchUpBatch)
                        for event in missed {
                            guard try await watch.isLet() else { return }
                            last = event.sequence
                            guard let text = Self.text(event, isCustomer: isCustomer) else { continue }
                            try await Self.write(text, to: &writer, channel: channel)
                        }
                        if missed.count < Self.catchUpBatch { break }
                    }
                    for await tick in live.cancelOnGracefulShutdown() {
                        guard try await watch.isLet(isDue: tick == nil) else { return }
                        guard let event = tick else {
                            try await Self.write(": still here\n\n", to: &writer, channel: channel)
                            continue
                        }
                        guard event.sequence > last, conversation == nil || event.conversation == conversation else {
                            continue
                        }
                        last = event.sequence
                        guard let text = Self.text(event, isCustomer: isCustomer) else { continue }
                        try await Self.write(text, to: &writer, channel: channel)
                    }
                }
                try await writer.finish(nil)
            })
    }

    /// nil when it is none of the reader's business.
    static func text(_ event: HistoryEvent, isCustomer: Bool) -> String? {
        var event = event
        if isCustomer {
            guard customerKinds.contains(event.kind) else { return nil }
            event.actor = ""
            event.detail = ""
        }
        return "id: \(event.sequence)\nevent: \(event.kind.rawValue)\ndata: \(WireCoding.json(EventJSON(event)))\n\n"
    }

    /// `name` and `data` must hold no line end; JSON of ours does not.
    static func text(_ name: String, _ value: some Encodable) -> String {
        "event: \(name)\ndata: \(WireCoding.json(value))\n\n"
    }

    static func write(_ text: String, to writer: inout any ResponseBodyWriter, channel: any NIOCore.Channel)
        async throws
    {
        let late = channel.eventLoop.scheduleTask(in: writeDeadline) { channel.close(promise: nil) }
        defer { late.cancel() }
        try await writer.write(ByteBuffer(string: text))
    }
}

/// Asks every so often whether the caller of a stream may still read.
private struct Watch {
    let caller: Caller
    let store: any DeskStore
    let surroundings: Surroundings
    let look: Duration
    private var asked: Instant

    init(caller: Caller, store: any DeskStore, surroundings: Surroundings, look: Duration) {
        self.caller = caller
        self.store = store
        self.surroundings = surroundings
        self.look = look
        asked = surroundings.now()
    }

    /// The store is asked when the last time is `look` ago, or when it is due.
    mutating func isLet(isDue: Bool = false) async throws(StoreError) -> Bool {
        let now = surroundings.now()
        guard isDue || now - asked >= look else { return true }
        asked = now
        switch caller {
        case .local: return true
        case .nobody: return false
        case .key(let key):
            guard let found = try await store.key(hash: key.hash) else { return false }
            return Caller.key(found).may(.read)
        case .session(let session): return try await store.session(hash: session.hash) != nil
        case .customer(let conversation):
            do {
                _ = try await store.conversation(conversation)
                return true
            } catch  where error.code == .notFound {
                return false
            }
        }
    }
}
