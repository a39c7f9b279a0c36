// Conversations as people see them: one, its messages, lists, searching, closing.

import Correspondence

extension SQLDeskStore: ConversationStore {
    func conversation(_ id: ConversationID) async throws(StoreError) -> SupportConversation {
        try await look { try $0.conversation(id) }
    }

    func messages(of id: ConversationID) async throws(StoreError) -> [SupportMessage] {
        try await look { desk in
            _ = try desk.conversation(id)
            return try desk.messages(of: id)
        }
    }

    func message(_ id: MessageRecordID) async throws(StoreError) -> SupportMessage {
        try await look { desk in
            let row = try desk.sql.first(
                "SELECT \(MessageRow.columns) FROM messages m WHERE m.id = ? AND m.desk = ?", [id, desk.desk])
            guard var row else { throw StoreError(.notFound, detail: "no message \(id)") }
            return try MessageRow.read(&row)
        }
    }

    func lastDraft(of id: ConversationID) async throws(StoreError) -> Draft? {
        try await look { desk in
            let row = try desk.sql.first(
                "SELECT draft FROM drafts WHERE conversation = ? AND desk = ? ORDER BY made_at DESC, id DESC LIMIT 1",
                [id, desk.desk])
            guard var row else { return nil }
            return try row.json()
        }
    }

    func conversations(_ filter: ConversationFilter, limit: Int, cursor: String?) async throws(StoreError)
        -> Page<SupportConversation>
    {
        let after = try cursor.map(PageCursor.init)
        return try await look { desk in try desk.conversations(filter, limit: max(1, limit), after: after) }
    }

    func close(_ id: ConversationID, by actor: String) async throws(StoreError) {
        try await change { desk in
            let closed = try desk.sql.execute(
                "UPDATE conversations SET status = 'closed', updated_at = ? WHERE id = ? AND desk = ?",
                [desk.now, id, desk.desk])
            guard closed == 1 else { throw StoreError(.notFound, detail: "no conversation \(id)") }
            desk.record(.conversationClosed, conversation: id, actor: actor)
        }
    }

    func answerByMail(_ id: ConversationID, to address: EmailAddress) async throws(StoreError) {
        try await change { desk in
            _ = try desk.conversation(id, locked: true)
            let written = try desk.sql.execute(
                """
                UPDATE messages SET answer_to = ? WHERE conversation = ? AND desk = ? AND direction = 'in'
                    AND channel_kind = 'chat' AND author_address IS NULL
                """, [address.text, id, desk.desk])
            guard written > 0 else {
                throw StoreError(.invalid, detail: "nobody without an address wrote here in the chat")
            }
        }
    }
}

/// Where a page begins: behind the row with this moment (or rank) and id.
struct PageCursor {
    var rank: Int64 = 0
    var at: Instant
    var id: String

    init(rank: Int64 = 0, at: Instant, id: String) {
        self.rank = rank
        self.at = at
        self.id = id
    }

    init(_ text: String) throws(StoreError) {
        let parts = text.split(separator: ".", maxSplits: 2)
        guard parts.count == 3, let rank = Int64(parts[0]), let at = Int64(parts[1]) else {
            throw StoreError(.invalid, detail: "the cursor is none that a page of this list gave")
        }
        self.init(rank: rank, at: Instant(microseconds: at), id: String(parts[2]))
    }

    var text: String { "\(rank).\(at.microseconds).\(id)" }
}

extension DeskTransaction {
    /// More words are not looked for.
    private static let wordLimit = 20

    fileprivate func conversations(_ filter: ConversationFilter, limit: Int, after: PageCursor?) throws(StoreError)
        -> Page<SupportConversation>
    {
        var condition = "c.desk = ?"
        var parameters: [any SQLBindable] = [desk]
        if let status = filter.status {
            condition += " AND c.status = ?"
            parameters.append(status.rawValue)
        }
        if let customer = filter.customer {
            condition += " AND c.customer_key = ?"
            parameters.append(customer.key)
        }
        for word in filter.words.prefix(Self.wordLimit) {
            condition += " AND c.id IN (\(sql.dialect.conversationsWithTerm))"
            parameters += [desk, SearchTerms.fingerprint(word)] as [any SQLBindable]
        }
        if let after {
            condition += " AND (c.updated_at, c.id) < (?, ?)"
            parameters += [after.at, after.id] as [any SQLBindable]
        }
        let rows = try sql.query(
            """
            SELECT \(ConversationRow.columns) FROM conversations c WHERE \(condition)
            ORDER BY c.updated_at DESC, c.id DESC LIMIT ?
            """, parameters + [limit + 1])
        var items: [SupportConversation] = []
        for var row in rows.prefix(limit) { items.append(try ConversationRow.read(&row)) }
        let last = rows.count > limit ? items.last : nil
        return Page(items: items, next: last.map { PageCursor(at: $0.updatedAt, id: $0.id.text).text })
    }
}
