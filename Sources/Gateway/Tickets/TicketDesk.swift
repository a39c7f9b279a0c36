// What an agent asks for, made into rows: a reply in the thread, a draft let go, a hand-over.

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
        name(&outgoing, of: folder, key)
        try await store.reply(
            folder.ticket.id,
            TicketReply(agent: agent, outgoing: outgoing, status: status, isNamed: key != nil), version: version)
    }

    /// Sends the ticket's draft. As it stands it is the automatic answer that it was to be: greeting, close, notice and
    /// quote, signed by the desk. With other words (`text`) it is the agent's own reply. `version` and `key` as in `reply`.
    package func release(
        _ number: Int, text: String? = nil, agent: String, status: SupportTicket.Status? = .resolved,
        version: Int? = nil, key: String? = nil
    ) async throws(StoreError) {
        let folder = try await store.ticket(number: number)
        let words = text.map(ChatMessage.cleaned)
        guard let draft = folder.draft, !draft.reply.isEmpty else {
            // Edited words may stand alone; a request that was done before may have nothing left to release.
            guard let words, !words.isEmpty else {
                throw StoreError(.notFound, detail: "ticket #\(number) has no draft")
            }
            return try await reply(number, body: words, agent: agent, status: status, version: version, key: key)
        }
        if let words, !folder.isDraftWaiting || words != ChatMessage.cleaned(draft.reply) {
            return try await reply(number, body: words, agent: agent, status: status, version: version, key: key)
        }
        guard var outgoing = maker.releasedReply(folder.conversation, messages: folder.messages, draft: draft) else {
            throw StoreError(.invalid, detail: "ticket #\(number) has no customer's address to answer to")
        }
        name(&outgoing, of: folder, key)
        // The same request once more finds what it wrote the first time.
        let isKnown = key != nil && folder.messages.contains { $0.messageID == outgoing.reply.messageID }
        guard folder.isDraftWaiting || isKnown else {
            throw StoreError(
                .invalid,
                detail: folder.ticket.status.isLive
                    ? "the draft of ticket #\(number) does not wait for release: \(folder.ticket.reason). To send words of "
                        + "it all the same, send them as your own"
                    : "ticket #\(number) is \(folder.ticket.status.rawValue): its draft waits no more")
        }
        // Of two who let it go, or let it go and hold it back, at once one comes too late.
        try await store.reply(
            folder.ticket.id,
            TicketReply(agent: agent, outgoing: outgoing, status: status, isNamed: key != nil),
            version: version ?? folder.ticket.version)
    }

    /// The draft is not to be sent: the ticket goes on without it, for a human to answer. `reason` becomes a note.
    package func discard(_ number: Int, agent: String, reason: String = "", version: Int? = nil)
        async throws(StoreError)
    {
        let ticket = try await store.ticket(number: number).ticket
        guard ticket.status.isLive else {
            throw StoreError(
                .invalid,
                detail: "ticket #\(number) is \(ticket.status.rawValue): what it was answered with has gone out"
            )
        }
        let note = TicketNote(
            at: maker.surroundings.now(), author: agent,
            text: reason.isEmpty ? "The draft is not to be sent." : reason)
        try await store.discardDraft(ticket.id, note, version: version ?? ticket.version)
    }

    /// The same request, the same Message-ID: even were both sent, a mail program would show one.
    private func name(_ outgoing: inout NewOutgoing, of folder: TicketFolder, _ key: String?) {
        if let key, let id = maker.signer.messageID(for: folder.conversation.id, request: key) {
            outgoing.reply.messageID = id
        }
    }

    /// Somebody (a customer in the chat, an agent, an admin) wants a human on this conversation.
    package func escalate(_ id: ConversationID, reason: String, by: String) async throws(StoreError) -> SupportTicket {
        let why = reason.isEmpty ? "handed over by \(by)" : reason
        return try await store.escalate(id, ticket: maker.surroundings.makeID(), reason: why, by: by)
    }
}
