// Outbox rows, keys and links as JSON.

package import Correspondence

package struct OutboxJSON: Codable, Sendable, Equatable {
    package var id: String
    @OrNull package var conversation: String?
    /// `automaticReply | humanReply | acknowledgement | notice | report`.
    package var purpose: String
    package var messageID: String
    package var to: String
    package var subject: String
    /// `pending | sending | sent | inDoubt | failed | withdrawn`.
    package var state: String
    package var createdAt: String
    package var dueAt: String
    package var attempts: Int
    @OrNull package var error: String?
    @OrNull package var settledAt: String?
    package var wasInDoubt: Bool

    package init(_ entry: OutboxEntry) {
        id = entry.id.text
        conversation = entry.conversation?.text
        purpose = entry.reply.purpose.rawValue
        messageID = entry.reply.messageID.text
        to = entry.reply.to.address.text
        subject = entry.reply.subject
        state = entry.state.rawValue
        createdAt = entry.createdAt.rfc3339
        dueAt = entry.dueAt.rfc3339
        attempts = entry.attempts
        error = entry.lastError
        settledAt = entry.settledAt?.rfc3339
        wasInDoubt = entry.wasInDoubt
    }
}

package struct KeyJSON: Codable, Sendable, Equatable {
    package var id: String
    package var name: String
    package var scopes: [String]
    package var createdAt: String
    @OrNull package var expiresAt: String?

    package init(_ key: AccessKey) {
        id = key.id
        name = key.name
        scopes = key.scopes.map(\.rawValue)
        createdAt = key.createdAt.rfc3339
        expiresAt = key.expiresAt?.rfc3339
    }
}

struct NewKeyJSON: Codable, Sendable {
    var name: String
    var scopes: [String]
    /// How long it is good; nil for ever.
    var days: Int?
}

struct MadeKeyJSON: Codable, Sendable {
    var key: String
    var record: KeyJSON
}

struct LinkJSON: Codable, Sendable {
    var url: String
}
