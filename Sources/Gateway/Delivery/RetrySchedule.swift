// When a mail that could not be sent is tried again, and when it is given up.

package import Correspondence

package enum RetrySchedule {
    private static let steps: [Duration] = [.minutes(1), .minutes(5), .minutes(15), .minutes(30), .hours(1)]
    private static let ceiling = Duration.hours(4)

    /// 1 m, 5 m, 15 m, 30 m, 1 h, then half as long again up to 4 h; a fifth off or on by `chance` (0 to 1), so that
    /// what failed together is not tried together.
    package static func delay(afterAttempts attempts: Int, chance: Double) -> Duration {
        var delay = steps[min(max(attempts - 1, 0), steps.count - 1)]
        var step = steps.count
        while step < attempts, delay < ceiling {
            delay = .microseconds(delay.microseconds * 3 / 2)
            step += 1
        }
        delay = min(delay, ceiling)
        let factor = 0.8 + 0.4 * min(max(chance, 0), 1)
        return .microseconds(Int64(Double(delay.microseconds) * factor))
    }

    /// A late machine's answer is worse than a ticket; a human's words are worth five days (RFC 5321 section 4.5.4.1).
    package static func lifetime(of purpose: OutgoingReply.Purpose) -> Duration {
        switch purpose {
        case .automaticReply, .acknowledgement: .days(2)
        case .humanReply, .notice, .report: .days(5)
        }
    }
}
