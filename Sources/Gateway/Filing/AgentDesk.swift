// Agents' answers by mail: what `AgentMail` found, made into what the commit that files the mail writes.

import Correspondence

struct AgentDesk: Sendable {
    private let store: any DeskStore
    private let policy: GatewayPolicy
    private let signer: TokenSigner
    private let surroundings: Surroundings
    private let replies: ReplyMaker
    private let notices: NoticeMaker

    init(seams: GatewaySeams, policy: GatewayPolicy, signer: TokenSigner) {
        store = seams.store
        self.policy = policy
        self.signer = signer
        surroundings = seams.surroundings
        replies = ReplyMaker(policy: policy, signer: signer, surroundings: surroundings, reports: seams.reports)
        notices = NoticeMaker(policy: policy, signer: signer, surroundings: surroundings, reports: seams.reports)
    }

    /// Looks at every mail that is filed; asks the store only about those of agents.
    func take(_ arrival: Arrival, _ filing: inout Filing) async throws(StoreError) {
        guard arrival.channel.kind != .chat, !arrival.isHistory else { return }
        switch AgentMail.judge(filing.message, policy: policy, signer: signer, now: surroundings.now()) {
        case .none: return
        case .answer(let id, let agent, let text):
            filing.agent = try await answer(filing.message, in: id, agent: agent, text: text)
        case .refused(let id, let agent, let reason):
            filing.agent = try await refused(filing.message, in: id, agent: agent, reason: reason)
        }
        filing.agent?.refusal?.hold(&filing.message)
    }

    private func answer(_ message: Message, in id: ConversationID, agent: EmailAddress, text: String)
        async throws(StoreError) -> AgentAnswer
    {
        guard let conversation = try await found(id), conversation.ticket != nil else {
            return try await refused(message, in: nil, agent: agent, reason: "the ticket does not exist any more")
        }
        let name = Self.name(message.from) ?? policy.desk.name
        guard
            let outgoing = replies.humanReply(
                conversation, messages: try await store.messages(of: id), body: text, agent: name)
        else {
            return try await refused(
                message, in: id, agent: agent, reason: "the ticket has no customer's address to answer to")
        }
        func refusal(_ reason: String) -> AgentRefusal {
            self.refusal(reason, number: conversation.number, to: agent, answering: message)
        }
        return AgentAnswer(
            conversation: id, reply: TicketReply(agent: name, outgoing: outgoing, isNamed: true),
            ifClosed: refusal("the ticket is closed by now: please answer on its page if the customer is to hear more"),
            ifAnswered: refusal(
                "somebody else has answered the customer since that notice: please look at the ticket's page first"))
    }

    private func refused(_ message: Message, in id: ConversationID?, agent: EmailAddress?, reason: String)
        async throws(StoreError) -> AgentAnswer
    {
        var conversation: SupportConversation?
        if let id { conversation = try await found(id) }
        return AgentAnswer(
            conversation: conversation?.id,
            refusal: refusal(reason, number: conversation?.number, to: agent, answering: message),
            isStranger: !policy.isAgent(message.from?.address))
    }

    private func refusal(_ reason: String, number: Int?, to agent: EmailAddress?, answering message: Message)
        -> AgentRefusal
    {
        AgentRefusal(
            reason: reason,
            word: agent.flatMap {
                notices.refusal(reason, number: number, to: $0, answering: message.messageID)
            })
    }

    /// nil for one that was erased.
    private func found(_ id: ConversationID) async throws(StoreError) -> SupportConversation? {
        do {
            return try await store.conversation(id)
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }

    /// As agents sign: a display name, never an address.
    private static func name(_ from: NamedAddress?) -> String? {
        let words = (from?.name ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty || words.contains("@") ? nil : String(words.prefix(100))
    }
}
