// How many mails may go out now, where the server allows only so many in a while.

import Correspondence
import Synchronization

/// A sliding window: at most `rate.count` grants in any `rate.period`.
final class Pace: Sendable {
    private let rate: Rate?
    private let grants = Mutex<[Instant]>([])

    init(_ rate: Rate?) {
        self.rate = rate
    }

    /// Takes up to `wanted` grants; how many were there.
    func take(_ wanted: Int, now: Instant) -> Int {
        guard let rate else { return wanted }
        return grants.withLock { grants in
            // Grants of the future are a clock's that was set back: nothing may wait for them.
            grants.removeAll { now - $0 >= rate.period || $0 > now }
            let free = max(0, min(wanted, rate.count - grants.count))
            grants.append(contentsOf: repeatElement(now, count: free))
            return free
        }
    }

    /// Gives back grants that were not used.
    func giveBack(_ count: Int) {
        guard rate != nil else { return }
        grants.withLock { $0.removeLast(min(count, $0.count)) }
    }
}
