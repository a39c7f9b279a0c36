// The chat's request and answer as JSON.

import Correspondence
import Gateway

/// `POST /api/support/chat`.
struct ChatRequestJSON: Codable, Sendable {
    struct User: Codable, Sendable {
        var id: String?
        var name: String?
        var email: String?
        var role: String?
    }
    var message: String
    var conversationId: String?
    /// This conversation's token, where the `Authorization` header holds an API key.
    var token: String?
    var user: User?
}

struct ChatAnswerJSON: Codable, Sendable, Equatable {
    var conversationId: String
    @OrNull var messageId: String?
    /// null when a human will answer, or nothing was decided in time.
    @OrNull var reply: String?
    @OrNull var language: String?
    @OrNull var confidence: Double?
    var sources: [SourceJSON]
    var escalated: Bool
    @OrNull var ticketId: String?
    /// For this one conversation; only with the first answer.
    @OrNull var token: String?

    init(_ answer: ChatAnswer, token: String?) {
        conversationId = answer.conversation.text
        messageId = answer.message.text
        reply = answer.reply
        language = answer.language
        confidence = answer.confidence
        sources = answer.sources.map(SourceJSON.init)
        escalated = answer.isEscalated
        ticketId = answer.ticket?.text
        self.token = token
    }

    /// The message is kept; what becomes of it was not decided while the caller waited.
    init(undecided conversation: ConversationID, token: String?) {
        conversationId = conversation.text
        messageId = nil
        reply = nil
        language = nil
        confidence = nil
        sources = []
        escalated = false
        ticketId = nil
        self.token = token
    }
}

struct StatusJSON: Codable, Sendable {
    var status: String
    var text: String
}

struct AddressJSON: Codable, Sendable {
    var email: String
}

struct EscalateJSON: Codable, Sendable {
    var reason: String?
}

struct TicketReplyJSON: Codable, Sendable {
    var text: String
    var agent: String
    var status: String?
    var version: Int?
}

struct TicketNoteJSON: Codable, Sendable {
    var text: String
    var agent: String
}

struct TicketChangeJSON: Codable, Sendable {
    var status: String?
    /// Empty for nobody.
    var assignee: String?
    var agent: String?
    var version: Int?
}

/// Releasing or discarding a draft.
struct ApproveJSON: Codable, Sendable {
    var agent: String
    /// Instead of the draft; on discarding, why.
    var text: String?
    var version: Int?
}
