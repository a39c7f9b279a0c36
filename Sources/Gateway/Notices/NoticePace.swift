// When agents may be told again: at once after a quiet while, together in a busy one.

import Correspondence

/// The first ticket is told at once; those of the next `window` go together with the next notice, and of such notices an
/// agent gets at most `hourly` in an hour.
enum NoticePace {
    static let window = Duration.minutes(5)
    static let hourly = 10
    static let hour = Duration.hours(1)
    /// Tickets that one notice names; the rest waits for the next.
    static let named = 500

    /// When the next notice may go, after those of the last hour.
    static func next(after sent: [Instant], now: Instant) -> Instant {
        // What lies in the future was written by a clock that was set back: nothing may wait for it.
        let sent = sent.filter { $0 <= now && now - $0 < hour }.sorted()
        guard let last = sent.last else { return now }
        let next = last + window
        return sent.count < hourly ? next : max(next, sent[sent.count - hourly] + hour)
    }
}
