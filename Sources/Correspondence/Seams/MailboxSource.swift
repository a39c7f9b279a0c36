// Seam: a mailbox that hands over every new mail once it is safely kept.

package import Foundation

/// How to reach one mailbox.
package struct MailboxAccount: Sendable {
    package enum Login: Sendable {
        case password(Secret)
        case bearer(BearerTokens)
    }
    package enum Start: Sendable, Equatable {
        case now
        case all
        case since(Date)
    }
    package enum After: Sendable, Equatable {
        case keep
        case seen
        case move(String)
    }
    package var name: String
    /// `imaps://host:port/INBOX`, or `imap://` with STARTTLS, required unless `tls` is `.off`. The path names the
    /// mailbox, percent-encoded; empty means INBOX.
    package var url: String
    package var username: String
    package var login: Login
    package var tls: TLSUse
    package var authorities: String
    package var start: Start
    package var after: After
    /// The backstop beside IDLE, and the only clock where the server lacks it.
    package var poll: Duration
    /// A larger mail is not fetched; it is handed over as `FetchedMail.tooLarge`.
    package var sizeLimit: Int

    package init(
        name: String, url: String, username: String, login: Login, tls: TLSUse = .required, authorities: String = "",
        start: Start = .now, after: After = .seen, poll: Duration = .seconds(60), sizeLimit: Int = 50_000_000
    ) {
        self.name = name
        self.url = url
        self.username = username
        self.login = login
        self.tls = tls
        self.authorities = authorities
        self.start = start
        self.after = after
        self.poll = poll
        self.sizeLimit = sizeLimit
    }
}

/// How far a mailbox has been taken in (RFC 9051 section 2.3.1.1).
package struct MailboxCursor: Sendable, Equatable, Codable {
    package var uidValidity: UInt32
    /// The highest UID taken in (or passed over) under this UIDVALIDITY.
    package var lastUID: UInt32
    /// UIDNEXT at the very first sight of this mailbox: what lies below it was there before us and is never answered.
    /// nil once UIDVALIDITY has changed, which is no first sight.
    package var firstUIDNext: UInt32?

    package init(uidValidity: UInt32, lastUID: UInt32, firstUIDNext: UInt32?) {
        self.uidValidity = uidValidity
        self.lastUID = lastUID
        self.firstUIDNext = firstUIDNext
    }
}

package struct FetchedMail: Sendable {
    package var uid: UInt32
    /// INTERNALDATE; the moment of fetching where the server gave none.
    package var receivedAt: Instant
    package var bytes: [UInt8]
    /// Set when the mail was larger than the limit: `bytes` are its header only.
    package var tooLarge: Int?
    /// Set when the server would not give the mail out, in its words: `bytes` are empty.
    package var withheld: String?

    package init(
        uid: UInt32, receivedAt: Instant, bytes: [UInt8], tooLarge: Int? = nil, withheld: String? = nil
    ) {
        self.uid = uid
        self.receivedAt = receivedAt
        self.bytes = bytes
        self.tooLarge = tooLarge
        self.withheld = withheld
    }

    package var isWhole: Bool { tooLarge == nil && withheld == nil }
}

/// What a mailbox session reports about itself, for logs, `/readyz` and the ledger.
package enum MailboxEvent: Sendable, Equatable {
    case connected
    /// At the very first sight so many mails lay there, and `start: now` passes them over.
    case passedOver(mails: Int)
    /// SELECT succeeded and everything that lay there has been passed over or handed on.
    case caughtUp(idle: Bool)
    /// Mails that are safely kept could not be flagged or moved in the mailbox; the server's words. They are not
    /// fetched again.
    case afterFailed(mails: Int, reason: String)
}

/// The receiving end of a mailbox session; Gateway implements it.
///
/// Contract for the caller: one session a mailbox at a time; `take` gets mails in UID order, each batch under one
/// UIDVALIDITY, with the cursor that holds once the batch is kept. Contract for the implementer: `take` returns only
/// after a durable commit of bytes and cursor together; a batch handed over again (after a crash) changes nothing.
package protocol MailboxIntake: Sendable {
    /// nil before the first sight.
    func cursor() async throws -> MailboxCursor?
    func take(_ mails: [FetchedMail], cursor: MailboxCursor) async throws
    func report(_ event: MailboxEvent) async
}

package struct MailboxError: Failure {
    package enum Code: String, Sendable {
        case unknownHost, refused, tls, login, noMailbox, timedOut, cutOff, protocolViolation, intake, cancelled, other
    }
    package let code: Code
    package let detail: String

    package init(_ code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    /// A wrong password or certificate does not mend itself; asking on locks accounts.
    package var isTemporary: Bool { code != .login && code != .tls && code != .noMailbox }
    package var publicText: String { "the mailbox could not be read" }
}

/// One configured mailbox. `run` is one session: connect, catch up, then IDLE with the poll as backstop, until the
/// connection or the intake fails (then it throws) or the task is cancelled (then it throws `cancelled`). It never
/// tries again by itself: whoever runs it knows how long to wait. `\Seen` and moves happen only after `take` returned,
/// and only to mails that are whole;
/// a failing STORE or MOVE is reported as `afterFailed` and never fetches the mail again.
package protocol MailboxSource: Sendable {
    var name: String { get }
    func run(_ intake: any MailboxIntake) async throws(MailboxError)
    /// Signs in, selects the mailbox read-only and says what it found, in one sentence. For `deskbridge check`.
    func probe() async throws(MailboxError) -> String
}
