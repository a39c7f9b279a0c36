// Tickets: what agents do over the API; drafts that wait for release.

import Correspondence
import Gateway
import HTTPTypes
import Hummingbird

struct TicketRoutes: Sendable {
    let seams: WebSeams
    static let nameLimit = 100
    static let keyLimit = 200

    func add(to router: NotedRouter) {
        let group = router.group("api/support")
        group.get("tickets", use: list)
        group.get("tickets/:number", use: one)
        group.patch("tickets/:number", use: change)
        group.post("tickets/:number/replies", use: reply)
        group.post("tickets/:number/notes", use: note)
        group.get("drafts", use: drafts)
        group.post("drafts/:number/approve", use: approve)
        group.post("drafts/:number/discard", use: discard)
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.read)
        var filter = TicketFilter()
        if let status = try request.choice("status", SupportTicket.Status.self) { filter.statuses = [status] }
        filter.assignee = request.query("assignee")
        let page = try await seams.store.tickets(
            filter, limit: try request.limit(50, most: 200), cursor: request.query("cursor"))
        return .json(PageJSON(items: page.items.map(TicketJSON.init), next: page.next))
    }

    @Sendable private func one(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.read)
        return .json(TicketFolderJSON(try await seams.store.ticket(number: try context.number("number"))))
    }

    @Sendable private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.agent)
        try OriginRule.requireOwnPage(request, token: request.headers[.csrf], context: context)
        let number = try context.number("number")
        let body = try await request.json(TicketChangeJSON.self, context: context)
        guard body.status != nil || body.assignee != nil else {
            throw Problem.invalid("\"status\" or \"assignee\" is missing")
        }
        let status = try body.status.map { try Request.choice("status", $0, SupportTicket.Status.self) }
        let by = body.agent.map { String($0.prefix(Self.nameLimit)) } ?? context.caller.name
        let ticket = try await seams.store.ticket(number: number).ticket
        var version = body.version
        if let assignee = body.assignee {
            let name = assignee.isEmpty ? nil : String(assignee.prefix(Self.nameLimit))
            try await seams.store.assign(ticket.id, to: name, by: by, version: version)
            // The second change of one call follows the first.
            if version != nil { version = try await seams.store.ticket(ticket.id).ticket.version }
        }
        if let status, status != ticket.status {
            try await seams.store.setStatus(ticket.id, status, by: by, version: version)
        }
        return .json(TicketJSON(try await seams.store.ticket(ticket.id).ticket))
    }

    @Sendable private func reply(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.agent)
        try OriginRule.requireOwnPage(request, token: request.headers[.csrf], context: context)
        let number = try context.number("number")
        let body = try await request.json(TicketReplyJSON.self, context: context)
        let status = try body.status.map { try Request.choice("status", $0, SupportTicket.Status.self) }
        try await seams.tickets.reply(
            number, body: body.text, agent: try Self.agent(body.agent), status: status, version: body.version,
            key: try Self.key(request.headers[.idempotencyKey], request, context))
        return .json(TicketJSON(try await seams.store.ticket(number: number).ticket), status: .created)
    }

    @Sendable private func note(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.agent)
        try OriginRule.requireOwnPage(request, token: request.headers[.csrf], context: context)
        let number = try context.number("number")
        let body = try await request.json(TicketNoteJSON.self, context: context)
        let note = try Self.note(body.text, by: body.agent, at: seams.surroundings.now())
        try await seams.store.note(try await seams.store.ticket(number: number).ticket.id, note)
        return .json(NoteJSON(note), status: .created)
    }

    static func agent(_ name: String) throws(Problem) -> String {
        let name = String(name.filter { !$0.isNewline }.prefix(nameLimit))
        guard name.contains(where: { !$0.isWhitespace }) else { throw .invalid("\"agent\" is missing") }
        return name
    }

    /// What names a request, so that it is done once however often it comes; nil without one. The name is the caller's
    /// own, and of this address: elsewhere, or said by another, it names another request.
    static func key(_ text: String?, _ request: Request, _ context: WebContext) throws(Problem) -> String? {
        guard let text, !text.isEmpty else { return nil }
        guard text.utf8.count <= keyLimit else {
            throw .invalid("the Idempotency-Key is longer than \(keyLimit) bytes")
        }
        return "\(context.caller.id) \(request.uri.path) \(text)"
    }

    static func note(_ text: String, by agent: String, at now: Instant) throws(Problem) -> TicketNote {
        TicketNote(at: now, author: try self.agent(agent), text: try noteText(text))
    }

    private static func noteText(_ text: String) throws(Problem) -> String {
        let text = String(text.prefix(ChatRoutes.textLimit)).filter { $0 != "\0" }
        guard text.contains(where: { !$0.isWhitespace }) else { throw .invalid("\"text\" is missing") }
        return text
    }

    // MARK: Drafts

    /// Live tickets that no human has answered and whose draft waits for release.
    @Sendable private func drafts(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.read)
        let page = try await seams.store.tickets(
            TicketFilter(statuses: [.new, .open]), limit: try request.limit(20, most: 50),
            cursor: request.query("cursor"))
        var folders: [TicketFolderJSON] = []
        for ticket in page.items where ticket.draft != nil {
            let folder = try await seams.store.ticket(ticket.id)
            if folder.isDraftWaiting { folders.append(TicketFolderJSON(folder)) }
        }
        return .json(PageJSON(items: folders, next: page.next))
    }

    /// Sends the draft as the automatic answer that it was to be, or `text` in its place, signed by the agent.
    @Sendable private func approve(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.agent)
        try OriginRule.requireOwnPage(request, token: request.headers[.csrf], context: context)
        let number = try context.number("number")
        let body = try await request.json(ApproveJSON.self, context: context)
        try await seams.tickets.release(
            number, text: body.text, agent: try Self.agent(body.agent), version: body.version,
            key: try Self.key(request.headers[.idempotencyKey], request, context))
        return .json(TicketJSON(try await seams.store.ticket(number: number).ticket), status: .created)
    }

    /// The ticket goes on without it; a note says why.
    @Sendable private func discard(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.agent)
        try OriginRule.requireOwnPage(request, token: request.headers[.csrf], context: context)
        let number = try context.number("number")
        let body = try await request.json(ApproveJSON.self, context: context)
        try await seams.tickets.discard(
            number, agent: try Self.agent(body.agent), reason: try body.text.map(Self.noteText) ?? "",
            version: body.version)
        return .json(TicketJSON(try await seams.store.ticket(number: number).ticket))
    }
}
