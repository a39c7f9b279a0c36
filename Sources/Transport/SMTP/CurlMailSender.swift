// The MailSender seam: libcurl connects, secures and signs in, our own dialogue sends.

package import Correspondence

/// How long a server may take; tests shorten it.
package struct SubmissionOptions: Sendable {
    /// Name, connection, TLS, greeting and sign-in together.
    package var connectTimeout = Duration.seconds(30)
    /// For each reply but the last (RFC 5321 section 4.5.3.2.2).
    package var replyTimeout = Duration.minutes(5)
    /// Without any byte of the mail going out (RFC 5321 section 4.5.3.2.5).
    package var blockTimeout = Duration.minutes(3)
    /// For the reply to the final dot (RFC 5321 section 4.5.3.2.6): short waits make doubts.
    package var finalReplyTimeout = Duration.minutes(10)
    /// A connection without work is closed after this.
    package var idleTime = Duration.seconds(30)
    /// No further connection is tried for this long when one was refused beside others that stand.
    package var pauseAfterRefusedConnection = Duration.seconds(30)

    package init() {}
}

/// Keeps up to `server.connections` connections and uses them again. Close to nothing is done on the caller's thread:
/// the mail is checked and dot-stuffed there, and the rest happens on the reactor's.
package final class CurlMailSender: MailSender {
    package let connections: Int
    private let signIn: Result<SubmissionSignIn, StreamError>
    private let pool: SubmissionPool?
    private let reactor: StreamReactor

    /// A bad URL shows in every outcome and in `probe`, not here.
    package init(
        _ server: SubmissionServer, options: SubmissionOptions = SubmissionOptions(),
        connector: StreamConnector = .submission, reactor: StreamReactor = .shared
    ) {
        connections = server.connections
        self.reactor = reactor
        do throws(StreamError) {
            let address = try ServerAddress(server.url)
            guard address.service == .smtp else {
                throw StreamError(.badAddress, detail: "\(address.place) is to be reached by smtp:// or smtps://")
            }
            let login: StreamTarget.Login =
                server.username.isEmpty || server.bearer != nil
                ? .none : .password(username: server.username, server.password)
            let target = StreamTarget(
                address: address, login: login, tls: server.tls, authorities: server.authorities,
                connectTimeout: options.connectTimeout)
            let signIn = SubmissionSignIn(
                target: target, username: server.username, tokens: server.bearer, connector: connector)
            self.signIn = .success(signIn)
            pool = SubmissionPool(signIn, limit: server.connections, options: options, reactor: reactor)
        } catch {
            signIn = .failure(error)
            pool = nil
        }
    }

    deinit {
        if let pool { reactor.perform { pool.shutDown() } }
    }

    package func send(_ mail: OutboundMail) async -> SendOutcome {
        let letter: SubmissionLetter
        do throws(SubmissionLetter.Refusal) {
            letter = try SubmissionLetter(mail)
        } catch {
            return error.outcome
        }
        guard let pool else { return addressProblem }
        return await withCheckedContinuation { waiter in
            let job = SubmissionJob(letter, waiter, mayBegin: mail.mayBegin)
            reactor.perform { pool.submit(job) }
        }
    }

    package func probe() async -> SendOutcome {
        guard case .success(let signIn) = signIn else { return addressProblem }
        return await withCheckedContinuation { waiter in
            signIn.connect { result in
                switch result {
                case .success(let stream):
                    let last = stream.dialogue.last { !$0.isEmpty } ?? "connected"
                    waiter.resume(returning: .accepted(reply: last))
                case .failure(let error):
                    waiter.resume(returning: .notSent(isTemporary: error.isTemporary, reason: error.detail))
                }
            }
        }
    }

    private var addressProblem: SendOutcome {
        guard case .failure(let error) = signIn else { return .notSent(isTemporary: false, reason: "no address") }
        return .notSent(isTemporary: false, reason: error.detail)
    }
}
