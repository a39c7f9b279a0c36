// When to leave a mail server alone that cannot be used, and when to look again: what attempts found in, pauses out.

import Correspondence

/// Closed at first. Opened by one failure that no repetition mends (a refused login, a wrong certificate), or by
/// `limit` failures in a row that may pass (nobody there, a line that breaks). While it is open nothing is tried until the
/// pause is over; then one attempt probes: it closes the breaker, or opens it for longer. Pure.
struct Breaker {
    enum Event: Equatable {
        /// The server took, refused or left in doubt: it is there, and the account works.
        case reached
        /// The server was there, and the dialogue about a mail broke off: as a probe's word this is `reached`, from a
        /// mail that was under way before the breaker opened it is none.
        case brokeOff
        /// Nothing of a mail was tried: connection, TLS or login failed.
        case failed(isForGood: Bool, reason: String)
        /// Nothing was learned (the attempt was called off before it began).
        case untried
    }
    /// What changed, for the log.
    enum Change: Equatable {
        case opened(Duration, reason: String)
        case closed
    }

    enum Leave: Equatable {
        case all, one, none

        func limit(_ count: Int) -> Int {
            switch self {
            case .all: count
            case .one: min(1, count)
            case .none: 0
            }
        }
    }

    /// Failures in a row that may pass before they count as one that stays.
    static let limit = 3
    /// Doubled by every probe that fails.
    static let shortest = Duration.seconds(1)
    static let longest = Duration.minutes(5)
    /// A server that is asked with a wrong password again and again locks the account: these are longer.
    static let forGood: [Duration] = [.minutes(1), .minutes(5), .minutes(30)]

    private struct Pause {
        var until: Instant
        var reason: String
        var isForGood: Bool
        /// Pauses of this kind in a row, this one included.
        var count: Int
        var length: Duration
        var isProbed = false
    }
    private var pause: Pause?
    private var failures = 0

    /// Why nothing goes out; nil while mails are sent.
    var reason: String? { pause?.reason }

    /// When the mail server is looked at again; nil while mails are sent.
    var until: Instant? { pause?.until }

    /// How many mails may be tried: `none` within a pause and while a probe is under way, `one` when a pause is over.
    func leave(_ now: Instant) -> Leave {
        guard let pause else { return .all }
        // A pause that is longer than it was made is a clock's that was set back.
        let isOver = now >= pause.until || pause.until - now > pause.length
        return isOver && !pause.isProbed ? .one : .none
    }

    /// The same, to be asked when work was found: the breaker may have opened since. After `one` a probe is under way.
    mutating func begin(_ now: Instant) -> Leave {
        let leave = leave(now)
        if leave == .one { pause?.isProbed = true }
        return leave
    }

    mutating func heard(_ event: Event, now: Instant) -> Change? {
        switch event {
        case .untried:
            pause?.isProbed = false
            return nil
        case .brokeOff where pause?.isProbed == false: return nil
        case .reached, .brokeOff:
            defer { (pause, failures) = (nil, 0) }
            return pause == nil ? nil : .closed
        case .failed(let isForGood, let reason):
            failures += 1
            // Attempts that were under way when it opened say nothing new.
            if let pause, !pause.isProbed { return nil }
            if pause == nil, !isForGood, failures < Self.limit { return nil }
            let count = pause?.isForGood == isForGood ? (pause?.count ?? 0) + 1 : 1
            let length = Self.length(count, isForGood)
            pause = Pause(until: now + length, reason: reason, isForGood: isForGood, count: count, length: length)
            return .opened(length, reason: reason)
        }
    }

    private static func length(_ count: Int, _ isForGood: Bool) -> Duration {
        if isForGood { return forGood[min(count, forGood.count) - 1] }
        var length = shortest
        for _ in 1..<max(count, 1) where length < longest { length *= 2 }
        return min(length, longest)
    }
}
