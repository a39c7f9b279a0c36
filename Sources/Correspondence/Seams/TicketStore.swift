// Seam: what agents do.

package struct TicketReply: Sendable {
    package var agent: String
    package var outgoing: NewOutgoing
    /// nil keeps `waiting`.
    package var status: SupportTicket.Status?
    /// What asks for it has a name of its own: the reply's Message-ID was made of it, or it is a mail that is filed
    /// once. The same words a moment later are then meant.
    package var isNamed: Bool

    /// How long the same words of one agent, asked for without a name or a version, are taken for a double click.
    package static let doubleClick = Duration.minutes(1)

    package init(
        agent: String, outgoing: NewOutgoing, status: SupportTicket.Status? = nil, isNamed: Bool = false
    ) {
        self.agent = agent
        self.outgoing = outgoing
        self.status = status
        self.isNamed = isNamed
    }
}

package struct TicketFilter: Sendable, Equatable {
    package var statuses: [SupportTicket.Status]
    package var assignee: String?

    package init(statuses: [SupportTicket.Status] = [], assignee: String? = nil) {
        self.statuses = statuses
        self.assignee = assignee
    }
}

/// Contract: see `ArrivalStore`. `version` is the ticket's as the caller saw it; nil changes whatever stands there.
package protocol TicketStore: Sendable {
    /// Live ones first by priority and age; `statuses` empty means all.
    func tickets(_ filter: TicketFilter, limit: Int, cursor: String?) async throws(StoreError) -> Page<SupportTicket>
    func ticket(_ id: TicketID) async throws(StoreError) -> TicketFolder
    func ticket(number: Int) async throws(StoreError) -> TicketFolder
    /// Writes the reply into conversation and outbox, withdraws unsent automatic replies, ends waiting draft work
    /// (its messages get outcome `ticket`), sets `waiting` and the first response.
    /// A reply whose Message-ID was written before is done already: nothing happens, whatever the version; with other
    /// words it is `invalid`. Without name and version, the words that went out a moment ago are `stale`.
    func reply(_ id: TicketID, _ reply: TicketReply, version: Int?) async throws(StoreError)
    func setStatus(_ id: TicketID, _ status: SupportTicket.Status, by: String, version: Int?) async throws(StoreError)
    func assign(_ id: TicketID, to assignee: String?, by: String, version: Int?) async throws(StoreError)
    func note(_ id: TicketID, _ note: TicketNote) async throws(StoreError)
    /// Takes the draft off the ticket, so that nobody sends it; `note` says so, and a new ticket becomes open, for a human
    /// to answer. `notFound` where there is no draft.
    func discardDraft(_ id: TicketID, _ note: TicketNote, version: Int?) async throws(StoreError)
    /// Opens or reopens the conversation's ticket because somebody asked for a human; waiting messages get outcome
    /// `ticket`, unsent automatic replies are withdrawn, agents are to be told. Returns the ticket.
    func escalate(
        _ conversation: ConversationID, ticket: TicketID, reason: String, by: String
    ) async throws(StoreError) -> SupportTicket
}
