// The breaker shared by the mails under way: it says in the log and to `/readyz` when nothing goes out.

package import Correspondence
import Logging
import Synchronization

package final class SubmissionGate: Sendable {
    private let breaker = Mutex(Breaker())
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// Why mails wait at the moment, in the mail server's or the connection's words; nil while they go out.
    package var reason: String? { breaker.withLock { $0.reason } }

    /// The same with the moment of the next look.
    package var pause: (reason: String, until: Instant)? {
        breaker.withLock { breaker in
            guard let reason = breaker.reason, let until = breaker.until else { return nil }
            return (reason, until)
        }
    }

    func leave(_ now: Instant) -> Breaker.Leave { breaker.withLock { $0.leave(now) } }

    func begin(_ now: Instant) -> Breaker.Leave { breaker.withLock { $0.begin(now) } }

    func heard(_ event: Breaker.Event, now: Instant) {
        switch breaker.withLock({ $0.heard(event, now: now) }) {
        case .opened(let length, let reason):
            logger.error(
                "no mail goes out: the mail server cannot be used; mails wait and lose no attempt",
                metadata: ["reason": "\(reason)", "next look in": "\(length)"])
        case .closed: logger.notice("mails go out again")
        case nil: break
        }
    }
}

extension Breaker.Event {
    init(_ outcome: SendOutcome) {
        switch outcome {
        case .accepted, .refused, .inDoubt: self = .reached
        case .interrupted: self = .brokeOff
        case .calledOff: self = .untried
        case .notSent(let isTemporary, let reason): self = .failed(isForGood: !isTemporary, reason: reason)
        }
    }
}
