// Conversations that wait for a draft, and the commit that ends the wait.

import Correspondence

extension SQLDeskStore {
    func claimDrafting(limit: Int) async throws(StoreError) -> [Lease<DraftingCase>] {
        try await claim(
            .draft, limit: limit, unclaim: { desk, work in try desk.endIfNothingWaits(work) },
            ruin: { desk, work, reason in try desk.handUnreadableToHuman(work, reason: reason) }
        ) { desk, work in
            let id = ConversationID(work.subject)
            let row = try desk.sql.first(
                """
                SELECT \(ConversationRow.columns), c.is_held, (
                    SELECT COUNT(*) FROM outbox o WHERE o.conversation = c.id AND o.purpose = 'automaticReply'
                        AND o.state <> 'withdrawn')
                FROM conversations c WHERE c.id = ? AND c.desk = ?
                """, [id, desk.desk])
            guard var row else { return nil }
            let conversation = try ConversationRow.read(&row)
            var (messages, areAll) = try desk.recentMessages(of: id)
            let waiting =
                areAll
                ? messages.filter { $0.direction == .incoming && $0.outcome == nil }.map(\.id)
                : try desk.waiting(in: id)
            guard !waiting.isEmpty else { return nil }
            let isHeld = try row.bool()
            let replies = try row.int()
            let unsent =
                replies == 0 ? DeskTransaction.UnsentReplies() : try desk.unsentReplies(of: id, locked: false)
            for (_, record) in unsent.underWay {
                if let at = messages.firstIndex(where: { $0.id == record }) { messages[at].delivery = .sending }
            }
            return DraftingCase(
                conversation: conversation, messages: messages, waiting: waiting, isHeld: isHeld,
                ticket: conversation.ticket == nil ? nil : try desk.ticket(of: id), automaticReplies: replies,
                underWay: unsent.underWay.map(\.id), covered: unsent.covered,
                customerLanguage: messages.contains(where: \.showsLanguage)
                    ? nil : try desk.language(ofCustomerOf: conversation))
        }
    }

    func conclude(_ lease: Lease<DraftingCase>, _ conclusion: Conclusion) async throws(StoreError) -> Concluded {
        let texts = try Concluding.Texts(conclusion)
        return try await change { desk in
            try Concluding(desk: desk, lease: lease, conclusion: conclusion, texts: texts).run()
        }
    }

    func limit(_ limits: SendingLimits, on item: DraftingCase, recipient: EmailAddress, isChat: Bool)
        async throws(StoreError) -> String?
    {
        try await look { desk in
            try Ceilings(
                desk: desk, limits: limits, conversation: item.conversation.id, recipient: recipient,
                author: item.conversation.customer.address, isChat: isChat
            ).exceeded()
        }
    }

    func postpone(_ lease: Lease<DraftingCase>, error: String, delay: Duration) async throws(StoreError) {
        try await change { desk in try desk.putOff(lease, until: desk.now + delay, error: error) }
    }
}

extension DeskTransaction {
    /// How many messages are read at once: a usual conversation takes one look.
    private static let chunk = 32

    /// Newest first until a limit of `DraftingCase` is reached, then the first one; `areAll` says that none was left out.
    fileprivate func recentMessages(of id: ConversationID) throws(StoreError) -> (
        messages: [SupportMessage], areAll: Bool
    ) {
        var newest: [SupportMessage] = []
        var bytes = 0
        var last: (at: Instant, position: Int)?
        while newest.count < DraftingCase.messageLimit, bytes < DraftingCase.byteLimit {
            let before = last == nil ? "" : "AND (m.at, m.position) < (?, ?)"
            let place: [any SQLBindable] = last.map { [$0.at, $0.position] } ?? []
            let rows = try sql.query(
                """
                SELECT \(MessageRow.words), m.position FROM messages m WHERE m.conversation = ? AND m.desk = ? \(before)
                ORDER BY m.at DESC, m.position DESC LIMIT ?
                """, [DraftingCase.textLimit, id, desk] + place + [Self.chunk])
            for var row in rows {
                let message = try MessageRow.read(&row)
                bytes += message.newText.utf8.count
                last = (message.at, try row.int())
                newest.append(message)
                if newest.count == DraftingCase.messageLimit || bytes >= DraftingCase.byteLimit { break }
            }
            if rows.count < Self.chunk, newest.count < DraftingCase.messageLimit, bytes < DraftingCase.byteLimit {
                return (newest.reversed(), true)
            }
        }
        let row = try sql.first(
            """
            SELECT \(MessageRow.words) FROM messages m WHERE m.conversation = ? AND m.desk = ?
            ORDER BY m.at, m.position LIMIT 1
            """, [DraftingCase.textLimit, id, desk])
        if var row {
            let first = try MessageRow.read(&row)
            if first.id != newest.last?.id { newest.append(first) }
        }
        return (newest.reversed(), false)
    }

    /// Former conversations that are looked at for the customer's language.
    private static let formerConversations = 20

    /// The language of the newest words of this customer in another conversation; nil where none is known.
    fileprivate func language(ofCustomerOf conversation: SupportConversation) throws(StoreError) -> String? {
        guard let address = conversation.customer.address else { return nil }
        let row = try sql.first(
            """
            SELECT m.language FROM (
                SELECT id, updated_at FROM conversations WHERE desk = ? AND customer_key = ? AND id <> ?
                ORDER BY updated_at DESC, id DESC LIMIT ?) f
            JOIN messages m ON m.conversation = f.id
            WHERE m.desk = ? AND m.direction = 'in' AND m.author_kind = 'customer' AND m.kind = 'human'
                AND m.is_verified = 1 AND m.language <> 'und'
            ORDER BY f.updated_at DESC, f.id DESC, m.at DESC, m.position DESC LIMIT 1
            """, [desk, address.key, conversation.id, Self.formerConversations, desk])
        guard var row else { return nil }
        return try row.text()
    }

    /// Asked again under the conversation's lock: a message filed meanwhile left the leased work as it was.
    fileprivate func endIfNothingWaits(_ work: ClaimedWork) throws(StoreError) {
        let id = ConversationID(work.subject)
        _ = try sql.query(
            "SELECT version FROM conversations WHERE id = ? AND desk = ? \(sql.dialect.rowLock)", [id, desk])
        guard try waiting(in: id).isEmpty else {
            try giveBack(work.id, fence: work.fence)
            return
        }
        try sql.execute("DELETE FROM work WHERE id = ? AND fence = ? AND desk = ?", [work.id, work.fence, desk])
    }

    /// No draft can be made of what cannot be read: all that waits in the conversation becomes a ticket.
    fileprivate func handUnreadableToHuman(_ work: ClaimedWork, reason: String) throws(StoreError) {
        let conversation = try conversation(ConversationID(work.subject), locked: true)
        try verify(work.lease(work.subject))
        try handWaitingToHuman(conversation.id, reason: reason, rule: "unreadable")
        let ticket = try openTicket(of: conversation, TicketCause(id: makeID(), reasons: [reason]))
        try addNotice(of: ticket)
    }
}
