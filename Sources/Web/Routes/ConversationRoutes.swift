// Conversations: list and search, one with its messages, hand over to a human, live events.

import Correspondence
import Gateway
import HTTPTypes
import Hummingbird

struct ConversationRoutes: Sendable {
    let seams: WebSeams
    let events: EventStream
    static let reasonLimit = 500

    func add(to router: Router<WebContext>) {
        let group = router.group("api/support")
        group.get("conversations", use: list)
        group.get("conversations/:id", use: one)
        group.post("conversations/:id/escalate", use: escalate)
        group.get("conversations/:id/events", use: eventsOfOne)
        group.get("events", use: allEvents)
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.read)
        let page = try await seams.store.conversations(
            try filter(request), limit: try request.limit(50, most: 200), cursor: request.query("cursor"))
        return .json(PageJSON(items: page.items.map(ConversationSummaryJSON.init), next: page.next))
    }

    func filter(_ request: Request) throws(Problem) -> ConversationFilter {
        var filter = ConversationFilter()
        filter.status = try request.choice("status", SupportConversation.Status.self)
        if let words = request.query("q"), !words.isEmpty {
            // Stems depend on the language: what the words themselves seem to be in, else the desk's.
            let guessed = seams.guess.guess(words, among: seams.desk.languages).language
            let language = guessed == "und" ? seams.desk.fallbackLanguage : guessed
            filter.words = seams.analyzer.words(of: String(words.prefix(200)), language: language)
        }
        if let customer = request.query("customer"), !customer.isEmpty {
            guard let address = EmailAddress(customer) else { throw .invalid("\"customer\" is an email address") }
            filter.customer = address
        }
        return filter
    }

    @Sendable private func one(_ request: Request, _ context: WebContext) async throws -> Response {
        let id: ConversationID = try context.identifier("id")
        try context.requireReading(id)
        let conversation = try await seams.store.conversation(id)
        return .json(ConversationJSON(conversation, try await seams.store.messages(of: id)))
    }

    @Sendable private func escalate(_ request: Request, _ context: WebContext) async throws -> Response {
        let id: ConversationID = try context.identifier("id")
        if case .customer(let own) = context.caller {
            guard own == id else { throw Problem.forbidden }
        } else {
            try context.require(.agent)
        }
        try OriginRule.requireOwnPage(request, token: request.headers[.csrf], context: context)
        let body = try await request.json(EscalateJSON.self, context: context)
        let reason = String((body.reason ?? "").prefix(Self.reasonLimit))
        let ticket = try await seams.tickets.escalate(id, reason: reason, by: context.caller.name)
        return .json(TicketJSON(ticket))
    }

    @Sendable private func eventsOfOne(_ request: Request, _ context: WebContext) async throws -> Response {
        let id: ConversationID = try context.identifier("id")
        try context.requireReading(id)
        _ = try await seams.store.conversation(id)
        return try await events.response(to: request, context: context, conversation: id)
    }

    @Sendable private func allEvents(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.read)
        return try await events.response(to: request, context: context, conversation: nil)
    }
}
