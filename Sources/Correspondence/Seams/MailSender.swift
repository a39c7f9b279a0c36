// Seam: one mail to one SMTP server, and what became of it.

/// A mail as it is to go out. `bytes` have only CRLF line ends, lines of at most 998 octets and 7-bit content; where an
/// address of the envelope goes beyond ASCII before its `@`, the header block may be UTF-8 (RFC 6532). The sender refuses
/// others as `.refused(permanent)` without connecting (RFC 5321 section 4.5.2, 2.3.8).
package struct OutboundMail: Sendable {
    /// nil is the null reverse-path.
    package var envelopeFrom: EmailAddress?
    package var recipient: EmailAddress
    package var bytes: [UInt8]
    /// Asked when the mail's turn comes, and again before its body goes out; when it says no the outcome is `calledOff`.
    /// For a mail that waited in line, or stood still, while somebody else took it over.
    package var mayBegin: @Sendable () -> Bool

    package init(
        envelopeFrom: EmailAddress?, recipient: EmailAddress, bytes: [UInt8],
        mayBegin: @escaping @Sendable () -> Bool = { true }
    ) {
        self.envelopeFrom = envelopeFrom
        self.recipient = recipient
        self.bytes = bytes
        self.mayBegin = mayBegin
    }
}

/// What became of one attempt (RFC 5321 section 4.2.1).
package enum SendOutcome: Sendable, Equatable {
    /// The server took responsibility; its last reply line.
    case accepted(reply: String)
    /// The server said no, for now (4yz) or for good (5yz).
    case refused(isTemporary: Bool, code: Int, reply: String)
    /// Connection, TLS or login failed: nothing of any mail was tried. Sending again is safe.
    /// `isTemporary` is false where no repetition helps until a human changes something (wrong password, bad
    /// certificate).
    case notSent(isTemporary: Bool, reason: String)
    /// The server was reached, and the dialogue about this mail broke off: a lost line, silence, nonsense. The final dot
    /// was certainly not sent. Sending again is safe, and may break at the same place: it may lie in this mail.
    case interrupted(reason: String)
    /// `mayBegin` said no. The final dot was certainly not sent; nothing is known of the server.
    case calledOff
    /// The final dot went out and no reply came back: perhaps sent. Only the same Message-ID may be sent again.
    case inDoubt(reason: String)
}

/// Contract: never throws, always ends (its time-outs are its own), safe to call from many tasks at once; at most
/// `connections` run at a time and the rest wait in order. Cancelling the task does not recall a mail already begun.
package protocol MailSender: Sendable {
    /// How many mails are under way at a time.
    var connections: Int { get }
    func send(_ mail: OutboundMail) async -> SendOutcome
    /// Connects, secures and signs in, sends nothing. For `deskbridge check`.
    func probe() async -> SendOutcome
}

/// Where and how mail is submitted.
package struct SubmissionServer: Sendable {
    /// `smtps://host:port` (implicit TLS) or `smtp://host:port` (STARTTLS, required unless `tls` is `.off`).
    package var url: String
    package var username: String
    package var password: Secret
    /// Signs in instead of the password where it is set.
    package var bearer: BearerTokens?
    package var tls: TLSUse
    /// Path of a CA file beside the system's; empty for none.
    package var authorities: String
    package var connections: Int

    package init(
        url: String, username: String = "", password: Secret = Secret(""), bearer: BearerTokens? = nil,
        tls: TLSUse = .required,
        authorities: String = "", connections: Int = 4
    ) {
        self.url = url
        self.username = username
        self.password = password
        self.bearer = bearer
        self.tls = tls
        self.authorities = authorities
        self.connections = connections
    }
}

package enum TLSUse: String, Sendable, Codable {
    case required, off
}
