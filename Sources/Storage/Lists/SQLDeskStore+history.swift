// What happened, in order.

import Correspondence

extension SQLDeskStore: HistoryStore {
    func events(after sequence: Int64, conversation: ConversationID?, limit: Int) async throws(StoreError)
        -> [HistoryEvent]
    {
        // The cheap question first: most calls find nothing new, and then nobody is waited for.
        guard try await lastSequence() > sequence else { return [] }
        let barrier = database.dialect.historyBarrier
        if barrier.isEmpty {
            return try await look { try $0.events(after: sequence, conversation: conversation, limit: limit) }
        }
        return try await change { desk in
            _ = try desk.sql.query(barrier, [])
            return try desk.events(after: sequence, conversation: conversation, limit: limit)
        }
    }

    func lastSequence() async throws(StoreError) -> Int64 {
        try await look { desk in
            let row = try desk.sql.first(
                "SELECT sequence FROM history WHERE desk = ? ORDER BY sequence DESC LIMIT 1", [desk.desk])
            guard var row else { return 0 }
            return try row.integer()
        }
    }

    func historyHints() -> AsyncStream<Void> { database.hints.historyHints() }
}

extension DeskTransaction {
    fileprivate func events(after sequence: Int64, conversation: ConversationID?, limit: Int) throws(StoreError)
        -> [HistoryEvent]
    {
        var last = sequence
        var events: [HistoryEvent] = []
        // On until there is one that can be read, or no more: whoever reads on begins behind the last that was.
        while true {
            var parameters: [any SQLBindable] = [desk, last]
            if let conversation { parameters.append(conversation) }
            let rows = try sql.query(
                """
                SELECT sequence, at, kind, conversation, ticket, message, actor, detail FROM history
                WHERE desk = ? AND sequence > ? \(conversation == nil ? "" : "AND conversation = ?")
                ORDER BY sequence LIMIT ?
                """, parameters + [limit])
            for var row in rows {
                last = try row.integer()
                if let event = try event(last, &row) { events.append(event) }
            }
            if !events.isEmpty || rows.count < max(1, limit) { return events }
        }
    }

    /// nil for one of a kind that this version does not know.
    private func event(_ sequence: Int64, _ row: inout SQLRow) throws(StoreError) -> HistoryEvent? {
        do throws(StoreError) {
            return HistoryEvent(
                sequence: sequence, at: try row.instant(), kind: try row.word(), conversation: try row.optionalID(),
                ticket: try row.optionalID(), message: try row.optionalID(), actor: try row.text(),
                detail: try row.text())
        } catch  where error.isOfOneRow {
            return nil
        }
    }
}
