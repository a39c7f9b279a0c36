// Which sites' pages may call: the chat from its origins, forms and cookies from our own pages alone.

import Foundation
import HTTPTypes
import Hummingbird

/// Answers preflights and names the allowed origin for the chat's calls; everything else has no CORS at all.
struct OriginRule: MiddlewareProtocol {
    private let origins: Set<String>

    init(_ origins: [String]) {
        self.origins = Set(origins.map { $0.lowercased() })
    }

    func allows(_ origin: String) -> Bool { origins.contains(origin.lowercased()) }

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin], Self.isChat(request.uri.path), allows(origin) else {
            return try await next(request, context)
        }
        if request.method == .options {
            return Response(
                status: .noContent,
                headers: [
                    .accessControlAllowOrigin: origin, .accessControlAllowMethods: "GET, POST",
                    .accessControlAllowHeaders: "Authorization, Content-Type, Last-Event-ID",
                    .accessControlMaxAge: "600", .vary: "Origin",
                ])
        }
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            response = Problem(error).response
        }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.vary] = "Origin"
        return response
    }

    /// What a chat needs: saying, its conversation, its events, the way to a human.
    static func isChat(_ path: String) -> Bool {
        path == "/api/support/chat" || path.hasPrefix("/api/support/conversations/")
    }

    /// A call that changes something and is let in by a cookie must come from our own page: the browser says so
    /// (Sec-Fetch-Site), and the page knows the session's token.
    static func requireOwnPage(_ request: Request, token: String?, context: WebContext) throws(Problem) {
        guard case .session(let session) = context.caller else { return }
        if let site = request.headers[.fetchSite], site != "same-origin", site != "none" {
            throw Problem(.forbidden, code: "csrf", detail: "this must come from the desk's own pages")
        }
        guard let token, ConstantTime.equal(token, session.csrf) else {
            throw Problem(.forbidden, code: "csrf", detail: "this form is too old; load the page again")
        }
    }
}
