// Tickets that agents are to be told of: claimed, told in one mail or many, and told again when they changed meanwhile.

import Correspondence

extension SQLDeskStore: NoticeStore {
    func claimNotices(limit: Int) async throws(StoreError) -> [Lease<DueNotice>] {
        try await claim(.tell, limit: limit, unclaim: { desk, work in try desk.endUnlessNews(work) }) { desk, work in
            let id = ConversationID(work.subject)
            guard let ticket = try desk.ticket(of: id), ticket.waitsForAgent else { return nil }
            return DueNotice(
                ticket: ticket, conversation: try desk.conversation(id), question: try desk.question(in: id),
                draft: try ticket.draft.flatMap(desk.draft))
        }
    }

    func untold() async throws(StoreError) -> Int {
        try await look { desk in
            try desk.sql.count("SELECT COUNT(*) FROM work WHERE desk = ? AND kind = 'tell'", [desk.desk])
        }
    }

    func noticeTimes(to agent: EmailAddress, since: Instant) async throws(StoreError) -> [Instant] {
        try await look { desk in
            let rows = try desk.sql.query(
                """
                SELECT created_at FROM outbox
                WHERE desk = ? AND purpose = 'notice' AND recipient = ? AND created_at > ? ORDER BY created_at
                """, [desk.desk, agent.key, since])
            var times: [Instant] = []
            for var row in rows { times.append(try row.instant()) }
            return times
        }
    }

    func tell(_ telling: Telling) async throws(StoreError) {
        try await change { desk in
            // Conversations before work, in one order: see `DeskTransaction`.
            var news: Set<String> = []
            for lease in telling.told.sorted(by: { $0.item.conversation.id < $1.item.conversation.id })
            where try desk.isNews(lease) { news.insert(lease.work) }
            for lease in telling.told {
                if news.contains(lease.work) {
                    try desk.putOff(lease, until: telling.nextAt, error: "changed while it was told")
                } else {
                    try desk.end(lease)
                }
            }
            for lease in telling.later {
                try desk.putOff(lease, until: telling.nextAt, error: "told with others later")
            }
            // A notice of several conversations is part of none.
            let one = telling.told.count == 1 ? telling.told[0].item.conversation : nil
            for notice in telling.notices { try desk.enqueue(try OutgoingText(notice), conversation: one) }
            try desk.openNotices(at: telling.nextAt)
        }
    }
}

extension SupportTicket {
    /// Nobody has answered since it was opened or changed.
    fileprivate var waitsForAgent: Bool { status == .new || status == .open }
}

extension DeskTransaction {
    /// Messages of a question, and their characters.
    private static let questionMessages = 10
    private static let questionLength = 4_000

    /// What came in since the last reply; where all was answered, the last that came in.
    fileprivate func question(in conversation: ConversationID) throws(StoreError) -> String {
        let rows = try sql.query(
            """
            SELECT direction, kind, substr(new_text, 1, ?), subject FROM messages
            WHERE conversation = ? AND desk = ? ORDER BY at DESC, position DESC LIMIT ?
            """, [Self.questionLength, conversation, desk, Self.questionMessages])
        var words: [String] = []
        for var row in rows {
            let direction: SupportMessage.Direction = try row.word()
            let kind: MessageKind = try row.word()
            if direction == .outgoing {
                if words.isEmpty { continue }
                break
            }
            guard kind == .human else { continue }
            let text = try row.text()
            words.append(text.isEmpty ? try row.text() : text)
        }
        return String(words.reversed().joined(separator: "\n\n").prefix(Self.questionLength))
    }

    /// The ticket got something new since its notice was claimed, and still waits.
    fileprivate func isNews(_ lease: Lease<DueNotice>) throws(StoreError) -> Bool {
        guard let ticket = try lockedTicket(of: lease.item.conversation.id) else { return false }
        return ticket.version != lease.item.ticket.version && ticket.waitsForAgent
    }

    /// Asked again under the conversation's lock: a ticket opened meanwhile left the leased work as it was.
    fileprivate func endUnlessNews(_ work: ClaimedWork) throws(StoreError) {
        if try lockedTicket(of: ConversationID(work.subject))?.waitsForAgent == true {
            try giveBack(work.id, fence: work.fence)
        } else {
            try drop(work)
        }
    }

    private func lockedTicket(of id: ConversationID) throws(StoreError) -> SupportTicket? {
        _ = try sql.query(
            "SELECT version FROM conversations WHERE id = ? AND desk = ? \(sql.dialect.rowLock)", [id, desk])
        return try ticket(of: id)
    }
}
