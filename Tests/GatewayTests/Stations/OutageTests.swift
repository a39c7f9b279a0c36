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
            sender: FakeMailSender(connections: 4) { [wrong] _, _ in
                isMended.withLock { $0 } ? .accepted(reply: "250 ok") : wrong
            })
        for number in 1...20 {
            try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example", subject: "s\(number)"))
        }
        await rig.work()
        // As many as were under way; the first word of the server is enough for the rest.
        #expect(rig.sender.attempts.count <= 4)
        #expect(Set(rig.sender.attempts.map(\.mail.messageID)).count == rig.sender.attempts.count)
        #expect(rig.delivery.gate.reason?.contains("535") == true)
        let before = rig.sender.attempts.count
        await rig.workOn(for: .minutes(40), step: .seconds(30))
        #expect(rig.sender.attempts.count - before == 3, "after 1, 5 and 30 minutes")
        for entry in try await rig.outbox(.automaticReply) {
            #expect(entry.attempts == 0 && entry.state == .pending)
            // What was tried and given back says why.
            let isTried = rig.sender.attempts.contains { $0.mail.messageID == entry.reply.messageID }
            #expect(!isTried || entry.lastError?.contains("535") == true)
        }
        isMended.withLock { $0 = true }
        await rig.workOn(for: .minutes(31), step: .minutes(1))
        #expect(rig.delivery.gate.reason == nil)
        #expect(try await rig.outbox(.automaticReply).map(\.state) == Array(repeating: .sent, count: 20))
        try await rig.expectWhole()
    }

    @Test func `what waits for too long is given up to a human, also while nothing goes out`() async throws {
        let rig = try await GatewayRig(sender: FakeMailSender { [wrong] _, _ in wrong })
        var arrivals: [ArrivalID] = []
        for number in 1...40 {
            arrivals.append(
                try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example", subject: "s\(number)")))
        }
        await rig.workOn(for: .hours(49), step: .minutes(15))
        #expect(try await rig.outbox(.automaticReply).map(\.state) == Array(repeating: .failed, count: 40))
        let errors = try await rig.outbox(.automaticReply).compactMap(\.lastError)
        #expect(errors.allSatisfy { $0.contains("535") })
        for arrival in arrivals { #expect(try await rig.conversation(of: arrival).ticket != nil) }
    }

    // MARK: One mail and all others

    /// An outage of one kind of mail is none of the server's: `bad` gets `outcome`, all others go out.
    private func rig(_ outcome: SendOutcome) async throws -> GatewayRig {
        try await GatewayRig(
            sender: FakeMailSender { _, mail in
                mail.to.address.text == "bad@x.example" ? outcome : .accepted(reply: "250 ok")
            })
    }

    private func arrive(_ numbers: ClosedRange<Int>, at rig: GatewayRig) async throws {
        for number in numbers {
            try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example", subject: "s\(number)"))
        }
    }

    @Test func `a mail whose dialogue breaks off stops no other, and pays for it itself`() async throws {
        let rig = try await rig(.interrupted(reason: "the line broke at RCPT"))
        try await rig.arrive(rig.mail("bad", from: "bad@x.example"))
        await rig.workOn(for: .minutes(30), step: .seconds(30))
        #expect(rig.sender.attempts.count >= 4 && rig.delivery.gate.reason == nil)
        try await arrive(1...3, at: rig)
        await rig.work()
        #expect(rig.sender.attempts.filter { $0.outcome == .accepted(reply: "250 ok") }.count == 3)
        let entry = try #require(try await rig.outbox(.automaticReply).first)
        #expect(entry.attempts == rig.sender.attempts.count - 3 && entry.lastError == "the line broke at RCPT")
    }

    @Test func `a mail that always meets a dead server is the probe once, and then another is`() async throws {
        let rig = try await rig(.notSent(isTemporary: true, reason: "no route for this one"))
        try await rig.arrive(rig.mail("bad", from: "bad@x.example"))
        await rig.workOn(for: .minutes(10), step: .seconds(30))
        #expect(rig.delivery.gate.reason == "no route for this one")
        try await arrive(1...3, at: rig)
        // Two pauses at the most: the next probe may still be the old one.
        await rig.workOn(for: .minutes(11), step: .seconds(30))
        #expect(try await rig.outbox(.automaticReply).filter { $0.state == .sent }.count == 3)
    }

    @Test func `while one mail looks, the others are not claimed`() async throws {
        let held = Mutex<[Int]>([])
        let place = Mutex<GatewayRig?>(nil)
        let rig = try await GatewayRig(
            sender: FakeMailSender { [wrong] _, _ in
                guard let rig = place.withLock({ $0 }), rig.delivery.gate.reason != nil else { return wrong }
                // Whatever the probe's round holds cannot be claimed here.
                let free = (try? await rig.base.claimDeliveries(limit: 100, beginning: 0)) ?? []
                try? await rig.base.release(free.map { ($0.work, $0.fence) })
                held.withLock { $0.append(20 - free.count) }
                return wrong
            })
        place.withLock { $0 = rig }
        try await arrive(1...20, at: rig)
        await rig.work()
        held.withLock { $0 = [] }
        await rig.workOn(for: .minutes(8), step: .seconds(30))
        place.withLock { $0 = nil }
        #expect(held.withLock { $0 } == [1, 1])
    }

    @Test(arguments: [
        SendOutcome.refused(isTemporary: false, code: 550, reply: "no such user"),
        .refused(isTemporary: true, code: 451, reply: "later"), .interrupted(reason: "the line broke at DATA"),
        .inDoubt(reason: "no reply after the final dot"),
    ])
    func `a probe that fails for its own sake closes the breaker, and the others go out`(_ own: SendOutcome)
        async throws
    {
        let isBack = Mutex(false)
        let rig = try await GatewayRig(
            sender: FakeMailSender { [wrong] _, mail in
                if !isBack.withLock({ $0 }) { return wrong }
                return mail.to.address.text == "bad@x.example" ? own : .accepted(reply: "250 ok")
            })
        try await rig.arrive(rig.mail("bad", from: "bad@x.example"))
        await rig.work()
        try await arrive(1...5, at: rig)
        await rig.work()
        isBack.withLock { $0 = true }
        rig.clock.advance(.minutes(1))
        await rig.work()
        #expect(rig.delivery.gate.reason == nil)
        let entries = try await rig.outbox(.automaticReply)
        #expect(entries.filter { $0.state == .sent }.count == 5)
        #expect(entries.first { $0.reply.to.address.text == "bad@x.example" }?.attempts == 1)
    }

    @Test func `what opened while work was claimed lets none of it begin`() async throws {
        let box = Mutex<FaultyStore?>(nil)
        let rig = try await GatewayRig(wrap: { store in
            let faulty = FaultyStore(store)
            box.withLock { $0 = faulty }
            return faulty
        })
        try await arrive(1...10, at: rig)
        await rig.work([.read, .draft])
        let gate = rig.delivery.gate
        let clock = rig.clock
        try #require(box.withLock { $0 }).afterwards { call, _ in
            guard call == "claimDeliveries" else { return }
            gate.heard(.failed(isForGood: true, reason: "535 no"), now: clock.now)
        }
        await rig.work([.deliver])
        #expect(rig.sender.begun == 0)
        for entry in try await rig.outbox(.automaticReply) {
            #expect(entry.state == .pending && entry.attempts == 0 && entry.lastError == "535 no")
        }
    }

    @Test func `a failed look takes nothing from the rate`() async throws {
        let isBack = Mutex(false)
        let rig = try await GatewayRig(
            sender: FakeMailSender { [wrong] _, _ in isBack.withLock { $0 } ? .accepted(reply: "250 ok") : wrong })
        let delivery = DeliveryStation(
            seams: rig.seams, policy: rig.policy, signer: rig.signer, keeper: rig.keeper, sender: rig.sender,
            pace: Pace(Rate(count: 5, period: .hours(1))))
        try await arrive(1...5, at: rig)
        await rig.work([.read, .draft])
        while try await delivery.round() {}
        isBack.withLock { $0 = true }
        rig.clock.advance(.minutes(1))
        while try await delivery.round() {}
        #expect(rig.sender.received.count == 5)
    }

    @Test func `a real dialogue that is cut at one recipient costs that mail alone`() async throws {
        let server = try ScriptedServer { peer in
            try peer.say("220 x\r\n")
            while true {
                let line = try peer.hearLine()
                switch line.prefix(4) {
                case "EHLO": try peer.say("250-x\r\n250 PIPELINING\r\n")
                case "RCPT" where line.contains("bad@"): return peer.reset()
                case "DATA":
                    try peer.say("354 go\r\n")
                    try peer.hear(until: Array("\r\n.\r\n".utf8))
                    try peer.say("250 kept\r\n")
                default: try peer.say("250 ok\r\n")
                }
            }
        }
        let curl = CurlMailSender(SubmissionServer(url: "smtp://127.0.0.1:\(server.port)", tls: .off))
        let rig = try await GatewayRig(
            sender: FakeMailSender { _, mail in
                await curl.send(
                    OutboundMail(
                        envelopeFrom: Sample.desk.address, recipient: mail.to.address,
                        bytes: Array("Subject: x\r\n\r\nx\r\n".utf8)))
            })
        try await rig.arrive(rig.mail("bad", from: "bad@x.example"))
        await rig.workOn(for: .minutes(30), step: .seconds(30))
        #expect(rig.delivery.gate.reason == nil && rig.sender.attempts.count >= 4)
        try await arrive(1...3, at: rig)
        await rig.work()
        #expect(rig.sender.received.map(\.outcome) == Array(repeating: .accepted(reply: "250 kept"), count: 3))
        server.stop()
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
