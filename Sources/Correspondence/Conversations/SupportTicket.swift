// The third record users know: what waits for a human, and why.

package struct SupportTicket: Sendable, Codable, Equatable {
    package enum Status: String, Sendable, Codable, CaseIterable {
        case new, open, waiting, resolved, closed

        /// Whether a new message of the customer belongs on it without a new draft being sent.
        package var isLive: Bool { self == .new || self == .open || self == .waiting }
    }
    package enum Priority: String, Sendable, Codable, CaseIterable {
        case low, normal, high, urgent
    }
    package var id: TicketID
    /// The conversation's number: one ticket a conversation, opened again when needed.
    package var number: Int
    package var conversation: ConversationID
    package var status: Status
    package var priority: Priority
    package var assignee: String?
    /// The first reason, in words; all of them in `reasons`.
    package var reason: String
    package var reasons: [String]
    package var draft: DraftID?
    package var openedAt: Instant
    package var updatedAt: Instant
    /// The first human reply since it was opened.
    package var firstResponseAt: Instant?
    package var resolvedAt: Instant?
    /// Counts changes; a change names the version it saw.
    package var version: Int

    package init(
        id: TicketID, number: Int, conversation: ConversationID, status: Status, priority: Priority,
        assignee: String? = nil, reason: String, reasons: [String], draft: DraftID? = nil, openedAt: Instant,
        updatedAt: Instant, firstResponseAt: Instant? = nil, resolvedAt: Instant? = nil, version: Int = 1
    ) {
        self.id = id
        self.number = number
        self.conversation = conversation
        self.status = status
        self.priority = priority
        self.assignee = assignee
        self.reason = reason
        self.reasons = reasons
        self.draft = draft
        self.openedAt = openedAt
        self.updatedAt = updatedAt
        self.firstResponseAt = firstResponseAt
        self.resolvedAt = resolvedAt
        self.version = version
    }

    /// Why a message that comes while it is live gets no answer by itself. Among the ticket's own reasons it would say
    /// nothing, and is left out.
    package var openReason: String { "ticket #\(number) is open" }
}

/// A word among humans, never sent to the customer.
package struct TicketNote: Sendable, Codable, Equatable {
    package var at: Instant
    package var author: String
    package var text: String

    package init(at: Instant, author: String, text: String) {
        self.at = at
        self.author = author
        self.text = text
    }
}

/// All that an agent needs to answer.
package struct TicketFolder: Sendable, Equatable {
    package var ticket: SupportTicket
    package var conversation: SupportConversation
    /// Oldest first.
    package var messages: [SupportMessage]
    package var draft: Draft?
    package var notes: [TicketNote]

    /// A draft that would have been sent, and waits only because humans look at every one. Any other draft is there to be
    /// read: a rule or its confidence spoke against it.
    package var isDraftWaiting: Bool {
        ticket.status.isLive && draft?.reply.isEmpty == false
            && messages.unanswered.contains { $0.outcome == .review }
    }

    package init(
        ticket: SupportTicket, conversation: SupportConversation, messages: [SupportMessage], draft: Draft?,
        notes: [TicketNote]
    ) {
        self.ticket = ticket
        self.conversation = conversation
        self.messages = messages
        self.draft = draft
        self.notes = notes
    }
}
