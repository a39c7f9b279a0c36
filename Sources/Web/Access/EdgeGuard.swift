// The outermost layer: errors become problem documents, every answer gets its security headers, calls are logged.

import Correspondence
import HTTPTypes
import Hummingbird
import Logging
import Reports

struct EdgeGuard: MiddlewareProtocol {
    let settings: WebSettings
    let seams: WebSeams
    /// Of lines in the log.
    let lines: RateLimiter

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let began = seams.surroundings.now()
        var response: Response
        do {
            response = try await next(request, context)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            response = answer(to: error, request)
        }
        secure(&response, path: request.uri.path)
        if request.method == .head { response = response.createHeadResponse() }
        let milliseconds = (seams.surroundings.now() - began).microseconds / 1000
        seams.logger.debug(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(request.uri.path)",
                "status": "\(response.status.code)", "ms": "\(milliseconds)",
            ])
        return response
    }

    private func answer(to error: any Error, _ request: Request) -> Response {
        let problem = Problem(error)
        if problem.status >= 500 {
            // Calls that find no place are many, and no fault; they must not hide the faults either.
            let level = lines.level(problem.code == BodyGate.full.code ? .warning : .error, of: problem.code)
            seams.logger.log(
                level: level, "request failed",
                metadata: [
                    "method": "\(request.method.rawValue)", "path": "\(request.uri.path)", "error": "\(error)",
                ])
        }
        guard request.uri.path.hasPrefix("/admin") else { return problem.response }
        let isSignedOut = problem.status == 401
        let detail =
            isSignedOut
            ? "Open it by the link that Deskbridge printed at its start. A link works once; “deskbridge user link”, or a restart, makes a new one."
            : problem.detail.prefix(1).uppercased() + problem.detail.dropFirst() + "."
        var response = Response.html(
            seams.pages.message(
                title: isSignedOut ? "The desk is closed" : problem.title, detail: detail,
                leadsBack: !isSignedOut && problem.code != AdminRoutes.deadLink.code,
                back: Self.page(behind: request), desk: seams.desk),
            status: .init(code: problem.status))
        if let allow = problem.allow { response.headers[.allow] = allow.joined(separator: ", ") }
        if let retryAfter = problem.retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
        return response
    }

    /// The page that a form stood on, where its address says so: `/admin/tickets/7` of `/admin/tickets/7/reply`. What was
    /// written there is kept by it.
    private static func page(behind request: Request) -> String? {
        let parts = request.uri.path.split(separator: "/")
        guard request.method == .post, parts.count == 4, ["tickets", "conversations"].contains(parts[1]),
            parts[2].utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) })
        else { return nil }
        return "/admin/\(parts[1])/\(parts[2])"
    }

    /// Pages of ours hold no script or style of their own. Routes that need another policy have set it.
    private func secure(_ response: inout Response, path: String) {
        response.headers[.contentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        if response.headers[.contentSecurityPolicy] == nil {
            let isPage = path.hasPrefix("/admin") || path.hasPrefix("/chat")
            response.headers[.contentSecurityPolicy] =
                isPage
                ? "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
                : "default-src 'none'; frame-ancestors 'none'"
        }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        if path.hasPrefix("/admin") { response.headers[.openerPolicy] = "same-origin" }
        if settings.isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
    }
}
