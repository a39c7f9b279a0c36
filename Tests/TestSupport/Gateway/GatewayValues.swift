// Values that tests of the stations begin with: a desk, addresses, messages.

package import Correspondence

package enum Sample {
    package static func address(_ text: String) -> EmailAddress {
        guard let address = EmailAddress(text) else { preconditionFailure("a test's address is none: \(text)") }
        return address
    }

    package static func messageID(_ text: String) -> MessageID {
        guard let id = MessageID(text) else { preconditionFailure("a test's Message-ID is none: \(text)") }
        return id
    }

    /// 2026-11-23 09:00:00 UTC.
    package static let noon = Instant(microseconds: 1_795_424_400_000_000)

    package static let desk = DeskProfile(
        name: "Acme", address: address("support@acme.example"), languages: ["en", "de", "fr", "pt", "ja"],
        fallbackLanguage: "en")

    package static func message(
        _ id: String = "m1", from: String? = "carla@x.example", kind: SupportMessage.AuthorKind = .customer,
        direction: SupportMessage.Direction = .incoming, text: String = "How long is the warranty?",
        subject: String = "Warranty", at: Instant = noon, language: String = "en", isVerified: Bool = true,
        answerable: Bool = true, channel: Channel = Channel(.mailbox, "support"), outcome: Outcome? = nil,
        delivery: OutboxState? = nil
    ) -> SupportMessage {
        SupportMessage(
            id: MessageRecordID(id), conversation: conversationID, direction: direction,
            author: .init(
                kind: kind, name: from == nil || kind == .desk ? nil : "Carla",
                address: from.flatMap { EmailAddress($0) }),
            messageID: MessageID("\(id)@x.example"), subject: subject, at: at, language: language, text: text,
            newText: text, isVerified: isVerified, verification: isVerified ? "dmarc=pass" : "no trusted result",
            answerable: answerable, answerableReasons: answerable ? [] : ["a mailing list"], channel: channel,
            outcome: outcome, delivery: delivery)
    }

    /// An id as the house makes them, so that tokens can be made of it.
    package static let conversationID = ConversationID(at: noon, random: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])

    package static func conversation(
        channel: Channel.Kind = .mailbox, language: String = "en", version: Int = 1
    ) -> SupportConversation {
        SupportConversation(
            id: conversationID, number: 12, subject: "Warranty", status: .open, language: language,
            customer: Party(name: "Carla", address: EmailAddress("carla@x.example")), channel: channel,
            createdAt: noon, updatedAt: noon, version: version, messageCount: 1)
    }

    package static func item(
        _ messages: [SupportMessage], waiting: [String]? = nil, channel: Channel.Kind = .mailbox,
        isHeld: Bool = false, ticket: SupportTicket? = nil, automaticReplies: Int = 0
    ) -> DraftingCase {
        DraftingCase(
            conversation: conversation(channel: channel), messages: messages,
            waiting: waiting?.map { MessageRecordID($0) }
                ?? messages.filter { $0.direction == .incoming && $0.outcome == nil }.map(\.id), isHeld: isHeld,
            ticket: ticket, automaticReplies: automaticReplies)
    }

    package static func draft(
        _ reply: String = "Two years.", confidence: Double = 0.9, needsHuman: String? = nil, language: String = "en"
    ) -> Draft {
        Draft(
            reply: reply, sources: [Source(article: "warranty.md", title: "Warranty", quote: "Two years.")],
            language: language, confidence: confidence, reasons: [], needsHuman: needsHuman, cost: 0,
            answerer: "fake")
    }
}
