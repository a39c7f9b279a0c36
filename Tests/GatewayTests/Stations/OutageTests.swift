// A mail server that cannot be used: mails wait without losing attempts, one at a time looks, and then all go out.

import Correspondence
import Foundation
import Rehearsal
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite struct OutageTests {
    private let wrong = SendOutcome.notSent(isTemporary: false, reason: "535 5.7.8 authentication failed")

    @Test func `a wrong password is tried once, again after the pause, and costs no mail an attempt`() async throws {
        let isMended = Mutex(false)
        let rig = try await GatewayRig(
            sender: FakeMailSender { [wrong] _, _ in isMended.withLock { $0 } ? .accepted(reply: "250 ok") : wrong })
        for number in 1...20 {
            try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example", subject: "s\(number)"))
        }
        await rig.work()
        // All were handed over at once; the first word of the server is enough for the rest.
        #expect(rig.sender.attempts.count <= rig.policy.deliveryWidth)
        #expect(rig.delivery.gate.reason?.contains("535") == true)
        let before = rig.sender.attempts.count
        await rig.workOn(for: .minutes(40), step: .seconds(30))
        #expect(rig.sender.attempts.count - before == 3, "after 1, 5 and 30 minutes")
        for entry in try await rig.outbox(.automaticReply) { #expect(entry.attempts == 0 && entry.state == .pending) }
        isMended.withLock { $0 = true }
        await rig.workOn(for: .minutes(31), step: .minutes(1))
        #expect(rig.delivery.gate.reason == nil)
        #expect(try await rig.outbox(.automaticReply).map(\.state) == Array(repeating: .sent, count: 20))
        try await rig.expectWhole()
    }

    @Test func `what waits for too long is given up to a human, also while nothing goes out`() async throws {
        let rig = try await GatewayRig(sender: FakeMailSender { [wrong] _, _ in wrong })
        var arrivals: [ArrivalID] = []
        for number in 1...5 {
            arrivals.append(
                try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example", subject: "s\(number)")))
        }
        await rig.workOn(for: .hours(50), step: .minutes(15))
        #expect(try await rig.outbox(.automaticReply).map(\.state) == Array(repeating: .failed, count: 5))
        for arrival in arrivals { #expect(try await rig.conversation(of: arrival).ticket != nil) }
    }

    @Test(.needs(.mailServer), .timeLimit(.minutes(2)))
    func `the real server: a wrong password waits, the right one sends all`() async throws {
        let servers = try await TestServers.mailServers()
        let user = try await TestServers.mailUser("outage", at: "acme.example")
        var server = SubmissionServer(
            url: "smtp://localhost:\(servers.mailServer.submissionPort)", username: user.address.text,
            password: Secret("wrong"), authorities: servers.dovecot.authorities)
        let wrong = CurlMailSender(server)
        server.password = user.password
        let right = CurlMailSender(server)
        let isMended = Mutex(false)
        let rig = try await GatewayRig(
            sender: FakeMailSender { _, mail in
                let bytes = Array("Subject: \(mail.messageID.text)\r\n\r\nx\r\n".utf8)
                return await (isMended.withLock { $0 } ? right : wrong)
                    .send(OutboundMail(envelopeFrom: user.address, recipient: user.address, bytes: bytes))
            })
        for number in 1...3 {
            try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example", subject: "s\(number)"))
        }
        await rig.work()
        #expect(rig.delivery.gate.reason?.contains("535") == true)
        #expect(try await rig.outbox(.automaticReply).map(\.attempts) == [0, 0, 0])
        isMended.withLock { $0 = true }
        await rig.work()
        #expect(try await rig.outbox(.automaticReply).allSatisfy { $0.state == .pending }, "the pause is not over")
        rig.clock.advance(.minutes(1))
        await rig.work()
        #expect(try await rig.outbox(.automaticReply).map(\.state) == [.sent, .sent, .sent])
        try await waitUntil("three mails") { try await servers.dovecot.mails(of: user).count == 3 }
    }
}
