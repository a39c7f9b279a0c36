// What a connection to PostgreSQL is made with: the URL's words, and ours where it says nothing.

import CPostgreSQL
import Correspondence
import Foundation

/// TLS with a checked name (`sslmode=verify-full`) unless the server is reached by a socket or on loopback, or the URL
/// says otherwise.
struct PostgreSQLSettings: Sendable, Equatable {
    private(set) var words: [String: String] = [:]

    static let connectSeconds = 5
    static let statementMilliseconds = 30_000
    /// Then the transaction is run again: sooner than the server looks for a deadlock (1 s).
    static let lockMilliseconds = 200
    /// Debian's bundle: libpq before 16 does not know the system's own.
    private static let systemCertificates = "/etc/ssl/certs/ca-certificates.crt"

    init(url: String) throws(StoreError) {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &message) else {
            PQfreemem(message)
            // libpq's words may quote the URL, and with it a password.
            throw StoreError(
                .invalid, detail: "store: the URL cannot be read; it must be postgresql://USER@HOST/DATABASE")
        }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { words[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        complete()
    }

    private mutating func complete() {
        if words["sslmode"] == nil {
            words["sslmode"] = isNear ? "prefer" : "verify-full"
        }
        if words["sslmode"]?.hasPrefix("verify") == true, words["sslrootcert"] == nil,
            FileManager.default.fileExists(atPath: Self.systemCertificates)
        {
            words["sslrootcert"] = Self.systemCertificates
        }
        let defaults = [
            "connect_timeout": "\(Self.connectSeconds)", "keepalives": "1", "keepalives_idle": "30",
            "keepalives_interval": "10", "keepalives_count": "3", "tcp_user_timeout": "30000",
            "application_name": "deskbridge",
            // After a fail-over the old primary may still answer, read-only.
            "target_session_attrs": "read-write", "client_encoding": "UTF8",
        ]
        words.merge(defaults) { given, _ in given }
        let ours = """
            -c statement_timeout=\(Self.statementMilliseconds) -c lock_timeout=\(Self.lockMilliseconds) \
            -c idle_in_transaction_session_timeout=60000 \
            -c client_min_messages=warning -c extra_float_digits=1
            """
        words["options"] = [ours, words["options"] ?? ""].joined(separator: " ")
    }

    /// Every host is a socket's folder or this machine; no host at all is the default socket.
    var isNear: Bool {
        let hosts = [words["host"], words["hostaddr"]].compactMap(\.self).joined(separator: ",")
        return hosts.split(separator: ",").allSatisfy { host in
            host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost" || host == "::1"
                || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
        }
    }

    /// Where to, for errors: no user, no password.
    var place: String {
        let host = words["host"] ?? words["hostaddr"] ?? "the default socket"
        return "PostgreSQL at \(host)\(words["port"].map { ":\($0)" } ?? ""), database \(words["dbname"] ?? "?")"
    }
}
