// Connecting and signing in to a submission server: what is told apart, and that nothing is sent without it.

import Correspondence
import Rehearsal
import TestSupport
import Testing
import Transport

struct SubmissionSignInTests {
    private func expectNotSent(
        _ outcome: SendOutcome, isTemporary: Bool, says words: String, at place: SourceLocation = #_sourceLocation
    ) {
        guard case .notSent(isTemporary, let reason) = outcome else {
            Issue.record("\(outcome)", sourceLocation: place)
            return
        }
        #expect(reason.contains(words), sourceLocation: place)
    }

    @Test func `A username and a server without AUTH end before MAIL`() async throws {
        let server = try SMTPScript().start()
        let sender = makeSender(to: server, username: "desk")
        expectNotSent(await sender.send(try makeMail()), isTemporary: false, says: "AUTH")
        expectNotSent(await sender.probe(), isTemporary: false, says: "AUTH")
        #expect(!server.heard.contains { $0.hasPrefix("MAIL") })
    }

    private func signIn(_ reply: String) throws -> ScriptedServer {
        try ScriptedServer { peer in
            try peer.say("220 x\r\n")
            while true {
                let line = try peer.hearLine()
                if line.hasPrefix("EHLO") {
                    try peer.say("250-x\r\n250 AUTH PLAIN\r\n")
                } else if line == "AUTH PLAIN" {
                    try peer.say("334 \r\n")
                } else if line.hasPrefix("QUIT") {
                    return try peer.say("221 bye\r\n")
                } else {
                    try peer.say(reply)
                }
            }
        }
    }

    @Test func `A wrong password is for good and keeps the server's words`() async throws {
        let server = try signIn("535 5.7.8 no such user or password\r\n")
        let outcome = await makeSender(to: server, username: "desk").send(try makeMail())
        expectNotSent(outcome, isTemporary: false, says: "535 5.7.8 no such user or password")
    }

    @Test func `A sign-in refused for now is for now`() async throws {
        let server = try signIn("454 4.7.0 try later\r\n")
        let outcome = await makeSender(to: server, username: "desk").send(try makeMail())
        expectNotSent(outcome, isTemporary: true, says: "454 4.7.0 try later")
    }

    @Test func `Signed in, the mail goes`() async throws {
        let server = try ScriptedServer { peer in
            var script = SMTPScript()
            script.hello = "250-x\r\n250 AUTH PLAIN\r\n"
            try peer.say(script.greeting)
            try peer.hearLine()
            try peer.say(script.hello)
            try peer.hearLine()
            try peer.say("334 \r\n")
            try peer.hearLine()
            try peer.say("235 2.7.0 welcome\r\n")
            script.greeting = ""
            try script.serve(peer)
        }
        let sender = makeSender(to: server, username: "desk")
        #expect(await sender.send(try makeMail()) == .accepted(reply: "250 2.0.0 kept as 1"))
        #expect(await sender.probe() == .accepted(reply: "235 2.7.0 welcome"))
    }

    @Test func `STARTTLS that is required and not offered sends nothing`() async throws {
        let server = try SMTPScript().start()
        let sender = CurlMailSender(SubmissionServer(url: "smtp://127.0.0.1:\(server.port)"))
        expectNotSent(await sender.send(try makeMail()), isTemporary: false, says: "STARTTLS")
        #expect(!server.heard.contains { $0.hasPrefix("MAIL") })
    }

    @Test func `TLS to a plain port says so`() async throws {
        let server = try SMTPScript().start()
        let sender = CurlMailSender(SubmissionServer(url: "smtps://127.0.0.1:\(server.port)"))
        expectNotSent(await sender.send(try makeMail()), isTemporary: false, says: "does not speak TLS at once")
    }

    @Test func `A greeting of 554 is for good, one of 421 is for now`() async throws {
        for (greeting, isTemporary) in [("554 5.7.1 go away\r\n", false), ("421 4.3.2 busy\r\n", true)] {
            let server = try ScriptedServer { try $0.say(greeting) }
            let outcome = await makeSender(to: server).send(try makeMail())
            expectNotSent(outcome, isTemporary: isTemporary, says: greeting.dropLast(2).description)
        }
    }

    @Test func `A silent server ends within the connect time`() async throws {
        let server = try ScriptedServer { try $0.hold() }
        let sender = makeSender(to: server) { $0.connectTimeout = .milliseconds(400) }
        expectNotSent(await sender.send(try makeMail()), isTemporary: true, says: "within")
    }

    @Test func `Nobody there, no such host, no such address`() async throws {
        let mail = try makeMail()
        // Claimed: the port of a server that has just stopped may be another test's by now.
        let port = try LoopbackPort.free()
        defer { LoopbackPort.release(port) }
        let refused = CurlMailSender(SubmissionServer(url: "smtp://127.0.0.1:\(port)", tls: .off))
        expectNotSent(await refused.send(mail), isTemporary: true, says: "takes no connection")
        let unknown = CurlMailSender(SubmissionServer(url: "smtp://no-such-host.invalid:25", tls: .off))
        expectNotSent(await unknown.send(mail), isTemporary: true, says: "no-such-host.invalid")
        let wrong = CurlMailSender(SubmissionServer(url: "imap://127.0.0.1"))
        expectNotSent(await wrong.send(mail), isTemporary: false, says: "smtp://")
    }
}
