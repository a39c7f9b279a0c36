// The pages: the one-time link, the session, forms and their token, and nothing of a customer that could act.

import Correspondence
import Foundation
import HTTPTypes
import Testing

@testable import Web

struct AdminTests {
    @Test(
        "closed without a session; an API key opens no page", arguments: ["/admin", "/admin/tickets", "/admin/ledger"])
    func closed(path: String) async throws {
        try await Desk.with { desk, client in
            let answer = try await client.call(.get, path)
            #expect(answer.status == 401)
            #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
            #expect(answer.text.contains("The desk is closed"))
            #expect(try await client.call(.get, path, key: desk.keys.admin).status == 401)
        }
    }

    @Test("the bare address leads to the pages")
    func root() async throws {
        try await Desk.with { _, client in
            let answer = try await client.call(.get, "/")
            #expect(answer.status == 303 && answer.headers[.location] == "/admin")
        }
    }

    @Test("the link opens the desk once, within 15 minutes, by its button alone")
    func link() async throws {
        try await Desk.with { desk, client in
            let link = desk.server.entryLink()
            #expect(link.hasPrefix("http://127.0.0.1:8025/admin/enter?key="))
            let path = String(link.dropFirst("http://127.0.0.1:8025".count))
            let key = String(link.dropFirst("http://127.0.0.1:8025/admin/enter?key=".count))
            // A mail scanner looks at it, and looks again.
            for _ in 0..<3 {
                let page = try await client.call(.get, path)
                #expect(page.status == 200 && page.headers[.setCookie] == nil)
                #expect(page.headers[.cacheControl] == "no-store" && page.headers[.referrerPolicy] == "no-referrer")
                #expect(page.text.contains("method=\"post\" action=\"/admin/enter\""))
                #expect(page.text.contains("name=\"key\" value=\"\(key)\""))
            }
            let first = try await client.call(.post, "/admin/enter", form: ["key": key])
            #expect(first.status == 303 && first.headers[.location] == "/admin")
            let cookie = try #require(first.headers[.setCookie])
            #expect(
                cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.hasPrefix("deskbridge="))
            let page = try await client.call(.get, "/admin", cookie: String(cookie.prefix { $0 != ";" }))
            #expect(page.status == 200)
            #expect(try await client.call(.get, path).status == 403)
            #expect(try await client.call(.post, "/admin/enter", form: ["key": key]).status == 403)
            #expect(try await client.call(.post, "/admin/enter", form: [:]).status == 403)
            let old = desk.server.entryLink().dropFirst("http://127.0.0.1:8025".count)
            desk.clock.advance(.minutes(15))
            #expect(try await client.call(.get, String(old)).status == 403)
            #expect(
                try await client.call(.post, "/admin/enter", form: ["key": String(old.split(separator: "=")[1])]).status
                    == 403)
        }
    }

    @Test("over TLS the cookie is a __Host- cookie")
    func secureCookie() async throws {
        try await Desk.with(WebSettings(url: "https://desk.acme.example")) { desk, client in
            let link = desk.server.entryLink()
            #expect(link.hasPrefix("https://desk.acme.example/admin/enter?key="))
            let key = String(link.split(separator: "=")[1])
            let answer = try await client.call(.post, "/admin/enter", form: ["key": key])
            let cookie = try #require(answer.headers[.setCookie])
            #expect(cookie.hasPrefix("__Host-deskbridge=") && cookie.contains("; Secure") && cookie.contains("Path=/"))
            #expect(answer.headers[.strictTransportSecurity] != nil)
        }
    }

    @Test("a session outlives a restart, and its id stands nowhere in the store; all can be ended at once")
    func restart() async throws {
        try await Desk.with { desk, client in
            let session = try await desk.signIn()
            let again = SessionBook(store: desk.store, surroundings: desk.seams.surroundings)
            let id = String(session.cookie.dropFirst("deskbridge=".count))
            #expect(try await again.session(id)?.csrf == session.csrf)
            #expect(try await desk.store.session(hash: id) == nil)
            #expect(try await again.session(CallerGuard.hash(id)) == nil)
            // A session is no key.
            #expect(try await client.call(.get, "/api/support/conversations", key: id).status == 401)
            let link = desk.server.entryLink()
            desk.server.forgetLinks()
            #expect(try await desk.store.endSessions() == 1)
            #expect(try await client.call(.get, "/admin", cookie: session.cookie).status == 401)
            let path = String(link.dropFirst("http://127.0.0.1:8025".count))
            #expect(try await client.call(.get, path).status == 403)
        }
    }

    @Test("a session ends after 30 idle minutes, after 8 hours, and when its owner leaves")
    func sessionEnds() async throws {
        try await Desk.with { desk, client in
            let first = try await desk.signIn()
            desk.clock.advance(.minutes(29))
            #expect(try await client.call(.get, "/admin", cookie: first.cookie).status == 200)
            desk.clock.advance(.minutes(30))
            #expect(try await client.call(.get, "/admin", cookie: first.cookie).status == 401)
            let second = try await desk.signIn()
            for _ in 0..<24 {
                desk.clock.advance(.minutes(20))
                _ = try await client.call(.get, "/admin", cookie: second.cookie)
            }
            #expect(try await client.call(.get, "/admin", cookie: second.cookie).status == 401)
            let third = try await desk.signIn()
            let left = try await client.call(.post, "/admin/leave", cookie: third.cookie, form: ["csrf": third.csrf])
            #expect(left.status == 200)
            #expect(try await client.call(.get, "/admin", cookie: third.cookie).status == 401)
        }
    }

    @Test("a form without its token, or from another site, does nothing")
    func csrf() async throws {
        try await Desk.with { desk, client in
            let folder = try await desk.ticketed()
            let path = "/admin/tickets/\(folder.ticket.number)/reply"
            let session = try await desk.signIn()
            let form = ["text": "Hi", "agent": "Kim", "status": "waiting"]
            #expect(try await client.call(.post, path, cookie: session.cookie, form: form).status == 403)
            let wrong = form.merging(["csrf": String(repeating: "0", count: 32)]) { $1 }
            #expect(try await client.call(.post, path, cookie: session.cookie, form: wrong).status == 403)
            let right = form.merging(["csrf": session.csrf]) { $1 }
            let cross = try await client.call(
                .post, path, cookie: session.cookie, headers: [.fetchSite: "cross-site"], form: right)
            #expect(cross.status == 403)
            let api = try await client.call(
                .post, "/api/support/tickets/\(folder.ticket.number)/notes", cookie: session.cookie,
                json: #"{"text":"x","agent":"Kim"}"#)
            #expect(api.status == 403)
            #expect(try await desk.store.outbox(state: nil, limit: 10).isEmpty)
            let sent = try await client.call(
                .post, path, cookie: session.cookie, headers: [.fetchSite: "same-origin"], form: right)
            #expect(sent.status == 303)
            #expect(try await desk.store.outbox(state: nil, limit: 10).map(\.reply.body) == ["Hi"])
        }
    }

    @Test("a form that is sent twice is done once")
    func doubleClick() async throws {
        try await Desk.with { desk, client in
            let folder = try await desk.ticketed()
            let path = "/admin/tickets/\(folder.ticket.number)"
            let session = try await desk.signIn()
            func key() async throws -> String {
                let page = try await client.call(.get, path, cookie: session.cookie).text
                let rest = try #require(page.components(separatedBy: "name=\"key\" value=\"").dropFirst().first)
                return String(rest.prefix { $0 != "\"" })
            }
            let first = try await key()
            let other = try await key()
            #expect(first.count == 32 && first != other)
            let form = [
                "text": "Hi", "agent": "Kim", "status": "waiting", "csrf": session.csrf, "key": first,
                "version": "\(folder.ticket.version)",
            ]
            for _ in 0..<2 {
                let answer = try await client.call(.post, path + "/reply", cookie: session.cookie, form: form)
                #expect(answer.status == 303)
            }
            #expect(try await desk.store.outbox(state: nil, limit: 10).map(\.reply.body) == ["Hi"])
        }
    }

    @Test("agents work a ticket by its page")
    func forms() async throws {
        try await Desk.with { desk, client in
            let folder = try await desk.ticketed()
            let path = "/admin/tickets/\(folder.ticket.number)"
            let session = try await desk.signIn()
            func post(_ action: String, _ fields: [String: String]) async throws -> Client.Answer {
                try await client.call(
                    .post, "\(path)/\(action)", cookie: session.cookie,
                    form: fields.merging(["csrf": session.csrf]) { $1 })
            }
            #expect(try await post("assignee", ["assignee": "Kim"]).status == 303)
            #expect(try await post("note", ["text": "line one\r\nline two", "agent": "Kim"]).status == 303)
            #expect(try await post("status", ["status": "open"]).status == 303)
            #expect(try await post("status", ["status": "closed", "version": "1"]).status == 409)
            let after = try await desk.store.ticket(number: folder.ticket.number)
            #expect(after.ticket.assignee == "Kim" && after.ticket.status == .open)
            #expect(after.notes.map(\.text) == ["line one\nline two"])
            let page = try await client.call(.get, "\(path)?done=noted", cookie: session.cookie)
            #expect(page.text.contains("The note is kept.") && page.text.contains("line two"))
            let made = try await client.call(.get, "\(path)?done=%3Cscript%3E", cookie: session.cookie)
            #expect(!made.text.contains("<script>"))
        }
    }

    @Test("what customers write is shown and never acts")
    func hostile() async throws {
        try await Desk.with { desk, client in
            let folder = try await desk.ticketed(
                Desk.hostile, subject: Desk.hostile, name: Desk.hostile, html: "<p>safe</p>", reply: Desk.hostile)
            let session = try await desk.signIn()
            let number = folder.ticket.number
            let conversation = folder.conversation.id
            for path in [
                "/admin", "/admin/tickets", "/admin/tickets/\(number)", "/admin/conversations", "/admin/ledger",
                "/admin/conversations/\(conversation)", "/admin/conversations?q=%3Cscript%3E%22",
                "/admin/digest", "/admin/tickets?status=all",
            ] {
                let page = try await client.call(.get, path, cookie: session.cookie)
                #expect(page.status == 200, "\(path)")
                #expect(!page.text.contains("<script>"), "\(path)")
                #expect(!page.text.contains("onload='"), "\(path)")
                #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
                #expect(page.headers[.contentTypeOptions] == "nosniff")
            }
            let frame = try await client.call(
                .get, "/admin/messages/\(folder.messages[0].id)/html", cookie: session.cookie)
            #expect(frame.text.contains("<p>safe</p>"))
            let policy = try #require(frame.headers[.contentSecurityPolicy])
            #expect(policy.hasPrefix("sandbox; default-src 'none'") && !policy.contains("script"))
            #expect(try await client.call(.get, "/admin/messages/\(folder.messages[0].id)/html").status == 401)
        }
    }

    @Test("styles and scripts are files; the strictest policy fits the pages")
    func assets() async throws {
        try await Desk.with { desk, client in
            for path in [
                "/admin/page.css", "/admin/report.css", "/admin/page.js", "/chat", "/chat/chat.js", "/chat/chat.css",
            ] {
                let answer = try await client.call(.get, path)
                #expect(answer.status == 200 && answer.text.count > 100, "\(path)")
            }
            let session = try await desk.signIn()
            let page = try await client.call(.get, "/admin", cookie: session.cookie)
            #expect(!page.text.contains("style=") && !page.text.contains("<style"))
            #expect(page.headers[.contentSecurityPolicy]?.contains("unsafe") == false)
        }
    }

    @Test("a conversation with a live ticket leads to it, and offers no other")
    func handedOver() async throws {
        try await Desk.with { desk, client in
            let folder = try await desk.ticketed()
            let session = try await desk.signIn()
            let path = "/admin/conversations/\(folder.conversation.id)"
            let offer = "action=\"\(path)/escalate\""
            let page = try await client.call(.get, path, cookie: session.cookie).text
            #expect(
                page.contains("<a href=\"/admin/tickets/\(folder.ticket.number)\">answer on ticket")
                    && !page.contains(offer))
            try await desk.store.setStatus(folder.ticket.id, .closed, by: "Kim", version: nil)
            #expect(try await client.call(.get, path, cookie: session.cookie).text.contains(offer))
            let other = try await desk.waiting(from: "bob@example.org")
            let plain = try await client.call(.get, "/admin/conversations/\(other)", cookie: session.cookie).text
            #expect(plain.contains("/admin/conversations/\(other)/escalate"))
        }
    }

    @Test("a page that is not there leads back; one that nobody is let in to names the command")
    func wayBack() async throws {
        try await Desk.with { desk, client in
            let session = try await desk.signIn()
            for path in ["/admin/tickets/999", "/admin/nothing", "/admin/conversations/abc"] {
                let page = try await client.call(.get, path, cookie: session.cookie)
                #expect(page.status == 404 && page.text.contains("<a href=\"/admin/tickets\">"), "\(path)")
            }
            let folder = try await desk.ticketed()
            let path = "/admin/tickets/\(folder.ticket.number)"
            let refused = try await client.call(
                .post, path + "/reply", cookie: session.cookie,
                form: ["csrf": session.csrf, "text": "x", "agent": "Kim", "version": "9"])
            #expect(refused.status == 409 && refused.text.contains("<a href=\"\(path)\"><b>Back</b></a>"))
            let used = try await client.call(.get, "/admin/enter?key=used")
            #expect(used.text.contains("deskbridge user link") && !used.text.contains("href=\"/admin/tickets\""))
            #expect(try await !client.call(.get, "/admin/tickets").text.contains("href=\"/admin/tickets\""))
            let left = try await client.call(
                .post, "/admin/leave", cookie: session.cookie, form: ["csrf": session.csrf])
            #expect(left.text.contains("deskbridge user link"))
        }
    }

    @Test("name and address stand apart, each in a direction of its own")
    func isolated() async throws {
        try await Desk.with { desk, client in
            let id = try await desk.waiting(from: "karim.youssef@youssef-books.example", name: "كريم يوسف")
            try await desk.conclude(id, reply: nil)
            let number = try await desk.store.conversation(id).number
            let session = try await desk.signIn()
            for path in ["/admin/tickets/\(number)", "/admin/conversations/\(id)", "/admin/conversations"] {
                let page = try await client.call(.get, path, cookie: session.cookie).text
                #expect(
                    page.contains(
                        "<bdi>كريم يوسف</bdi> <bdi class=\"address\">karim.youssef@youssef-books.example</bdi>"))
                #expect(!page.contains("كريم يوسف &lt;"), "\(path)")
            }
            let list = try await client.call(.get, "/admin/tickets", cookie: session.cookie).text
            #expect(list.contains("<bdi>karim.youssef@youssef-books.example</bdi>"))
        }
    }

    @Test("links are tried at most twenty times in five minutes from one place")
    func guesses() async throws {
        try await Desk.with { _, client in
            var last = 0
            for _ in 0..<10 {
                last = try await client.call(.get, "/admin/enter?key=guess").status
                #expect(last == 403)
                last = try await client.call(.post, "/admin/enter", form: ["key": "guess"]).status
                #expect(last == 403)
            }
            last = try await client.call(.post, "/admin/enter", form: ["key": "guess"]).status
            #expect(last == 429)
        }
    }
}
