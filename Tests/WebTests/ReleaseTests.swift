// Review mode on the pages: the draft that waits, sent, edited and sent, or not sent.

import Correspondence
import HTTPTypes
import Testing

@testable import Web

struct ReleaseTests {
    private struct Rig {
        let desk: Desk
        let client: Client
        let folder: TicketFolder
        let session: (cookie: String, csrf: String)
        var path: String { "/admin/tickets/\(folder.ticket.number)" }

        func page(_ path: String) async throws -> String {
            let answer = try await client.call(.get, path, cookie: session.cookie)
            #expect(answer.status == 200)
            return answer.text
        }

        func post(_ fields: [String: String]) async throws -> Client.Answer {
            let own = ["csrf": session.csrf, "version": "\(folder.ticket.version)"]
            return try await client.call(
                .post, path + "/release", cookie: session.cookie, form: fields.merging(own) { $1 })
        }

        func now() async throws -> TicketFolder { try await desk.store.ticket(folder.ticket.id) }
    }

    private static func with(_ body: @escaping @Sendable (Rig) async throws -> Void) async throws {
        try await Desk.with { desk, client in
            let folder = try await desk.ticketed(verdict: .review)
            try await body(Rig(desk: desk, client: client, folder: folder, session: try await desk.signIn()))
        }
    }

    @Test("ticket and conversation page offer the waiting draft with its sources; without one they do not")
    func offered() async throws {
        try await Self.with { rig in
            for path in [rig.path, "/admin/conversations/\(rig.folder.conversation.id)"] {
                let page = try await rig.page(path)
                #expect(page.contains("This draft waits for release"))
                for act in ["send", "edit", "discard"] { #expect(page.contains("name=\"act\" value=\"\(act)\"")) }
                #expect(page.contains("dir=\"auto\">You can have it.</textarea>") && page.contains("within 30 days"))
            }
            let other = try await rig.desk.ticketed("Another", subject: "Other")
            for path in ["/admin/tickets/\(other.ticket.number)", "/admin/conversations/\(other.conversation.id)"] {
                #expect(try await !rig.page(path).contains("waits for release</h2>"))
            }
        }
    }

    @Test("sent as it stands it is the automatic answer, let go by a person")
    func sent() async throws {
        try await Self.with { rig in
            #expect(try await rig.post(["act": "send", "agent": ""]).status == 400)
            for _ in 0..<2 {
                let answer = try await rig.post([
                    "act": "send", "agent": "Kim", "key": "k1", "text": "You can have it.",
                ])
                #expect(answer.status == 303)
            }
            let outbox = try await rig.desk.store.outbox(state: nil, limit: 10)
            #expect(outbox.count == 1)
            let reply = try #require(outbox.first?.reply)
            #expect(reply.isReleasedDraft && reply.body == "You can have it." && reply.signer == nil)
            #expect(reply.quote?.text == "I want my money back")
            let text = rig.desk.seams.reports.dress(reply, desk: Desk.profile).text
            #expect(text.hasPrefix("Hello Anna,\n\nYou can have it.\n\nKind regards\nAcme Support\n"))
            #expect(text.contains("written automatically") && text.contains("> I want my money back"))
            let folder = try await rig.now()
            #expect(folder.ticket.status == .resolved && folder.ticket.firstResponseAt != nil)
            #expect(folder.messages.last?.author == .init(kind: .desk, name: "Kim"))
            #expect(folder.messages.last?.sources.map(\.article) == ["en/returns.md"])
            let page = try await rig.page(rig.path + "?done=sent")
            #expect(page.contains("Looked at by a person") && !page.contains("Draft waits for release"))
            #expect(page.contains("Automatic answer, released by Kim") && page.contains("The reply is on its way."))
            // Nothing is put into the agent's mouth a second time.
            #expect(!page.contains("waits for release</h2>") && page.contains("required></textarea>"))
        }
    }

    @Test("edited it is the agent's own reply")
    func edited() async throws {
        try await Self.with { rig in
            #expect(try await rig.post(["act": "edit", "agent": "Kim", "text": " "]).status == 422)
            #expect(try await rig.post(["act": "edit", "agent": "Kim", "text": "Dear Anna, yes."]).status == 303)
            let reply = try #require(try await rig.desk.store.outbox(state: nil, limit: 10).first?.reply)
            #expect(reply.signer == "Kim" && !reply.isReleasedDraft && reply.body == "Dear Anna, yes.")
            #expect(try await rig.now().messages.last?.author.kind == .agent)
        }
    }

    @Test("not sent, the ticket stays for a person, and nobody is offered the draft again")
    func discarded() async throws {
        try await Self.with { rig in
            #expect(try await rig.post(["act": "else", "agent": "Kim"]).status == 400)
            #expect(try await rig.post(["act": "discard", "agent": "Kim"]).status == 303)
            let folder = try await rig.now()
            #expect(folder.ticket.status == .open && folder.draft == nil)
            #expect(folder.notes.map(\.author) == ["Kim"])
            #expect(try await rig.desk.store.outbox(state: nil, limit: 10).isEmpty)
            let page = try await rig.page(rig.path + "?done=discarded")
            #expect(!page.contains("waits for release") && page.contains("The draft is not sent."))
            let list = try await rig.client.call(.get, "/api/support/drafts", key: rig.desk.keys.reader)
            #expect(try list.json(PageJSON<TicketFolderJSON>.self).items.isEmpty)
            // The page that still shows it is too old.
            #expect(try await rig.post(["act": "send", "agent": "Kim"]).status == 404)
            #expect(try await rig.post(["act": "discard", "agent": "Kim"]).status == 409)
        }
    }

    @Test("the API releases the same answer, and an edited one as the agent's")
    func released() async throws {
        try await Self.with { rig in
            let path = "/api/support/drafts/\(rig.folder.ticket.number)/approve"
            let answer = try await rig.client.call(
                .post, path, key: rig.desk.keys.agent, json: #"{"agent":"Ada"}"#)
            #expect(answer.status == 201)
            let other = try await rig.desk.ticketed("Another", subject: "Other", verdict: .review)
            let edited = try await rig.client.call(
                .post, "/api/support/drafts/\(other.ticket.number)/approve", key: rig.desk.keys.agent,
                json: #"{"agent":"Ada","text":"Hello, no."}"#)
            #expect(edited.status == 201)
            let replies = try await rig.desk.store.outbox(state: nil, limit: 10).map(\.reply)
            #expect(Set(replies.map(\.signer)) == [nil, "Ada"])
            #expect(replies.first { $0.isReleasedDraft }?.body == "You can have it.")
        }
    }
}
