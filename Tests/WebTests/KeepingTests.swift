// What keeps the desk in order: erasing, the outbox, keys and links, for admins alone.

import Correspondence
import Foundation
import HTTPTypes
import Testing

@testable import Web

struct KeepingTests {
    @Test("a key is made, works within its scopes, and is removed")
    func keys() async throws {
        try await Desk.with { desk, client in
            let body = #"{"name":"shop","scopes":["read"],"days":2}"#
            #expect(try await client.call(.post, "/api/support/keys", key: desk.keys.agent, json: body).status == 403)
            let answer = try await client.call(.post, "/api/support/keys", key: desk.keys.admin, json: body)
            #expect(answer.status == 201)
            let made = try answer.json(MadeKeyJSON.self)
            #expect(made.key.hasPrefix("dk_") && made.key.count == 51)
            #expect(try await client.call(.get, "/api/support/tickets", key: made.key).status == 200)
            let list = try await client.call(.get, "/api/support/keys", key: desk.keys.admin)
            #expect(list.text.contains("\"shop\"") && !list.text.contains(made.key))
            desk.clock.advance(.days(2))
            #expect(try await client.call(.get, "/api/support/tickets", key: made.key).status == 401)
            let gone = try await client.call(
                .delete, "/api/support/keys/\(made.record.id)", key: desk.keys.admin)
            #expect(gone.status == 204)
            let wrong = try await client.call(
                .post, "/api/support/keys", key: desk.keys.admin, json: #"{"name":"x","scopes":["root"]}"#)
            #expect(wrong.status == 400)
        }
    }

    @Test("closing, erasing, the outbox, a new link")
    func keeping() async throws {
        try await Desk.with { desk, client in
            let id = try await desk.waiting()
            try await desk.conclude(id, reply: "It comes tomorrow.")
            let list = try await client.call(.get, "/api/support/outbox?state=pending", key: desk.keys.reader)
            let entry = try #require(try list.json(PageJSON<OutboxJSON>.self).items.first)
            #expect(entry.to == "anna@example.org" && entry.purpose == "automaticReply")
            let path = "/api/support/outbox/\(entry.id)"
            #expect(try await client.call(.delete, path, key: desk.keys.agent).status == 403)
            #expect(try await client.call(.post, path + "/retry", key: desk.keys.admin).status == 204)
            #expect(try await client.call(.delete, path, key: desk.keys.admin).status == 204)
            let conversation = "/api/support/conversations/\(id)"
            let closed = try await client.call(.post, conversation + "/close", key: desk.keys.agent)
            #expect(try closed.json(ConversationSummaryJSON.self).status == "closed")
            #expect(try await client.call(.delete, conversation, key: desk.keys.agent).status == 403)
            #expect(try await client.call(.delete, conversation, key: desk.keys.admin).status == 204)
            #expect(try await client.call(.get, conversation, key: desk.keys.admin).status == 404)
            let link = try await client.call(.post, "/api/support/admin-links", key: desk.keys.admin)
            #expect(try link.json(LinkJSON.self).url.contains("/admin/enter?key="))
        }
    }
}
