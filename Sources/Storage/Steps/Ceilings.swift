// How many automatic answers went out already: in a conversation, to one person, from the whole desk.

import Correspondence

/// Counted by recipient, so that nobody gets too many whoever asked for them, and by author, so that nobody causes too
/// many wherever they have them sent.
struct Ceilings {
    let desk: DeskTransaction
    let limits: SendingLimits
    let conversation: ConversationID
    let recipient: EmailAddress
    /// The conversation's customer; nil for a visitor of the chat who did not say who they are.
    let author: EmailAddress?
    /// What is said in the chat has a rate of its own, and goes to nobody's mailbox.
    let isChat: Bool

    private static let counted = "state <> 'withdrawn' AND is_chat = 0"

    var people: Set<String> { Set([recipient.key, author?.key].compactMap { $0 }) }

    /// The first ceiling that one more reply would break. Replies that it replaces (not yet claimed) are not counted.
    func exceeded() throws(StoreError) -> String? {
        let inConversation = try desk.sql.count(
            """
            SELECT COUNT(*) FROM outbox
            WHERE conversation = ? AND purpose = 'automaticReply' AND state NOT IN ('withdrawn', 'pending')
            """, [conversation])
        if inConversation >= limits.repliesPerConversation {
            return "\(inConversation) automatic replies in this conversation (replies-per-conversation)"
        }
        if let rate = try exceeded(.automaticReply) {
            return "\(Self.text(rate)) to this sender (limits.per-sender)"
        }
        for rate in limits.answers {
            let sent = try desk.sql.count(
                """
                SELECT COUNT(*) FROM outbox
                WHERE desk = ? AND purpose = 'automaticReply' AND state <> 'withdrawn' AND created_at > ? \(Self.others)
                """, [desk.desk, desk.now - rate.period, conversation])
            if sent >= rate.count { return "\(Self.text(rate)) from this desk (limits.answers)" }
        }
        return nil
    }

    /// The limits of a sender hold for acknowledgements too: an echo that strips every header and opens a conversation
    /// each time would otherwise be acknowledged for ever.
    func allowsAcknowledgement() throws(StoreError) -> Bool {
        try exceeded(.acknowledgement) == nil
    }

    private static let others = "AND NOT (state = 'pending' AND conversation IS NOT NULL AND conversation = ?)"

    private func exceeded(_ purpose: OutgoingReply.Purpose) throws(StoreError) -> Rate? {
        guard !isChat else { return nil }
        for rate in limits.perSender {
            let since = desk.now - rate.period
            let received = try desk.sql.count(
                """
                SELECT COUNT(*) FROM outbox
                WHERE desk = ? AND purpose = ? AND recipient = ? AND created_at > ? AND \(Self.counted) \(Self.others)
                """, [desk.desk, purpose.rawValue, recipient.key, since, conversation])
            if received >= rate.count { return rate }
            guard let author else { continue }
            // A conversation is changed by each reply: none that was left alone since then holds one.
            let caused = try desk.sql.count(
                """
                SELECT COUNT(*) FROM outbox WHERE purpose = ? AND created_at > ? AND \(Self.counted) \(Self.others)
                    AND conversation IN (
                        SELECT id FROM conversations WHERE desk = ? AND customer_key = ? AND updated_at > ?)
                """, [purpose.rawValue, since, conversation, desk.desk, author.key, since])
            if caused >= rate.count { return rate }
        }
        return nil
    }

    private static func text(_ rate: Rate) -> String {
        "\(rate.count) automatic replies within \(Int(rate.period.seconds)) s"
    }
}
