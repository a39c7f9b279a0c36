// Mail that comes by HTTP: signature over the raw bytes, then the ledger, then 2xx.

import Correspondence
import Gateway
import HTTPTypes
import Hummingbird
import Logging

struct WebhookRoutes: Sendable {
    let seams: WebSeams
    let settings: WebSettings
    /// Of calls from one address that were not signed.
    let limiter: RateLimiter
    /// Of lines in the log.
    let lines: RateLimiter
    private let hooks: [String: StandardWebhook]
    private let gate: BodyGate

    init(seams: WebSeams, settings: WebSettings, limiter: RateLimiter, lines: RateLimiter) {
        self.seams = seams
        self.settings = settings
        self.limiter = limiter
        self.lines = lines
        gate = BodyGate(settings.bodies, largest: settings.messageSize)
        hooks = Dictionary(settings.webhooks.map { ($0.name, StandardWebhook(secret: $0.secret)) }) { $1 }
    }

    func add(to router: NotedRouter) {
        router.post("webhooks/:name", use: take)
    }

    private struct TakenJSON: Encodable {
        var arrival: String
        var isNew: Bool
    }

    /// 2xx only after the commit; a repeat of the same id is 200 as well. Faults of ours are 503, so that the vendor
    /// comes again.
    @Sendable private func take(_ request: Request, _ context: WebContext) async throws -> Response {
        guard let name = context.parameters.get("name"), let hook = hooks[name] else {
            throw Problem.notFound("webhook")
        }
        let mediaType = request.headers[.contentType]?.split(separator: ";").first.map { $0.lowercased() }
        guard mediaType == nil || mediaType == "message/rfc822" || mediaType == "application/octet-stream" else {
            throw Problem(.unsupportedMediaType, code: "mediaType", detail: "send message/rfc822")
        }
        // An honest call shows its headers; without them, or with old ones, no megabytes are read.
        let headers = StandardWebhook.Headers(
            id: request.headers[.webhookID], timestamp: request.headers[.webhookTimestamp],
            signatures: request.headers[.webhookSignature])
        let early = hook.check(headers, now: seams.surroundings.now())
        let place = ProxyTrust.rateKey(context.client)
        guard early == .valid, let id = headers.id else {
            try limiter.require(place)
            throw refusal(early, name)
        }
        // Who has sent too much that nobody had signed is not listened to for a while; a signed call costs nothing.
        try limiter.require(place, spends: false)
        return try await gate.take(
            request, upTo: settings.messageSize, context: context,
            prove: { bytes in
                let verdict = hook.verify(headers, body: bytes)
                guard verdict == .valid else { throw refusal(verdict, name) }
            }, unproven: { _ = limiter.wait(for: place) }
        ) { bytes in
            guard !bytes.isEmpty else { throw Problem.invalid("the body is empty") }
            return try await keep(seams.intake.arrival(bytes, channel: Channel(.webhook, name), key: id))
        }
    }

    private func refusal(_ verdict: StandardWebhook.Verdict, _ name: String) -> Problem {
        seams.logger.log(
            level: lines.level(.warning, of: "webhook"), "webhook refused",
            metadata: ["webhook": "\(name)", "why": "\(verdict)"])
        let detail =
            switch verdict {
            case .missing: "the signature's headers are missing or cannot be ones"
            case .tooOld: "the signature is too old"
            case .valid, .badSignature: "the signature does not fit"
            }
        return Problem(.unauthorized, code: "signature", detail: detail)
    }

    private func keep(_ arrival: Arrival) async throws -> Response {
        guard let acceptance = try await seams.intake.accept([arrival]).first else {
            throw StoreError(.other, detail: "the store gave no answer")
        }
        switch acceptance {
        case .new(let id): return .json(TakenJSON(arrival: id.text, isNew: true), status: .created)
        case .known(let id): return .json(TakenJSON(arrival: id.text, isNew: false))
        }
    }
}
