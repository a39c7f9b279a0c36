// `deskbridge check` and `serve` over the same settings, right and wrong ones: what the one finds the other does.

import Correspondence
import Foundation
import Glibc
import Rehearsal
import Testing

@testable import Storage
@testable import deskbridge

private let settings = """
    desk: {name: Acme, address: support@acme.example}
    secret: file:var/secret
    store: sqlite:var/desk.sqlite
    web: {listen: "127.0.0.1:0"}

    """

/// A port that somebody listens on, as long as the value lives.
private final class PortHolder: Sendable {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        port = try LoopbackPort.free()
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let descriptor = descriptor
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(isBound && listen(descriptor, 1) == 0)
    }

    deinit { close(descriptor) }
}

@Suite struct CheckCommandTests {
    @Test func `Wrong settings end with 78 and every problem`() async throws {
        let folder = try ProgramFolder()
        try folder.write("desk.yaml", "desk: {nmae: x}\nlog: {level: loud}\n")
        for command in ["check", "serve"] {
            let run = try await folder.run(command, "--config", "desk.yaml")
            #expect(run.status == 78)
            let said = run.output + run.errors
            #expect(
                said.replacing("\n          ", with: " ").contains(
                    "desk.yaml:1:8: desk: unknown key \"nmae\"; did you mean \"name\"?"))
            #expect(said.contains("desk.yaml:2:14: log.level"))
        }
    }

    @Test func `A named file that is missing ends with 78`() async throws {
        let run = try await ProgramFolder().run("serve", "--config", "gone.yaml")
        #expect(run.status == 78)
        #expect(run.errors.contains("gone.yaml: there is no such file"))
    }

    @Test func `Without a file, or with an empty one, it says that no mail comes in and none goes out`() async throws {
        for text in [nil, "", "web: {listen: \"127.0.0.1:0\"}\n"] {
            let folder = try ProgramFolder()
            if let text { try folder.write("deskbridge.yaml", text) }
            let run = try await folder.run("check", "--json")
            let objects = try run.objects()
            let failed = objects.filter { $0["ok"] as? Bool == false }.map { $0["part"] as? String }
            // Another program may hold the usual port.
            #expect(failed.isEmpty ? run.status == 0 : run.status == 69 && failed == ["web"])
            let warnings = objects.filter { $0["level"] as? String == "warning" }.compactMap {
                $0["finding"] as? String
            }
            #expect(warnings.contains { $0.hasPrefix("no mailbox and no webhook is set") })
            #expect(warnings.contains { $0.hasPrefix("smtp is not set") })
        }
    }

    @Test func `Where no verdict on senders is trusted it warns loudly, and ends with 0`() async throws {
        let folder = try ProgramFolder()
        try folder.write(
            "deskbridge.yaml",
            settings + "webhooks:\n  - {name: shop, secret: \"a secret that only the shop knows\"}\n")
        let run = try await folder.run("check")
        #expect(run.status == 0, "\(run.output)")
        let said = run.output.replacing("\n          ", with: " ")
        #expect(said.contains("WARNING   settings webhook shop: no authentication-results are trusted"))
        let last = run.output.replacing("\n", with: " ").suffix(120)
        #expect(last.contains("WARNINGS") && run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test(
        "What is allowed and seldom meant is warned of, and only that",
        arguments: [
            ("", "tickets.notify is not set", true),
            ("tickets: {notify: [ada@acme.example]}\n", "tickets.notify", false),
            (
                "tickets: {notify: [ada@acme.example, Support@ACME.example]}\n", "tickets.notify names the desk's own",
                true
            ),
            ("web: {listen: \"0.0.0.0:0\"}\n", "web.listen 0.0.0.0:0 is open to other machines", true),
            ("web: {listen: \"0.0.0.0:0\", url: \"http://desk.acme.example\"}\n", "web.listen", true),
            ("web: {listen: \"0.0.0.0:0\", url: \"https://desk.acme.example\"}\n", "web.listen", false),
            ("web: {listen: \"[::1]:0\"}\n", "web.listen", false),
            ("web: {listen: \"localhost:0\"}\n", "web.listen", false),
        ])
    func warns(_ yaml: String, _ words: String, _ isExpected: Bool) throws {
        let settings = try SettingsFile.parse("desk: {name: Acme, address: support@acme.example}\n" + yaml)
        #expect(Findings.warnings(settings).contains { $0.contains(words) } == isExpected)
    }

    @Test func `Where knowledge is not there it does not say that all was reached`() async throws {
        let folder = try ProgramFolder()
        try folder.write("deskbridge.yaml", settings + "knowledge: [nowhere/]\ntickets: {notify: [ada@acme.example]}\n")
        let run = try await folder.run("check")
        #expect(run.status == 0)
        let said = run.output.replacing("\n", with: " ")
        #expect(said.contains("without the knowledge that is left out above; mind the"), "\(run.output)")
        #expect(!said.contains("was reached"))
    }

    @Test(
        "A provider without its key is told once",
        arguments: ["answering: {provider: openai}\n", "answering: {provider: openai, api-key: \"${NO_KEY}\"}\n"])
    func once(_ yaml: String) async throws {
        let folder = try ProgramFolder()
        try folder.write("deskbridge.yaml", settings + yaml)
        let run = try await folder.run("check", "--json")
        #expect(run.status == 78)
        #expect(try run.objects().count { $0["ok"] as? Bool == false } == 1, "\(run.output)")
    }

    /// Each is wrong in its own way, and both commands must say the same of it.
    @Test(
        "What check finds is what serve does, with the same exit code",
        arguments: [
            ("", nil),
            ("webhooks:\n  - {name: shop, secret: \"${WEBHOOK_SECRET}\"}\n", 78),
            ("smtp: {url: \"smtp://smtp.invalid\", password: \"${SMTP_PASSWORD}\"}\n", 78),
            ("answering: {provider: openai, api-key: \"${NO_KEY}\"}\n", 78),
            ("answering: {provider: built-in, api-key: \"${NO_KEY}\"}\n", nil),
            ("web: {listen: \"127.0.0.1:PORT\"}\n", 69),
            ("web: {listen: \"192.0.2.1:8025\"}\n", 69),
            ("web: {listen: \"nowhere.invalid:8025\"}\n", 69),
            ("secret: file:/proc/deskbridge/secret\n", 73),
            ("secret: file:deskbridge.yaml/secret\n", 73),
            ("secret: too-short\n", 78),
            ("secret: file:short\n", 78),
            ("store: sqlite:/proc/deskbridge/desk.sqlite\n", 73),
            ("store: sqlite:deskbridge.yaml/desk.sqlite\n", 73),
            ("store: sqlite:short\n", 78),
            ("store: \"postgresql://nobody@127.0.0.1:1/none\"\n", 78),
            ("store: \"postgresql://nobody@127.0.0.1:1/none\"\nsecret: \"\(String(repeating: "s", count: 40))\"\n", 75),
            ("templates: nowhere\n", 78),
            ("language: {model: nowhere.ftz}\n", 78),
            ("language: {model: short}\n", 78),
            ("mailboxes:\n  - {name: m, url: \"imaps://imap.invalid\", username: u, password: p, ca: nope.pem}\n", 78),
            ("smtp: {url: \"smtp://smtp.invalid\", ca: /etc}\n", 78),
            ("knowledge: [nowhere]\n", nil),
            ("mailboxes:\n  - {name: m, url: \"imaps://imap.invalid\", username: u, password: p}\n", nil),
        ] as [(String, Int32?)])
    func agree(_ yaml: String, _ expected: Int32?) async throws {
        let folder = try ProgramFolder()
        let holder = try PortHolder()
        try folder.write("short", "too short\n")
        var text = yaml.replacing("PORT", with: "\(holder.port)")
        if !text.contains("web:") { text += "web: {listen: \"127.0.0.1:0\"}\n" }
        if text.contains("mailboxes:") || text.contains("webhooks:") || text.contains("smtp:") {
            text += "desk: {name: Acme, address: support@acme.example}\n"
        }
        try folder.write("deskbridge.yaml", text)
        let check = try await folder.run("check", "--json")
        let serve = try folder.start("serve", name: "serve")
        func isServing() -> Bool { (try? folder.read("serve.out"))?.contains("serves http") == true }
        #expect(await eventually(within: 60) { isServing() || !serve.isRunning })
        var verdict: Int32?
        if isServing() { serve.terminate() } else { verdict = serve.isRunning ? -1 : serve.status }
        await serve.ended()
        let said = "\(check.output)\n\(try folder.read("serve.err"))"
        #expect(verdict == expected, "\(said)")
        let failed = try check.objects().filter { $0["ok"] as? Bool == false }.compactMap { $0["part"] as? String }
        let own = failed.filter { Preparation.Step(rawValue: $0) != nil }
        #expect(own.isEmpty == (verdict == nil), "\(said)")
        if let verdict { #expect(check.status == verdict, "\(said)") }
    }

    @Test func `Beside the running gateway the port in use is its own`() async throws {
        let folder = try ProgramFolder()
        let port = try LoopbackPort.free()
        try folder.write("deskbridge.yaml", settings.replacing("127.0.0.1:0", with: "127.0.0.1:\(port)"))
        let serve = try folder.start("serve", name: "serve")
        #expect(await eventually { (try? folder.read("serve.out"))?.contains("serves http") == true })
        let run = try await folder.run("check")
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("in use by a running gateway"))
        serve.terminate()
        await serve.ended()
    }

    @Test func `A store of a former version is neither changed by check nor by a command`() async throws {
        let folder = try ProgramFolder()
        try folder.write("deskbridge.yaml", settings)
        try folder.write("returns.md", "# Returns\n\nThirty days.\n")
        #expect(try await folder.run("knowledge", "add", "returns.md").status == 0)
        func open() async throws -> OpenStore {
            try await DeskStores.open(
                url: .sqlite(path: "\(folder.path)/var/desk.sqlite"), desk: "desk", surroundings: .system, schema: .left
            )
        }
        let opened = try await open()
        let older = opened.schemaKnown - 1
        _ = try await opened.database.write {
            try $0.execute("DELETE FROM schema_versions WHERE version > ?", [older])
        }
        await opened.close()
        let run = try await folder.run("check")
        #expect(run.status == 0, "\(run.output)")
        let said = run.output.replacing("\n          ", with: " ")
        #expect(said.contains("serve will bring the schema from \(older) to \(older + 1)"), "\(said)")
        let list = try await folder.run("knowledge", "list")
        #expect(list.status == 78 && list.errors.contains("the store has schema \(older)"), "\(list.errors)")
        let after = try await open()
        #expect(after.schemaFound == older)
        await after.close()
    }

    @Test func `Unknown hosts are found, each with its place, and end with 69`() async throws {
        let folder = try ProgramFolder()
        try folder.write(
            "deskbridge.yaml",
            settings + """
                mailboxes:
                  - {name: support, url: "imaps://imap.invalid", username: u, password: p}
                smtp: {url: "smtp://smtp.invalid:587"}
                """)
        let run = try await folder.run("check", "--json")
        #expect(run.status == 69)
        let failed = try run.objects().filter { $0["ok"] as? Bool == false }
        #expect(failed.map { $0["part"] as? String } == ["mailbox support", "smtp"])
        #expect(failed.allSatisfy { ($0["finding"] as? String)?.contains(".invalid") == true })
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["deskbridge.yaml"])
    }

    @Test func `A CA file that is not there is told by key and path, once, and nothing is tried with it`() async throws
    {
        let folder = try ProgramFolder()
        try folder.write(
            "desk.yaml",
            settings
                + "mailboxes:\n  - {name: m, url: \"imaps://imap.invalid\", username: u, password: p, ca: nope.pem}\n"
                + "smtp: {url: \"smtp://smtp.invalid:587\", ca: /etc}\n")
        let run = try await folder.run("check", "--config", "desk.yaml", "--json")
        #expect(run.status == 78)
        let failed = try run.objects().filter { $0["ok"] as? Bool == false }
        #expect(failed.map { $0["part"] as? String } == ["settings"])
        let said = try #require(failed.first?["finding"] as? String)
        #expect(said.contains("mailboxes[0].ca: the file nope.pem is not there"), "\(said)")
        #expect(said.contains("smtp.ca: the file /etc cannot be read: Is a directory"), "\(said)")
        let serve = try await folder.run("serve", "--config", "desk.yaml")
        #expect(serve.status == 78 && serve.errors.contains("mailboxes[0].ca: the file nope.pem is not there"))
    }

    @Test func `A password that is not there is the settings' fault`() async throws {
        let folder = try ProgramFolder()
        try folder.write(
            "deskbridge.yaml",
            settings
                + "mailboxes:\n  - {name: support, url: \"imaps://imap.invalid\", username: u, password: \"${NOT_SET}\"}\n"
        )
        let run = try await folder.run("check")
        #expect(run.status == 78)
        #expect(run.output.contains("NOT_SET"))
        #expect(try await folder.run("serve").status == 78)
        // A command that reads no mailbox needs no password.
        #expect(try await folder.run("knowledge", "add", "deskbridge.yaml").status != 78)
    }
}
