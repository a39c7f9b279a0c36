// Conversations: list and search, one with its messages, hand over to a human, live events.

import Correspondence
import Gateway
import HTTPTypes
import Hummingbird

struct ConversationRoutes: Sendable {
    let seams: WebSeams
    let events: EventStream
    /// For customers' calls for a person.
    let limiter: RateLimiter
    /// For what customers read.
    let readLimiter: RateLimiter
    let sendsMail: Bool
    static let reasonLimit = 500
    static let queryLimit = 200

    func add(to router: NotedRouter) {
        let group = router.group("api/support")
        group.get("conversations", use: list)
        group.get("conversations/:id", use: one)
        group.post("conversations/:id/escalate", use: escalate)
        group.post("conversations/:id/address", use: address)
        group.get("conversations/:id/events", use: eventsOfOne)
        group.get("events", use: allEvents)
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.read)
        let page = try await search(request, limit: try request.limit(50, most: 200))
        return .json(PageJSON(items: page.items.map(ConversationSummaryJSON.init), next: page.next))
    }

    /// By `status`, `customer`, `q` and `cursor` of the query. Words are kept as stems of their conversation's
    /// language: what the words seem to be in comes first, then the desk's languages, until one finds something.
    func search(_ request: Request, limit: Int) async throws -> Page<SupportConversation> {
        var filter = ConversationFilter()
        filter.status = try request.choice("status", SupportConversation.Status.self)
        if let customer = request.query("customer"), !customer.isEmpty {
            guard let address = EmailAddress(customer) else {
                throw Problem.invalid("\"customer\" is an email address")
            }
            filter.customer = address
        }
        let cursor = request.query("cursor")
        guard let words = request.query("q").map({ String($0.prefix(Self.queryLimit)) }), !words.isEmpty else {
            return try await seams.store.conversations(filter, limit: limit, cursor: cursor)
        }
        for attempt in SearchWords.asked(words, languages: languages(of: words), by: seams.analyzer) {
            filter.words = attempt
            let first = try await seams.store.conversations(filter, limit: cursor == nil ? limit : 1, cursor: nil)
            guard !first.items.isEmpty else { continue }
            // Another page of the same search: the same language finds something again.
            return cursor == nil ? first : try await seams.store.conversations(filter, limit: limit, cursor: cursor)
        }
        return Page(items: [], next: nil)
    }

    private func languages(of words: String) -> [String] {
        let desk = seams.desk
        let guessed = seams.guess.guess(words, among: desk.languages).language
        return (guessed == "und" ? [] : [guessed]) + [desk.fallbackLanguage] + desk.languages
    }

    @Sendable private func one(_ request: Request, _ context: WebContext) async throws -> Response {
        let id: ConversationID = try context.identifier("id")
        try admitReader(of: id, context)
        let conversation = try await seams.store.conversation(id)
        var messages = try await seams.store.messages(of: id)
        if case .customer = context.caller { messages = messages.saidToCustomer }
        return .json(ConversationJSON(conversation, messages))
    }

    /// A visitor of the chat leaves an address, so that a person's answer comes by mail as well.
    @Sendable private func address(_ request: Request, _ context: WebContext) async throws -> Response {
        let id: ConversationID = try context.identifier("id")
        try admitOwner(of: id, context)
        try OriginRule.requireOwnPage(request, token: request.headers[.csrf], context: context)
        let address = try EmailAddress.read(
            try await request.json(AddressJSON.self, context: context).email, named: "email")
        guard sendsMail else {
            throw Problem(.unprocessableContent, code: "noMail", detail: "this desk sends no mail")
        }
        try await seams.store.answerByMail(id, to: address)
        return Response(status: .noContent)
    }

    /// Those who may read the desk, and the conversation's own customer, so often.
    private func admitReader(of id: ConversationID, _ context: WebContext) throws(Problem) {
        try context.requireReading(id)
        guard case .customer(let own) = context.caller else { return }
        try readLimiter.require(ProxyTrust.rateKey(context.client))
        try readLimiter.require(own.text)
    }

    /// Agents, and the conversation's own customer, so often.
    private func admitOwner(of id: ConversationID, _ context: WebContext) throws(Problem) {
        guard case .customer(let own) = context.caller else { return try context.require(.agent) }
        guard own == id else { throw .otherConversation }
        try limiter.require(ProxyTrust.rateKey(context.client))
        try limiter.require(own.text)
    }

    @Sendable private func escalate(_ request: Request, _ context: WebContext) async throws -> Response {
        let id: ConversationID = try context.identifier("id")
        try admitOwner(of: id, context)
        try OriginRule.requireOwnPage(request, token: request.headers[.csrf], context: context)
        let body = try await request.json(EscalateJSON.self, context: context)
        let reason = String((body.reason ?? "").prefix(Self.reasonLimit))
        let ticket = try await seams.tickets.escalate(id, reason: reason, by: context.caller.name)
        return .json(TicketJSON(ticket))
    }

    @Sendable private func eventsOfOne(_ request: Request, _ context: WebContext) async throws -> Response {
        let id: ConversationID = try context.identifier("id")
        try admitReader(of: id, context)
        _ = try await seams.store.conversation(id)
        return try await events.response(to: request, context: context, conversation: id)
    }

    @Sendable private func allEvents(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.read)
        return try await events.response(to: request, context: context, conversation: nil)
    }
}

extension [SupportMessage] {
    /// What people and the desk said to each other. A bounce, a receipt or an automatic note belongs to the
    /// conversation, but the customer did not write it: only agents are shown it.
    fileprivate var saidToCustomer: [SupportMessage] { filter { $0.direction == .outgoing || $0.kind == .human } }
}
