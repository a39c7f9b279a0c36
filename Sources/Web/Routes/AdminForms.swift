// What the forms of the pages do: reply, note, state, holder, hand over, read again, leave.

import Correspondence
import Gateway
import HTTPTypes
import Hummingbird
import Reports

/// Each form carries the session's token; each ends with a redirect, so that loading the page again does nothing.
struct AdminForms: Sendable {
    let seams: WebSeams
    let sessions: SessionBook
    let cookies: CookieNames

    func add(to router: NotedRouter) {
        router.post("admin/tickets/:number/reply", use: reply)
        router.post("admin/tickets/:number/release", use: release)
        router.post("admin/tickets/:number/note", use: note)
        router.post("admin/tickets/:number/status", use: status)
        router.post("admin/tickets/:number/assignee", use: assign)
        router.post("admin/conversations/:id/escalate", use: escalate)
        router.post("admin/ledger/:arrival/replay", use: replay)
        router.post("admin/leave", use: leave)
    }

    private func fields(_ request: Request, _ context: WebContext) async throws -> [String: String] {
        switch context.caller {
        case .session, .local: break
        case .nobody, .customer, .key: throw Problem.unauthorized
        }
        let fields = try await request.form(context: context)
        try OriginRule.requireOwnPage(request, token: fields["csrf"], context: context)
        return fields
    }

    @Sendable private func reply(_ request: Request, _ context: WebContext) async throws -> Response {
        let fields = try await fields(request, context)
        let number = try context.number("number")
        let status = try fields["status"].map { try Request.choice("status", $0, SupportTicket.Status.self) }
        try await seams.tickets.reply(
            number, body: fields["text"] ?? "", agent: try TicketRoutes.agent(fields["agent"] ?? ""), status: status,
            version: fields["version"].flatMap(Int.init), key: try TicketRoutes.key(fields["key"], request, context))
        return .seeOther("/admin/tickets/\(number)?done=\(Flash.sent.rawValue)")
    }

    /// The draft that waits for release: sent as it stands, sent with other words, or not sent.
    @Sendable private func release(_ request: Request, _ context: WebContext) async throws -> Response {
        let fields = try await fields(request, context)
        let number = try context.number("number")
        let agent = try TicketRoutes.agent(fields["agent"] ?? "")
        let version = fields["version"].flatMap(Int.init)
        switch fields["act"] {
        case "discard":
            try await seams.tickets.discard(number, agent: agent, version: version)
            return .seeOther("/admin/tickets/\(number)?done=\(Flash.discarded.rawValue)")
        case "edit", "send":
            try await seams.tickets.release(
                number, text: fields["act"] == "edit" ? fields["text"] ?? "" : nil, agent: agent, version: version,
                key: try TicketRoutes.key(fields["key"], request, context))
            return .seeOther("/admin/tickets/\(number)?done=\(Flash.sent.rawValue)")
        default: throw Problem.invalid("\"act\" is one of send, edit, discard")
        }
    }

    @Sendable private func note(_ request: Request, _ context: WebContext) async throws -> Response {
        let fields = try await fields(request, context)
        let number = try context.number("number")
        let note = try TicketRoutes.note(
            fields["text"] ?? "", by: fields["agent"] ?? "", at: seams.surroundings.now())
        try await seams.store.note(try await seams.store.ticket(number: number).ticket.id, note)
        return .seeOther("/admin/tickets/\(number)?done=\(Flash.noted.rawValue)")
    }

    @Sendable private func status(_ request: Request, _ context: WebContext) async throws -> Response {
        let fields = try await fields(request, context)
        let number = try context.number("number")
        let status = try Request.choice("status", fields["status"] ?? "", SupportTicket.Status.self)
        let ticket = try await seams.store.ticket(number: number).ticket
        if ticket.status != status {
            try await seams.store.setStatus(
                ticket.id, status, by: context.caller.name, version: fields["version"].flatMap(Int.init))
        }
        return .seeOther("/admin/tickets/\(number)?done=\(Flash.changed.rawValue)")
    }

    @Sendable private func assign(_ request: Request, _ context: WebContext) async throws -> Response {
        let fields = try await fields(request, context)
        let number = try context.number("number")
        let name = (fields["assignee"] ?? "").filter { !$0.isNewline }.prefix(TicketRoutes.nameLimit)
        let ticket = try await seams.store.ticket(number: number).ticket
        try await seams.store.assign(
            ticket.id, to: name.allSatisfy(\.isWhitespace) ? nil : String(name), by: context.caller.name,
            version: fields["version"].flatMap(Int.init))
        return .seeOther("/admin/tickets/\(number)?done=\(Flash.changed.rawValue)")
    }

    @Sendable private func escalate(_ request: Request, _ context: WebContext) async throws -> Response {
        let fields = try await fields(request, context)
        let reason = String((fields["reason"] ?? "").prefix(ConversationRoutes.reasonLimit))
        let ticket = try await seams.tickets.escalate(
            try context.identifier("id"), reason: reason, by: context.caller.name)
        return .seeOther("/admin/tickets/\(ticket.number)?done=\(Flash.handedOver.rawValue)")
    }

    @Sendable private func replay(_ request: Request, _ context: WebContext) async throws -> Response {
        _ = try await fields(request, context)
        try await seams.store.replay(try context.identifier("arrival"))
        return .seeOther("/admin/ledger?done=\(Flash.again.rawValue)")
    }

    @Sendable private func leave(_ request: Request, _ context: WebContext) async throws -> Response {
        _ = try await fields(request, context)
        if let id = request.cookies[cookies.session]?.value { try await sessions.leave(id) }
        var response = Response.html(
            seams.pages.message(
                title: "You have left the desk",
                detail: "A new link opens it again; “deskbridge user link” prints one.", desk: seams.desk))
        response.headers[.setCookie] = cookies.header(cookies.session, "", age: .zero)
        return response
    }
}
