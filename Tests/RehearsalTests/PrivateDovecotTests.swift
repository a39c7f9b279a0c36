// A private Dovecot starts, delivers, shows its mails, and stops without a trace.

import Correspondence
import Foundation
import Rehearsal
import TestSupport
import Testing

@Suite(.needs(.dovecot))
struct PrivateDovecotTests {
    private let mail = Array("From: Ann <ann@customer.example>\nSubject: Hello\n\n.a dot\nbye\n".utf8)

    @Test func `A mail handed over by LMTP lies in the mailbox as it was`() async throws {
        let server = try await TestServers.dovecot()
        let user = try await TestServers.user("ann")
        let plus = try #require(
            EmailAddress("\(user.address.localPart)+token@\(user.address.domain)"))
        try await server.deliver(mail, to: plus, from: EmailAddress("bo@customer.example"))
        let mails = try await server.mails(of: user)
        let text = try String(decoding: #require(mails.first).bytes, as: UTF8.self)
        #expect(mails.count == 1)
        #expect(text.contains("Delivered-To: \(plus)"))
        #expect(text.contains("Return-Path: <bo@customer.example>"))
        #expect(text.replacing("\r\n", with: "\n").hasSuffix("Subject: Hello\n\n.a dot\nbye\n"))
    }

    @Test func `An unknown recipient is refused for good`() async throws {
        let server = try await TestServers.dovecot()
        let nobody = try #require(EmailAddress("nobody-here@acme.example"))
        await #expect { try await server.deliver(mail, to: nobody) } throws: {
            ($0 as? RehearsalFailure)?.code == .refused
        }
    }

    @Test func `A filled mailbox shows all mails in their order over IMAP`() async throws {
        let server = try await TestServers.dovecot()
        let user = try await TestServers.user("full")
        let mails = (1...300).map { Array("Subject: number \($0)\r\n\r\nbody\r\n".utf8) }
        try await server.fill(user, with: mails, received: Date(timeIntervalSince1970: 1_700_000_000))
        #expect(try await server.mails(of: user).map(\.bytes) == mails)
        let words = try await server.doveadm(
            "-f", "tab", "fetch", "-u", user.address.key, "uid hdr.subject date.received", "mailbox", "INBOX")
        let lines = words.split(separator: "\n").dropFirst()
        #expect(lines.count == 300)
        #expect(lines.first?.hasPrefix("1\tnumber 1\t2023-11-14 22:13:20") == true)
        #expect(lines.last?.hasPrefix("300\tnumber 300\t") == true)
        #expect(try await server.mails(of: user).count == 300)
    }

    @Test func `Ten thousand mails are in a mailbox within seconds`() async throws {
        let server = try await TestServers.dovecot()
        let user = try await TestServers.user("many")
        let body = String(repeating: "x", count: 2_000)
        let mails = (1...10_000).map { Array("Subject: number \($0)\r\n\r\n\(body)\r\n".utf8) }
        let filling = try await ContinuousClock().measure { try await server.fill(user, with: mails) }
        print("10,000 mails filled in in \(filling)")
        let status = try await server.doveadm("mailbox", "status", "-u", user.address.key, "messages", "INBOX")
        #expect(status.contains("messages=10000"))
        #expect(filling < .seconds(30))
    }

    @Test func `Passwords and bearer tokens log in, wrong and expired ones do not, over TLS with our authority`()
        async throws
    {
        let server = try await TestServers.dovecot()
        let user = try await TestServers.user("login")
        let good = try await server.bearerToken(for: user)
        let expired = try await server.bearerToken(for: user, lifetime: .seconds(-3600))
        try await expectLogin(server, ["--user", "\(user.address):\(user.password.revealed)"], 0)
        try await expectLogin(server, ["--user", "\(user.address):wrong"], 67)
        try await expectLogin(server, ["--user", user.address.text, "--oauth2-bearer", good.revealed], 0)
        try await expectLogin(server, ["--user", user.address.text, "--oauth2-bearer", expired.revealed], 67)
    }

    private func expectLogin(_ server: PrivateDovecot, _ login: [String], _ code: Int32) async throws {
        let curl = try ChildCommand.locate("curl")
        for url in ["imaps://localhost:\(server.ports.imaps)/", "imap://127.0.0.1:\(server.ports.imap)/"] {
            let finished = try await FinishedProcess.runToAnyEnd(
                ChildCommand(curl, ["-sS", "--ssl-reqd", "--cacert", server.authorities, url] + login))
            #expect(finished.ending == .exited(code), "\(url): \(finished.output)")
        }
    }

    @Test func `Stopped and started again it keeps users and mails, and leaves no process`() async throws {
        let folder = try TestFolder.make("dovecot")
        let user = try MailUser("ann@acme.example", password: "other")
        let server = try await PrivateDovecot(in: folder, users: [user])
        let began = ContinuousClock.now
        try await server.start()
        print("Dovecot started in \(ContinuousClock.now - began)")
        try await server.deliver(mail, to: user.address)
        await server.stop()
        #expect(!server.isRunning)
        #expect(try processes(naming: folder).isEmpty)
        try await server.start()
        try await server.deliver(mail, to: user.address)
        #expect(try await server.mails(of: user).count == 2)
        await server.kill()
        try await waitUntil("no process of this server") { try processes(naming: folder).isEmpty }
        let again = try await PrivateDovecot(in: folder)
        try await again.start()
        try await again.deliver(mail, to: user.address)
        #expect(try await again.mails(of: user).count == 3)
        await again.stop()
    }

    @Test func `Names that could break a password file are refused`() {
        for address in ["a:b@acme.example", "../x@acme.example", "a+b@acme.example", "ann@acme.com"] {
            #expect(throws: RehearsalFailure.self, "\(address)") { try MailUser(address) }
        }
        #expect(throws: RehearsalFailure.self) { try MailUser("ann@acme.example", password: "a:b") }
    }
}
