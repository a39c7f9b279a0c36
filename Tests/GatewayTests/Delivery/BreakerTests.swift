// When a mail server that cannot be used is left alone, and what opens and closes the breaker.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct BreakerTests {
    /// `#expect` cannot change a value.
    private final class Held {
        private var breaker = Breaker()
        var reason: String? { breaker.reason }
        func mayTry(_ now: Instant) -> Bool { breaker.mayTry(now) }
        func begin() -> Bool { breaker.begin() }
        @discardableResult
        func heard(_ event: Breaker.Event, now: Instant) -> Breaker.Change? { breaker.heard(event, now: now) }
    }

    private let passing = Breaker.Event.failed(isForGood: false, reason: "nobody there")
    private let staying = Breaker.Event.failed(isForGood: true, reason: "535 no")
    private let start = Sample.noon

    /// Fails every probe, the first at `start`; the pauses that came of it.
    private func pauses(of breaker: Held, _ event: Breaker.Event, probes: Int) -> [Double] {
        var now = start
        var lengths: [Double] = []
        for _ in 0..<probes {
            // The first moment at which something may be tried again, to the millisecond.
            let before = now
            while !breaker.mayTry(now) { now = now + .milliseconds(100) }
            lengths.append((now - before).seconds)
            #expect(breaker.begin())
            #expect(!breaker.mayTry(now), "a second attempt beside the probe")
            guard case .opened = breaker.heard(event, now: now) else {
                Issue.record("a probe that failed closed it")
                return lengths
            }
        }
        return lengths
    }

    @Test func `two failures that may pass change nothing, the third in a row opens it`() {
        let breaker = Held()
        for round in 1...2 {
            #expect(breaker.heard(passing, now: start) == nil)
            #expect(breaker.heard(passing, now: start) == nil)
            #expect(breaker.mayTry(start) && !breaker.begin() && breaker.reason == nil)
            if round == 1 { #expect(breaker.heard(.reached, now: start) == nil) }
        }
        #expect(breaker.heard(passing, now: start) == .opened(.seconds(1), reason: "nobody there"))
        #expect(!breaker.mayTry(start) && breaker.reason == "nobody there")
    }

    @Test func `pauses double from a second to five minutes`() {
        let breaker = Held()
        for _ in 1...3 { _ = breaker.heard(passing, now: start) }
        #expect(pauses(of: breaker, passing, probes: 12) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
    }

    @Test func `a refused login opens it at once, for one, five and then thirty minutes`() {
        let breaker = Held()
        #expect(breaker.heard(staying, now: start) == .opened(.minutes(1), reason: "535 no"))
        #expect(pauses(of: breaker, staying, probes: 5) == [60, 300, 1800, 1800, 1800])
    }

    @Test func `the same failure told by many attempts that were under way is one`() {
        let breaker = Held()
        _ = breaker.heard(staying, now: start)
        for _ in 1...50 { #expect(breaker.heard(staying, now: start) == nil) }
        #expect(breaker.mayTry(start + .minutes(1)))
    }

    @Test func `a probe that gets through closes it, and one that was called off leaves the place to the next`() {
        let breaker = Held()
        _ = breaker.heard(staying, now: start)
        let later = start + .minutes(1)
        #expect(breaker.begin())
        #expect(breaker.heard(.untried, now: later) == nil)
        #expect(breaker.mayTry(later) && breaker.begin())
        #expect(breaker.heard(.reached, now: later) == .closed)
        #expect(breaker.mayTry(later) && !breaker.begin() && breaker.reason == nil)
        #expect(breaker.heard(staying, now: later) == .opened(.minutes(1), reason: "535 no"), "it begins anew")
    }

    @Test func `a clock that is set back by a year does not hold mails for a year`() {
        let breaker = Held()
        _ = breaker.heard(staying, now: start)
        #expect(breaker.mayTry(start - .days(365)))
    }
}
