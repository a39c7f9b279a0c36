// Where a stream leads and how it signs in.

package import Correspondence
import Foundation

/// Host, port and path of a mail server's URL.
package struct ServerAddress: Sendable, Equatable {
    package enum Service: String, Sendable { case imap, smtp }

    package let service: Service
    package let hasImplicitTLS: Bool
    package let host: String
    package let port: Int?
    /// Percent-decoded, without its leading slash.
    package let path: String

    /// Throws `badAddress` for anything but `imap`, `imaps`, `smtp`, `smtps` with a host. User and password do not
    /// belong in it.
    package init(_ url: String) throws(StreamError) {
        let problem = StreamError(
            .badAddress, detail: "not a mail server's address; it must look like imaps://host/INBOX or smtp://host:587")
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), let parts = URLComponents(string: url),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil
        else { throw problem }
        switch parts.scheme?.lowercased() {
        case "imap": (service, hasImplicitTLS) = (.imap, false)
        case "imaps": (service, hasImplicitTLS) = (.imap, true)
        case "smtp": (service, hasImplicitTLS) = (.smtp, false)
        case "smtps": (service, hasImplicitTLS) = (.smtp, true)
        default: throw problem
        }
        self.host = host
        port = parts.port
        path = String(parts.path.drop { $0 == "/" })
    }

    /// The scheme, host and port alone: what libcurl is given.
    var root: String {
        let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        return "\(service.rawValue)\(hasImplicitTLS ? "s" : "")://\(name)\(port.map { ":\($0)" } ?? "")/"
    }

    /// For people: `imap.acme.example:993`.
    package var place: String { port.map { "\(host):\($0)" } ?? host }
}

package struct StreamTarget: Sendable {
    package enum Login: Sendable {
        case none
        case password(username: String, Secret)
        /// XOAUTH2 or OAUTHBEARER, whichever the server offers.
        case bearer(username: String, Secret)
    }
    package var address: ServerAddress
    package var login: Login
    package var tls: TLSUse
    /// Path of a CA file beside the system's; empty for none.
    package var authorities: String
    /// Covers name, connection, TLS, greeting and sign-in together.
    package var connectTimeout: Duration

    package init(
        address: ServerAddress, login: Login, tls: TLSUse = .required, authorities: String = "",
        connectTimeout: Duration = .seconds(30)
    ) {
        self.address = address
        self.login = login
        self.tls = tls
        self.authorities = authorities
        self.connectTimeout = connectTimeout
    }
}
