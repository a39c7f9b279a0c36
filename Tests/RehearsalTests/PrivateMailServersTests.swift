// The private mail server believes who signs in, marks strangers, refuses what it should, and lets nothing out.

import Correspondence
import Foundation
import Rehearsal
import TestSupport
import Testing

@Suite(.needs(.mailServer))
struct PrivateMailServersTests {
    private let forged = """
        Authentication-Results: mx.demo.example; spf=pass smtp.mailfrom=boss@acme.example
        authentication-results :
        \t(a comment) mx.demo.example; dmarc=pass
        From: Ann <ann@customer.example>
        Subject: Hello

        Authentication-Results: mx.demo.example; in the body
        """

    private func verdicts(_ mail: StoredMail) -> [String] {
        let text = String(decoding: mail.bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        let header = text.components(separatedBy: "\n\n")[0].replacing("\n\t", with: " ")
        return header.split(separator: "\n").filter { $0.lowercased().hasPrefix("authentication-results") }.map(
            String.init)
    }

    private func mail(of user: MailUser, _ servers: PrivateMailServers, count: Int = 1) async throws -> [StoredMail] {
        try await waitUntil("\(count) mails of \(user.address)", within: .seconds(20)) {
            try await servers.dovecot.mails(of: user).count >= count
        }
        return try await servers.dovecot.mails(of: user)
    }

    @Test func `Who signs in is believed, and what the sender wrote under our name is gone`() async throws {
        let servers = try await TestServers.mailServers()
        let ann = try await TestServers.mailUser("ann", at: "customer.example")
        let desk = try await TestServers.mailUser("support", at: "acme.example")
        let plus = try #require(EmailAddress("\(desk.address.localPart)+Token.1@acme.example"))
        let dialogue = try await servers.submission(as: ann)
        let replies = try await dialogue.send(Array(forged.utf8), from: ann.address, to: [plus])
        #expect(replies.map(\.code) == [250])
        try await dialogue.quit()
        let mails = try await mail(of: desk, servers)
        #expect(mails.count == 1)
        #expect(
            verdicts(mails[0]) == ["Authentication-Results: mx.demo.example; spf=pass smtp.mailfrom=\(ann.address)"])
        let text = String(decoding: mails[0].bytes, as: UTF8.self)
        #expect(text.contains("Delivered-To: \(plus)"))
        #expect(text.contains("in the body"))
    }

    @Test func `Who does not sign in is marked as a failure, and null senders are taken`() async throws {
        let servers = try await TestServers.mailServers()
        let desk = try await TestServers.mailUser("support", at: "acme.example")
        let boss = try #require(EmailAddress("boss@acme.example"))
        let dialogue = try await servers.mx()
        try await dialogue.send([Array(forged.utf8)], from: boss, to: desk.address)
        try await dialogue.send([Array(forged.utf8)], from: nil, to: desk.address)
        try await dialogue.quit()
        let seen = try await mail(of: desk, servers, count: 2).map(verdicts)
        #expect(
            Set(seen) == [
                ["Authentication-Results: mx.demo.example; spf=fail smtp.mailfrom=boss@acme.example"],
                ["Authentication-Results: mx.demo.example; spf=none smtp.helo=mx"],
            ])
    }

    @Test func `Nobody sends in another's name or without signing in, but a detail is one's own`() async throws {
        let servers = try await TestServers.mailServers()
        let ann = try await TestServers.mailUser("ann", at: "customer.example")
        let bo = try await TestServers.mailUser("bo", at: "customer.example")
        let dialogue = try await servers.submission(as: ann)
        let stolen = await code { try await dialogue.send(Array(forged.utf8), from: bo.address, to: [bo.address]) }
        #expect((500..<600).contains(stolen))
        let own = try #require(EmailAddress("\(ann.address.localPart)+x@customer.example"))
        #expect(await code { try await dialogue.send(Array(forged.utf8), from: own, to: [bo.address]) } == 250)
        let stranger = try await SMTPDialogue.connect(port: servers.mailServer.submissionPort)
        let refused = await code { try await stranger.send(Array(forged.utf8), from: ann.address, to: [bo.address]) }
        #expect((500..<600).contains(refused))
        let wrong = try MailUser(ann.address, password: "wrong")
        await #expect(throws: RehearsalFailure.self) { _ = try await servers.submission(as: wrong) }
    }

    @Test func `Blocked, busy and outside are refused, an unknown user makes a bounce`() async throws {
        let servers = try await TestServers.mailServers()
        let ann = try await TestServers.mailUser("ann", at: "customer.example")
        let dialogue = try await servers.submission(as: ann)
        let recipients = ["blocked@acme.example", "busy@acme.example", "busy+x@other.example", ann.address.text]
            .compactMap { EmailAddress($0) }
        let replies = try await dialogue.send(Array(forged.utf8), from: ann.address, to: recipients)
        #expect(replies.map(\.code) == [550, 450, 450, 250])
        let outside = try #require(EmailAddress("someone@example.com"))
        for door in [dialogue, try await servers.mx()] {
            let refusal = await code { try await door.send(Array(forged.utf8), from: ann.address, to: [outside]) }
            #expect((500..<600).contains(refusal))
        }
        let unknown = try #require(EmailAddress("nobody-of-that-name@acme.example"))
        try await dialogue.send([Array(forged.utf8)], from: ann.address, to: unknown)
        try await waitUntil("the bounce", within: .seconds(20)) {
            let texts = try await servers.dovecot.mails(of: ann).map { String(decoding: $0.bytes, as: UTF8.self) }
            return texts.contains {
                $0.contains("Return-Path: <>") && $0.contains(unknown.text) && $0.contains("multipart/report")
            }
        }
    }

    @Test func `Many mails go through one connection, and STARTTLS is offered with our certificate`() async throws {
        let servers = try await TestServers.mailServers()
        let ann = try await TestServers.mailUser("ann", at: "customer.example")
        let desk = try await TestServers.mailUser("support", at: "acme.example")
        let dialogue = try await servers.submission(as: ann)
        let mails = (0..<100).map { Array("Subject: \($0)\n\n.\n\(String(repeating: "x", count: 900))\n".utf8) }
        let began = ContinuousClock.now
        try await dialogue.send(mails, from: ann.address, to: desk.address)
        _ = try await mail(of: desk, servers, count: 100)
        print("100 mails in \(ContinuousClock.now - began)")
        let curl = try ChildCommand(
            ChildCommand.locate("curl"),
            [
                "-sS", "--ssl-reqd", "--cacert", servers.dovecot.authorities, "--user",
                "\(ann.address):\(ann.password.revealed)", "--mail-from", ann.address.text, "--mail-rcpt",
                desk.address.text, "--upload-file", "/etc/hostname",
                "smtp://localhost:\(servers.mailServer.submissionPort)",
            ])
        try await FinishedProcess.run(curl)
        _ = try await mail(of: desk, servers, count: 101)
    }

    @Test func `Stopped they leave no process, started again they go on`() async throws {
        let folder = try TestFolder.make("servers")
        let ann = try MailUser("ann@customer.example")
        let began = ContinuousClock.now
        let servers = try await PrivateMailServers.start(in: folder, users: [ann])
        print("\(type(of: servers.mailServer)) and Dovecot started in \(ContinuousClock.now - began)")
        try await servers.mx().send([Array(forged.utf8)], from: nil, to: ann.address)
        _ = try await mail(of: ann, servers)
        await servers.stop()
        try await waitUntil("no process of these servers") { try processes(naming: folder).isEmpty }
        try await servers.start()
        try await servers.submission(as: ann).send([Array(forged.utf8)], from: ann.address, to: ann.address)
        _ = try await mail(of: ann, servers, count: 2)
        await servers.kill()
        try await waitUntil("no process of these servers") { try processes(naming: folder).isEmpty }
    }

    @Test func `A new run in a folder waits for the servers of the old one to end`() async throws {
        let folder = try TestFolder.make("servers")
        let ann = try MailUser("ann@customer.example")
        let first = try await PrivateMailServers.start(in: folder, users: [ann])
        async let second = PrivateMailServers.start(in: folder)
        await first.stop()
        let servers = try await second
        try await servers.submission(as: ann).send([Array(forged.utf8)], from: ann.address, to: ann.address)
        _ = try await mail(of: ann, servers)
        await servers.stop()
    }

    /// The code of the (one) reply, or of the refusal that was thrown.
    private func code(_ send: () async throws -> [SMTPReply]) async -> Int {
        do { return try await send().first?.code ?? 0 } catch {
            return ((error as? RehearsalFailure)?.detail.split(separator: " ").first).flatMap { Int($0) } ?? 0
        }
    }
}
