// A stop while the mail server takes its time: the program ends, and what was being sent is in doubt.

import Foundation
import TestSupport
import Testing

@Suite struct StoppingTests {
    @Test(
        "A mail server that does not answer keeps nobody from stopping; its mail is sent again, marked in doubt",
        .timeLimit(.minutes(3)))
    func slowServer() async throws {
        let server = try ScriptedServer { peer in
            try peer.say("220 slow ESMTP\r\n")
            while true {
                switch try peer.hearLine().prefix(4) {
                case "EHLO": try peer.say("250 slow\r\n")
                case "DATA":
                    try peer.say("354 go on\r\n")
                    _ = try peer.hear(until: Array("\r\n.\r\n".utf8))
                    // Ten minutes are within RFC 5321.
                    try peer.hold()
                default: try peer.say("250 ok\r\n")
                }
            }
        }
        defer { server.stop() }
        let folder = try ProgramFolder()
        try folder.write(
            "deskbridge.yaml",
            """
            desk: {name: Acme Support, address: support@acme.example}
            secret: file:var/secret
            store: sqlite:var/desk.sqlite
            smtp: {url: "smtp://127.0.0.1:\(server.port)", tls: off}
            tickets: {notify: [ada@acme.example]}
            web: {listen: "127.0.0.1:0"}

            """)
        try folder.write(
            "mail.eml",
            "From: emma@people.example\r\nTo: support@acme.example\r\nSubject: Hello\r\n"
                + "Message-ID: <1@people.example>\r\n\r\nWhere is my parcel?\r\n")
        let program = try folder.start("serve", name: "serve")
        #expect(await eventually { (try? folder.read("serve.out"))?.contains("Admin pages") == true })
        #expect(try await folder.run("import", "mail.eml").status == 0)
        #expect(await eventually { server.heard.contains { $0.hasPrefix("DATA") } })
        let began = ContinuousClock.now
        program.terminate()
        await program.ended()
        // Fifteen seconds for what may end by itself, three for what is cancelled, and some for a busy machine.
        #expect(ContinuousClock.now - began < .seconds(40))
        #expect(program.status == 0)
        #expect(try folder.read("serve.err").contains("left in doubt"))
        let queue = try await folder.run("queue", "list", "--json").objects()
        #expect(queue.map { $0["state"] as? String } == ["sending"])
        let again = try folder.start("serve", name: "again")
        #expect(await eventually { server.heard.count { $0.hasPrefix("DATA") } == 2 })
        let second = try await folder.run("queue", "list", "--json").objects()
        #expect(second.map { $0["inDoubt"] as? Bool } == [true], "\(second)")
        again.kill()
        await again.ended()
    }
}
