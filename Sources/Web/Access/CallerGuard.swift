// Finds out who calls: bearer keys, chat tokens, the session's cookie.

import Correspondence
import Crypto
import Foundation
import Gateway
import HTTPTypes
import Hummingbird

/// What is sent and wrong is refused (401), whatever the route: a caller must not think its key works.
struct CallerGuard: MiddlewareProtocol {
    let store: any DeskStore
    let signer: TokenSigner
    let sessions: SessionBook
    let cookies: CookieNames
    let proxies: ProxyTrust
    static let bearerLimit = 256

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.client = proxies.client(
            of: context.channel.remoteAddress?.ipAddress,
            forwarded: request.headers[values: HTTPField.Name.forwardedFor])
        context.isNear = Self.isNear(request, peer: context.channel.remoteAddress?.ipAddress)
        if case .local = context.caller { return try await next(request, context) }
        // Webhooks bring proofs of their own.
        if request.uri.path.hasPrefix("/webhooks/") { return try await next(request, context) }
        if let authorization = request.headers[.authorization] {
            context.caller = try await caller(authorization)
        } else if let id = request.cookies[cookies.session]?.value, let session = try await sessions.session(id) {
            context.caller = .session(session)
        } else if let token = request.cookies[cookies.chat]?.value,
            let conversation = signer.conversation(ofChatToken: token)
        {
            context.caller = .customer(conversation)
        }
        return try await next(request, context)
    }

    /// From loopback, to loopback by its name, and passed on by nobody: a proxy on this machine calls from there too, and
    /// for anybody. Proxies that hide that they are one cannot be told apart.
    static func isNear(_ request: Request, peer: String?) -> Bool {
        guard let peer, ProxyTrust.isLoopback(peer), let host = request.head.authority.flatMap(HostGuard.host),
            host == "localhost" || ProxyTrust.isLoopback(host)
        else { return false }
        return HTTPField.Name.ofProxies.allSatisfy { request.headers[$0] == nil }
    }

    private func caller(_ authorization: String) async throws -> Caller {
        let scheme = "bearer "
        guard authorization.lowercased().hasPrefix(scheme) else { throw Problem.unauthorized }
        let token = authorization.dropFirst(scheme.count).trimmingCharacters(in: .whitespaces)
        guard !token.isEmpty, token.utf8.count <= Self.bearerLimit else { throw Problem.unauthorized }
        if let conversation = signer.conversation(ofChatToken: token) { return .customer(conversation) }
        guard let key = try await store.key(hash: Self.hash(token)) else {
            throw Problem(.unauthorized, code: "unauthorized", detail: "this key or token is not valid")
        }
        return .key(key)
    }

    /// SHA-256 in lower-case hex: what `AccessStore` finds keys by.
    static func hash(_ key: String) -> String { Hex.text(Array(SHA256.hash(data: Data(key.utf8)))) }
}

/// Bytes as lower-case hex.
enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension HTTPField.Name {
    // These literals are valid field names (RFC 9110 section 5.1).
    static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    static let forwarded = HTTPField.Name("Forwarded")!
    static let forwardedHost = HTTPField.Name("X-Forwarded-Host")!
    static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
    static let realIP = HTTPField.Name("X-Real-IP")!
    /// Any of them says that somebody else called.
    static let ofProxies = [forwardedFor, forwarded, forwardedHost, forwardedProto, realIP, via]
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
    static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let csrf = HTTPField.Name("X-CSRF-Token")!
    static let contentTypeOptions = HTTPField.Name("X-Content-Type-Options")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")!
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering")!
    static let webhookID = HTTPField.Name("webhook-id")!
    static let webhookTimestamp = HTTPField.Name("webhook-timestamp")!
    static let webhookSignature = HTTPField.Name("webhook-signature")!
}
