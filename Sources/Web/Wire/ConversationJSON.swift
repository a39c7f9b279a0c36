// A conversation and its messages as JSON.

package import Correspondence

package struct PartyJSON: Codable, Sendable, Equatable {
    @OrNull package var name: String?
    @OrNull package var address: String?

    package init(_ party: Party) {
        name = party.name
        address = party.address?.text
    }
}

package struct AuthorJSON: Codable, Sendable, Equatable {
    /// `customer | participant | desk | agent`.
    package var kind: String
    @OrNull package var name: String?
    @OrNull package var address: String?

    package init(_ author: SupportMessage.Author) {
        kind = author.kind.rawValue
        name = author.name
        address = author.address?.text
    }
}

package struct SourceJSON: Codable, Sendable, Equatable {
    package var article: String
    package var title: String
    package var quote: String
    /// Where customers can read the article themselves.
    @OrNull package var url: String?

    package init(_ source: Source) {
        article = source.article
        title = source.title
        quote = source.quote
        url = source.url
    }
}

/// A file that came with a mail. Its bytes: `…/messages/ID/attachments/NUMBER`.
package struct AttachmentJSON: Codable, Sendable, Equatable {
    /// From 1, in the order of the mail.
    package var number: Int
    @OrNull package var name: String?
    package var type: String
    /// Decoded bytes.
    package var size: Int
    package var inline: Bool

    package init(_ attachment: Attachment, number: Int) {
        self.number = number
        name = attachment.name
        type = attachment.type
        size = attachment.size
        inline = attachment.isInline
    }
}

package struct MessageJSON: Codable, Sendable, Equatable {
    package var id: String
    @OrNull package var messageID: String?
    /// `in | out`.
    package var direction: String
    package var author: AuthorJSON
    /// The sender's claim, with its offset; where there is none, when it was received or written.
    package var date: String
    package var subject: String
    package var language: String
    package var text: String
    package var newText: String
    package var kind: String
    /// null on outgoing messages and while it is worked on.
    @OrNull package var outcome: String?
    /// Only on outgoing messages.
    @OrNull package var delivery: String?
    package var sources: [SourceJSON]
    package var attachments: [AttachmentJSON]

    package init(_ message: SupportMessage) {
        id = message.id.text
        messageID = message.messageID?.text
        direction = message.direction.rawValue
        author = AuthorJSON(message.author)
        date = (message.date ?? Timestamp(message.at)).rfc3339
        subject = message.subject
        language = message.language
        text = message.text
        newText = message.newText
        kind = message.kind.rawValue
        outcome = message.outcome?.rawValue
        delivery = message.delivery?.rawValue
        sources = message.sources.map(SourceJSON.init)
        attachments = message.attachments.enumerated().map { AttachmentJSON($1, number: $0 + 1) }
    }
}

/// A conversation without its messages, as lists have it.
package struct ConversationSummaryJSON: Codable, Sendable, Equatable {
    package var id: String
    package var number: Int
    package var subject: String
    /// `open | waiting | closed`.
    package var status: String
    package var language: String
    package var customer: PartyJSON
    package var channel: String
    package var createdAt: String
    package var updatedAt: String
    package var messageCount: Int
    @OrNull package var ticketId: String?

    package init(_ conversation: SupportConversation) {
        id = conversation.id.text
        number = conversation.number
        subject = conversation.subject
        status = conversation.status.rawValue
        language = conversation.language
        customer = PartyJSON(conversation.customer)
        channel = conversation.channel.rawValue
        createdAt = conversation.createdAt.rfc3339
        updatedAt = conversation.updatedAt.rfc3339
        messageCount = conversation.messageCount
        ticketId = conversation.ticket?.text
    }
}

package struct ConversationJSON: Codable, Sendable, Equatable {
    package var id: String
    package var number: Int
    package var subject: String
    package var status: String
    package var language: String
    package var customer: PartyJSON
    package var channel: String
    package var createdAt: String
    package var updatedAt: String
    @OrNull package var ticketId: String?
    package var messages: [MessageJSON]

    package init(_ conversation: SupportConversation, _ messages: [SupportMessage]) {
        id = conversation.id.text
        number = conversation.number
        subject = conversation.subject
        status = conversation.status.rawValue
        language = conversation.language
        customer = PartyJSON(conversation.customer)
        channel = conversation.channel.rawValue
        createdAt = conversation.createdAt.rfc3339
        updatedAt = conversation.updatedAt.rfc3339
        ticketId = conversation.ticket?.text
        self.messages = messages.map(MessageJSON.init)
    }
}

package struct PageJSON<Item: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
    package var items: [Item]
    /// What `cursor` of the next call is; null on the last page.
    @OrNull package var next: String?

    package init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }
}
