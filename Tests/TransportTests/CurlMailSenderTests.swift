// The outcome of every way a submission can go, against a scripted server.

import Correspondence
import Synchronization
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2)))
struct CurlMailSenderTests {
    @Test func `A mail that the server takes is accepted with its last words`() async throws {
        let server = try SMTPScript().start()
        let outcome = await makeSender(to: server).send(try makeMail("Subject: x\r\n\r\n.dot\r\nno end"))
        #expect(outcome == .accepted(reply: "250 2.0.0 kept as 1"))
        // After the greeting, and before the QUIT of a sender that nobody holds any more.
        #expect(
            server.heard.dropFirst().prefix(8) == [
                "MAIL FROM:<desk@acme.example> SIZE=26", "RCPT TO:<customer@home.example>", "DATA", "Subject: x", "",
                "..dot", "no end", ".",
            ])
    }

    @Test func `A mail that may not begin any more is not sent, and the next one is`() async throws {
        let server = try SMTPScript().start()
        let sender = makeSender(to: server)
        var late = try makeMail("Subject: late\r\n\r\nx")
        late.mayBegin = { false }
        #expect(await sender.send(late) == .calledOff)
        #expect(await sender.send(try makeMail()) == .accepted(reply: "250 2.0.0 kept as 1"))
        #expect(!server.heard.contains("Subject: late"))
    }

    @Test(arguments: [true, false])
    func `A mail that may not go on any more when its body is asked for is not sent, and the next one is`(
        _ pipelining: Bool
    ) async throws {
        var script = SMTPScript()
        if !pipelining { script.hello = "250 scripted\r\n" }
        let server = try script.start()
        let sender = makeSender(to: server)
        var late = try makeMail("Subject: late\r\n\r\nx")
        let asked = Mutex(0)
        // Its lease runs out after MAIL.
        late.mayBegin = {
            asked.withLock { count in
                count += 1
                return count == 1
            }
        }
        #expect(await sender.send(late) == .calledOff)
        #expect(server.heard.contains("DATA"))
        #expect(await sender.send(try makeMail()) == .accepted(reply: "250 2.0.0 kept as 1"))
        #expect(server.connections == 2 && !server.heard.contains("Subject: late"))
    }

    @Test func `The null sender goes out as an empty path`() async throws {
        let server = try SMTPScript().start()
        _ = await makeSender(to: server).send(try makeMail(from: nil))
        #expect(server.heard.contains { $0.hasPrefix("MAIL FROM:<> ") })
    }

    @Test func `A server without PIPELINING is asked one command at a time`() async throws {
        var script = SMTPScript()
        script.hello = "250 scripted\r\n"
        let server = try script.start()
        let outcome = await makeSender(to: server).send(try makeMail())
        #expect(outcome == .accepted(reply: "250 2.0.0 kept as 1"))
        #expect(server.heard.contains("MAIL FROM:<desk@acme.example>"))
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let verb: String
        let code: Int
        let pipelining: Bool
        var testDescription: String { "\(code) at \(verb)\(pipelining ? ", pipelined" : "")" }
        static let all = ["MAIL", "RCPT", "DATA", "end of mail"].flatMap { verb in
            [421, 451, 550].flatMap { code in
                [true, false].map { Refusal(verb: verb, code: code, pipelining: $0) }
            }
        }
    }

    @Test(arguments: Refusal.all)
    func `A refusal at any verb keeps its code and whether it is for now`(_ refusal: Refusal) async throws {
        var script = SMTPScript()
        if !refusal.pipelining { script.hello = "250 scripted\r\n" }
        let reply = "\(refusal.code) 9.9.9 because\r\n"
        switch refusal.verb {
        case "MAIL": script.mail = reply
        case "RCPT": script.rcpt = reply
        case "DATA": script.data = reply
        default: script.end = reply
        }
        let server = try script.start()
        let outcome = await makeSender(to: server).send(try makeMail())
        #expect(
            outcome
                == .refused(
                    isTemporary: refusal.code < 500, code: refusal.code,
                    reply: "\(refusal.verb): \(refusal.code) 9.9.9 because"))
    }

    @Test func `After a refused recipient the next mail goes by the same connection`() async throws {
        let server = try ScriptedServer { peer in
            try peer.say("220 x\r\n")
            var mails = 0
            while true {
                let line = try peer.hearLine()
                switch line.prefix(4) {
                case "EHLO": try peer.say("250-x\r\n250 PIPELINING\r\n")
                case "MAIL":
                    mails += 1
                    try peer.say("250 ok\r\n")
                case "RCPT": try peer.say(mails == 1 ? "550 no\r\n" : "250 ok\r\n")
                case "DATA" where mails == 1: try peer.say("554 no valid recipients\r\n")
                case "DATA":
                    try peer.say("354 go\r\n")
                    try peer.hear(until: Array("\r\n.\r\n".utf8))
                    try peer.say("250 kept\r\n")
                default: try peer.say("250 ok\r\n")
                }
            }
        }
        let sender = makeSender(to: server)
        #expect(await sender.send(try makeMail()) == .refused(isTemporary: false, code: 550, reply: "RCPT: 550 no"))
        #expect(await sender.send(try makeMail()) == .accepted(reply: "250 kept"))
        #expect(server.connections == 1)
    }

    @Test(arguments: ["mail", "rcpt", "data", "body"])
    func `A line cut before the final dot means not sent, and lies in this mail perhaps`(_ place: String) async throws {
        var script = SMTPScript()
        switch place {
        case "mail": script.mail = nil
        case "rcpt": script.rcpt = nil
        case "data": script.data = nil
        default: script.cutInBody = true
        }
        let server = try script.start()
        // Large enough that its end is not yet in the socket when the line breaks.
        let body = "Subject: x\r\n\r\n" + String(repeating: String(repeating: "a", count: 70) + "\r\n", count: 300_000)
        let outcome = await makeSender(to: server).send(try makeMail(place == "body" ? body : "Subject: x\r\n\r\n"))
        guard case .interrupted = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test(arguments: ["", "25", "250-half\r\n", "hello\r\n", "354 again\r\n"])
    func `After the final dot, a cut or nonsense leaves it in doubt`(_ lastWords: String) async throws {
        var script = SMTPScript()
        script.end = nil
        let full = script
        let server = try ScriptedServer { peer in
            var script = full
            script.end = lastWords.isEmpty ? nil : lastWords
            if lastWords.isEmpty { return try script.serve(peer) }
            script.mailsPerConnection = 1
            try? script.serve(peer)
        }
        let outcome = await makeSender(to: server) { $0.finalReplyTimeout = .milliseconds(300) }.send(try makeMail())
        guard case .inDoubt = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test func `Silence after the final dot is in doubt, and holds up neither another mail nor an HTTP call`()
        async throws
    {
        var script = SMTPScript()
        script.isSilentAtEnd = true
        let silent = try script.start()
        let other = try SMTPScript().start()
        let web = try ScriptedServer { peer in
            try peer.hear(until: Array("\r\n\r\n".utf8))
            try peer.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        }
        let mail = try makeMail()
        let hasEnded = Mutex(false)
        let sender = makeSender(to: silent) { $0.finalReplyTimeout = .minutes(1) }
        async let slow: SendOutcome = {
            let outcome = await sender.send(mail)
            hasEnded.withLock { $0 = true }
            return outcome
        }()
        while !silent.heard.contains(".") { try await Task.sleep(for: .milliseconds(5)) }
        #expect(await makeSender(to: other).send(mail) == .accepted(reply: "250 2.0.0 kept as 1"))
        #expect(try await CurlHTTPClient().send(HTTPCall(url: "http://127.0.0.1:\(web.port)/")).status == 200)
        #expect(!hasEnded.withLock { $0 })
        silent.stop()
        guard case .inDoubt = await slow else {
            Issue.record("a cut after the dot is not in doubt")
            return
        }
        let short = makeSender(to: try script.start()) { $0.finalReplyTimeout = .milliseconds(300) }
        guard case .inDoubt(let reason) = await short.send(mail) else {
            Issue.record("silence after the dot is not in doubt")
            return
        }
        #expect(reason.contains("did not answer in time"))
    }

    @Test(arguments: ["slow", "cut after", "reset before"])
    func `A late 250 counts, a cut after it changes nothing, a reset before it is in doubt`(_ how: String) async throws
    {
        let server = try ScriptedServer { peer in
            try peer.say("220 x\r\n")
            for answer in ["250 x", "250 ok", "250 ok", "354 go"] {
                try peer.hearLine()
                try peer.say(answer + "\r\n")
            }
            try peer.hear(until: Array("\r\n.\r\n".utf8))
            switch how {
            case "slow": try peer.drip("250 kept\r\n", every: .milliseconds(60))
            case "cut after": try peer.say("250 kept\r\n")
            default: peer.reset()
            }
        }
        let outcome = await makeSender(to: server).send(try makeMail())
        if how == "reset before" {
            guard case .inDoubt = outcome else {
                Issue.record("\(outcome)")
                return
            }
        } else {
            #expect(outcome == .accepted(reply: "250 kept"))
        }
    }

    @Test func `A large mail goes through a slow reader whole`() async throws {
        let server = try ScriptedServer { peer in
            try peer.say("220 x\r\n")
            for answer in ["250 x", "250 ok", "250 ok", "354 go"] {
                try peer.hearLine()
                try peer.say(answer + "\r\n")
            }
            peer.pause(.milliseconds(300))
            let body = try peer.hear(until: Array("\r\n.\r\n".utf8))
            try peer.say("250 \(body.count) bytes\r\n")
        }
        let line = String(repeating: "b", count: 70) + "\r\n"
        let mail = try makeMail("Subject: x\r\n\r\n" + String(repeating: line, count: 150_000))
        #expect(await makeSender(to: server).send(mail) == .accepted(reply: "250 \(14 + 72 * 150_000 + 3) bytes"))
    }

    @Test func `Silence before the final dot is not sent`() async throws {
        let server = try ScriptedServer { peer in
            try peer.say("220 x\r\n")
            try peer.hearLine()
            try peer.say("250 x\r\n")
            try peer.hold()
        }
        let outcome = await makeSender(to: server) { $0.replyTimeout = .milliseconds(300) }.send(try makeMail())
        guard case .interrupted = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test func `Replies to commands that were sent together have each their own time`() async throws {
        let server = try ScriptedServer { peer in
            try peer.say("220 x\r\n")
            try peer.hearLine()
            try peer.say("250-x\r\n250 PIPELINING\r\n")
            for answer in ["250 ok", "250 ok", "354 go"] {
                try peer.hearLine()
                peer.pause(.milliseconds(900))
                try peer.say(answer + "\r\n")
            }
            try peer.hear(until: Array("\r\n.\r\n".utf8))
            try peer.say("250 kept\r\n")
        }
        let outcome = await makeSender(to: server) { $0.replyTimeout = .milliseconds(1500) }.send(try makeMail())
        #expect(outcome == .accepted(reply: "250 kept"))
    }

    @Test func `A kept connection that the server has closed costs nothing`() async throws {
        var script = SMTPScript()
        script.mailsPerConnection = 2
        let server = try script.start()
        let sender = makeSender(to: server)
        for _ in 1...6 {
            #expect(await sender.send(try makeMail()) == .accepted(reply: "250 2.0.0 kept as 1"))
        }
        #expect(server.connections == 3)
    }

    @Test func `Many mails at once share a few connections`() async throws {
        let server = try SMTPScript().start()
        let sender = makeSender(to: server, connections: 3)
        let mail = try makeMail()
        let outcomes = await withTaskGroup(of: SendOutcome.self) { group in
            for _ in 1...500 { group.addTask { await sender.send(mail) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count == 500)
        #expect(outcomes.allSatisfy { $0 == .accepted(reply: "250 2.0.0 kept as 1") })
        #expect(server.connections <= 3)
    }

    @Test(arguments: [
        "bare\nline", "bare\rreturn\r\n", "end\r", "acht \u{e4}\r\n", "nul\0\r\n", "a\r\n.\n.\r\n",
        String(repeating: "a", count: 999) + "\r\n",
    ])
    func `Bytes that do not belong on the wire are refused without connecting`(_ text: String) async throws {
        let server = try SMTPScript().start()
        let outcome = await makeSender(to: server).send(try makeMail(text))
        guard case .refused(isTemporary: false, _, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(server.connections == 0)
    }

    @Test(arguments: ["a@b\r\nRCPT TO:<x@y>", "a b@c.example", "a<b@c.example", "a@b.example>", "a@b\u{7f}", "a\0@b"])
    func `An address that carries a command cannot be made`(_ text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test func `An address beyond ASCII needs SMTPUTF8`() async throws {
        let server = try SMTPScript().start()
        let outcome = await makeSender(to: server).send(try makeMail(to: "j\u{fc}rgen@home.example"))
        guard case .refused(isTemporary: false, 553, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        var script = SMTPScript()
        script.hello = "250-x\r\n250 SMTPUTF8\r\n"
        let able = try script.start()
        _ = await makeSender(to: able).send(try makeMail(to: "j\u{fc}rgen@home.example"))
        #expect(able.heard.contains("MAIL FROM:<desk@acme.example> SMTPUTF8"))
        #expect(able.heard.contains("RCPT TO:<j\u{fc}rgen@home.example>"))
    }

    @Test(arguments: [
        ("250-x\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n", "BODY=8BITMIME SMTPUTF8"),
        ("250-x\r\n250 SMTPUTF8\r\n", nil), ("250-x\r\n250 8BITMIME\r\n", nil),
    ])
    func `A header that names an address beyond ASCII goes where SMTPUTF8 and 8BITMIME are offered, and nowhere else`(
        hello: String, parameters: String?
    ) async throws {
        let text = "To: <j\u{fc}rgen@home.example>\r\nSubject: x\r\n\r\nHello.\r\n"
        var script = SMTPScript()
        script.hello = hello
        let server = try script.start()
        let sender = makeSender(to: server)
        let outcome = await sender.send(try makeMail(text, to: "j\u{fc}rgen@home.example"))
        guard let parameters else {
            guard case .refused(isTemporary: false, 553, let reply) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(reply.contains(hello.contains("SMTPUTF8") ? "lacks 8BITMIME" : "lacks SMTPUTF8"))
            #expect(!server.heard.contains { $0.hasPrefix("MAIL") })
            return
        }
        #expect(outcome == .accepted(reply: "250 2.0.0 kept as 1"))
        #expect(server.heard.contains("MAIL FROM:<desk@acme.example> \(parameters)"), "\(server.heard)")
        #expect(server.heard.contains("To: <j\u{fc}rgen@home.example>"))
        // The extension opens the header to UTF-8, and nothing else.
        for bytes in [
            Array((text + "K\u{f6}ln\r\n").utf8), Array("To: x\r\nSubject: ".utf8) + [0xFC, 13, 10, 13, 10],
            Array("Subject: ".utf8) + [0xFC],
        ] {
            var mail = try makeMail(to: "j\u{fc}rgen@home.example")
            mail.bytes = bytes
            guard case .refused(isTemporary: false, 554, _) = await sender.send(mail) else {
                Issue.record("\(String(decoding: bytes, as: UTF8.self)) was sent")
                continue
            }
        }
    }

    @Test(arguments: [
        ("anna@b\u{fc}cher.example", "anna@xn--bcher-kva.example"),
        ("anna@B\u{dc}CHER.example", "anna@xn--bcher-kva.example"),
        // A decomposed umlaut, and a sharp s, which is no ss.
        ("anna@bu\u{308}cher.example", "anna@xn--bcher-kva.example"),
        ("a@stra\u{df}e.example", "a@xn--strae-oqa.example"),
        ("a@\u{4f8b}\u{3048}.\u{30c6}\u{30b9}\u{30c8}", "a@xn--r8jz45g.xn--zckzah"),
        ("Anna@Home.example", "Anna@Home.example"),
    ])
    func `A domain beyond ASCII goes out in A-labels, whatever the server takes`(text: String, wire: String)
        async throws
    {
        for hello in ["250 scripted\r\n", "250-x\r\n250 SMTPUTF8\r\n"] {
            var script = SMTPScript()
            script.hello = hello
            let server = try script.start()
            #expect(
                await makeSender(to: server).send(try makeMail(from: text, to: text))
                    == .accepted(reply: "250 2.0.0 kept as 1"))
            #expect(server.heard.contains("MAIL FROM:<\(wire)>"), "\(server.heard)")
            #expect(server.heard.contains("RCPT TO:<\(wire)>"), "\(server.heard)")
        }
    }

    @Test(arguments: [
        "a@\u{308}x.example", "a@x\u{2665}.example", "a@\(String(repeating: "\u{fc}", count: 70)).example",
    ])
    func `A domain that has no A-labels is refused for good, and says why`(text: String) async throws {
        let server = try SMTPScript().start()
        guard
            case .refused(isTemporary: false, 554, let reply) = await makeSender(to: server).send(
                try makeMail(to: text))
        else {
            Issue.record("\(text) was not refused")
            return
        }
        #expect(reply.contains("cannot be written in ASCII"))
        #expect(server.connections == 0)
    }
}
