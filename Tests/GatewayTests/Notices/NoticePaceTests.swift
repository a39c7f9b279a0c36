// When agents are told again.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct NoticePaceTests {
    private let now = Sample.noon

    @Test func `after a quiet hour a ticket is told at once`() {
        #expect(NoticePace.next(after: [], now: now) == now)
        #expect(NoticePace.next(after: [now - .minutes(61)], now: now) == now)
        #expect(NoticePace.next(after: [now - .minutes(6)], now: now) <= now)
    }

    @Test func `within a window of a notice the next waits for its end`() {
        #expect(NoticePace.next(after: [now], now: now) == now + NoticePace.window)
        #expect(NoticePace.next(after: [now - .minutes(2), now - .minutes(20)], now: now) == now + .minutes(3))
    }

    @Test func `an hour has only so many`() {
        let sent = (0..<NoticePace.hourly).map { now - .minutes($0 * 5) }
        #expect(NoticePace.next(after: sent, now: now) == now - .minutes((NoticePace.hourly - 1) * 5) + .hours(1))
        #expect(NoticePace.next(after: Array(sent.dropLast()), now: now) == now + NoticePace.window)
    }

    @Test func `nothing waits for a time that a wrong clock wrote`() {
        #expect(NoticePace.next(after: [now + .days(3)], now: now) == now)
    }
}
