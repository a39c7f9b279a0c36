// The first record users know: one conversation with one customer.

package struct SupportConversation: Sendable, Codable, Equatable {
    package enum Status: String, Sendable, Codable, CaseIterable {
        /// Something waits for us.
        case open
        /// We wait for the customer.
        case waiting
        case closed
    }
    package var id: ConversationID
    /// Counted up per desk; the number in the tag, and its ticket's number.
    package var number: Int
    package var subject: String
    package var status: Status
    package var language: String
    package var customer: Party
    package var channel: Channel.Kind
    package var createdAt: Instant
    package var updatedAt: Instant
    /// Counts every message that came in; a draft made for an older version is not sent.
    package var version: Int
    package var messageCount: Int
    /// A conversation this one may belong to, though nobody proved it.
    package var linkedTo: ConversationID?
    package var ticket: TicketID?

    package init(
        id: ConversationID, number: Int, subject: String, status: Status, language: String, customer: Party,
        channel: Channel.Kind, createdAt: Instant, updatedAt: Instant, version: Int, messageCount: Int,
        linkedTo: ConversationID? = nil, ticket: TicketID? = nil
    ) {
        self.id = id
        self.number = number
        self.subject = subject
        self.status = status
        self.language = language
        self.customer = customer
        self.channel = channel
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.version = version
        self.messageCount = messageCount
        self.linkedTo = linkedTo
        self.ticket = ticket
    }
}

/// Somebody who writes: a chat's customer may have no address.
package struct Party: Sendable, Codable, Equatable {
    package var name: String?
    package var address: EmailAddress?
    /// As a trusted caller of the chat told (`user.role`): `customer`, `premium`; nil when unknown.
    package var role: String?

    package init(name: String? = nil, address: EmailAddress? = nil, role: String? = nil) {
        self.name = name
        self.address = address
        self.role = role
    }
}
