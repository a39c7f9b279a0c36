// Seam: conversations, what waits for an answer in them, and the commit that ends the wait.

/// A conversation whose new messages wait for a draft.
package struct DraftingCase: Sendable, Equatable {
    package var conversation: SupportConversation
    /// Oldest first, the waiting ones included: all of a short conversation; of a long one the first message and the
    /// newest, at most `messageLimit` and about `byteLimit` of words. A draft needs no more: `text` is empty, `html` nil,
    /// `newText` cut at `textLimit` characters.
    package var messages: [SupportMessage]
    /// Those with no outcome yet, oldest first; never empty. Not all of a flood are among `messages`.
    package var waiting: [MessageRecordID]
    /// Set on a conversation that a stranger with a token opened.
    package var isHeld: Bool
    package var ticket: SupportTicket?
    /// Automatic replies already in the outbox or sent in this conversation, withdrawn ones not counted.
    package var automaticReplies: Int
    /// Those of them that are being sent at this moment (their messages' `delivery` is `sending`): they may reach the
    /// customer, so the draft neither answers their questions again nor withdraws them.
    package var underWay: [OutboxID]
    /// The messages that unsent replies answer, which this conclusion withdraws; nil where a former version wrote such
    /// a reply and did not say.
    package var covered: [MessageRecordID]?
    /// What the customer wrote last in another conversation, where nothing of theirs among `messages` shows a language.
    package var customerLanguage: String?

    package static let messageLimit = 256
    package static let byteLimit = 400_000
    package static let textLimit = 20_000

    package init(
        conversation: SupportConversation, messages: [SupportMessage], waiting: [MessageRecordID], isHeld: Bool,
        ticket: SupportTicket?, automaticReplies: Int, underWay: [OutboxID] = [], covered: [MessageRecordID]? = nil,
        customerLanguage: String? = nil
    ) {
        self.conversation = conversation
        self.messages = messages
        self.waiting = waiting
        self.isHeld = isHeld
        self.ticket = ticket
        self.automaticReplies = automaticReplies
        self.underWay = underWay
        self.covered = covered
        self.customerLanguage = customerLanguage
    }
}

/// Ceilings that must hold in the commit that writes an automatic reply.
package struct SendingLimits: Sendable, Equatable {
    package var repliesPerConversation: Int
    package var perSender: [Rate]
    /// For the whole desk; empty for none.
    package var answers: [Rate]

    package init(repliesPerConversation: Int, perSender: [Rate], answers: [Rate]) {
        self.repliesPerConversation = repliesPerConversation
        self.perSender = perSender
        self.answers = answers
    }
}

/// Everything the commit writes. With `send` there is a `reply`, else a ticket is opened or reopened.
package struct Conclusion: Sendable {
    package var seenVersion: Int
    package var covers: [MessageRecordID]
    package var decision: Decision
    package var draft: (id: DraftID, draft: Draft)?
    package var reply: NewOutgoing?
    package var limits: SendingLimits
    package var ticket: TicketID
    /// Agents are to be told when the ticket is opened, reopened or gets a new message.
    package var tellsAgents: Bool
    /// What the customer is told in the chat instead of an answer, or an acknowledgement by mail.
    package var acknowledgement: NewOutgoing?
    /// The customer's language, to be kept with the conversation; nil where it stays as it is.
    package var language: String?

    package init(
        seenVersion: Int, covers: [MessageRecordID], decision: Decision, draft: (id: DraftID, draft: Draft)?,
        reply: NewOutgoing?, limits: SendingLimits, ticket: TicketID, tellsAgents: Bool = true,
        acknowledgement: NewOutgoing? = nil, language: String? = nil
    ) {
        self.seenVersion = seenVersion
        self.covers = covers
        self.decision = decision
        self.draft = draft
        self.reply = reply
        self.limits = limits
        self.ticket = ticket
        self.tellsAgents = tellsAgents
        self.acknowledgement = acknowledgement
        self.language = language
    }
}

package enum Concluded: Sendable, Equatable {
    case done
    /// A newer message came, or a reply that was under way is not so any more, or one is now: nothing was written, the
    /// work is due again.
    case overtaken
    /// A limit stood in the way: nothing was written, the lease still holds; conclude again with a ticket.
    case overLimit(String)
}

package struct ConversationFilter: Sendable, Equatable {
    package var status: SupportConversation.Status?
    /// Terms of one attempt of `SearchWords.asked`; all must occur.
    package var words: [String]
    package var customer: EmailAddress?

    package init(status: SupportConversation.Status? = nil, words: [String] = [], customer: EmailAddress? = nil) {
        self.status = status
        self.words = words
        self.customer = customer
    }
}

/// What went with an address.
package struct Erasure: Sendable, Equatable {
    package var conversations: Int
    /// Beside those conversations.
    package var mails: Int

    package init(conversations: Int, mails: Int) {
        self.conversations = conversations
        self.mails = mails
    }
}

/// A page of a list and where the next begins.
package struct Page<Item: Sendable>: Sendable {
    package var items: [Item]
    /// Opaque; nil on the last page.
    package var next: String?

    package init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }
}

/// Contract: see `ArrivalStore`.
package protocol ConversationStore: Sendable {
    /// Work in which nothing waits any more (an agent answered) is ended here and not given out.
    func claimDrafting(limit: Int) async throws(StoreError) -> [Lease<DraftingCase>]
    /// One commit: outcomes of `covers`, draft, reply or ticket, history, the end of the lease. Unsent
    /// automatic replies of the conversation are withdrawn (what they answered is covered by this one), also claimed
    /// ones whose turn has not come; those `underWay` stand. Limits are counted here.
    func conclude(_ lease: Lease<DraftingCase>, _ conclusion: Conclusion) async throws(StoreError) -> Concluded
    /// The limit that one more automatic reply would break now, as `conclude` would say it; nil for none. Asked before a
    /// provider is paid for a draft that could not go out.
    func limit(_ limits: SendingLimits, on item: DraftingCase, recipient: EmailAddress, isChat: Bool)
        async throws(StoreError) -> String?
    /// The draft could not be made for a reason that may pass; due again after `delay`.
    func postpone(_ lease: Lease<DraftingCase>, error: String, delay: Duration) async throws(StoreError)
    func conversation(_ id: ConversationID) async throws(StoreError) -> SupportConversation
    /// Oldest first. A row that cannot be read stands as `SupportMessage.unreadable`.
    func messages(of id: ConversationID) async throws(StoreError) -> [SupportMessage]
    func message(_ id: MessageRecordID) async throws(StoreError) -> SupportMessage
    /// The last draft made for it, whatever became of it.
    func lastDraft(of id: ConversationID) async throws(StoreError) -> Draft?
    /// Most recently changed first. `cursor` is a former page's `next`.
    func conversations(_ filter: ConversationFilter, limit: Int, cursor: String?) async throws(StoreError)
        -> Page<SupportConversation>
    func close(_ id: ConversationID, by: String) async throws(StoreError)
    /// A visitor of the chat who did not say who they are leaves an address: the `answerTo` of what they wrote there.
    /// `invalid` where nobody did.
    func answerByMail(_ id: ConversationID, to address: EmailAddress) async throws(StoreError)
    /// Removes the conversation with everything that hangs on it: messages, mails, drafts, ticket, outbox, search
    /// terms, history. The ledger rows stay, without bytes, address and subject. Reports that wait to be mailed are
    /// taken back: they may tell of it.
    func erase(_ id: ConversationID) async throws(StoreError)
    /// The same of a mail that is part of no conversation (suppressed, quarantined, not read yet). `invalid` for one
    /// that is: its conversation is to be erased.
    func eraseArrival(_ id: ArrivalID) async throws(StoreError)
    /// Everything of this address: conversations of which it is the customer, mails from it beside them, what it wrote in
    /// conversations of others (their messages stay, without words, name and address), automatic and unreadable mails in
    /// which it is named. What others quote of it, and mails not read yet, are not looked at. When it throws, some may be
    /// gone; it may be called again.
    func eraseAll(of address: EmailAddress) async throws(StoreError) -> Erasure
}
