// When a mail is tried again, when it is given up, and how many may go out.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct RetryScheduleTests {
    @Test(
        arguments: [
            (0, 1.0), (1, 1), (2, 5), (3, 15), (4, 30), (5, 60), (6, 90), (7, 135), (8, 202.5), (9, 240), (10, 240),
            (1_000_000, 240),
        ] as [(Int, Double)])
    func `minutes after so many attempts`(attempts: Int, minutes: Double) {
        let delay = RetrySchedule.delay(afterAttempts: attempts, chance: 0.5)
        #expect(abs(delay.seconds - minutes * 60) < 0.001)
    }

    @Test(arguments: 1...12) func `chance moves a delay by a fifth and no more`(attempts: Int) {
        let middle = RetrySchedule.delay(afterAttempts: attempts, chance: 0.5).seconds
        #expect(abs(RetrySchedule.delay(afterAttempts: attempts, chance: 0).seconds - middle * 0.8) < 0.01)
        #expect(abs(RetrySchedule.delay(afterAttempts: attempts, chance: 1).seconds - middle * 1.2) < 0.01)
        #expect(
            RetrySchedule.delay(afterAttempts: attempts, chance: 7)
                == RetrySchedule.delay(afterAttempts: attempts, chance: 1))
        #expect(
            RetrySchedule.delay(afterAttempts: attempts, chance: -7)
                == RetrySchedule.delay(afterAttempts: attempts, chance: 0))
    }

    @Test func `a machine's answer lives two days, a human's five`() {
        #expect(RetrySchedule.lifetime(of: .automaticReply) == .hours(48))
        #expect(RetrySchedule.lifetime(of: .acknowledgement) == .hours(48))
        #expect(RetrySchedule.lifetime(of: .humanReply) == .days(5))
        #expect(RetrySchedule.lifetime(of: .notice) == .days(5))
    }
}

@Suite struct DeliveryRuleTests {
    private func judge(
        _ outcome: SendOutcome, attempts: Int = 1, wasInDoubt: Bool = false, age: Duration = .zero,
        purpose: OutgoingReply.Purpose = .automaticReply
    ) -> DeliveryRule.Verdict {
        DeliveryRule.judge(
            outcome, purpose: purpose, attempts: attempts, wasInDoubt: wasInDoubt, age: age, chance: 0.5)
    }

    @Test func `accepted is sent, however old`() {
        #expect(judge(.accepted(reply: "250 ok"), age: .days(9)) == .sent("250 ok"))
    }

    @Test func `refused for good is given up at once`() {
        #expect(
            judge(.refused(isTemporary: false, code: 550, reply: "no such user"))
                == .giveUp(error: "the server refused it: 550 no such user"))
    }

    @Test func `refused for now is tried again by the schedule until it is too late`() {
        let refusal = SendOutcome.refused(isTemporary: true, code: 451, reply: "greylisted")
        #expect(
            judge(refusal) == .again(after: .minutes(1), error: "the server refused it: 451 greylisted", inDoubt: false)
        )
        #expect(
            judge(refusal, attempts: 2)
                == .again(after: .minutes(5), error: "the server refused it: 451 greylisted", inDoubt: false))
        guard case .giveUp = judge(refusal, attempts: 20, age: .hours(45)) else {
            Issue.record("tried again beyond two days")
            return
        }
        guard case .again = judge(refusal, attempts: 20, age: .hours(45), purpose: .humanReply) else {
            Issue.record("a human's words were given up after two days")
            return
        }
    }

    @Test(arguments: [true, false]) func `what was certainly not sent waits, also for a human to mend it`(
        isTemporary: Bool
    ) {
        let outcome = SendOutcome.notSent(isTemporary: isTemporary, reason: "login refused")
        guard case .again(.minutes(1), let error, false) = judge(outcome) else {
            Issue.record("not tried again")
            return
        }
        #expect(error.contains("login refused"))
        guard case .giveUp = judge(outcome, attempts: 30, age: .hours(47)) else {
            Issue.record("waits for ever")
            return
        }
    }

    @Test func `in doubt is tried once more, never a third time`() {
        let outcome = SendOutcome.inDoubt(reason: "no reply after the final dot")
        #expect(judge(outcome) == .again(after: .minutes(1), error: "no reply after the final dot", inDoubt: true))
        #expect(
            judge(outcome, attempts: 2, wasInDoubt: true)
                == .giveUp(error: "perhaps sent: no reply after the final dot"))
        #expect(judge(outcome, age: .hours(48)) == .giveUp(error: "perhaps sent: no reply after the final dot"))
    }

    @Test func `a clock that was set back keeps a mail waiting, not lost`() {
        guard case .again = judge(.notSent(isTemporary: true, reason: "x"), age: .days(-400)) else {
            Issue.record("given up by a clock")
            return
        }
    }
}

@Suite struct PaceTests {
    private func at(_ seconds: Double) -> Instant { Sample.noon + .microseconds(Int64(seconds * 1_000_000)) }

    @Test func `without a rate everything goes`() {
        #expect(Pace(nil).take(64, now: at(0)) == 64)
    }

    @Test func `no window of the period holds more than the rate`() {
        let pace = Pace(Rate(count: 30, period: .minutes(1)))
        var grants: [Double] = []
        for step in 0..<600 {
            let second = Double(step) / 2
            grants += Array(repeating: second, count: pace.take(step % 7, now: at(second)))
        }
        for start in grants {
            #expect(grants.filter { $0 >= start && $0 < start + 60 }.count <= 30)
        }
        #expect(grants.count >= 30 * 4)
    }

    @Test func `what was not used is given back`() {
        let pace = Pace(Rate(count: 5, period: .minutes(1)))
        #expect(pace.take(64, now: at(0)) == 5)
        #expect(pace.take(1, now: at(1)) == 0)
        pace.giveBack(3)
        #expect(pace.take(64, now: at(2)) == 3)
        #expect(pace.take(64, now: at(60)) == 2)
        pace.giveBack(100)
        #expect(pace.take(64, now: at(61)) == 5)
    }

    @Test func `a clock that was set back does not stop the mail`() {
        let pace = Pace(Rate(count: 5, period: .minutes(1)))
        #expect(pace.take(5, now: at(86_400)) == 5)
        #expect(pace.take(5, now: at(0)) == 5)
    }
}

@Suite struct ReconnectRuleTests {
    @Test func `pauses double up to five minutes and spread over their second half`() {
        var rule = ReconnectRule()
        var wholes: [Double] = []
        for _ in 0..<20 {
            var other = rule
            let half = other.pause(afterSessionOf: .seconds(1), isTemporary: true, chance: 0).seconds
            let whole = rule.pause(afterSessionOf: .seconds(1), isTemporary: true, chance: 1).seconds
            #expect(abs(half * 2 - whole) < 0.001)
            wholes.append(whole)
        }
        #expect(Array(wholes.prefix(9)) == [1, 2, 4, 8, 16, 32, 64, 128, 256])
        #expect(wholes[9...].allSatisfy { $0 == 300 })
    }

    @Test func `a healthy session begins the row anew`() {
        var rule = ReconnectRule()
        for _ in 0..<8 { _ = rule.pause(afterSessionOf: .zero, isTemporary: true, chance: 1) }
        #expect(rule.pause(afterSessionOf: .seconds(60), isTemporary: true, chance: 1) == .seconds(1))
    }

    @Test func `a wrong password is tried three times, then rarely`() {
        var rule = ReconnectRule()
        let pauses = (0..<5).map { _ in rule.pause(afterSessionOf: .zero, isTemporary: false, chance: 0.5) }
        #expect(pauses == [.minutes(1), .minutes(1), .minutes(30), .minutes(30), .minutes(30)])
    }
}
