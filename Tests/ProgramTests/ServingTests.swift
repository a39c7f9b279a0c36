// The real binary serving on real servers: one ill mailbox beside a good one, and the same way over PostgreSQL.

import Correspondence
import Foundation
import Rehearsal
import TestSupport
import Testing

@Suite(.needs(.mailServer, .postgreSQL))
struct ServingTests {
    private static let knowledge = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("examples/knowledge").path

    private static func mail(from customer: EmailAddress, to desk: EmailAddress, id: String) -> [UInt8] {
        Array(
            """
            From: Emma Clarke <\(customer)>
            To: \(desk)
            Subject: How long does delivery take?
            Message-ID: <\(id)@people.example>
            Date: Mon, 23 Nov 2026 09:00:00 +0000
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8

            Hello,

            how long does the delivery of an espresso machine take, and what does shipping cost?

            Emma Clarke

            """.replacing("\n", with: "\r\n").utf8)
    }

    @Test(
        "A wrong password, an unknown host and an unknown certificate are told, and the other mailbox goes on",
        .timeLimit(.minutes(3)))
    func illMailboxes() async throws {
        let servers = try await TestServers.mailServers()
        let desk = try await TestServers.mailUser("desk\(TestServers.uniqueName())", at: "acme.example")
        let customer = try await TestServers.mailUser("emma\(TestServers.uniqueName())", at: "people.example")
        let folder = try ProgramFolder()
        let imaps = "imaps://localhost:\(servers.dovecot.ports.imaps)/INBOX"
        let login = "username: \(desk.address), password: \(desk.password.revealed)"
        let ca = servers.dovecot.authorities
        try folder.write(
            "desk.yaml",
            """
            desk: {name: Acme Support, address: \(desk.address)}
            secret: file:var/secret
            store: sqlite:var/desk.sqlite
            mailboxes:
              - {name: wrongpassword, url: "\(imaps)", username: \(desk.address), password: not-it, ca: \(ca)}
              - {name: nosuchhost, url: "imaps://nowhere.invalid/INBOX", \(login)}
              - {name: strangecertificate, url: "\(imaps)", \(login)}
              - name: good
                url: \(imaps)
                username: \(desk.address)
                password: \(desk.password.revealed)
                ca: \(ca)
                authentication-results: [\(MailVerdict.authority)]
                poll: 2s
            smtp:
              url: smtp://localhost:\(servers.mailServer.submissionPort)
              username: \(desk.address)
              password: \(desk.password.revealed)
              ca: \(ca)
            knowledge: [\(Self.knowledge)]
            web: {listen: "127.0.0.1:0"}
            log: {level: debug}

            """)
        try await servers.dovecot.fill(
            desk, with: (1...3).map { Self.mail(from: customer.address, to: desk.address, id: "old-\($0)") })
        let program = try folder.start("serve", "--config", "desk.yaml", name: "serve")
        let said = { (try? folder.read("serve.err")) ?? "" }  // not there yet
        for name in ["wrongpassword", "nosuchhost", "strangecertificate"] {
            #expect(
                await eventually {
                    said().split(separator: "\n").contains { $0.contains(" error ") && $0.contains("mailbox=\(name)") }
                }, "\(name) is not told:\n\(said())")
        }
        // A mail before the first sight would be history.
        #expect(
            await eventually {
                said().split(separator: "\n").contains { $0.contains("mailbox=good") && $0.contains("caught up") }
            }, "\(said())")
        #expect(
            said().split(separator: "\n").contains { $0.contains("are passed over") && $0.contains("mails=3") },
            "\(said())")
        let dialogue = try await servers.submission(as: customer)
        let mail = Self.mail(from: customer.address, to: desk.address, id: "serving-\(TestServers.uniqueName())")
        try await dialogue.send([mail], from: customer.address, to: desk.address)
        try await dialogue.quit()
        let isAnswered = try await eventually(within: 60) {
            try await servers.dovecot.mails(of: customer).contains { stored in
                String(decoding: stored.bytes, as: UTF8.self).contains("Auto-Submitted: auto-replied")
            }
        }
        #expect(isAnswered, "\(said())")
        program.terminate()
        await program.ended()
        #expect(program.status == 0)
    }

    @Test("Over PostgreSQL a mail is answered, and commands see it", .timeLimit(.minutes(3)))
    func postgreSQL() async throws {
        let folder = try ProgramFolder()
        try folder.write(
            "desk.yaml",
            """
            desk: {name: Acme Support, address: support@acme.example}
            secret: ${DESK_SECRET}
            store: "\(try await TestServers.database())"
            knowledge: [\(Self.knowledge)]
            web: {listen: "127.0.0.1:0"}

            """)
        let environment = ["DESK_SECRET": "a-secret-of-more-than-thirty-two-characters"]
        let customer = try #require(EmailAddress("emma@people.example"))
        let desk = try #require(EmailAddress("support@acme.example"))
        try folder.write(
            "mail.eml", String(decoding: Self.mail(from: customer, to: desk, id: "over-postgresql"), as: UTF8.self))
        let program = try folder.start("serve", "--config", "desk.yaml", name: "serve", environment: environment)
        let taken = try await folder.run(
            "import", "--verified", "--config", "desk.yaml", "mail.eml", environment: environment)
        #expect(taken.status == 0, "\(taken.errors)")
        var last = ""
        let isAnswered = try await eventually(within: 60) {
            let list = try await folder.run(
                "conversation", "list", "--json", "--config", "desk.yaml", environment: environment)
            last = list.output + list.errors
            return try list.objects().contains { conversation in
                let messages = conversation["messages"] as? [[String: any Sendable]] ?? []
                return messages.contains { $0["outcome"] as? String == "answered" }
                    && messages.contains { $0["direction"] as? String == "out" }
            }
        }
        #expect(isAnswered, "\(last)")
        program.terminate()
        await program.ended()
        #expect(program.status == 0)
    }
}
