// Refusals say what is wrong, and only what is true.

import Correspondence
import Gateway
import HTTPTypes
import Testing

@testable import Web

struct RefusalTests {
    @Test(
        "403 names the scope that is missing and those that are there",
        arguments: [
            ("GET", "/api/support/conversations", "chat:identify", "read"),
            ("POST", "/api/support/chat", "agent", "chat:identify"),
            ("GET", "/api/support/keys", "agent", "admin"),
            ("DELETE", "/api/support/conversations/abc", "agent", "admin"),
            ("POST", "/api/support/conversations/abc/close", "read", "agent"),
        ])
    func scope(method: String, path: String, has: String, needs: String) async throws {
        try await Desk.with { desk, client in
            let keys = ["chat:identify": desk.keys.chat, "read": desk.keys.reader, "agent": desk.keys.agent]
            let answer = try await client.call(
                try #require(HTTPRequest.Method(method)), path, key: keys[has], json: #"{"message":"x"}"#)
            #expect(answer.status == 403 && answer.problem?.code == "forbidden" && answer.problem?.scope == needs)
            #expect(answer.problem?.detail == "this needs a key of scope \"\(needs)\"; this one has \"\(has)\"")
            #expect(
                answer.headers[.wwwAuthenticate]
                    == "Bearer realm=\"deskbridge\", error=\"insufficient_scope\", scope=\"\(needs)\"")
        }
    }

    @Test("a token that is none, one of another conversation and none at all are told apart")
    func tokens() async throws {
        try await Desk.with { desk, client in
            let id = try await desk.chatting()
            let other = try await desk.chatting("Another")
            let token = try #require(desk.seams.signer.chatToken(for: id))
            func say(_ fields: String, key: String? = nil) async throws -> Problem? {
                let answer = try await client.call(
                    .post, "/api/support/chat", key: key ?? desk.keys.chat, json: #"{"message":"x",\#(fields)}"#)
                #expect(answer.status == 403 && answer.problem?.code == "token")
                return answer.problem
            }
            let none = try await say(#""token":"nonsense""#)
            #expect(none?.detail.contains("is no chat token of this desk") == true)
            let missing = try await say(#""conversationId":"\#(id)""#)
            #expect(missing?.detail.contains("goes on with its \"token\"") == true)
            let foreign = try await say(#""conversationId":"\#(other)","token":"\#(token)""#)
            #expect(foreign?.detail.contains("of another conversation than") == true)
            let bearer = try await say(#""conversationId":"\#(other)""#, key: token)
            #expect(bearer?.detail.contains("opens another conversation") == true)
            #expect(desk.chat.said.isEmpty)
        }
    }

    @Test("409 and 422 say what stood in the way and how to do it all the same")
    func repeated() async throws {
        try await Desk.with { desk, client in
            let folder = try await desk.ticketed()
            let path = "/api/support/tickets/\(folder.ticket.number)/replies"
            func send(_ text: String, name: String? = nil, key: String? = nil, version: Int? = nil) async throws
                -> Client.Answer
            {
                try await client.call(
                    .post, path, key: key ?? desk.keys.agent, headers: name.map { [.idempotencyKey: $0] } ?? [:],
                    json: #"{"text":"\#(text)","agent":"Kim"\#(version.map { ",\"version\":\($0)" } ?? "")}"#)
            }
            #expect(try await send("Done.", name: "k").status == 201)
            let twice = try await send("Done.")
            #expect(twice.status == 409)
            #expect(twice.problem?.detail.contains("less than a minute ago") == true)
            #expect(twice.problem?.detail.contains("give it an Idempotency-Key, or name the ticket's version") == true)
            let old = try await send("Else.", version: folder.ticket.version)
            #expect(old.status == 409 && old.problem?.detail.contains("was changed meanwhile") == true)
            let other = try await send("Other.", name: "k")
            #expect(other.status == 422 && other.problem?.detail.contains("this Idempotency-Key was used") == true)
            // A key is its caller's own, and of one address.
            #expect(try await send("Other.", name: "k", key: desk.keys.admin).status == 201)
            let second = try await desk.ticketed("Another", subject: "Other")
            let elsewhere = try await client.call(
                .post, "/api/support/tickets/\(second.ticket.number)/replies", key: desk.keys.agent,
                headers: [.idempotencyKey: "k"], json: #"{"text":"Done.","agent":"Kim"}"#)
            #expect(elsewhere.status == 201)
            #expect(
                try await desk.store.outbox(state: nil, limit: 9).map(\.reply.body).sorted() == [
                    "Done.", "Done.", "Other.",
                ])
        }
    }

    @Test(
        "a method that an address does not know is 405 with those it knows; an unknown address is 404",
        arguments: [
            ("PUT", "/api/support/conversations/abc", "DELETE, GET, HEAD"),
            ("POST", "/api/support/conversations", "GET, HEAD"),
            ("DELETE", "/api/support/tickets/7", "GET, HEAD, PATCH"), ("GET", "/api/support/chat", "POST"),
            ("GET", "/webhooks/inbound", "POST"), ("PUT", "/admin/tickets/7", "GET, HEAD"),
            ("PUT", "/chat", "GET, HEAD"),
            ("GET", "/api/support/nothing", nil), ("PUT", "/api/support/conversations/a/b/c", nil),
        ])
    func methods(method: String, path: String, allowed: String?) async throws {
        try await Desk.with { desk, client in
            let answer = try await client.call(
                try #require(HTTPRequest.Method(method)), path, key: path.hasPrefix("/webhooks") ? nil : desk.keys.admin
            )
            #expect(answer.status == (allowed == nil ? 404 : 405))
            #expect(answer.headers[.allow] == allowed)
            if let allowed, path.hasPrefix("/api") {
                #expect(answer.problem?.detail == "\(method) is not known here, but \(allowed)")
            }
        }
    }

    @Test("HEAD is GET without its body; a stream of events has none")
    func head() async throws {
        try await Desk.with { desk, client in
            let session = try await desk.signIn()
            for (path, key) in [
                ("/healthz", nil), ("/readyz", nil), ("/chat", nil), ("/chat/chat.js", nil), ("/api/openapi.json", nil),
                ("/api/support/conversations", desk.keys.reader), ("/api/support/tickets", desk.keys.reader),
                ("/admin", nil), ("/metrics", desk.keys.reader), ("/api/support/tickets", nil), ("/nothing", nil),
            ] {
                let cookie = path == "/admin" ? session.cookie : nil
                let whole = try await client.call(.get, path, key: key, cookie: cookie)
                let head = try await client.call(.head, path, key: key, cookie: cookie)
                #expect(head.status == whole.status && head.text.isEmpty, "\(path)")
                for name in [HTTPField.Name.contentType, .contentLength, .cacheControl, .contentSecurityPolicy] {
                    #expect(head.headers[name] == whole.headers[name], "\(path)")
                }
                #expect(head.headers[.contentLength] == "\(whole.text.utf8.count)", "\(path)")
            }
            let stream = try await client.call(.head, "/api/support/events", key: desk.keys.reader)
            #expect(stream.status == 405 && stream.headers[.allow] == "GET" && stream.text.isEmpty)
        }
    }

    @Test(
        "a body of the wrong shape is told what it must be",
        arguments: [
            ("[]", "the body must be a JSON object"), ("\"x\"", "the body must be a JSON object"),
            (#"{"message":1}"#, "\"message\" must be text"), (#"{"message":[]}"#, "\"message\" must be text"),
            (#"{"message":"x","user":[]}"#, "\"user\" must be a JSON object"),
            (#"{"message":"x","user":{"name":{}}}"#, "\"user.name\" must be text"), ("{}", "\"message\" is missing"),
            (#"{"message":null}"#, "\"message\" must be text, not null"),
            ("{", "the body is not the JSON that this call takes"),
        ])
    func shapes(body: String, detail: String) async throws {
        try await Desk.with { desk, client in
            let answer = try await client.call(.post, "/api/support/chat", key: desk.keys.chat, json: body)
            #expect(answer.status == 400 && answer.problem?.detail == detail)
        }
    }
}
