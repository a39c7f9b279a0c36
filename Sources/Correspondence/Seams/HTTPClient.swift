// Seam: one HTTP request out, one whole answer back.

/// A request to a model provider or another service. Bodies are whole: nothing here streams.
package struct HTTPCall: Sendable {
    package var method: String
    package var url: String
    /// Names and values are refused with `badRequest` when they hold CR, LF or NUL.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// From the call to the last byte of the answer.
    package var timeout: Duration
    package var connectTimeout: Duration
    /// A longer answer ends the call with `tooLarge`.
    package var answerLimit: Int
    /// Path of a CA file beside the system's; empty for none.
    package var authorities: String
    /// Path of a unix socket to speak over instead of the network; the URL's host is then only a name.
    package var unixSocket: String?

    package init(
        method: String = "GET", url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        timeout: Duration = .seconds(120), connectTimeout: Duration = .seconds(5), answerLimit: Int = 8_000_000,
        authorities: String = "", unixSocket: String? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.answerLimit = answerLimit
        self.authorities = authorities
        self.unixSocket = unixSocket
    }
}

package struct HTTPAnswer: Sendable {
    package var status: Int
    /// Names in lower case, in order, repeated ones kept.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package func header(_ name: String) -> String? {
        let lower = name.lowercased()
        return headers.first { $0.name == lower }?.value
    }
}

package struct HTTPClientError: Failure {
    package enum Code: String, Sendable {
        case badRequest, unknownHost, refused, tls, timedOut, cutOff, tooLarge, cancelled, other
    }
    package let code: Code
    package let detail: String

    package init(_ code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    package var isTemporary: Bool { code != .badRequest && code != .tooLarge && code != .tls }
    package var publicText: String { "the other server could not be asked" }
}

/// Contract: an answer of any status is an answer, not an error. Redirects are not followed; only http and https are
/// spoken. The call is safe from any task and never blocks a concurrency thread. Cancelling the task ends the call
/// with `cancelled` within a second. Nothing is tried twice here: who calls knows whether that is safe.
package protocol HTTPClient: Sendable {
    func send(_ call: HTTPCall) async throws(HTTPClientError) -> HTTPAnswer
}
