// The sender against real servers: what arrives is what was sent, signed in and secured, and how fast it goes.

import Correspondence
import Foundation
import Rehearsal
import Synchronization
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2)))
struct RealServerTests {
    private final class Refused: Sendable {
        private let tokens = Mutex<[Secret?]>([])

        var all: [Secret?] { tokens.withLock { $0 } }

        func add(_ token: Secret?) { tokens.withLock { $0.append(token) } }
    }
    private let size = 4096

    @Test(.needs(.smtpSink))
    func `What arrives is byte for byte what was sent, dots and all`() async throws {
        let sink = try SMTPSink(keepingMailsIn: TestFolder.make("sink"))
        try await sink.start()
        let sender = CurlMailSender(SubmissionServer(url: "smtp://127.0.0.1:\(sink.port)", tls: .off))
        let text = "Subject: dots\r\n\r\n.\r\n..\r\n.a\r\n\r\nend.\r\n"
        guard case .accepted = await sender.send(try makeMail(text)) else {
            Issue.record("not accepted")
            return
        }
        let mails = try await sink.mails()
        #expect(mails.count == 1)
        let received = try String(decoding: #require(mails.first).bytes, as: UTF8.self)
        #expect(received.replacing("\r\n", with: "\n").hasSuffix(text.replacing("\r\n", with: "\n")))
        await sink.stop()
    }

    @Test(.needs(.mailServer))
    func `Signed in over STARTTLS, a mail reaches its mailbox, and refusals keep their code`() async throws {
        let servers = try await TestServers.mailServers()
        let user = try await TestServers.mailUser("submit", at: "acme.example")
        let url = "smtp://localhost:\(servers.mailServer.submissionPort)"
        let sender = CurlMailSender(
            SubmissionServer(
                url: url, username: user.address.text, password: user.password,
                authorities: servers.dovecot.authorities))
        guard case .accepted = await sender.probe() else {
            Issue.record("\(await sender.probe())")
            return
        }
        func send(to text: String) async throws -> SendOutcome {
            let recipient = try #require(EmailAddress(text))
            let bytes = Array("From: \(user.address)\r\nSubject: it came\r\n\r\nx\r\n".utf8)
            return await sender.send(
                OutboundMail(envelopeFrom: user.address, recipient: recipient, bytes: bytes))
        }
        guard case .accepted = try await send(to: user.address.text) else {
            Issue.record("not accepted")
            return
        }
        let deadline = ContinuousClock.now + .seconds(20)
        while try await servers.dovecot.mails(of: user).isEmpty, .now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await servers.dovecot.mails(of: user).count == 1)
        guard case .refused(isTemporary: false, 550, _) = try await send(to: "blocked@acme.example"),
            case .refused(isTemporary: true, 450, _) = try await send(to: "busy@acme.example")
        else {
            Issue.record("blocked and busy recipients were not refused as they should be")
            return
        }
    }

    @Test(.needs(.mailServer))
    func `A mail to a domain beyond ASCII reaches the mailbox of its A-labels`() async throws {
        let servers = try await TestServers.mailServers()
        let user = try await TestServers.mailUser("idn", at: "xn--bcher-kva.example")
        let sender = CurlMailSender(
            SubmissionServer(
                url: "smtp://localhost:\(servers.mailServer.submissionPort)", username: user.address.text,
                password: user.password, authorities: servers.dovecot.authorities))
        let shown = try #require(EmailAddress("\(user.address.localPart)@b\u{fc}cher.example"))
        let bytes = Array("From: \(user.address)\r\nSubject: it came\r\n\r\nx\r\n".utf8)
        let outcome = await sender.send(OutboundMail(envelopeFrom: user.address, recipient: shown, bytes: bytes))
        guard case .accepted = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let deadline = ContinuousClock.now + .seconds(20)
        while try await servers.dovecot.mails(of: user).isEmpty, .now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await servers.dovecot.mails(of: user).count == 1)
    }

    @Test(.needs(.mailServer))
    func `The server keeps nothing of a mail that was called off when its body was asked for`() async throws {
        let servers = try await TestServers.mailServers()
        let user = try await TestServers.mailUser("late", at: "acme.example")
        let sender = CurlMailSender(
            SubmissionServer(
                url: "smtp://localhost:\(servers.mailServer.submissionPort)", username: user.address.text,
                password: user.password, authorities: servers.dovecot.authorities))
        func mail(_ subject: String) -> OutboundMail {
            OutboundMail(
                envelopeFrom: user.address, recipient: user.address,
                bytes: Array("Subject: \(subject)\r\n\r\nx\r\n".utf8))
        }
        var late = mail("late")
        let asked = Mutex(0)
        late.mayBegin = {
            asked.withLock { count in
                count += 1
                return count == 1
            }
        }
        #expect(await sender.send(late) == .calledOff)
        guard case .accepted = await sender.send(mail("next")) else {
            Issue.record("the next mail was not accepted")
            return
        }
        let deadline = ContinuousClock.now + .seconds(20)
        while try await servers.dovecot.mails(of: user).isEmpty, .now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        let mails = try await servers.dovecot.mails(of: user)
        #expect(mails.count == 1 && !mails.contains { String(decoding: $0.bytes, as: UTF8.self).contains("late\r") })
    }

    @Test(.needs(.mailServer))
    func `A wrong password and an unknown authority are for good`() async throws {
        let servers = try await TestServers.mailServers()
        let user = try await TestServers.mailUser("wrong", at: "acme.example")
        var server = SubmissionServer(
            url: "smtp://localhost:\(servers.mailServer.submissionPort)", username: user.address.text,
            password: Secret("wrong"), authorities: servers.dovecot.authorities)
        guard case .notSent(isTemporary: false, let reason) = await CurlMailSender(server).probe() else {
            Issue.record("a wrong password signed in")
            return
        }
        #expect(reason.contains("535"))
        server.password = user.password
        server.authorities = ""
        guard case .notSent(isTemporary: false, let why) = await CurlMailSender(server).probe() else {
            Issue.record("an unknown authority was believed")
            return
        }
        #expect(why.contains("no secure connection"))
    }

    @Test(.needs(.mailServer))
    func `A token signs in too, and one that is refused is asked for anew, once`() async throws {
        let servers = try await TestServers.mailServers()
        let user = try await TestServers.mailUser("token", at: "acme.example")
        let good = try await servers.dovecot.bearerToken(for: user)
        let expired = try await servers.dovecot.bearerToken(for: user, lifetime: .seconds(-3600))
        let refused = Refused()
        func sender(_ next: Secret) -> CurlMailSender {
            CurlMailSender(
                SubmissionServer(
                    url: "smtp://localhost:\(servers.mailServer.submissionPort)", username: user.address.text,
                    bearer: { last in
                        refused.add(last)
                        return last == nil ? expired : next
                    }, authorities: servers.dovecot.authorities))
        }
        let mail = try makeMail("Subject: x\r\n\r\ntext\r\n", from: user.address.text, to: user.address.text)
        guard case .accepted = await sender(good).send(mail) else {
            Issue.record("the second token did not sign in")
            return
        }
        #expect(refused.all == [nil, expired])
        guard case .notSent(isTemporary: false, let reason) = await sender(expired).probe() else {
            Issue.record("a token that ended signed in")
            return
        }
        #expect(reason.contains("535") && !reason.contains(expired.revealed))
    }

    @Test(
        .needs(.smtpSink, .smtpSource),
        .enabled(if: ProcessInfo.processInfo.environment["MEASURE"] != nil, "set MEASURE=1 to measure"))
    func `The outbox's speed beside smtp-source, measured`() async throws {
        let sink = try SMTPSink()
        try await sink.start()
        let count = 10_000
        let line = String(repeating: "a", count: 70) + "\r\n"
        let mail = try makeMail("Subject: x\r\n\r\n" + String(repeating: line, count: size / 72))
        for connections in [1, 4] {
            let sender = CurlMailSender(
                SubmissionServer(url: "smtp://127.0.0.1:\(sink.port)", tls: .off, connections: connections))
            for _ in 1...2 {
                let theirs = try await SMTPSource.run(to: sink.port, count: count, size: size, sessions: connections)
                let ours = await ContinuousClock().measure {
                    await withTaskGroup(of: Void.self) { group in
                        for _ in 1...64 {
                            group.addTask { for _ in 1...(count / 64) { _ = await sender.send(mail) } }
                        }
                    }
                }
                let rate = Double(count / 64 * 64) / ours.seconds
                let limit = Double(count) / theirs.seconds
                print(
                    "MEASURED \(connections) connections: \(Int(rate))/s, smtp-source \(Int(limit))/s, \(rate / limit)")
            }
        }
        await sink.stop()
    }
}
