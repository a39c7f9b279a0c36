// The world's mail server, played on this machine: takes mail for every .example domain, lets nothing out.

/// Two ports. At *submission* users sign in (AUTH, STARTTLS offered, plain text allowed) and may send as themselves only,
/// with or without a detail (`support+token@`): what they send bears `spf=pass`. At *mx* anybody sends, as strangers
/// do: that mail bears `spf=fail`. Either way an `Authentication-Results` of our name is the server's own: what the
/// sender wrote under it is taken away.
///
/// Mail for `.example` goes to a private Dovecot by LMTP, which knows the users; an unknown one makes a real bounce. Any
/// other domain is refused at both doors: nothing leaves the machine.
///
/// For tests of failure, `blocked@` any domain is refused for good (550) and `busy@` for now (450).
package protocol PrivateMailServer: PrivateServer {
    var folder: String { get }
    /// For users and desks: AUTH, STARTTLS.
    var submissionPort: UInt16 { get }
    /// For the world: no signing in, nothing believed.
    var mxPort: UInt16 { get }
}

/// What mails are marked with on their way in.
package enum MailVerdict {
    /// The authserv-id (RFC 8601) to name under `authentication-results:` in a mailbox's settings.
    package static let authority = "mx.demo.example"
}

extension PrivateMailServer {
    /// Waits until both ports greet.
    func awaitGreetings(_ name: String, of process: WatchedProcess, logs: [String]) async throws {
        let ports = [submissionPort, mxPort]
        try await waitUntil("the greetings of \(name)", within: .seconds(60)) {
            guard process.isRunning else {
                throw RehearsalFailure(.didNotStart, "\(name) ended: \(PrivateFolder.lastWords(of: logs))")
            }
            return try await offThePool {
                ports.allSatisfy { LoopbackSocket.greeting(port: $0)?.hasPrefix("220") == true }
            }
        }
    }
}
