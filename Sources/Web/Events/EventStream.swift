// A response of server-sent events: what was missed, then what happens, with signs of life between.

import Correspondence
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// Each write has a deadline on the event loop: a client that never reads is cut off. A graceful stop ends the stream.
struct EventStream: Sendable {
    static let writeDeadline = TimeAmount.seconds(30)
    static let catchUpBatch = 200

    let store: any DeskStore
    let history: HistoryHub

    /// Headers of every stream; proxies must not hold it back.
    static let headers: HTTPFields = [
        .contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no",
    ]

    /// What a customer sees of their conversation: that something happened, not who did it and why.
    static let customerKinds: Set<HistoryEvent.Kind> = [
        .messageReceived, .replyQueued, .replySent, .ticketOpened, .conversationClosed,
    ]

    /// Events of `conversation` (nil for all) after `Last-Event-ID`; without one, from now on.
    func response(
        to request: Request, context: WebContext, conversation: ConversationID?
    ) async throws -> Response {
        var isCustomer = false
        if case .customer = context.caller { isCustomer = true }
        return try await response(to: request, context: context, conversation: conversation, isCustomer: isCustomer)
    }

    private func response(
        to request: Request, context: WebContext, conversation: ConversationID?, isCustomer: Bool
    ) async throws -> Response {
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
        // From before the first answer byte, so that nothing falls between.
        let now = try await store.lastSequence()
        let live = history.subscribe(after: now)
        let start = after ?? now
        let channel = context.channel
        return Response(
            status: .ok, headers: Self.headers,
            body: ResponseBody { writer in
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await Self.write(": here\nretry: 2000\n\n", to: &writer, channel: channel)
                    var last = start
                    while true {
                        let missed = try await store.events(
                            after: last, conversation: conversation, limit: Self.catchUpBatch)
                        for event in missed {
                            last = event.sequence
                            guard let text = Self.text(event, isCustomer: isCustomer) else { continue }
                            try await Self.write(text, to: &writer, channel: channel)
                        }
                        if missed.count < Self.catchUpBatch { break }
                    }
                    for await tick in live.cancelOnGracefulShutdown() {
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
