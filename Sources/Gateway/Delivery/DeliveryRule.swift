// What an attempt's outcome means for an outbox row: the pure half of delivery.

import Correspondence

enum DeliveryRule {
    enum Verdict: Equatable {
        case sent(String)
        case again(after: Duration, error: String, inDoubt: Bool)
        case giveUp(error: String)
    }

    /// `age` since the row was written; `attempts` counts this one; `wasInDoubt` says that one before it was.
    static func judge(
        _ outcome: SendOutcome, purpose: OutgoingReply.Purpose, attempts: Int, wasInDoubt: Bool, age: Duration,
        chance: Double
    ) -> Verdict {
        let delay = RetrySchedule.delay(afterAttempts: attempts, chance: chance)
        let isLate = age + delay > RetrySchedule.lifetime(of: purpose)
        switch outcome {
        case .accepted(let reply): return .sent(reply)
        case .refused(let isTemporary, let code, let reply):
            let words = "the server refused it: \(code) \(reply)"
            if !isTemporary { return .giveUp(error: words) }
            return isLate
                ? .giveUp(error: "\(words), again and again") : .again(after: delay, error: words, inDoubt: false)
        case .notSent(let isTemporary, let reason):
            // A wrong password is no fault of this mail: it waits until somebody mends it, but not for ever.
            let words = isTemporary ? reason : "\(reason) (nothing goes out until this is mended)"
            return isLate ? .giveUp(error: words) : .again(after: delay, error: words, inDoubt: false)
        case .interrupted(let reason):
            return isLate ? .giveUp(error: reason) : .again(after: delay, error: reason, inDoubt: false)
        case .calledOff: return .again(after: .zero, error: "its turn came too late", inDoubt: false)
        case .inDoubt(let reason):
            // The same Message-ID goes out again: a second copy is seen as one by mail programs, a lost one by nobody.
            // A third is too many: a server that takes mails and never answers would deliver one at every attempt.
            return isLate || wasInDoubt
                ? .giveUp(error: "perhaps sent: \(reason)") : .again(after: delay, error: reason, inDoubt: true)
        }
    }
}
