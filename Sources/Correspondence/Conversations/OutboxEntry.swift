// What waits to go out: written with the decision, composed at delivery, settled once.

package enum OutboxState: String, Sendable, Codable, CaseIterable {
    case pending
    /// A sender may be talking to the server right now. Claimed rows that wait for their turn are not.
    case sending
    case sent
    /// The final dot went out and no reply came, or a sender died while it was `sending`. Tried again under the
    /// same Message-ID; shown.
    case inDoubt
    /// Refused for good, or too old.
    case failed
    /// Taken back before it went out: a newer mail came, or a human took over.
    case withdrawn
}

/// The words of an outgoing mail and where they go; everything else is added at delivery.
package struct OutgoingReply: Sendable, Codable, Equatable {
    package enum Purpose: String, Sendable, Codable, CaseIterable {
        /// The machine answers a customer. Greeting, close, notice, quote and tag are added.
        case automaticReply
        /// A human answers a customer. Greeting is the human's own; signature line, quote and tag are added. Without a
        /// signer it is a draft that a human released as it stood, and is dressed as an automatic reply.
        case humanReply
        /// A customer is told that a human will answer.
        case acknowledgement
        /// Agents are told of a ticket; `body` and `subject` stand as they are.
        case notice
        /// A report for admins; `body` and `html` stand as they are.
        case report
    }
    package struct Quote: Sendable, Codable, Equatable {
        package var author: String
        package var date: Timestamp?
        package var text: String

        package init(author: String, date: Timestamp?, text: String) {
            self.author = author
            self.date = date
            self.text = text
        }
    }
    package var purpose: Purpose
    package var messageID: MessageID
    package var to: NamedAddress
    /// The reply address with its token; nil is the desk's own address.
    package var replyTo: EmailAddress?
    /// The customer's subject as it came; prefix and tag are added at delivery.
    package var subject: String
    package var number: Int?
    package var inReplyTo: MessageID?
    package var references: [MessageID]
    package var language: String
    package var body: String
    package var html: String?
    package var quote: Quote?
    /// Who signs: an agent's name; nil is the desk.
    package var signer: String?

    /// The machine's words, let go by a human: a human's reply as to when it counts and that it bears no mark of
    /// automatic mail, the desk's as to how it reads.
    package var isReleasedDraft: Bool { purpose == .humanReply && signer == nil }

    package init(
        purpose: Purpose, messageID: MessageID, to: NamedAddress, replyTo: EmailAddress? = nil, subject: String,
        number: Int? = nil, inReplyTo: MessageID? = nil, references: [MessageID] = [], language: String, body: String,
        html: String? = nil, quote: Quote? = nil, signer: String? = nil
    ) {
        self.purpose = purpose
        self.messageID = messageID
        self.to = to
        self.replyTo = replyTo
        self.subject = subject
        self.number = number
        self.inReplyTo = inReplyTo
        self.references = references
        self.language = language
        self.body = body
        self.html = html
        self.quote = quote
        self.signer = signer
    }
}

package struct OutboxEntry: Sendable, Equatable {
    package var id: OutboxID
    package var conversation: ConversationID?
    package var reply: OutgoingReply
    package var state: OutboxState
    package var createdAt: Instant
    package var dueAt: Instant
    package var attempts: Int
    package var lastError: String?
    package var settledAt: Instant?
    /// True once any attempt ended in doubt: the customer may hold two copies.
    package var wasInDoubt: Bool
    /// Said in the chat: sent by being written, never by mail.
    package var isChat: Bool

    package init(
        id: OutboxID, conversation: ConversationID?, reply: OutgoingReply, state: OutboxState, createdAt: Instant,
        dueAt: Instant, attempts: Int, lastError: String? = nil, settledAt: Instant? = nil, wasInDoubt: Bool = false,
        isChat: Bool = false
    ) {
        self.id = id
        self.conversation = conversation
        self.reply = reply
        self.state = state
        self.createdAt = createdAt
        self.dueAt = dueAt
        self.attempts = attempts
        self.lastError = lastError
        self.settledAt = settledAt
        self.wasInDoubt = wasInDoubt
        self.isChat = isChat
    }
}

/// A new outbox row. In the chat there is nothing to send: `isChat` rows are settled as sent in the same commit.
package struct NewOutgoing: Sendable, Equatable {
    package var id: OutboxID
    /// The outgoing message's record; nil for notices and reports, which are no part of a conversation.
    package var record: MessageRecordID?
    package var reply: OutgoingReply
    package var sources: [Source]
    package var isChat: Bool
    /// The messages that it answers, kept with it: where it is withdrawn unsent, the next draft answers them too.
    package var covers: [MessageRecordID]

    package init(
        id: OutboxID, record: MessageRecordID?, reply: OutgoingReply, sources: [Source] = [], isChat: Bool = false,
        covers: [MessageRecordID] = []
    ) {
        self.id = id
        self.record = record
        self.reply = reply
        self.sources = sources
        self.isChat = isChat
        self.covers = covers
    }
}
