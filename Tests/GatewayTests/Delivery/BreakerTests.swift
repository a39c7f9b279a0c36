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
        func leave(_ now: Instant) -> Breaker.Leave { breaker.leave(now) }
        func begin(_ now: Instant) -> Breaker.Leave { breaker.begin(now) }
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
            while breaker.leave(now) == .none { now = now + .milliseconds(100) }
            lengths.append((now - before).seconds)
            #expect(breaker.begin(now) == .one)
            #expect(breaker.leave(now) == .none, "a second attempt beside the probe")
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
            #expect(breaker.leave(start) == .all && breaker.begin(start) == .all && breaker.reason == nil)
            if round == 1 { #expect(breaker.heard(.reached, now: start) == nil) }
        }
        #expect(breaker.heard(passing, now: start) == .opened(.seconds(1), reason: "nobody there"))
        #expect(breaker.leave(start) == .none && breaker.reason == "nobody there")
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
        #expect(breaker.leave(start + .minutes(1)) == .one)
    }

    @Test func `a probe that gets through closes it, and one that was called off leaves the place to the next`() {
        let breaker = Held()
        _ = breaker.heard(staying, now: start)
        let later = start + .minutes(1)
        #expect(breaker.begin(later) == .one)
        #expect(breaker.heard(.untried, now: later) == nil)
        #expect(breaker.leave(later) == .one && breaker.begin(later) == .one)
        #expect(breaker.heard(.reached, now: later) == .closed)
        #expect(breaker.leave(later) == .all && breaker.begin(later) == .all && breaker.reason == nil)
        #expect(breaker.heard(staying, now: later) == .opened(.minutes(1), reason: "535 no"), "it begins anew")
    }

    @Test func `what opened while work was looked for lets nothing begin, and takes no probe's place`() {
        let breaker = Held()
        #expect(breaker.leave(start) == .all)
        _ = breaker.heard(staying, now: start)
        #expect(breaker.begin(start) == .none)
        #expect(breaker.begin(start + .minutes(1)) == .one)
    }

    @Test func `a dialogue that broke off says that the server is there; one called off says nothing`() {
        #expect(Breaker.Event(.interrupted(reason: "cut at RCPT")) == .brokeOff)
        #expect(Breaker.Event(.calledOff) == .untried)
        #expect(Breaker.Event(.notSent(isTemporary: true, reason: "nobody there")) == passing)
    }

    @Test func `a dialogue that breaks off is no failure, closes as a probe, and says nothing of what came later`() {
        let breaker = Held()
        for _ in 1...10 {
            _ = breaker.heard(passing, now: start)
            _ = breaker.heard(passing, now: start)
            #expect(breaker.heard(.brokeOff, now: start) == nil)
        }
        #expect(breaker.leave(start) == .all)
        _ = breaker.heard(staying, now: start)
        #expect(breaker.heard(.brokeOff, now: start) == nil && breaker.reason == "535 no")
        #expect(breaker.begin(start + .minutes(1)) == .one)
        #expect(breaker.heard(.brokeOff, now: start + .minutes(1)) == .closed)
    }

    @Test func `a clock that is set back by a year does not hold mails for a year`() {
        let breaker = Held()
        _ = breaker.heard(staying, now: start)
        #expect(breaker.leave(start - .days(365)) == .one)
    }
}
