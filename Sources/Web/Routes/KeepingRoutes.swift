// What keeps the desk in order: closing and erasing conversations, the outbox, keys, links to the pages.

import Correspondence
import HTTPTypes
import Hummingbird

/// For admins, and for the commands over the socket.
struct KeepingRoutes: Sendable {
    let seams: WebSeams
    let makeLink: @Sendable () -> String
    static let keyBytes = 24
    static let outboxLimit = 500

    func add(to router: NotedRouter) {
        let group = router.group("api/support")
        group.post("conversations/:id/close", use: close)
        group.delete("conversations/:id", use: erase)
        group.get("outbox", use: outbox)
        group.post("outbox/:id/retry", use: retry)
        group.delete("outbox/:id", use: drop)
        group.post("ledger/:arrival/replay", use: replay)
        group.get("keys", use: keys)
        group.post("keys", use: addKey)
        group.delete("keys/:key", use: removeKey)
        group.post("admin-links", use: link)
    }

    private func admit(_ request: Request, _ context: WebContext, _ scope: AccessKey.Scope) throws(Problem) {
        try context.require(scope)
        try OriginRule.requireOwnPage(request, token: request.headers[.csrf], context: context)
    }

    @Sendable private func close(_ request: Request, _ context: WebContext) async throws -> Response {
        try admit(request, context, .agent)
        let id: ConversationID = try context.identifier("id")
        try await seams.store.close(id, by: context.caller.name)
        return .json(ConversationSummaryJSON(try await seams.store.conversation(id)))
    }

    @Sendable private func erase(_ request: Request, _ context: WebContext) async throws -> Response {
        try admit(request, context, .admin)
        try await seams.store.erase(try context.identifier("id"))
        return Response(status: .noContent)
    }

    @Sendable private func outbox(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.read)
        let entries = try await seams.store.outbox(
            state: try request.choice("state", OutboxState.self), limit: try request.limit(50, most: Self.outboxLimit))
        return .json(PageJSON(items: entries.map(OutboxJSON.init), next: nil))
    }

    @Sendable private func retry(_ request: Request, _ context: WebContext) async throws -> Response {
        try admit(request, context, .admin)
        try await seams.store.retry(try context.identifier("id"))
        return Response(status: .noContent)
    }

    @Sendable private func drop(_ request: Request, _ context: WebContext) async throws -> Response {
        try admit(request, context, .admin)
        try await seams.store.drop(try context.identifier("id"))
        return Response(status: .noContent)
    }

    @Sendable private func replay(_ request: Request, _ context: WebContext) async throws -> Response {
        try admit(request, context, .admin)
        try await seams.store.replay(try context.identifier("arrival"))
        return Response(status: .noContent)
    }

    @Sendable private func keys(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.admin)
        return .json(PageJSON(items: try await seams.store.keys().map(KeyJSON.init), next: nil))
    }

    /// The key itself stands in this answer and nowhere else.
    @Sendable private func addKey(_ request: Request, _ context: WebContext) async throws -> Response {
        try admit(request, context, .admin)
        let body = try await request.json(NewKeyJSON.self, context: context)
        let name = try TicketRoutes.agent(body.name)
        guard !body.scopes.isEmpty else { throw Problem.invalid("\"scopes\" is empty") }
        let scopes = try body.scopes.map { try Request.choice("scopes", $0, AccessKey.Scope.self) }
        var expiresAt: Instant?
        if let days = body.days {
            guard (1...3650).contains(days) else { throw Problem.invalid("\"days\" is a number from 1 to 3650") }
            expiresAt = seams.surroundings.now() + .days(days)
        }
        let (key, secret) = Self.makeKey(
            name: name, scopes: scopes, expiresAt: expiresAt, surroundings: seams.surroundings)
        try await seams.store.addKey(key)
        return .json(MadeKeyJSON(key: secret, record: KeyJSON(key)), status: .created)
    }

    @Sendable private func removeKey(_ request: Request, _ context: WebContext) async throws -> Response {
        try admit(request, context, .admin)
        let id: Identifier<Never> = try context.identifier("key")
        try await seams.store.removeKey(id.text)
        return Response(status: .noContent)
    }

    @Sendable private func link(_ request: Request, _ context: WebContext) async throws -> Response {
        try admit(request, context, .admin)
        return .json(LinkJSON(url: makeLink()), status: .created)
    }

    /// `dk_` and 48 hex digits; only its hash is kept.
    static func makeKey(
        name: String, scopes: [AccessKey.Scope], expiresAt: Instant?, surroundings: Surroundings
    ) -> (AccessKey, secret: String) {
        let secret = "dk_" + Hex.text(surroundings.randomBytes(keyBytes))
        let id: Identifier<Never> = surroundings.makeID()
        return (
            AccessKey(
                id: id.text, name: name, scopes: scopes, hash: CallerGuard.hash(secret), createdAt: surroundings.now(),
                expiresAt: expiresAt), secret
        )
    }
}
