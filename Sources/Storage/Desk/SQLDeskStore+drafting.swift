// Conversations that wait for a draft, and the commit that ends the wait.

import Correspondence

extension SQLDeskStore {
    func claimDrafting(limit: Int) async throws(StoreError) -> [Lease<DraftingCase>] {
        try await claim(.draft, limit: limit, unclaim: { desk, work in try desk.endIfNothingWaits(work) }) {
            desk, work in
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
            let messages = try desk.messages(of: id)
            let waiting = messages.filter { $0.direction == .incoming && $0.outcome == nil }.map(\.id)
            guard !waiting.isEmpty else { return nil }
            return DraftingCase(
                conversation: conversation, messages: messages, waiting: waiting,
                isHeld: try row.bool(), ticket: conversation.ticket == nil ? nil : try desk.ticket(of: id),
                automaticReplies: try row.int())
        }
    }

    func conclude(_ lease: Lease<DraftingCase>, _ conclusion: Conclusion) async throws(StoreError) -> Concluded {
        let texts = try Concluding.Texts(conclusion)
        return try await change { desk in
            try Concluding(desk: desk, lease: lease, conclusion: conclusion, texts: texts).run()
        }
    }

    func postpone(_ lease: Lease<DraftingCase>, error: String, delay: Duration) async throws(StoreError) {
        try await change { desk in try desk.putOff(lease, until: desk.now + delay, error: error) }
    }
}

extension DeskTransaction {
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
}
