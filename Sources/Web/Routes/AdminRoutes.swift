// The pages of the desk: overview, tickets, conversations, ledger, and the way in.

import Correspondence
import HTTPTypes
import Hummingbird
import Reports

struct AdminRoutes: Sendable {
    let seams: WebSeams
    let sessions: SessionBook
    let cookies: CookieNames
    let limiter: RateLimiter
    let conversations: ConversationRoutes
    static let pageSize = 50

    func add(to router: NotedRouter) {
        // The address that is printed at the start, as one types it.
        router.get("/") { _, _ in Response.seeOther("/admin") }
        router.get("admin/enter", use: threshold)
        router.post("admin/enter", use: enter)
        router.get("admin", use: dashboard)
        router.get("admin/digest", use: digest)
        router.get("admin/tickets", use: tickets)
        router.get("admin/tickets/:number", use: ticket)
        router.get("admin/conversations", use: list)
        router.get("admin/conversations/:id", use: conversation)
        router.get("admin/messages/:id/html", use: mail)
        router.get("admin/ledger", use: ledger)
        let assets = [
            ("report.css", "text/css", seams.pages.reportStyle),
            ("page.css", "text/css", seams.pages.asset("page/page.css") ?? ""),
            ("page.js", "text/javascript", seams.pages.asset("page/page.js") ?? ""),
        ]
        for (name, type, text) in assets {
            router.get("admin/\(name)") { _, _ in Response.text(text, type: "\(type); charset=utf-8") }
        }
    }

    /// The page's frame: only with a session; also over the socket.
    func frame(_ context: WebContext, flash: String? = nil) throws(Problem) -> PageFrame {
        let csrf: String
        switch context.caller {
        case .session(let session): csrf = session.csrf
        case .local: csrf = ""
        case .nobody, .customer, .key: throw .unauthorized
        }
        return PageFrame(
            desk: seams.desk, csrf: csrf, formKey: Hex.text(seams.surroundings.randomBytes(16)), flash: flash,
            now: seams.surroundings.now())
    }

    static let deadLink = Problem(
        .forbidden, code: "link",
        detail: "this link was used already, or is older than 15 minutes; “deskbridge user link” prints a new one")

    /// A page with one button: programs that look at links (mail scanners, previews) press none, and so use none up.
    @Sendable private func threshold(_ request: Request, _ context: WebContext) async throws -> Response {
        try limiter.require(ProxyTrust.rateKey(context.client))
        guard let key = request.query("key"), sessions.isGood(key) else { throw Self.deadLink }
        return .html(seams.pages.enter(key: key, desk: seams.desk))
    }

    @Sendable private func enter(_ request: Request, _ context: WebContext) async throws -> Response {
        try limiter.require(ProxyTrust.rateKey(context.client))
        let key = try await request.form(context: context)["key"] ?? ""
        guard let session = try await sessions.enter(key) else { throw Self.deadLink }
        var response = Response.seeOther("/admin")
        response.headers[.setCookie] = cookies.header(cookies.session, session, age: SessionBook.whole)
        return response
    }

    @Sendable private func dashboard(_ request: Request, _ context: WebContext) async throws -> Response {
        let frame = try frame(context)
        let since = request.query("since") ?? "7d"
        let period = try ReportRoutes.period(since, desk: seams.desk, now: frame.now)
        return .html(seams.pages.dashboard(try await seams.store.figures(period), since: since, frame: frame))
    }

    @Sendable private func digest(_ request: Request, _ context: WebContext) async throws -> Response {
        let frame = try frame(context)
        let period = try ReportRoutes.period(request.query("since"), desk: seams.desk, now: frame.now)
        let figures = try await seams.store.figures(period)
        return ReportRoutes.file(seams.reports.digest(figures, desk: seams.desk, madeAt: frame.now))
    }

    @Sendable private func tickets(_ request: Request, _ context: WebContext) async throws -> Response {
        let frame = try frame(context)
        let status = request.query("status") ?? "live"
        var filter = TicketFilter()
        switch status {
        case "live": filter.statuses = SupportTicket.Status.allCases.filter(\.isLive)
        case "all": break
        default: filter.statuses = [try Request.choice("status", status, SupportTicket.Status.self)]
        }
        let page = try await seams.store.tickets(filter, limit: Self.pageSize, cursor: request.query("cursor"))
        var rows: [WaitingTicket] = []
        for ticket in page.items {
            let conversation = try await seams.store.conversation(ticket.conversation)
            rows.append(
                WaitingTicket(
                    ticket: ticket, subject: conversation.subject, language: conversation.language,
                    customer: conversation.customer))
        }
        let next = page.next.map { "/admin/tickets?status=\(status)&cursor=\(Self.escaped($0))" }
        return .html(seams.pages.tickets(rows, status: status, next: next, frame: frame))
    }

    @Sendable private func ticket(_ request: Request, _ context: WebContext) async throws -> Response {
        let frame = try frame(context, flash: Flash.text(request.query("done")))
        let folder = try await seams.store.ticket(number: try context.number("number"))
        return .html(seams.pages.ticket(folder, frame: frame))
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let frame = try frame(context)
        let page = try await conversations.search(request, limit: Self.pageSize)
        let query = request.query("q") ?? ""
        let status = request.query("status") ?? ""
        let next = page.next.map {
            "/admin/conversations?q=\(Self.escaped(query))&status=\(status)&cursor=\(Self.escaped($0))"
        }
        return .html(
            seams.pages.conversations(page.items, query: query, status: status, next: next, frame: frame))
    }

    @Sendable private func conversation(_ request: Request, _ context: WebContext) async throws -> Response {
        let frame = try frame(context)
        let id: ConversationID = try context.identifier("id")
        let conversation = try await seams.store.conversation(id)
        var folder: TicketFolder?
        if let ticket = conversation.ticket { folder = try await seams.store.ticket(ticket) }
        let messages = try await seams.store.messages(of: id)
        return .html(seams.pages.conversation(conversation, messages, ticket: folder, frame: frame))
    }

    /// A mail's own look, made safe when it was read; in a frame that may do nothing.
    @Sendable private func mail(_ request: Request, _ context: WebContext) async throws -> Response {
        _ = try frame(context)
        let message = try await seams.store.message(try context.identifier("id"))
        guard let html = message.html else { throw Problem.notFound("formatted mail") }
        var response = Response.html(seams.pages.mail(safeHTML: html))
        response.headers[.contentSecurityPolicy] =
            "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
        return response
    }

    @Sendable private func ledger(_ request: Request, _ context: WebContext) async throws -> Response {
        let frame = try frame(context, flash: Flash.text(request.query("done")))
        let name = request.query("outcome") ?? ""
        let outcome: Outcome??
        switch name {
        case "": outcome = nil
        case "open": outcome = .some(nil)
        default: outcome = try Request.choice("outcome", name, Outcome.self)
        }
        let entries = try await seams.store.ledger(
            outcome: outcome, limit: Self.pageSize, before: request.query("cursor").map { ArrivalID($0) })
        let last = entries.count == Self.pageSize ? entries.last?.arrival.text : nil
        let next = last.map { "/admin/ledger?outcome=\(name)&cursor=\(Self.escaped($0))" }
        return .html(seams.pages.ledger(entries, outcome: name, next: next, frame: frame))
    }

    /// For a value in a query (RFC 3986 section 2.3: what is not unreserved is escaped).
    static func escaped(_ text: String) -> String {
        text.utf8.map { byte -> String in
            let isPlain =
                (65...90).contains(byte) || (97...122).contains(byte) || (48...57).contains(byte)
                || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~")].contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + Hex.text([byte]).uppercased()
        }.joined()
    }
}

/// What a form did, said once on the next page: a code in the address, never a text of it.
enum Flash: String {
    case sent, noted, changed, discarded, handedOver, again

    static func text(_ code: String?) -> String? {
        switch code.flatMap(Flash.init) {
        case .sent: "The reply is on its way."
        case .noted: "The note is kept."
        case .changed: "Changed."
        case .discarded: "The draft is not sent. The ticket waits for your own words."
        case .handedOver: "A ticket is open."
        case .again: "It will be read again."
        case nil: nil
        }
    }
}
