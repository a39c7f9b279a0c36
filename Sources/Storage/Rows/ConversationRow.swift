// How a conversation lies in its table.

import Correspondence

enum ConversationRow {
    static let columns = """
        c.id, c.number, c.subject, c.status, c.language, c.customer_name, c.customer_address, c.customer_role, c.channel, c.created_at, \
        c.updated_at, c.version, c.message_count, c.linked_to, c.ticket
        """

    static func read(_ row: inout SQLRow) throws(StoreError) -> SupportConversation {
        SupportConversation(
            id: try row.id(), number: try row.int(), subject: try row.text(), status: try row.word(),
            language: try row.text(),
            customer: Party(
                name: try row.optionalText(), address: try row.optionalText().flatMap { EmailAddress($0) },
                role: try row.optionalText()),
            channel: try row.word(), createdAt: try row.instant(), updatedAt: try row.instant(),
            version: try row.int(), messageCount: try row.int(), linkedTo: try row.optionalID(),
            ticket: try row.optionalID())
    }

    static let insert = """
        INSERT INTO conversations (id, desk, number, subject, subject_base, status, language, customer_name,
            customer_address, customer_key, customer_role, channel, created_at, updated_at, last_message_at, version, message_count,
            linked_to, ticket, is_held)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    static func parameters(
        _ conversation: SupportConversation, desk: String, lastMessageAt: Instant, isHeld: Bool
    ) -> [any SQLBindable] {
        let address = conversation.customer.address
        return [
            conversation.id, desk, conversation.number, conversation.subject, subjectBase(conversation.subject),
            conversation.status.rawValue, conversation.language, conversation.customer.name, address?.text,
            address?.key, conversation.customer.role, conversation.channel.rawValue, conversation.createdAt,
            conversation.updatedAt, lastMessageAt,
            conversation.version, conversation.messageCount, conversation.linkedTo, conversation.ticket, isHeld,
        ]
    }

    /// Longer subjects are compared by their beginning: an index entry has a limit.
    private static let baseLimit = 200

    /// What subjects are compared by.
    static func subjectBase(_ subject: String) -> String {
        String(SubjectLine.base(subject).lowercased().prefix(baseLimit))
    }
}
