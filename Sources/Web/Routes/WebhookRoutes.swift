// Mail that comes by HTTP: signature over the raw bytes, then the ledger, then 2xx.

import Correspondence
import Gateway
import HTTPTypes
import Hummingbird
import Logging

struct WebhookRoutes: Sendable {
    let seams: WebSeams
    let settings: WebSettings
    let limiter: RateLimiter
    private let hooks: [String: StandardWebhook]

    init(seams: WebSeams, settings: WebSettings, limiter: RateLimiter) {
        self.seams = seams
        self.settings = settings
        self.limiter = limiter
        hooks = Dictionary(settings.webhooks.map { ($0.name, StandardWebhook(secret: $0.secret)) }) { $1 }
    }

    func add(to router: Router<WebContext>) {
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
        // An honest call shows its headers; without them no megabytes are read.
        guard let id = request.headers[.webhookID], request.headers[.webhookSignature] != nil else {
            throw Problem(.unauthorized, code: "signature", detail: "the signature's headers are missing")
        }
        let bytes = try await request.bytes(upTo: settings.messageSize, context: context, deadline: .minutes(5))
        let verdict = hook.verify(
            id: id, timestamp: request.headers[.webhookTimestamp], signatures: request.headers[.webhookSignature],
            body: bytes, now: seams.surroundings.now())
        guard verdict == .valid else {
            try limiter.require(ProxyTrust.rateKey(context.client))
            seams.logger.warning("webhook refused", metadata: ["webhook": "\(name)", "why": "\(verdict)"])
            throw Problem(
                .unauthorized, code: "signature",
                detail: verdict == .tooOld ? "the signature is too old" : "the signature does not fit")
        }
        guard !bytes.isEmpty else { throw Problem.invalid("the body is empty") }
        let arrival = seams.intake.arrival(bytes, channel: Channel(.webhook, name), key: id)
        guard let acceptance = try await seams.intake.accept([arrival]).first else {
            throw StoreError(.other, detail: "the store gave no answer")
        }
        switch acceptance {
        case .new(let id): return .json(TakenJSON(arrival: id.text, isNew: true), status: .created)
        case .known(let id): return .json(TakenJSON(arrival: id.text, isNew: false))
        }
    }
}
