// Pages in a real browser: they open, they render, and nothing they refuse to run is needed.

import Correspondence
import Foundation
import Gateway
import HTTPTypes
import Rehearsal
import TestSupport
import Testing

@testable import Web

@Suite(.needs(.chromium))
struct BrowserTests {
    /// What the browser has after it ran the page: the tree as it stands, and its complaints.
    /// With `waits`, what the page's script fetches is waited for; a stream that never ends would be, too.
    private static func open(
        _ url: String, screenshot: String? = nil, width: Int = 1200, waits: Bool = false
    ) async throws -> String {
        let profile = try TestFolder.make()
        let task = screenshot.map { "--screenshot=\($0)" } ?? "--dump-dom"
        let command = try ChildCommand(
            ChildCommand.locate("chromium"),
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--user-data-dir=\(profile)", "--enable-logging=stderr",
                waits ? "--virtual-time-budget=5000" : "--timeout=5000",
                "--window-size=\(width),1600", task, url,
            ])
        return try await FinishedProcess.run(command, within: .seconds(90)).output
    }

    /// What the server answers to the button of the link's page, handed to whoever asks: a browser then has the session's
    /// cookie (cookies know no ports) and goes where the server sends it.
    private static func pressed(_ link: String, at port: Int) async throws -> ScriptedServer {
        let address = try #require(URLComponents(string: link))
        let entry = try await LiveConnection(port: port)
        try await entry.get("\(address.path)?\(address.query ?? "")", ["Connection: close"])
        try await entry.waitForEnd()
        let form = try #require(entry.text.range(of: "<form method=\"post\" action=\"/admin/enter\">"))
        let key = try #require(
            entry.text[form.upperBound...].firstMatch(of: /name="key" value="([0-9a-f]+)"><button/)?.1)
        let button = try await LiveConnection(port: port)
        try await button.send(
            "POST /admin/enter HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(key.utf8.count + 4)\r\n\r\nkey=\(key)"
        )
        try await button.waitForEnd()
        let answer = button.text.replacing(
            /[Ll]ocation: \/admin/, with: "Location: http://127.0.0.1:\(port)/admin")
        #expect(answer.hasPrefix("HTTP/1.1 303") && answer.contains("Location: http"))
        return try ScriptedServer { peer in
            while try !peer.hearLine().isEmpty {}
            try peer.say(answer)
        }
    }

    @Test("The one-time link leads to the dashboard, and hostile words stay words", .timeLimit(.minutes(3)))
    func dashboard() async throws {
        try await LiveTests.live { desk, port in
            let id = try await desk.waiting()
            try await desk.conclude(id, reply: "Tomorrow, within 30 days.")
            _ = try await desk.ticketed()
            let finger = try await Self.pressed(desk.server.entryLink(), at: port)
            defer { finger.stop() }
            let page = try await Self.open("http://127.0.0.1:\(finger.port)/")
            #expect(page.contains("<html") && page.contains("Overview"), "\(page.prefix(2000))")
            #expect(page.contains("Acme"))
            // The content policy stands in the way of nothing the page itself needs.
            #expect(!page.contains("Refused to"), "\(page.suffix(2000))")
            #expect(!page.contains("Uncaught"))
        }
    }

    /// Files under their paths, and 404 for anything else.
    private static func site(_ files: [String: (type: String, text: String)]) throws -> ScriptedServer {
        try ScriptedServer { peer in
            let asked = try peer.hearLine().split(separator: " ").dropFirst().first.map(String.init) ?? ""
            while try !peer.hearLine().isEmpty {}
            let (type, text) = files[asked] ?? ("text/plain", "")
            try peer.say(
                "HTTP/1.1 \(files[asked] == nil ? "404 Not Found" : "200 OK")\r\nConnection: close\r\n"
                    + "Content-Type: \(type); charset=utf-8\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
        }
    }

    @Test(
        "A half-written reply is there again when the page is loaded anew, and gone once it was sent",
        .timeLimit(.minutes(3)))
    func halfWritten() async throws {
        try await Desk.with { desk, client in
            let folder = try await desk.ticketed()
            let session = try await desk.signIn()
            let path = "/admin/tickets/\(folder.ticket.number)"
            let page = try await client.call(.get, path, cookie: session.cookie).text
            let script = try await client.call(.get, "/admin/page.js").text
            let left = "sessionStorage.setItem('deskbridge \(path)/reply', 'Dear Anna, half');\n"
            let told = "This is what you had written and not sent."
            for (end, isKept) in [("", true), ("?done=changed", true), ("?done=sent", false)] {
                let site = try Self.site([
                    path + end: ("text/html", page), "/admin/page.js": ("text/javascript", left + script),
                ])
                defer { site.stop() }
                let shown = try await Self.open("http://127.0.0.1:\(site.port)\(path)\(end)")
                #expect(shown.contains(told) == isKept, "\(end)")
            }
        }
    }

    @Test(
        "A chat page that is loaded again shows the conversation, a person's answers among it", .timeLimit(.minutes(3)))
    func chatAgain() async throws {
        try await Desk.with { desk, client in
            let id = try await desk.chatting("Is there somebody?")
            try await desk.conclude(id, reply: nil)
            let ticket = try #require(try await desk.store.conversation(id).ticket)
            try await desk.seams.tickets.reply(
                try await desk.store.ticket(ticket).ticket.number, body: "Yes, I am here.", agent: "Ada")
            let token = try #require(desk.seams.signer.chatToken(for: id))
            let path = "/api/support/conversations/\(id)"
            // What the desk has at these addresses; the script finds what an earlier visit left.
            let kept = #"{"conversationId":"\#(id)","token":"\#(token)"}"#
            let script = try await client.call(.get, "/chat/chat.js").text
            let files: [String: (type: String, text: String)] = [
                "/chat": ("text/html", try await client.call(.get, "/chat").text),
                "/chat/chat.js": (
                    "text/javascript", "sessionStorage.setItem('deskbridge-chat', '\(kept)');\n\(script)"
                ),
                path: ("application/json", try await client.call(.get, path, key: token).text),
            ]
            let site = try Self.site(files)
            defer { site.stop() }
            let shown = try await Self.open("http://127.0.0.1:\(site.port)/chat", waits: true)
            #expect(shown.contains(">Is there somebody?</p>"), "\(shown.prefix(4000))")
            #expect(shown.contains(">Yes, I am here.</p><small dir=\"auto\">Ada</small>"))
        }
    }

    @Test("A half-written reply is replaced by the draft only when asked for twice", .timeLimit(.minutes(3)))
    func useOfDraft() async throws {
        try await Desk.with { desk, client in
            let folder = try await desk.ticketed()
            let session = try await desk.signIn()
            let path = "/admin/tickets/\(folder.ticket.number)"
            let page = try await client.call(.get, path, cookie: session.cookie).text
            let script = try await client.call(.get, "/admin/page.js").text
            for (isSure, left) in [(false, "Dear Anna, half"), (true, "You can have it.")] {
                let before = """
                    sessionStorage.setItem('deskbridge \(path)/reply', 'Dear Anna, half');
                    window.confirm = () => \(isSure);

                    """
                let after = """

                    document.querySelector('[data-fill]').click();
                    document.title = document.getElementById('text').value;
                    """
                let site = try Self.site([
                    path: ("text/html", page), "/admin/page.js": ("text/javascript", before + script + after),
                ])
                defer { site.stop() }
                let shown = try await Self.open("http://127.0.0.1:\(site.port)\(path)")
                #expect(shown.contains("<title>\(left)</title>"), "\(shown.prefix(1000))")
            }
        }
    }

    @Test("What was refused is marked in the chat, with a way to send it again", .timeLimit(.minutes(3)))
    func chatRefused() async throws {
        try await Desk.with { desk, client in
            let script = try await client.call(.get, "/chat/chat.js").text
            let say = "text.value = 'One too many'; form.requestSubmit();\n})();"
            let end = try #require(script.range(of: "})();", options: .backwards))
            let files: [String: (type: String, text: String)] = [
                "/chat": ("text/html", try await client.call(.get, "/chat").text),
                "/chat/chat.css": ("text/css", try await client.call(.get, "/chat/chat.css").text),
                "/chat/chat.js": ("text/javascript", script[..<end.lowerBound] + say),
            ]
            // Whatever has no file is refused here: the call is.
            let site = try Self.site(files)
            defer { site.stop() }
            let shown = try await Self.open("http://127.0.0.1:\(site.port)/chat", waits: true)
            #expect(shown.contains("<li class=\"out unsent\""), "\(shown.prefix(4000))")
            #expect(
                shown.contains(">One too many</p><small>Not sent. <button type=\"button\" class=\"link\">Send again"))
        }
    }

    @Test("The digest is drawn on a desktop and on a phone", .timeLimit(.minutes(3)), arguments: [1200, 390])
    func digest(width: Int) async throws {
        try await LiveTests.live { desk, _ in
            _ = try await desk.ticketed()
            let now = desk.clock.now
            let figures = try await desk.store.figures(ReportPeriod(from: now - .days(7), to: now + .minutes(1)))
            let folder = try TestFolder.make()
            let file = "\(folder)/digest.html"
            try desk.seams.reports.digest(figures, desk: desk.seams.desk, madeAt: now)
                .write(toFile: file, atomically: true, encoding: .utf8)
            let picture = "\(folder)/digest.png"
            _ = try await Self.open("file://\(file)", screenshot: picture, width: width)
            let bytes = try #require(FileManager.default.contents(atPath: picture))
            #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            // An empty page of this size is some 5 KB of PNG.
            #expect(bytes.count > 15_000)
        }
    }
}
