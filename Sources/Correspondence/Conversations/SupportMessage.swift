// The second record users know: one message of a conversation, in or out.

package struct SupportMessage: Sendable, Codable, Equatable {
    package enum Direction: String, Sendable, Codable {
        case incoming = "in"
        case outgoing = "out"
    }
    package enum AuthorKind: String, Sendable, Codable {
        case customer
        /// Someone the customer put in Cc.
        case participant
        /// The machine.
        case desk
        /// A human who answers.
        case agent
    }
    package struct Author: Sendable, Codable, Equatable {
        package var kind: AuthorKind
        /// Of the desk's own messages: who released it; nil where nobody did.
        package var name: String?
        package var address: EmailAddress?

        package init(kind: AuthorKind, name: String? = nil, address: EmailAddress? = nil) {
            self.kind = kind
            self.name = name
            self.address = address
        }
    }
    package var id: MessageRecordID
    package var conversation: ConversationID?
    package var direction: Direction
    package var author: Author
    /// Where an answer to it goes when that is not the author: a Reply-To of a verified sender in the same domain. In the
    /// chat: an address that a visitor left, which nobody proved; people's answers also go there.
    package var answerTo: EmailAddress?
    package var messageID: MessageID?
    package var inReplyTo: MessageID?
    package var references: [MessageID]
    package var subject: String
    /// When it was received or written by us.
    package var at: Instant
    /// The sender's claim of it.
    package var date: Timestamp?
    package var language: String
    package var text: String
    package var newText: String
    package var html: String?
    package var attachments: [Attachment]
    package var kind: MessageKind
    package var isVerified: Bool
    package var verification: String
    package var answerable: Bool
    package var answerableReasons: [String]
    package var channel: Channel
    /// nil on outgoing messages, and on incoming ones not yet worked through.
    package var outcome: Outcome?
    package var outcomeReason: String?
    /// Only on outgoing messages.
    package var delivery: OutboxState?
    package var sources: [Source]
    package var arrival: ArrivalID?

    package init(
        id: MessageRecordID, conversation: ConversationID?, direction: Direction, author: Author,
        answerTo: EmailAddress? = nil, messageID: MessageID? = nil, inReplyTo: MessageID? = nil,
        references: [MessageID] = [], subject: String,
        at: Instant, date: Timestamp? = nil, language: String, text: String, newText: String, html: String? = nil,
        attachments: [Attachment] = [], kind: MessageKind = .human, isVerified: Bool = false,
        verification: String = "", answerable: Bool = true, answerableReasons: [String] = [], channel: Channel,
        outcome: Outcome? = nil, outcomeReason: String? = nil, delivery: OutboxState? = nil, sources: [Source] = [],
        arrival: ArrivalID? = nil
    ) {
        self.id = id
        self.conversation = conversation
        self.direction = direction
        self.author = author
        self.answerTo = answerTo
        self.messageID = messageID
        self.inReplyTo = inReplyTo
        self.references = references
        self.subject = subject
        self.at = at
        self.date = date
        self.language = language
        self.text = text
        self.newText = newText
        self.html = html
        self.attachments = attachments
        self.kind = kind
        self.isVerified = isVerified
        self.verification = verification
        self.answerable = answerable
        self.answerableReasons = answerableReasons
        self.channel = channel
        self.outcome = outcome
        self.outcomeReason = outcomeReason
        self.delivery = delivery
        self.sources = sources
        self.arrival = arrival
    }

    /// Whether it told the customer something: what the machine says in between (“a person will read this”) is no
    /// answer, nor is a reply that did not arrive.
    package var isAnswer: Bool {
        guard direction == .outgoing, delivery != .withdrawn, delivery != .failed else { return false }
        return author.kind == .agent || author.name != nil || !sources.isEmpty
    }
}

extension SupportMessage {
    /// Whether it tells which language the customer writes.
    package var showsLanguage: Bool {
        direction == .incoming && author.kind == .customer && kind == .human && language != "und"
    }

    /// In the place of one that is kept in a form which this version cannot read, so that the others can be shown. Nothing
    /// is asked or answered by it.
    package static func unreadable(
        _ id: MessageRecordID, in conversation: ConversationID?, _ direction: Direction, at: Instant, reason: String
    ) -> SupportMessage {
        let words = "[Message \(id) is kept, but cannot be shown: \(reason)]"
        return SupportMessage(
            id: id, conversation: conversation, direction: direction,
            author: Author(kind: direction == .incoming ? .participant : .desk), subject: "", at: at, language: "und",
            text: words, newText: words, kind: .bulk, answerable: false, channel: Channel(.imported, ""),
            outcome: direction == .incoming ? .quarantined : nil)
    }
}

extension [SupportMessage] {
    /// What people wrote since the last answer, oldest first.
    package var unanswered: [SupportMessage] {
        let last = lastIndex { $0.isAnswer }
        return self[(last.map { $0 + 1 } ?? 0)...].filter { $0.direction == .incoming && $0.kind == .human }
    }
}
