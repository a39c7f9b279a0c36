// Errors as RFC 9457 problem documents: one place maps failures to HTTP.

import Correspondence
import Gateway
import HTTPTypes
import Hummingbird

struct Problem: Error, Codable, Sendable, Equatable {
    var type = "about:blank"
    var title: String
    var status: Int
    var detail: String
    /// What programs compare.
    var code: String
    /// Seconds, for 429 and 503.
    var retryAfter: Int?
    /// What a key would need, for 403 (RFC 6750 section 3.1).
    var scope: String?
    /// The methods there are, for 405.
    var allow: [String]?

    init(_ status: HTTPResponse.Status, code: String, detail: String, retryAfter: Int? = nil) {
        title = status.reasonPhrase.isEmpty ? "Error" : status.reasonPhrase
        self.status = status.code
        self.detail = detail
        self.code = code
        self.retryAfter = retryAfter
    }

    static let unauthorized = Problem(.unauthorized, code: "unauthorized", detail: "this needs a key or a session")
    /// `has` is what the caller may.
    static func forbidden(needs scope: AccessKey.Scope, has: String) -> Problem {
        var problem = Problem(
            .forbidden, code: "forbidden", detail: "this needs a key of scope \"\(scope.rawValue)\"; \(has)")
        problem.scope = scope.rawValue
        return problem
    }
    static let otherConversation = Problem(
        .forbidden, code: "token", detail: "this chat token opens another conversation, and that alone")
    static let noChatToken = Problem(
        .forbidden, code: "token",
        detail: "\"token\" is no chat token of this desk: send what the chat's first answer gave")
    static func method(_ method: String, allowed: [String]) -> Problem {
        var problem = Problem(
            .methodNotAllowed, code: "method",
            detail: "\(method) is not known here, but \(allowed.joined(separator: ", "))")
        problem.allow = allowed
        return problem
    }
    static func notFound(_ what: String) -> Problem {
        Problem(.notFound, code: "notFound", detail: "there is no such \(what)")
    }
    static func tooLarge(_ limit: Int) -> Problem {
        Problem(.contentTooLarge, code: "tooLarge", detail: "at most \(limit) bytes are taken here")
    }
    static func invalid(_ detail: String) -> Problem { Problem(.badRequest, code: "invalid", detail: detail) }

    /// Every failure that may reach a route. What is unknown is our own fault.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as StoreError: self.init(error)
        case let error as ChatError: self.init(error)
        case let error as HTTPError:
            let status = error.status
            let detail: String
            switch status {
            case .notFound: detail = "there is nothing at this address"
            case .contentTooLarge: detail = "the request is too large"
            case .badRequest: detail = "the request cannot be understood"
            default: detail = status.reasonPhrase
            }
            self.init(status, code: Self.code(of: status), detail: detail)
        default: self.init(.internalServerError, code: "fault", detail: "something went wrong here")
        }
    }

    init(_ error: StoreError) {
        let status: HTTPResponse.Status
        switch error.code {
        case .notFound: status = .notFound
        case .stale: status = .conflict
        case .invalid: status = .unprocessableContent
        case .unavailable, .full, .locked, .readOnly, .damaged, .other: status = .serviceUnavailable
        }
        // These two speak of what was asked for; the others of the store's inside.
        let isAsked = error.code == .stale || error.code == .invalid
        self.init(
            status, code: error.code.rawValue, detail: isAsked ? error.detail : error.publicText,
            retryAfter: status == .serviceUnavailable ? 10 : nil)
    }

    init(_ error: ChatError) {
        let status: HTTPResponse.Status
        switch error.code {
        case .empty, .unreadable: status = .badRequest
        case .storeUnavailable: status = .serviceUnavailable
        case .tooLate: status = .gatewayTimeout
        }
        self.init(
            status, code: error.code.rawValue, detail: error.publicText,
            retryAfter: status == .serviceUnavailable ? 10 : nil)
    }

    private static func code(of status: HTTPResponse.Status) -> String {
        switch status {
        case .notFound: "notFound"
        case .contentTooLarge: "tooLarge"
        case .badRequest: "invalid"
        case .methodNotAllowed: "method"
        default: "http\(status.code)"
        }
    }

    var response: Response {
        var response = Response.json(self, status: .init(code: status))
        response.headers[.contentType] = "application/problem+json"
        if let retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
        if let allow { response.headers[.allow] = allow.joined(separator: ", ") }
        if let scope {
            response.headers[.wwwAuthenticate] =
                "Bearer realm=\"deskbridge\", error=\"insufficient_scope\", scope=\"\(scope)\""
        }
        if status == 401 { response.headers[.wwwAuthenticate] = "Bearer realm=\"deskbridge\"" }
        return response
    }
}

extension Response {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        text(WireCoding.json(value), type: "application/json", status: status)
    }

    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response.text(text, type: "text/html; charset=utf-8", status: status)
    }

    static func text(_ text: String, type: String, status: HTTPResponse.Status = .ok) -> Response {
        var buffer = ByteBuffer()
        buffer.writeString(text)
        return Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: buffer))
    }

    /// See other: after a form.
    static func seeOther(_ path: String) -> Response { Response(status: .seeOther, headers: [.location: path]) }
}
