// The chat: who may open one, the answer, the token that goes on with it, the stream, limits.

import Correspondence
import Foundation
import HTTPTypes
import Testing

@testable import Gateway
@testable import Web

struct ChatTests {
    static let origin = "https://shop.example"
    static let open = WebSettings(chatOrigins: [origin])
    static let body = #"{"message":"May I return it?"}"#

    @Test("without key and origin nobody chats; a site that is not named neither")
    func closed() async throws {
        try await Desk.with { desk, client in
            let none = try await client.call(.post, "/api/support/chat", json: Self.body)
            #expect(none.status == 401)
            #expect(none.headers[.contentType] == "application/problem+json")
            let other = try await client.call(
                .post, "/api/support/chat", headers: [.origin: "https://evil.example"], json: Self.body)
            #expect(other.status == 403)
            #expect(other.headers[.accessControlAllowOrigin] == nil)
            #expect(desk.chat.said.isEmpty)
        }
    }

    @Test("a named site gets an answer with a token, and the token goes on with this conversation alone")
    func happy() async throws {
        try await Desk.with(Self.open) { desk, client in
            let first = try await client.call(
                .post, "/api/support/chat", headers: [.origin: Self.origin], json: Self.body)
            #expect(first.status == 200)
            #expect(first.headers[.accessControlAllowOrigin] == Self.origin)
            let answer = try first.json(ChatAnswerJSON.self)
            #expect(answer.reply == "Within 30 days.")
            #expect(answer.sources.first?.article == "en/returns.md")
            let token = try #require(answer.token)
            let second = try await client.call(
                .post, "/api/support/chat", key: token,
                json: #"{"message":"And then?","conversationId":"\#(answer.conversationId)"}"#)
            #expect(try second.json(ChatAnswerJSON.self).token == nil)
            #expect(desk.chat.said.map(\.conversation) == [nil, desk.chat.conversation])
            let other = try await client.call(
                .post, "/api/support/chat", key: token, json: #"{"message":"x","conversationId":"01other"}"#)
            #expect(other.status == 403)
        }
    }

    @Test("a conversation without its token is refused")
    func withoutToken() async throws {
        try await Desk.with(Self.open) { desk, client in
            let answer = try await client.call(
                .post, "/api/support/chat", headers: [.origin: Self.origin],
                json: #"{"message":"x","conversationId":"\#(desk.chat.conversation.text)"}"#)
            #expect(answer.status == 403)
            let withKey = try await client.call(
                .post, "/api/support/chat", key: desk.keys.chat,
                json: #"{"message":"x","conversationId":"\#(desk.chat.conversation.text)"}"#)
            #expect(withKey.status == 403)
            let token = try #require(desk.seams.signer.chatToken(for: desk.chat.conversation))
            let withBoth = try await client.call(
                .post, "/api/support/chat", key: desk.keys.chat, json: #"{"message":"x","token":"\#(token)"}"#)
            #expect(withBoth.status == 200)
        }
    }

    @Test("only a key of the right scope is believed about the user")
    func identity() async throws {
        try await Desk.with(Self.open) { desk, client in
            let body = #"{"message":"x","user":{"name":"Anna","email":"anna@example.org","role":"admin"}}"#
            _ = try await client.call(.post, "/api/support/chat", headers: [.origin: Self.origin], json: body)
            _ = try await client.call(.post, "/api/support/chat", key: desk.keys.chat, json: body)
            #expect(desk.chat.said.map(\.isIdentityTrusted) == [false, true])
            #expect(desk.chat.said.last?.user?.email == EmailAddress("anna@example.org"))
            let reader = try await client.call(.post, "/api/support/chat", key: desk.keys.reader, json: body)
            #expect(reader.status == 403)
            let wrong = try await client.call(.post, "/api/support/chat", key: "dk_unknown", json: body)
            #expect(wrong.status == 401)
        }
    }

    @Test("an address that is none is refused by its name", arguments: ["nope", "a@", "a b@c.example"])
    func noAddress(email: String) async throws {
        try await Desk.with(Self.open) { desk, client in
            let answer = try await client.call(
                .post, "/api/support/chat", key: desk.keys.chat, json: #"{"message":"x","user":{"email":"\#(email)"}}"#)
            #expect(answer.status == 400 && answer.problem?.detail == "\"user.email\" is not an email address")
            #expect(desk.chat.said.isEmpty)
        }
    }

    @Test("a visitor leaves an address for people's answers, in their own conversation alone")
    func leavesAddress() async throws {
        try await Desk.with(Self.open) { desk, client in
            let id = try await desk.chatting()
            let other = try await desk.waiting()
            let token = try #require(desk.seams.signer.chatToken(for: id))
            let path = "/api/support/conversations/\(id)/address"
            let body = #"{"email":"zoe@shop.example"}"#
            #expect(try await client.call(.post, path, json: body).status == 401)
            #expect(try await client.call(.post, path, key: desk.keys.reader, json: body).status == 403)
            let foreign = "/api/support/conversations/\(other)/address"
            #expect(try await client.call(.post, foreign, key: token, json: body).status == 403)
            #expect(try await client.call(.post, foreign, key: desk.keys.agent, json: body).status == 422)
            let wrong = try await client.call(.post, path, key: token, json: #"{"email":"nope"}"#)
            #expect(wrong.status == 400 && wrong.problem?.detail == "\"email\" is not an email address")
            #expect(try await client.call(.post, path, key: token, json: body).status == 204)
            #expect(try await desk.store.messages(of: id).first?.answerTo == EmailAddress("zoe@shop.example"))
            let session = try await desk.signIn()
            let page = try await client.call(.get, "/admin/conversations/\(id)", cookie: session.cookie).text
            #expect(page.contains("<bdi>zoe@shop.example</bdi> (nobody proved"))
        }
        var silent = Self.open
        silent.sendsMail = false
        try await Desk.with(silent) { desk, client in
            let id = try await desk.chatting()
            let answer = try await client.call(
                .post, "/api/support/conversations/\(id)/address", key: desk.keys.agent,
                json: #"{"email":"a@b.example"}"#)
            #expect(answer.status == 422 && answer.problem?.code == "noMail")
            #expect(try await !client.call(.get, "/chat").text.contains("id=\"mail\""))
        }
    }

    @Test("as a stream: states first, then the reply")
    func stream() async throws {
        try await Desk.with(Self.open) { _, client in
            let answer = try await client.call(
                .post, "/api/support/chat", headers: [.origin: Self.origin, .accept: "text/event-stream"],
                json: Self.body)
            #expect(answer.headers[.contentType] == "text/event-stream")
            let events = answer.text.split(separator: "\n\n").map { $0.prefix { $0 != "\n" } }
            #expect(events == ["event: status", "event: status", "event: reply"])
        }
    }

    @Test("too late is an answer without a reply and with the token; a store that is down is 503")
    func faults() async throws {
        try await Desk.with(Self.open) { desk, client in
            desk.chat.fail(ChatError(code: .tooLate, detail: ""))
            let late = try await client.call(
                .post, "/api/support/chat", headers: [.origin: Self.origin], json: Self.body)
            let answer = try late.json(ChatAnswerJSON.self)
            #expect(answer.reply == nil && answer.token != nil)
            desk.chat.fail(ChatError(code: .storeUnavailable, detail: "secret path"))
            let down = try await client.call(
                .post, "/api/support/chat", headers: [.origin: Self.origin], json: Self.body)
            #expect(down.status == 503)
            #expect(down.headers[.retryAfter] == "10")
            #expect(!down.text.contains("secret path"))
        }
    }

    @Test("bad bodies are told what is wrong", arguments: ["{", #"{"text":"x"}"#, #"{"message":1}"#, "[]"])
    func badBodies(body: String) async throws {
        try await Desk.with(Self.open) { _, client in
            let answer = try await client.call(
                .post, "/api/support/chat", headers: [.origin: Self.origin], json: body)
            #expect(answer.status == 400)
        }
    }

    @Test("more than the rate is 429 with the time to wait, and later goes on")
    func rate() async throws {
        var settings = Self.open
        settings.chatRate = Rate(count: 3, period: .minutes(1))
        try await Desk.with(settings) { desk, client in
            var statuses: [Int] = []
            for _ in 0..<4 {
                let answer = try await client.call(
                    .post, "/api/support/chat", headers: [.origin: Self.origin], json: Self.body)
                statuses.append(answer.status)
                if answer.status == 429 { #expect(answer.headers[.retryAfter] == "20") }
            }
            #expect(statuses == [200, 200, 200, 429])
            desk.clock.advance(.seconds(20))
            let later = try await client.call(
                .post, "/api/support/chat", headers: [.origin: Self.origin], json: Self.body)
            #expect(later.status == 200)
        }
    }

    @Test("preflights are answered for named sites alone")
    func preflight() async throws {
        try await Desk.with(Self.open) { _, client in
            let good = try await client.call(.options, "/api/support/chat", headers: [.origin: Self.origin])
            #expect(good.status == 204)
            let bad = try await client.call(.options, "/api/support/chat", headers: [.origin: "https://evil.example"])
            #expect(bad.headers[.accessControlAllowOrigin] == nil)
            let tickets = try await client.call(.options, "/api/support/tickets", headers: [.origin: Self.origin])
            #expect(tickets.headers[.accessControlAllowOrigin] == nil)
        }
    }
}
