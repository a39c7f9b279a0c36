// Seam: the ledger. Bytes are kept first; what they are comes later.

package enum Acceptance: Sendable, Equatable {
    case new(ArrivalID)
    /// The same key on the same channel was accepted before; of a mailbox, with the same bytes.
    case known(ArrivalID)
}

/// What filing needs to know beside the message.
package struct Filing: Sendable {
    package var message: Message
    package var record: MessageRecordID
    /// Used if a conversation must be opened.
    package var newConversation: ConversationID
    /// From a token of ours whose signature holds.
    package var token: ConversationID?
    /// From the tag in the subject.
    package var number: Int?
    /// What it is found by: `SearchWords.kept`.
    package var words: [String]
    /// The language the conversation is in when this opens it.
    package var language: String
    package var deskAddresses: [EmailAddress]
    /// Kept as the message's `answerTo`.
    package var answerTo: EmailAddress?
    /// Kept with the customer when this opens the conversation.
    package var customerRole: String?
    /// Set on a mail that an agent wrote in answer to a notice, or that says so.
    package var agent: AgentAnswer?

    package init(
        message: Message, record: MessageRecordID, newConversation: ConversationID, token: ConversationID?,
        number: Int?, words: [String], language: String, deskAddresses: [EmailAddress],
        answerTo: EmailAddress? = nil, customerRole: String? = nil
    ) {
        self.message = message
        self.record = record
        self.newConversation = newConversation
        self.token = token
        self.number = number
        self.words = words
        self.language = language
        self.deskAddresses = deskAddresses
        self.answerTo = answerTo
        self.customerRole = customerRole
    }
}

/// What an agent's mail comes to.
package struct AgentAnswer: Sendable {
    /// The conversation it is about; nil where it does not say.
    package var conversation: ConversationID?
    /// Goes to the customer in the commit that files the mail, unless that commit finds a reason against it; nil:
    /// nothing may be sent, and a human must look.
    package var reply: TicketReply?
    /// Why nothing is sent where there is no reply.
    package var refusal: AgentRefusal?
    /// Where the ticket is not live any more when the mail is filed, or gone.
    package var ifClosed: AgentRefusal?
    /// Where another agent has answered since the notice that the mail answers.
    package var ifAnswered: AgentRefusal?
    /// Whoever wrote is no agent.
    package var isStranger: Bool

    /// Words of this kind to one agent in an hour: a program that answers them must not be answered for ever.
    package static let wordLimit = 10

    package init(
        conversation: ConversationID, reply: TicketReply, ifClosed: AgentRefusal, ifAnswered: AgentRefusal
    ) {
        self.conversation = conversation
        self.reply = reply
        self.ifClosed = ifClosed
        self.ifAnswered = ifAnswered
        isStranger = false
    }

    package init(conversation: ConversationID?, refusal: AgentRefusal, isStranger: Bool = false) {
        self.conversation = conversation
        self.refusal = refusal
        self.isStranger = isStranger
    }
}

/// Why nothing of an agent's mail goes to the customer.
package struct AgentRefusal: Sendable {
    package var reason: String
    /// The same to the agent, unless there were `AgentAnswer.wordLimit` in an hour; nil: nobody is told.
    package var word: NewOutgoing?

    private static let mark = "not sent to the customer: "

    package init(reason: String, word: NewOutgoing?) {
        self.reason = reason
        self.word = word
    }

    /// A human looks at the mail; nothing of it may be answered by itself.
    package func hold(_ message: inout Message) {
        message.answerable = false
        message.answerableReasons.append(Self.mark + reason)
    }

    /// Whether a message was held by `hold`: it may quote a notice, and the customer's words in it.
    package static func isAmong(_ answerableReasons: [String]) -> Bool {
        answerableReasons.contains { $0.hasPrefix(mark) }
    }
}

/// What filing did.
package enum Filed: Sendable, Equatable {
    /// Waits for a draft and a decision.
    case waiting(ConversationID)
    /// Ended here: its outcome is written.
    case settled(Outcome, ConversationID?)
}

/// Contract of all store seams: a call that returns has committed durably (an acknowledgement may follow), but for claims
/// of arrivals, drafts and notices and of deliveries that are not begun, which a power failure of the store's machine may
/// take back; a call that throws has changed nothing. What a claim finds that this version cannot read ends in view of a
/// human and is not given out. Calls are atomic, safe from any task, and may be tried again when the error is
/// temporary. Rows of other desks are never seen.
package protocol ArrivalStore: Sendable {
    /// Keeps bytes, ledger rows and read work, and the mailbox's cursor, in one commit. Answers in order. Under a cursor
    /// without `firstUIDNext` (UIDVALIDITY changed), mails received before the mailbox's first cursor was kept are
    /// history: they lay there before us. A mailbox's key that is known with other bytes means another mail (the mailbox
    /// was restored from a backup): it is new, and its SHA-256 is added to its key.
    func accept(_ arrivals: [Arrival], cursor: (mailbox: String, cursor: MailboxCursor)?) async throws(StoreError)
        -> [Acceptance]
    /// The same, with the read work of what is new claimed in that commit: for who reads on at once. Leases in order;
    /// none where several nodes share the store and one of them has older mails to read: then all is only kept.
    func acceptClaimed(_ arrivals: [Arrival], cursor: (mailbox: String, cursor: MailboxCursor)?)
        async throws(StoreError) -> (acceptances: [Acceptance], leases: [Lease<Arrival>])
    func cursor(mailbox: String) async throws(StoreError) -> MailboxCursor?
    /// Unread arrivals, those given back first, then the oldest: at most `limit`, and about `byteLimit`
    /// bytes (at least one). Of several nodes one reads at a time: nothing while another holds such a lease.
    func claimArrivals(limit: Int, byteLimit: Int) async throws(StoreError) -> [Lease<Arrival>]
    /// Puts each message into its conversation by `Threading`, in the order given, in one commit with the ends of the
    /// leases; one that fails (a stale lease) harms no other. For each:
    /// - bytes filed before, or the same Message-ID, sender and text: `recorded`, no second message;
    /// - history: filed, `recorded`;
    /// - kind other than human: filed with its conversation if it threads to one, `suppressed` with its reason. A
    ///   final bounce of a reply of ours opens or reopens that conversation's ticket and marks the reply failed;
    /// - an agent's answer to a notice: its reply goes out as by `TicketStore.reply`, the mail itself is `recorded`. What
    ///   the customer wrote since the notice is not settled by it: what waits for a draft gets one, and the ticket stays
    ///   `open`. An answer that may not be sent (also: the ticket is not live, somebody else has answered since the
    ///   notice) opens a linked conversation for a human, and the agent is told why;
    /// - else filed, the conversation's version counted up, draft work made due now.
    /// A verified sender's To and Cc become participants.
    func file(_ batch: [(lease: Lease<Arrival>, filing: Filing)]) async throws(StoreError) -> [Result<
        Filed, StoreError
    >]
    /// Reading failed; to be claimed again after `delay`, with the attempt counted.
    func postpone(_ lease: Lease<Arrival>, error: String, delay: Duration) async throws(StoreError)
    /// Ends the work with outcome `quarantined`; the bytes stay.
    func quarantine(_ lease: Lease<Arrival>, reason: String) async throws(StoreError)
    /// Gives a quarantined arrival another chance: clears its outcome and makes read work.
    func replay(_ arrival: ArrivalID) async throws(StoreError)
    func mail(_ arrival: ArrivalID) async throws(StoreError) -> [UInt8]
    /// Newest first; `outcome` nil means all, `.some(nil)` those without one.
    func ledger(outcome: Outcome??, limit: Int, before: ArrivalID?) async throws(StoreError) -> [LedgerEntry]
    func ledgerEntry(_ arrival: ArrivalID) async throws(StoreError) -> LedgerEntry
}
