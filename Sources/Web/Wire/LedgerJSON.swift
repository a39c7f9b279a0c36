// Ledger entries and history events as JSON.

package import Correspondence

package struct LedgerJSON: Codable, Sendable, Equatable {
    package var arrival: String
    /// `mailbox | webhook | chat | imported`.
    package var channel: String
    package var channelName: String
    package var key: String
    package var receivedAt: String
    package var size: Int
    package var attempts: Int
    @OrNull package var kind: String?
    @OrNull package var language: String?
    @OrNull package var messageID: String?
    @OrNull package var from: String?
    @OrNull package var subject: String?
    /// null while it is worked on.
    @OrNull package var outcome: String?
    @OrNull package var reason: String?
    @OrNull package var error: String?
    @OrNull package var conversation: String?

    package init(_ entry: LedgerEntry) {
        arrival = entry.arrival.text
        channel = entry.channel.kind.rawValue
        channelName = entry.channel.name
        key = entry.key
        receivedAt = entry.receivedAt.rfc3339
        size = entry.size
        attempts = entry.attempts
        kind = entry.kind?.rawValue
        language = entry.language
        messageID = entry.messageID?.text
        from = entry.from
        subject = entry.subject
        outcome = entry.outcome?.rawValue
        reason = entry.outcomeReason
        error = entry.lastError
        conversation = entry.conversation?.text
    }
}

package struct EventJSON: Codable, Sendable, Equatable {
    package var sequence: Int64
    package var at: String
    package var kind: String
    @OrNull package var conversationId: String?
    @OrNull package var ticketId: String?
    @OrNull package var messageId: String?
    package var actor: String
    package var detail: String

    package init(_ event: HistoryEvent) {
        sequence = event.sequence
        at = event.at.rfc3339
        kind = event.kind.rawValue
        conversationId = event.conversation?.text
        ticketId = event.ticket?.text
        messageId = event.message?.text
        actor = event.actor
        detail = event.detail
    }
}
