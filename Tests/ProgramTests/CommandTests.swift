// The commands over a store and `serve`, as the real binary does them.

import Correspondence
import Foundation
import TestSupport
import Testing

@testable import deskbridge

private let settings = """
    desk: {name: Acme, address: support@acme.example}
    secret: file:var/secret
    store: sqlite:var/desk.sqlite
    web: {listen: "127.0.0.1:0"}

    """

private func mail(_ number: Int, _ question: String) -> String {
    "From: Tom <tom@x.example>\nTo: support@acme.example\nSubject: Question \(number)\nMessage-ID: <\(number)@x.example>\n"
        + "Date: Mon, 23 Nov 2026 06:00:00 +0000\n\n\(question)\n"
}

@Suite struct StoreCommandTests {
    @Test func `From import to a ticket, its answer and its erasure`() async throws {
        let folder = try ProgramFolder()
        try folder.write("deskbridge.yaml", settings)
        try folder.write("box.mbox", "From tom\n\(mail(1, "First?"))\nFrom tom\n\(mail(2, "Second?\n>From here"))\n")
        let first = try await folder.run("import", "box.mbox", "--json")
        #expect(first.output == "{\"imported\":2,\"known\":0,\"leftOut\":0}\n")
        let again = try await folder.run("import", "box.mbox", "--json")
        #expect(again.output == "{\"imported\":0,\"known\":2,\"leftOut\":0}\n")

        let serve = try folder.start("serve", name: "serve")
        #expect(await eventually { (try? folder.read("serve.err"))?.contains("serving") == true })
        #expect(try await worked(folder))
        serve.terminate()
        await serve.ended()
        #expect(serve.status == 0)

        let list = try await folder.run("conversation", "list", "--json")
        #expect(list.status == 0)
        let conversations = try list.objects()
        #expect(conversations.count == 2)
        #expect(Set(conversations[0].keys) == ["id", "subject", "status", "language", "customer", "messages"])
        let message = try #require((conversations[0]["messages"] as? [[String: any Sendable]])?.first)
        #expect(
            Set(message.keys) == ["id", "messageID", "direction", "author", "date", "text", "newText", "outcome"])
        #expect(message["outcome"] as? String == "ticket")
        let texts = conversations.compactMap {
            ($0["messages"] as? [[String: any Sendable]])?.first?["text"] as? String
        }
        #expect(texts.contains { $0.contains("From here") && !$0.contains(">From") })

        let tickets = try await folder.run("ticket", "list", "--json").objects()
        #expect(tickets.count == 2)
        #expect(
            Set(tickets[0].keys) == ["id", "number", "status", "priority", "assignee", "reason", "conversation"])
        let number = String(try #require(tickets[0]["number"] as? Int))
        #expect(try await folder.run("ticket", "assign", number, "ada").status == 0)
        #expect(try await folder.run("ticket", "note", number, "Asked the warehouse.").status == 0)
        #expect(try await folder.run("ticket", "note", number, "They look.", "--agent", "Ada Byron").status == 0)
        #expect(try await folder.run("ticket", "show", number).output.contains("Note of Ada Byron, "))
        #expect(try await folder.run("ticket", "release", number).status == 65)
        #expect(try await folder.run("ticket", "reply", number, "-", input: "It is on its way.").status == 0)
        let shown = try await folder.run("ticket", "show", number)
        #expect(shown.output.contains("It is on its way.") && shown.output.contains("Asked the warehouse."))
        #expect(shown.output.contains("ada"))
        // The customer reads a name of the desk, never that of the account at the terminal.
        #expect(shown.output.contains("Z  Acme  ["))
        let other = String(try #require(tickets[1]["number"] as? Int))
        #expect(try await folder.run("ticket", "reply", other, "Done.", "--agent", "Ada Byron").status == 0)
        #expect(try await folder.run("ticket", "show", other).output.contains("Z  Ada Byron  ["))
        let lesson =
            "Hello Tom,\n\nplease hold the red key for ten seconds, order AB-12345 then blinks green.\n\nBest\nAda Byron\n"
        #expect(
            try await folder.run("ticket", "reply", other, "-", "--status", "resolved", input: lesson).status == 0)
        let rows = try await folder.run("ticket", "list").output
        #expect(rows.contains("tom@x.example: "))
        let queue = try await folder.run("queue", "list", "--json").objects()
        #expect(queue.map { $0["to"] as? String } == Array(repeating: "tom@x.example", count: 3))
        #expect(queue.allSatisfy { ($0["waits"] as? String)?.contains("serve is not running") == true })
        let entry = try #require(queue.last?["id"] as? String)
        #expect(try await folder.run("queue", "retry", entry).status == 0)
        #expect(try await folder.run("queue", "drop", entry).status == 0)
        #expect(try await folder.run("queue", "list", "--state", "withdrawn", "--json").objects().count == 1)
        #expect(try await folder.run("ticket", "close", number).status == 0)

        let proposals = try await folder.run("knowledge", "proposals", "--json").objects()
        #expect(proposals.map { $0["ticket"] as? Int } == [Int(other)])
        #expect(proposals.first?["kind"] as? String == "article")
        #expect(
            proposals.first?["answer"] as? String
                == "please hold the red key for ten seconds, order [[AB-12345]] then blinks green.")
        let written = try await folder.run("knowledge", "proposals", "--output", "proposals")
        #expect(written.errors == "written: proposals/ticket-\(other).md\n")
        #expect(try folder.read("proposals/ticket-\(other).md").hasPrefix("---\nproposal: yes\n"))
        let kept = try await folder.run("knowledge", "proposals", "--output", "proposals")
        #expect(kept.errors == "proposals/ticket-\(other).md: is there, and stays\n")
        let refused = try await folder.run("knowledge", "add", "proposals")
        #expect(refused.status == 65 && refused.errors.contains("is a proposal"))

        let conversation = try #require(tickets[0]["conversation"] as? String)
        let export = try await folder.run("conversation", "export", "--output", "all.jsonl")
        #expect(export.status == 0 && export.output.isEmpty && export.errors == "written: all.jsonl\n")
        #expect(try folder.read("all.jsonl").split(separator: "\n").count == 2)
        #expect(try await folder.run("conversation", "erase", conversation).status == 64)
        #expect(try await folder.run("conversation", "erase", conversation, "--yes").status == 0)
        #expect(try await folder.run("conversation", "show", conversation).status == 65)
        #expect(try await folder.run("conversation", "list", "--json").objects().count == 1)
    }

    /// Whether both mails have a ticket, asked beside the running gateway.
    private func worked(_ folder: ProgramFolder) async throws -> Bool {
        try await eventually { try await folder.run("ticket", "list", "--json").objects().count == 2 }
    }

    @Test func `Articles are added, listed, searched and removed`() async throws {
        let folder = try ProgramFolder()
        try folder.write("deskbridge.yaml", settings)
        try folder.write("returns.md", "# Returns\n\nYou can return a machine within 30 days of delivery.\n")
        #expect(try await folder.run("knowledge", "add", "returns.md").status == 0)
        #expect(try await folder.run("knowledge", "add", "gone.md").status == 66)
        let list = try await folder.run("knowledge", "list", "--json").objects()
        #expect(list.map { $0["article"] as? String } == ["returns.md"])
        let found = try await folder.run("knowledge", "search", "--json", "Can I return it?").objects()
        #expect((found[0]["results"] as? [any Sendable])?.count == 1)
        #expect(try await folder.run("knowledge", "remove", "returns.md").status == 0)
        #expect(try await folder.run("knowledge", "list").output == "")
    }

    @Test func `An article whose file is in a folder of the settings is not removed only to come back`() async throws {
        let folder = try ProgramFolder()
        try folder.write("deskbridge.yaml", settings + "knowledge: [articles]\n")
        let file = try folder.write("articles/en/returns.md", "# Returns\n\nYou can return it within 30 days.\n")
        try folder.write("gifts.md", "# Gifts\n\nWe wrap gifts for 3 EUR.\n")
        #expect(try await folder.run("knowledge", "add", "gifts.md").status == 0)
        let serve = try folder.start("serve", name: "serve")
        // A command that came first would hold the store, and serve would be refused.
        #expect(await eventually { (try? folder.read("serve.err"))?.contains("serving") == true })
        #expect(
            try await eventually { try await folder.run("knowledge", "list", "--json").objects().count == 2 })
        let refused = try await folder.run("knowledge", "remove", "en/returns.md")
        #expect(refused.status == 65 && refused.errors.contains("would be taken in again"), "\(refused)")
        #expect(try await folder.run("knowledge", "remove", "gifts.md").status == 0)
        serve.terminate()
        await serve.ended()
        #expect(try await folder.run("knowledge", "remove", "en/returns.md").status == 65)
        try FileManager.default.removeItem(atPath: file)
        #expect(try await folder.run("knowledge", "remove", "en/returns.md").status == 0)
    }

    @Test func `In review mode a draft is released or discarded by command`() async throws {
        let folder = try ProgramFolder()
        try folder.write(
            "deskbridge.yaml",
            settings
                + "answering: {mode: review, confidence: 0.6}\nknowledge: [\(repository("examples/knowledge").path)]\n")
        try folder.write("1.eml", mail(1, "How do I return a machine that I have not used?"))
        try folder.write("2.eml", mail(2, "How do I descale my machine?").replacing("tom@", with: "ann@"))
        #expect(try await folder.run("import", "--verified", "1.eml", "2.eml").status == 0)
        let serve = try folder.start("serve", name: "serve")
        // A command that came first would hold the store, and serve would be refused.
        #expect(await eventually { (try? folder.read("serve.err"))?.contains("serving") == true })
        #expect(try await worked(folder))
        let numbers = try await folder.run("ticket", "list", "--json").objects().compactMap { $0["number"] as? Int }
        try #require(numbers.count == 2)
        let shown = try await folder.run("ticket", "show", "\(numbers[0])")
        #expect(shown.output.contains("Draft (confidence ") && shown.output.contains(" %, waits for release)"))
        let released = try await folder.run("ticket", "release", "\(numbers[0])", "--agent", "Ada")
        #expect(released.status == 0, "\(released.errors)")
        let discarded = try await folder.run("ticket", "discard", "\(numbers[1])", "--reason", "An old price.")
        #expect(discarded.status == 0, "\(discarded.errors)")
        let statuses = Dictionary(
            uniqueKeysWithValues: try await folder.run("ticket", "list", "--json").objects().map {
                ($0["number"] as? Int ?? 0, $0["status"] as? String ?? "")
            })
        #expect(statuses == [numbers[0]: "resolved", numbers[1]: "open"])
        let after = try await folder.run("ticket", "show", "\(numbers[0])").output
        #expect(after.contains("  Automatic answer, released by Ada  [") && !after.contains("Draft ("), "\(after)")
        let queue = try await folder.run("queue", "list", "--json").objects()
        #expect(queue.map { $0["purpose"] as? String } == ["humanReply"])
        #expect(try await folder.run("ticket", "show", "\(numbers[1])").output.contains("An old price."))
        serve.terminate()
        await serve.ended()
    }

    @Test func `A key is shown once and can be taken away`() async throws {
        let folder = try ProgramFolder()
        try folder.write("deskbridge.yaml", settings)
        let made = try await folder.run("user", "token", "make", "crm", "--scope", "read", "--days", "9", "--json")
            .objects()
        let key = try #require(made.first?["key"] as? String)
        #expect(key.count > 40)
        let list = try await folder.run("user", "token", "list", "--json")
        #expect(!list.output.contains(key))
        #expect(try list.objects().first?["scopes"] as? [String] == ["read"])
        let id = try #require(made.first?["id"] as? String)
        #expect(try await folder.run("user", "token", "remove", id).status == 0)
        #expect(try await folder.run("user", "token", "list").output == "")
        #expect(try await folder.run("user", "token", "make", "crm", "--scope", "everything").status == 64)
    }

    @Test func `Reports are text on the terminal and a page in a file`() async throws {
        let folder = try ProgramFolder()
        try folder.write("deskbridge.yaml", settings)
        #expect(try await folder.run("user", "token", "make", "crm", "--scope", "read").status == 0)
        let text = try await folder.run("report", "digest", "--since", "7d")
        #expect(text.status == 0)
        #expect(text.output.contains("Received"))
        let written = try await folder.run("report", "digest", "--output", "out/digest.html")
        #expect(written.status == 0 && written.errors == "written: out/digest.html\n")
        #expect(try folder.read("out/digest.html").contains("<html"))
        let figures = try await folder.run("report", "digest", "--json").objects()
        #expect(figures.first?["received"] as? Int == 0)
        #expect(try await folder.run("report", "tickets").status == 0)
        #expect(try await folder.run("report", "conversation").status == 64)
        #expect(try await folder.run("report", "conversation", "nosuch").status == 65)
        #expect(try await folder.run("report", "--since", "soon").status == 64)
    }

    @Test(
        "Where there is no desk, a command that looks for one says so and makes nothing",
        arguments: [
            ["ticket", "list"], ["ticket", "show", "1"], ["conversation", "list", "--json"],
            ["conversation", "export", "--output", "out/all.jsonl"], ["queue", "list"], ["knowledge", "list"],
            ["user", "token", "list"], ["user", "link", "--revoke"],
            ["report", "digest", "--output", "out/digest.html"],
            ["ticket", "close", "1"],
        ])
    func noDesk(_ command: [String]) async throws {
        for text in [nil, settings] {
            let folder = try ProgramFolder()
            if let text { try folder.write("deskbridge.yaml", text) }
            let run = try await folder.run(command)
            #expect(run.status == 66)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("there is no desk here yet") && run.errors.contains("deskbridge serve"))
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(left == (text == nil ? [] : ["deskbridge.yaml"]))
        }
    }

    @Test func `What is written is for this user alone`() async throws {
        let folder = try ProgramFolder()
        try folder.write("deskbridge.yaml", settings)
        #expect(try await folder.run("user", "token", "make", "crm", "--scope", "read").status == 0)
        #expect(try await folder.run("ticket", "list").status == 0)
        let mode = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/var")[.posixPermissions] as? Int
        #expect(mode == 0o700)
        for name in ["secret", "desk.sqlite"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/var/\(name)")
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        #expect(try folder.read("var/secret").trimmingCharacters(in: .newlines).count == 44)
    }
}

@Suite struct QueueLinesTests {
    private let now = Instant(microseconds: 1_795_424_400_000_000)

    private func entry(
        _ state: OutboxState = .pending, due: Duration = .zero, error: String? = nil, settled: Bool = false
    ) throws -> OutboxEntry {
        let address = try #require(EmailAddress("tom@x.example"))
        return OutboxEntry(
            id: OutboxID("o1"), conversation: nil,
            reply: OutgoingReply(
                purpose: .humanReply, messageID: try #require(MessageID("1@acme.example")),
                to: NamedAddress(address: address), subject: "Parcel", language: "en", body: "Soon."),
            state: state, createdAt: now, dueAt: now + due, attempts: error == nil ? 0 : 2, lastError: error,
            settledAt: settled ? now : nil)
    }

    @Test func `Each mail says why it waits`() throws {
        let soon = (now + .minutes(5)).rfc3339
        let open = Clerk.Sending.waits("535 wrong password", until: now + .minutes(5))
        #expect(
            QueueLines.waits(try entry(), open, now: now)
                == "waits for the mail server, next look at \(soon): 535 wrong password")
        #expect(QueueLines.waits(try entry(due: .minutes(5)), .goesOut, now: now) == "next try at \(soon)")
        #expect(QueueLines.waits(try entry(.inDoubt, due: .minutes(5)), .unknown, now: now) == "next try at \(soon)")
        #expect(QueueLines.waits(try entry(), .goesOut, now: now) == "waits for its turn")
        #expect(QueueLines.waits(try entry(), .notSet, now: now)?.contains("smtp is not set") == true)
        for state in [OutboxState.sent, .failed, .withdrawn, .sending] {
            #expect(QueueLines.waits(try entry(state), open, now: now) == nil)
        }
        #expect(QueueLines.waits(try entry(.inDoubt, settled: true), open, now: now) == nil)
        var chat = try entry(.sent, settled: true)
        chat.isChat = true
        #expect(QueueLines.row(chat, open, now: now).contains("sent  said in the chat\n"))
        #expect(QueueLines.object(chat, open, now: now).line.contains("\"channel\":\"chat\",\"to\":null"))
        let row = QueueLines.row(
            try entry(due: .minutes(5), error: "451 4.7.1 greylisted, try again later"), .goesOut, now: now)
        #expect(row.contains("    last answer: 451 4.7.1 greylisted, try again later\n    next try at \(soon)"))
        #expect(row.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
}

@Suite struct ServeCommandTests {
    @Test func `A second serve is refused within a second, and the first stops gracefully`() async throws {
        let folder = try ProgramFolder()
        try folder.write("deskbridge.yaml", settings)
        let serve = try folder.start("serve", name: "serve")
        #expect(await eventually { (try? folder.read("serve.err"))?.contains("serving") == true })
        let clock = ContinuousClock()
        // The best of three: a busy machine starts any program late now and then.
        var best = Duration.seconds(60)
        for _ in 0..<3 where best >= .seconds(2) {
            let begun = clock.now
            let second = try await folder.run("serve")
            best = min(best, clock.now - begun)
            #expect(second.status == 75)
            #expect(second.errors.contains("in use by another process"))
        }
        #expect(best < .seconds(2))
        let begun = clock.now
        serve.terminate()
        await serve.ended()
        #expect(clock.now - begun < .seconds(15))
        #expect(serve.status == 0)
        #expect(try folder.read("serve.err").contains("stopped"))
    }

    @Test func `A running gateway does what commands ask, and gives links to its pages`() async throws {
        let folder = try ProgramFolder()
        try folder.write("deskbridge.yaml", settings)
        #expect(try await folder.run("user", "token", "make", "crm", "--scope", "read").status == 0)
        let closed = try await folder.run("user", "link")
        #expect(closed.status == 69)
        let serve = try folder.start("serve", name: "serve")
        let socket = "\(folder.path)/var/desk.sqlite.socket"
        #expect(await eventually { FileManager.default.fileExists(atPath: socket) })
        #expect(try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions] as? Int == 0o600)
        let link = try await folder.run("user", "link")
        #expect(link.status == 0)
        #expect(link.output.hasPrefix("http://127.0.0.1:") && link.output.contains("/admin/enter?key="))
        let revoked = try await folder.run("user", "link", "--revoke", "--json")
        #expect(revoked.status == 0 && revoked.output == "{\"ended\":0}\n")
        #expect(try await folder.run("ticket", "show", "99").status == 65)
        #expect(try await folder.run("check", "--json").status == 0)
        serve.terminate()
        await serve.ended()
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    @Test func `A port in use ends with 69 and what to do`() async throws {
        let folder = try ProgramFolder()
        try folder.write("deskbridge.yaml", settings)
        let first = try folder.start("serve", name: "serve")
        #expect(await eventually { (try? folder.read("serve.out"))?.contains("serves http://") == true })
        let address = try #require(
            try folder.read("serve.out").split(separator: "\n").first?.split(separator: "/").last)
        try folder.write("other.yaml", "store: sqlite:other.sqlite\nweb: {listen: \"\(address)\"}\n")
        let second = try await folder.run("serve", "--config", "other.yaml")
        #expect(second.status == 69)
        #expect(second.errors.contains("\(address)") && second.errors.contains("web.listen"))
        first.terminate()
        await first.ended()
    }

    @Test func `Where it listens is told beside the address that people use`() async throws {
        let folder = try ProgramFolder()
        try folder.write(
            "deskbridge.yaml",
            settings.replacing("127.0.0.1:0\"", with: "127.0.0.1:0\", url: \"https://desk.acme.example\""))
        let serve = try folder.start("serve", name: "serve")
        #expect(await eventually { (try? folder.read("serve.out"))?.contains("Admin pages") == true })
        let said = try folder.read("serve.out")
        #expect(said.contains("serves https://desk.acme.example\n"))
        #expect(said.contains(/Listening on 127\.0\.0\.1:[1-9][0-9]+\n/))
        serve.terminate()
        await serve.ended()
    }

    @Test func `Without settings serve starts on the built-in ones`() async throws {
        let folder = try ProgramFolder()
        // Another program may hold the usual port.
        try folder.write("deskbridge.yaml", "web: {listen: \"127.0.0.1:0\"}\n")
        let serve = try folder.start("serve", name: "serve")
        #expect(await eventually { (try? folder.read("serve.err"))?.contains("serving") == true })
        serve.terminate()
        await serve.ended()
        #expect(FileManager.default.fileExists(atPath: "\(folder.path)/var/deskbridge.sqlite"))
    }
}

@Suite struct ReportClockTests {
    @Test func `Reports fall due in the desk's own time`() throws {
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        func next(_ every: Settings.Report.Every, _ at: Int, after: String) throws -> String {
            let date = try Date(after, strategy: .iso8601)
            return ReportClock(every: every, at: at, timezone: berlin).next(after: .init(date)).rfc3339
        }
        #expect(try next(.day, 420, after: "2026-11-23T05:59:59Z") == "2026-11-23T06:00:00Z")
        #expect(try next(.day, 420, after: "2026-11-23T06:00:00Z") == "2026-11-24T06:00:00Z")
        #expect(try next(.week, 420, after: "2026-11-24T12:00:00Z") == "2026-11-30T06:00:00Z")
        #expect(try next(.month, 0, after: "2026-11-24T12:00:00Z") == "2026-11-30T23:00:00Z")
        // 2026-03-29 02:30 does not exist in Berlin.
        #expect(try next(.day, 150, after: "2026-03-28T12:00:00Z") == "2026-03-29T01:00:00Z")
    }
}
