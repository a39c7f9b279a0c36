// The MailboxSource seam over IMAP: the shell that moves bytes, keeps deadlines and hands mails over.

package import Correspondence
import Foundation
import Synchronization
package import Transport

/// How long a server may take; tests shorten it.
package struct MailboxOptions: Sendable {
    /// Name, connection, TLS, greeting and sign-in together.
    package var connectTimeout = Duration.seconds(30)
    /// For an answer to a command; longer answers may take a second more for every thousand bytes.
    package var commandTimeout = Duration.seconds(60)
    /// IDLE is begun anew after this, or after the account's `poll` if that is shorter (RFC 2177 allows 29 minutes;
    /// routers forget sooner).
    package var idleRenewal = Duration.minutes(9)

    package init() {}
}

package final class IMAPMailboxSource: MailboxSource {
    package var name: String { account.name }

    private let account: MailboxAccount
    private let surroundings: Surroundings
    private let options: MailboxOptions
    private let connector: StreamConnector
    private let reactor: StreamReactor
    /// The last session ended over a mail that the server would not give out.
    private let isCautious = Mutex(false)

    /// A bad URL shows in `run` and `probe`, not here.
    package init(
        _ account: MailboxAccount, surroundings: Surroundings = .system, options: MailboxOptions = MailboxOptions(),
        connector: StreamConnector = .mailboxes, reactor: StreamReactor = .shared
    ) {
        var account = account
        account.sizeLimit = min(max(0, account.sizeLimit), MailboxLimits.largestMail)
        account.poll = max(account.poll, MailboxLimits.shortestPoll)
        self.account = account
        self.surroundings = surroundings
        self.options = options
        self.connector = connector
        self.reactor = reactor
    }

    package func run(_ intake: any MailboxIntake) async throws(MailboxError) {
        let (address, mailbox) = try place()
        let cursor = try await guarded { try await intake.cursor() }
        var conversation = try await open(address)
        defer { conversation.close() }
        var session = MailboxSession(
            account, mailbox: mailbox, place: address.place, cursor: cursor, tagPrefix: conversation.tagPrefix,
            idleRenewal: options.idleRenewal, isCautious: isCautious.withLock { $0 })
        do throws(MailboxError) {
            try await drive(&session, &conversation, intake)
        } catch {
            if session.wantsCaution { isCautious.withLock { $0 = true } }
            throw error
        }
    }

    private func drive(
        _ session: inout MailboxSession, _ conversation: inout IMAPConversation, _ intake: any MailboxIntake
    ) async throws(MailboxError) {
        try await carryOut(session.begin(), &session, &conversation, intake)
        while true {
            let responses = try await conversation.hear(session.wait)
            if responses.isEmpty {
                try await carryOut(session.clockTicked(now: surroundings.now()), &session, &conversation, intake)
            }
            for response in responses {
                let actions = try session.hear(response, now: surroundings.now())
                if !actions.isEmpty { try await carryOut(actions, &session, &conversation, intake) }
            }
        }
    }

    private func carryOut(
        _ actions: [MailboxSession.Action], _ session: inout MailboxSession, _ conversation: inout IMAPConversation,
        _ intake: any MailboxIntake
    ) async throws(MailboxError) {
        var queue = actions
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .send(let text): conversation.send(text)
            case .report(let event): await intake.report(event)
            case .take(let mails, let cursor):
                try await guarded { try await intake.take(mails, cursor: cursor) }
                conversation.restartPatience()
                queue += session.kept(mails, now: surroundings.now())
            }
        }
    }

    /// What the intake throws is its own failure, unless it was told to stop.
    private func guarded<Value: Sendable>(
        _ work: () async throws -> Value
    ) async throws(MailboxError) -> Value {
        do {
            return try await work()
        } catch {
            if Task.isCancelled { throw MailboxError(.cancelled, detail: "the session was cancelled") }
            let words = (error as? any Failure)?.detail ?? "\(error)"
            throw MailboxError(.intake, detail: "mails of \(account.name) could not be kept: \(words)")
        }
    }

    package func probe() async throws(MailboxError) -> String {
        let (address, mailbox) = try place()
        var conversation = try await open(address)
        defer { conversation.close() }
        let capabilities = try await conversation.ask("CAPABILITY")
        let selected = try await conversation.ask("EXAMINE \(mailbox)")
        guard selected.condition == .ok else {
            throw MailboxError(
                .noMailbox,
                detail: "\(address.place) has no mailbox \(mailbox) for \(account.username): \(selected.text.words); "
                    + "check the path of the URL")
        }
        var mails = 0
        var offered: Set<String> = []
        for response in capabilities.untagged + selected.untagged {
            if case .exists(let count) = response { mails = count }
            if case .capability(let names) = response { offered = names }
        }
        let wanted = ["IDLE", "MOVE", "UIDPLUS"]
        let missing = offered.contains("IMAP4REV2") ? [] : wanted.filter { !offered.contains($0) }
        let note = missing.isEmpty ? "IDLE and MOVE are offered" : "the server lacks \(missing.joined(separator: ", "))"
        return "signed in to \(address.place) as \(account.username), \(mailbox) holds \(mails) mails, \(note)"
    }

    // MARK: Connecting

    private func place() throws(MailboxError) -> (ServerAddress, String) {
        let address: ServerAddress
        do throws(StreamError) {
            address = try ServerAddress(account.url)
        } catch {
            throw MailboxError(.noMailbox, detail: "mailbox \(account.name): \(error.detail)")
        }
        guard address.service == .imap, let mailbox = MailboxName.quoted(address.path.isEmpty ? "INBOX" : address.path)
        else {
            throw MailboxError(
                .noMailbox, detail: "mailbox \(account.name): the URL must look like imaps://host/INBOX")
        }
        return (address, mailbox)
    }

    private func open(_ address: ServerAddress) async throws(MailboxError) -> IMAPConversation {
        let stream: AuthenticatedStream
        do throws(StreamError) {
            switch account.login {
            case .password(let password):
                stream = try await signIn(address, .password(username: account.username, password))
            case .bearer(let tokens):
                stream = try await TokenSignIn.open(tokens, at: address.place) { token throws(StreamError) in
                    try await signIn(address, .bearer(username: account.username, token))
                }
            }
        } catch {
            throw MailboxError(error)
        }
        var conversation = IMAPConversation(
            stream, tagPrefix: Base32.encode(surroundings.randomBytes(10)), literalLimit: account.sizeLimit + 1,
            timeout: options.commandTimeout)
        try await conversation.begin()
        return conversation
    }

    private func signIn(_ address: ServerAddress, _ login: StreamTarget.Login) async throws(StreamError)
        -> AuthenticatedStream
    {
        try await AuthenticatedStream.open(
            StreamTarget(
                address: address, login: login, tls: account.tls, authorities: account.authorities,
                connectTimeout: options.connectTimeout), connector: connector, reactor: reactor)
    }
}
