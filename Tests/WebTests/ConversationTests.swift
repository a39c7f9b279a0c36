// Conversations and tickets over the API: rights, lists, search, hand-over, what agents do.

import Correspondence
import Foundation
import Gateway
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct ConversationTests {
    @Test(
        "without a key 401, with too little 403, problems both",
        arguments: [
            "/api/support/conversations", "/api/support/tickets", "/api/support/analytics", "/api/support/ledger",
            "/api/support/drafts", "/api/support/reports/digest",
        ])
    func rights(path: String) async throws {
        try await Desk.with { desk, client in
            let none = try await client.call(.get, path)
            #expect(none.status == 401 && none.problem?.code == "unauthorized")
            #expect(none.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
            let little = try await client.call(.get, path, key: desk.keys.chat)
            #expect(little.status == 403 && little.problem?.code == "forbidden")
            for key in [desk.keys.reader, desk.keys.agent, desk.keys.admin] {
                #expect(try await client.call(.get, path, key: key).status == 200)
            }
        }
    }

    @Test("lists page by cursor, filter by state and find words")
    func list() async throws {
        try await Desk.with { desk, client in
            for index in 0..<5 {
                try await desk.waiting("Parcel number \(index)", subject: "S\(index)", from: "a\(index)@example.org")
                desk.clock.advance(.seconds(1))
            }
            let first = try await client.call(.get, "/api/support/conversations?limit=3", key: desk.keys.reader)
            let page = try first.json(PageJSON<ConversationSummaryJSON>.self)
            #expect(page.items.map(\.subject) == ["S4", "S3", "S2"])
            let next = try #require(page.next)
            let second = try await client.call(
                .get, "/api/support/conversations?limit=3&cursor=\(AdminRoutes.escaped(next))", key: desk.keys.reader)
            #expect(try second.json(PageJSON<ConversationSummaryJSON>.self).items.map(\.subject) == ["S1", "S0"])
            let found = try await client.call(.get, "/api/support/conversations?q=number%203", key: desk.keys.reader)
            #expect(try found.json(PageJSON<ConversationSummaryJSON>.self).items.map(\.subject) == ["S3"])
            for query in ["A3@example.org", "a3%40example.org", "parcel%20a3%40example.org"] {
                let found = try await client.call(.get, "/api/support/conversations?q=\(query)", key: desk.keys.reader)
                #expect(try found.json(PageJSON<ConversationSummaryJSON>.self).items.map(\.subject) == ["S3"])
            }
            let host = try await client.call(
                .get, "/api/support/conversations?q=example.org&limit=9", key: desk.keys.reader)
            #expect(try host.json(PageJSON<ConversationSummaryJSON>.self).items.count == 5)
            let closed = try await client.call(
                .get, "/api/support/conversations?status=closed", key: desk.keys.reader)
            #expect(try closed.json(PageJSON<ConversationSummaryJSON>.self).items.isEmpty)
            for wrong in ["status=never", "limit=0", "limit=999", "customer=nobody"] {
                let answer = try await client.call(
                    .get, "/api/support/conversations?\(wrong)", key: desk.keys.reader)
                #expect(answer.status == 400)
            }
        }
    }

    @Test("words are found in whatever language of the desk their conversation is")
    func languages() async throws {
        try await Desk.with { desk, client in
            for index in 0..<3 {
                try await desk.waiting(
                    "Wie entkalken", subject: "K\(index)", from: "k\(index)@example.org", language: "de")
                desk.clock.advance(.seconds(1))
            }
            let first = try await client.call(
                .get, "/api/support/conversations?q=entkalken&limit=2", key: desk.keys.reader)
            let page = try first.json(PageJSON<ConversationSummaryJSON>.self)
            #expect(page.items.map(\.subject) == ["K2", "K1"])
            let next = AdminRoutes.escaped(try #require(page.next))
            let second = try await client.call(
                .get, "/api/support/conversations?q=entkalken&limit=2&cursor=\(next)", key: desk.keys.reader)
            #expect(try second.json(PageJSON<ConversationSummaryJSON>.self).items.map(\.subject) == ["K0"])
            let none = try await client.call(.get, "/api/support/conversations?q=nothing", key: desk.keys.reader)
            #expect(try none.json(PageJSON<ConversationSummaryJSON>.self).items.isEmpty)
        }
    }

    @Test("a conversation is for readers and its own customer; ids that are none are not found")
    func one() async throws {
        try await Desk.with { desk, client in
            let id = try await desk.waiting()
            let other = try await desk.waiting(from: "bob@example.org")
            let token = try #require(desk.seams.signer.chatToken(for: id))
            let answer = try await client.call(.get, "/api/support/conversations/\(id)", key: token)
            let json = try answer.json(ConversationJSON.self)
            #expect(json.messages.map(\.newText) == ["Where is my parcel?"])
            #expect(json.customer.address == "anna@example.org")
            #expect(try await client.call(.get, "/api/support/conversations/\(other)", key: token).status == 403)
            #expect(try await client.call(.get, "/api/support/conversations/\(id)").status == 401)
            for wrong in ["01nothing", "UPPER", "%2e%2e%2f", "a'b"] {
                let answer = try await client.call(
                    .get, "/api/support/conversations/\(wrong)", key: desk.keys.reader)
                #expect(answer.status == 404)
            }
        }
    }

    @Test("the customer is shown what people and the desk said, agents also the bounce between")
    func bounce() async throws {
        try await Desk.with { desk, client in
            let id = try await desk.waiting()
            try await desk.conclude(id, reply: "Tomorrow.")
            let reply = try #require(try await desk.store.messages(of: id).last?.messageID)
            try await desk.bounced(reply, to: "anna@example.org", text: "This is the mail system at host mx.")
            let token = try #require(desk.seams.signer.chatToken(for: id))
            func shown(_ key: String) async throws -> [String] {
                try await client.call(.get, "/api/support/conversations/\(id)", key: key).json(ConversationJSON.self)
                    .messages.map(\.newText)
            }
            #expect(try await shown(token) == ["Where is my parcel?", "Tomorrow."])
            #expect(try await shown(desk.keys.reader).last == "This is the mail system at host mx.")
            // On the pages it is one line, and the words of the mail server are folded.
            let number = try await desk.store.conversation(id).number
            let session = try await desk.signIn()
            let page = try await client.call(.get, "/admin/tickets/\(number)", cookie: session.cookie).text
            let line = "A reply to anna@example.org could not be delivered: there is no such mailbox (5.1.1)"
            #expect(page.contains("<p class=\"text\">\(line)</p>"))
            #expect(page.contains("<summary>What their mail server wrote</summary><p class=\"text soft\""))
            #expect(
                page.contains(
                    "<p class=\"deciding\">a reply to anna@example.org could not be delivered: there is no such mailbox (5.1.1)</p>"
                ))
        }
    }

    @Test("null is written where there is nothing")
    func nulls() async throws {
        try await Desk.with { desk, client in
            let id = try await desk.waiting()
            let answer = try await client.call(.get, "/api/support/conversations/\(id)", key: desk.keys.reader)
            #expect(answer.text.contains(#""ticketId":null"#))
            #expect(answer.text.contains(#""outcome":null"#))
            #expect(answer.text.contains(#""sources":[]"#))
        }
    }

    @Test("handing over opens a ticket, by an agent or the customer")
    func escalate() async throws {
        try await Desk.with { desk, client in
            let id = try await desk.waiting()
            let path = "/api/support/conversations/\(id)/escalate"
            #expect(try await client.call(.post, path, key: desk.keys.reader, json: "{}").status == 403)
            let answer = try await client.call(
                .post, path, key: desk.keys.agent, json: #"{"reason":"needs a look"}"#)
            #expect(try answer.json(TicketJSON.self).reason.contains("needs a look"))
            let token = try #require(desk.seams.signer.chatToken(for: id))
            #expect(try await client.call(.post, path, key: token, json: "{}").status == 200)
            let other = try await desk.waiting(from: "bob@example.org")
            let foreign = "/api/support/conversations/\(other)/escalate"
            #expect(try await client.call(.post, foreign, key: token, json: "{}").status == 403)
        }
    }

    @Test("a chat's token calls for a person so often and no more; an agent's key always")
    func escalateTooOften() async throws {
        let settings = WebSettings(chatRate: Rate(count: 2, period: .minutes(1)))
        try await Desk.with(settings) { desk, client in
            let id = try await desk.waiting()
            let path = "/api/support/conversations/\(id)/escalate"
            let token = try #require(desk.seams.signer.chatToken(for: id))
            for _ in 0..<2 { #expect(try await client.call(.post, path, key: token, json: "{}").status == 200) }
            let refused = try await client.call(.post, path, key: token, json: "{}")
            #expect(refused.status == 429 && refused.headers[.retryAfter] == "30")
            #expect(try await client.call(.post, path, key: desk.keys.agent, json: "{}").status == 200)
            // Asking for a person is not saying something: the one does not eat the other's rate.
            let said = try await client.call(.post, "/api/support/chat", key: token, json: #"{"message":"Hello?"}"#)
            #expect(said.status == 200)
            desk.clock.advance(.seconds(30))
            #expect(try await client.call(.post, path, key: token, json: "{}").status == 200)
        }
    }

    @Test("an agent reads, takes, notes, answers and closes a ticket")
    func ticket() async throws {
        try await Desk.with { desk, client in
            let folder = try await desk.ticketed()
            let path = "/api/support/tickets/\(folder.ticket.number)"
            let read = try await client.call(.get, path, key: desk.keys.reader)
            let json = try read.json(TicketFolderJSON.self)
            #expect(json.draft?.reply == "You can have it.")
            #expect(json.ticket.priority == "high")
            let taken = try await client.call(
                .patch, path, key: desk.keys.agent, json: #"{"assignee":"Kim","version":\#(json.ticket.version)}"#)
            #expect(try taken.json(TicketJSON.self).assignee == "Kim")
            let late = try await client.call(
                .patch, path, key: desk.keys.agent, json: #"{"status":"closed","version":\#(json.ticket.version)}"#)
            #expect(late.status == 409)
            let note = try await client.call(
                .post, path + "/notes", key: desk.keys.agent, json: #"{"text":"called","agent":"Kim"}"#)
            #expect(note.status == 201)
            let reply = try await client.call(
                .post, path + "/replies", key: desk.keys.agent, json: #"{"text":"Hi Anna, done.","agent":"Kim"}"#)
            #expect(reply.status == 201)
            #expect(try reply.json(TicketJSON.self).status == "waiting")
            let outbox = try await desk.store.outbox(state: .pending, limit: 10)
            #expect(outbox.map(\.reply.body) == ["Hi Anna, done."])
            let after = try await client.call(.get, path, key: desk.keys.reader)
            #expect(try after.json(TicketFolderJSON.self).notes.map(\.text) == ["called"])
            #expect(try await client.call(.post, path + "/replies", key: desk.keys.reader, json: "{}").status == 403)
            let empty = try await client.call(
                .post, path + "/replies", key: desk.keys.agent, json: #"{"text":" ","agent":"Kim"}"#)
            #expect(empty.status == 422)
            #expect(try await client.call(.get, "/api/support/tickets/99999", key: desk.keys.reader).status == 404)
        }
    }

    @Test("a call of the same Idempotency-Key sends once; without one the same words are refused for a while")
    func sentTwice() async throws {
        try await Desk.with { desk, client in
            let folder = try await desk.ticketed()
            let path = "/api/support/tickets/\(folder.ticket.number)/replies"
            func send(_ text: String, key: String? = nil) async throws -> Int {
                try await client.call(
                    .post, path, key: desk.keys.agent, headers: key.map { [.idempotencyKey: $0] } ?? [:],
                    json: #"{"text":"\#(text)","agent":"Kim"}"#
                ).status
            }
            #expect(try await send("Done.", key: "k1") == 201)
            #expect(try await send("Done.", key: "k1") == 201)
            #expect(try await send("Other.", key: "k1") == 422)
            #expect(try await send("Done.") == 409)
            #expect(try await send("Done.", key: String(repeating: "k", count: 201)) == 400)
            #expect(try await desk.store.outbox(state: nil, limit: 10).map(\.reply.body) == ["Done."])
            let other = try await desk.ticketed("Other", subject: "Two", name: "Bob", verdict: .review)
            let approve = "/api/support/drafts/\(other.ticket.number)/approve"
            for (key, status) in [("a1", 201), ("a1", 201), (nil, 422)] {
                let answer = try await client.call(
                    .post, approve, key: desk.keys.agent, headers: key.map { [.idempotencyKey: $0] } ?? [:],
                    json: #"{"agent":"Kim"}"#)
                #expect(answer.status == status)
            }
            #expect(try await desk.store.outbox(state: nil, limit: 10).count == 2)
        }
    }

    @Test("a draft is listed, released as it stands or better, or discarded")
    func drafts() async throws {
        try await Desk.with { desk, client in
            let first = try await desk.ticketed(subject: "One", verdict: .review)
            // Its draft is there to be read: a rule spoke against it.
            let second = try await desk.ticketed("Other", subject: "Two", name: "Bob")
            let list = try await client.call(.get, "/api/support/drafts", key: desk.keys.reader)
            #expect(try list.json(PageJSON<TicketFolderJSON>.self).items.map(\.ticket.number) == [first.ticket.number])
            let refused = try await client.call(
                .post, "/api/support/drafts/\(second.ticket.number)/approve", key: desk.keys.agent,
                json: #"{"agent":"Kim"}"#)
            #expect(refused.status == 422)
            let approved = try await client.call(
                .post, "/api/support/drafts/\(first.ticket.number)/approve", key: desk.keys.agent,
                json: #"{"agent":"Kim"}"#)
            #expect(approved.status == 201)
            #expect(try await desk.store.outbox(state: .pending, limit: 10).map(\.reply.body) == ["You can have it."])
            let discarded = try await client.call(
                .post, "/api/support/drafts/\(second.ticket.number)/discard", key: desk.keys.agent,
                json: #"{"agent":"Kim","text":"wrong article"}"#)
            #expect(discarded.status == 200)
            let late = try await client.call(
                .post, "/api/support/drafts/\(first.ticket.number)/discard", key: desk.keys.agent,
                json: #"{"agent":"Kim"}"#)
            #expect(late.status == 422)
            #expect(try await desk.store.ticket(number: second.ticket.number).notes.map(\.text) == ["wrong article"])
        }
    }

    @Test("figures, ledger, health, readiness, metrics")
    func figures() async throws {
        try await Desk.with { desk, client in
            let id = try await desk.waiting()
            try await desk.conclude(id, reply: "It comes tomorrow.")
            _ = try await desk.ticketed()
            desk.clock.advance(.seconds(5))
            let answer = try await client.call(.get, "/api/support/analytics?since=1d", key: desk.keys.reader)
            let figures = try answer.json(FiguresJSON.self)
            #expect(figures.received == 2)
            #expect(figures.outcomes["answered"] == 1 && figures.outcomes["ticket"] == 1)
            #expect(figures.ticketsWaiting == 1)
            let ledger = try await client.call(.get, "/api/support/ledger?outcome=answered", key: desk.keys.reader)
            #expect(try ledger.json(PageJSON<LedgerJSON>.self).items.count == 1)
            #expect(try await client.call(.get, "/api/support/analytics?since=x", key: desk.keys.reader).status == 400)
            #expect(try await client.call(.get, "/healthz").status == 200)
            let ready = try await client.call(.get, "/readyz")
            #expect(ready.status == 200)
            #expect(ready.text == #"{"ready":true}"#)
            // A key for chats reads nothing of the desk.
            #expect(try await client.call(.get, "/readyz", key: desk.keys.chat).text == ready.text)
            let told = try await client.call(.get, "/readyz", key: desk.keys.reader).text
            #expect(told.contains(#""support":"seen""#))
            #expect(told.contains("waits: 535 5.7.8 bad login of desk@mx.internal"))
            let metrics = try await client.call(.get, "/metrics", key: desk.keys.reader)
            #expect(metrics.text.contains("deskbridge_messages_day{outcome=\"answered\"} 1\n"))
            #expect(metrics.text.contains("deskbridge_tickets_waiting 1\n"))
            #expect(try await client.call(.get, "/metrics").status == 401)
            #expect(try await client.call(.get, "/metrics", key: desk.keys.chat).status == 403)
        }
    }

    @Test("however often the metrics are asked for, the store is counted once in ten seconds")
    func counted() async throws {
        let counting = Latest<FaultyStore>()
        let change: @Sendable (inout WebSeams) -> Void = { seams in
            let store = FaultyStore(seams.store)
            counting.set(store)
            seams.store = store
        }
        try await Desk.with(seams: change) { desk, client in
            let store = try #require(counting.value)
            for times in 1...2 {
                await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<200 {
                        group.addTask { try await client.call(.get, "/metrics", key: desk.keys.reader).status }
                    }
                    while let status = await group.nextResult() { #expect((try? status.get()) == 200) }
                }
                // Later than all of them, though within the ten seconds.
                desk.clock.advance(.seconds(9))
                #expect(try await client.call(.get, "/metrics", key: desk.keys.reader).status == 200)
                #expect(store.calls(of: "figures") == times && store.calls(of: "backlog") == times)
                desk.clock.advance(.seconds(1))
            }
        }
    }

    @Test("what a customer reads of their conversation is bounded, what the desk reads is not")
    func reads() async throws {
        try await Desk.with(WebSettings(chatRate: Rate(count: 1, period: .minutes(1)))) { desk, client in
            let id = try await desk.waiting()
            let token = try #require(desk.seams.signer.chatToken(for: id))
            for wanted in Array(repeating: 200, count: WebServer.readsOfWord) + [429] {
                let answer = try await client.call(.get, "/api/support/conversations/\(id)", key: token)
                #expect(answer.status == wanted)
            }
            #expect(
                try await client.call(.get, "/api/support/conversations/\(id)", key: desk.keys.reader).status == 200)
        }
    }

    @Test("what is nowhere is a problem document")
    func nowhere() async throws {
        try await Desk.with { _, client in
            let answer = try await client.call(.get, "/api/support/nothing")
            #expect(answer.status == 404)
            #expect(answer.problem?.code == "notFound")
            #expect(answer.headers[.contentTypeOptions] == "nosniff")
        }
    }
}
