// One entry of the ledger: a mail that came by a channel, and the one outcome it ends in.

/// Where messages come in.
package struct Channel: Hashable, Sendable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case mailbox, webhook, chat, imported
    }
    package var kind: Kind
    /// The mailbox's or webhook's name in the settings; `chat`; `import`.
    package var name: String

    package init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }
}

/// A mail as it came in. `key` is unique within the channel: `UIDVALIDITY/UID` (with the content's SHA-256 behind it where
/// a UID is used for a second mail), a webhook's message id, the content's SHA-256 for an import, the message's own id
/// for the chat.
package struct Arrival: Sendable {
    package var id: ArrivalID
    package var channel: Channel
    package var key: String
    /// INTERNALDATE, the arrival of the call, the moment of import; never the sender's Date.
    package var receivedAt: Instant
    package var bytes: [UInt8]
    /// Taken down only: it lay there before us, or was imported as history.
    package var isHistory: Bool
    /// The channel vouches for the sender (`import --verified`).
    package var isVouched: Bool
    /// Why `bytes` are not the whole mail, and where it is; nil when they are. A human must look at such a mail; when
    /// there are no bytes at all it is quarantined with this as its reason.
    package var shortfall: String?

    package init(
        id: ArrivalID, channel: Channel, key: String, receivedAt: Instant, bytes: [UInt8], isHistory: Bool = false,
        isVouched: Bool = false, shortfall: String? = nil
    ) {
        self.id = id
        self.channel = channel
        self.key = key
        self.receivedAt = receivedAt
        self.bytes = bytes
        self.isHistory = isHistory
        self.isVouched = isVouched
        self.shortfall = shortfall
    }
}

/// What an arrival ends in: exactly one, written once.
package enum Outcome: String, Sendable, Codable, CaseIterable {
    /// An automatic answer is in the outbox.
    case answered
    /// A draft waits for a human.
    case review
    /// A ticket was opened, or the message was added to an open one.
    case ticket
    /// Of kind loop, bounce, report, autoReply or bulk.
    case suppressed
    /// Could not be read, three times; the bytes are kept.
    case quarantined
    /// Taken down only.
    case recorded
}

/// A ledger entry as people see it.
package struct LedgerEntry: Sendable, Equatable {
    package var arrival: ArrivalID
    package var channel: Channel
    package var key: String
    package var receivedAt: Instant
    package var size: Int
    package var attempts: Int
    package var lastError: String?
    package var outcome: Outcome?
    package var outcomeReason: String?
    package var kind: MessageKind?
    package var language: String?
    package var messageID: MessageID?
    package var from: String?
    package var subject: String?
    package var message: MessageRecordID?
    package var conversation: ConversationID?

    package init(
        arrival: ArrivalID, channel: Channel, key: String, receivedAt: Instant, size: Int, attempts: Int,
        lastError: String? = nil, outcome: Outcome? = nil, outcomeReason: String? = nil, kind: MessageKind? = nil,
        language: String? = nil, messageID: MessageID? = nil, from: String? = nil, subject: String? = nil,
        message: MessageRecordID? = nil, conversation: ConversationID? = nil
    ) {
        self.arrival = arrival
        self.channel = channel
        self.key = key
        self.receivedAt = receivedAt
        self.size = size
        self.attempts = attempts
        self.lastError = lastError
        self.outcome = outcome
        self.outcomeReason = outcomeReason
        self.kind = kind
        self.language = language
        self.messageID = messageID
        self.from = from
        self.subject = subject
        self.message = message
        self.conversation = conversation
    }
}
