// Seam: what happened, in order: for live events, the conversation's page and audits.

package struct HistoryEvent: Sendable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case messageReceived, messageSuppressed, messageQuarantined
        case replyQueued, replySent, replyFailed, replyInDoubt, replyWithdrawn
        case ticketOpened, ticketChanged, ticketNote, draftMade, conversationClosed
    }
    /// Grows; what `Last-Event-ID` holds.
    package var sequence: Int64
    package var at: Instant
    package var kind: Kind
    package var conversation: ConversationID?
    package var ticket: TicketID?
    package var message: MessageRecordID?
    /// Who did it: `desk`, or an agent's name.
    package var actor: String
    /// A reason, a state; never a customer's text.
    package var detail: String

    package init(
        sequence: Int64, at: Instant, kind: Kind, conversation: ConversationID?, ticket: TicketID?,
        message: MessageRecordID?, actor: String, detail: String
    ) {
        self.sequence = sequence
        self.at = at
        self.kind = kind
        self.conversation = conversation
        self.ticket = ticket
        self.message = message
        self.actor = actor
        self.detail = detail
    }
}

/// Contract: see `ArrivalStore`. A reader that goes on from the last sequence it saw misses no event.
package protocol HistoryStore: Sendable {
    func events(after sequence: Int64, conversation: ConversationID?, limit: Int) async throws(StoreError)
        -> [HistoryEvent]
    func lastSequence() async throws(StoreError) -> Int64
    /// A hint after commits that wrote history; may be lost or doubled.
    func historyHints() -> AsyncStream<Void>
}
