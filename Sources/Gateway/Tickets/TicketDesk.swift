// What an agent asks for, made into rows: a reply in the thread, a hand-over.

package import Correspondence

/// Used by pages, API and commands alike. Errors are the store's.
package struct TicketDesk: Sendable {
    private let store: any DeskStore
    private let maker: ReplyMaker

    package init(
        store: any DeskStore, policy: GatewayPolicy, signer: TokenSigner, reports: any ReportMaker,
        surroundings: Surroundings
    ) {
        self.store = store
        maker = ReplyMaker(policy: policy, signer: signer, surroundings: surroundings, reports: reports)
    }

    /// The reply goes to the customer in the thread. `version` is the ticket's as the agent saw it. `key` names the
    /// request: a second one of the same name sends nothing. Without either, the same words a moment later are refused.
    package func reply(
        _ number: Int, body: String, agent: String, status: SupportTicket.Status? = nil, version: Int? = nil,
        key: String? = nil
    ) async throws(StoreError) {
        let words = ChatMessage.cleaned(body)
        guard !words.isEmpty else { throw StoreError(.invalid, detail: "the reply has no text") }
        let folder = try await store.ticket(number: number)
        guard
            var outgoing = maker.humanReply(
                folder.conversation, messages: folder.messages, body: words, agent: agent)
        else { throw StoreError(.invalid, detail: "ticket #\(number) has no customer's address to answer to") }
        // The same request, the same Message-ID: even were both sent, a mail program would show one.
        if let key, let id = maker.signer.messageID(for: folder.conversation.id, request: key) {
            outgoing.reply.messageID = id
        }
        try await store.reply(
            folder.ticket.id,
            TicketReply(agent: agent, outgoing: outgoing, status: status, isNamed: key != nil), version: version)
    }

    /// Somebody (a customer in the chat, an agent, an admin) wants a human on this conversation.
    package func escalate(_ id: ConversationID, reason: String, by: String) async throws(StoreError) -> SupportTicket {
        let why = reason.isEmpty ? "handed over by \(by)" : reason
        return try await store.escalate(id, ticket: maker.surroundings.makeID(), reason: why, by: by)
    }
}
