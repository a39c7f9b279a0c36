// Refuses requests for hosts that are not ours: a page elsewhere must not reach the desk by a name of its own.

import Foundation
import HTTPTypes
import Hummingbird

/// DNS rebinding needs a name, so an address as it stands is always let through; of names, loopback's, the one it
/// listens on and the one the outside knows.
struct HostGuard: MiddlewareProtocol {
    private let names: Set<String>

    init(settings: WebSettings) {
        var names: Set<String> = ["localhost", settings.host.lowercased()]
        if let url = settings.url, let host = URLComponents(string: url)?.host { names.insert(host.lowercased()) }
        self.names = names
    }

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        if case .local = context.caller { return try await next(request, context) }
        guard let authority = request.head.authority, allows(authority) else {
            throw Problem(.misdirectedRequest, code: "host", detail: "this host is not served here")
        }
        return try await next(request, context)
    }

    func allows(_ authority: String) -> Bool {
        guard let host = Self.host(of: authority) else { return false }
        return names.contains(host) || ProxyTrust.isAddress(host)
    }

    /// Without port, brackets and the dot at the end, in lower case; nil when it can be none.
    static func host(of authority: String) -> String? {
        var host = authority.lowercased()
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            let inner = String(host[host.index(after: host.startIndex)..<end])
            return ProxyTrust.isAddress(inner) ? inner : nil
        }
        if let colon = host.lastIndex(of: ":") {
            guard host[host.index(after: colon)...].allSatisfy(\.isNumber) else { return nil }
            host = String(host[..<colon])
        }
        if host.hasSuffix(".") { host.removeLast() }
        return host
    }
}
