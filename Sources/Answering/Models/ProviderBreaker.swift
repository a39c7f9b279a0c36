// When a provider that fails is left alone, and when it is tried again.

import Correspondence
import Synchronization

/// Closed while it answers. Three drafts in a row that failed for a reason the next will meet too, or one that only a
/// human can mend, open it: nobody waits for a provider that is down. After a pause one draft probes: it closes the
/// breaker, or opens it for twice as long. Pure; moments are `Surroundings.uptime`.
struct ProviderBreaker {
    static let failureLimit = 3
    static let firstPause = Duration.seconds(30)
    static let longestPause = Duration.minutes(8)

    enum Leave: Equatable {
        case ask
        /// As `ask`, and until it is told how that went nobody else may.
        case probe
        /// Not now, for so long at most.
        case wait(Duration)
    }

    private var failures = 0
    private var pause = Duration.zero
    private var openUntil: Duration?
    private var isProbed = false

    mutating func leave(_ now: Duration) -> Leave {
        guard let openUntil else { return .ask }
        let left = openUntil - now
        if left > .zero { return .wait(left) }
        if isProbed { return .wait(.seconds(1)) }
        isProbed = true
        return .probe
    }

    /// It answered, in whatever words.
    mutating func answered() { self = ProviderBreaker() }

    /// Nothing was learned of the provider: it was not asked, or the one who asked was stopped.
    mutating func unused(_ leave: Leave) { if leave == .probe { isProbed = false } }

    mutating func failed(_ reach: ModelFailure.Reach, _ leave: Leave, now: Duration) {
        switch reach {
        case .thisRequest: return answered()
        case .whileItLasts: failures += 1
        case .untilMended: failures = max(failures + 1, Self.failureLimit)
        }
        // Who was under way when it opened says nothing new.
        guard failures >= Self.failureLimit, openUntil == nil || leave == .probe else { return }
        pause = min(max(Self.firstPause, pause * 2), Self.longestPause)
        openUntil = now + pause
        isProbed = false
    }
}

/// One provider's breaker, shared by all drafts under way.
final class ProviderGate: Sendable {
    private let breaker = Mutex(ProviderBreaker())

    func leave(_ now: Duration) -> ProviderBreaker.Leave { breaker.withLock { $0.leave(now) } }
    func answered() { breaker.withLock { $0.answered() } }
    func unused(_ leave: ProviderBreaker.Leave) { breaker.withLock { $0.unused(leave) } }
    func failed(_ reach: ModelFailure.Reach, _ leave: ProviderBreaker.Leave, now: Duration) {
        breaker.withLock { $0.failed(reach, leave, now: now) }
    }
}
