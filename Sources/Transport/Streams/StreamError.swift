// Why a stream could not be made, or why it ended.

import Correspondence

package struct StreamError: Failure {
    package enum Code: String, Sendable {
        case badAddress, unknownHost, refused, tls, timedOut, cutOff, cancelled, other
        /// The name or password was turned down, or no way to sign in is offered.
        case login
        /// The server is there and asks to be left alone for now (RFC 5530 UNAVAILABLE, SMTP 4yz, BYE).
        case unavailable
        /// The server turned this client away before any sign-in, for good (SMTP 5yz).
        case rejected
    }
    package let code: Code
    package let detail: String

    package init(_ code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    package var isTemporary: Bool {
        switch code {
        case .badAddress, .tls, .login, .rejected: false
        case .unknownHost, .refused, .timedOut, .cutOff, .cancelled, .other, .unavailable: true
        }
    }

    package var publicText: String { "the mail server could not be used" }
}
