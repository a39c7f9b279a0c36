// Tickets: lists, folders, and what agents do with them.

import Correspondence

extension SQLDeskStore: TicketStore {
    func tickets(_ filter: TicketFilter, limit: Int, cursor: String?) async throws(StoreError) -> Page<SupportTicket> {
        let after = try cursor.map(PageCursor.init)
        return try await look { desk in try desk.tickets(filter, limit: max(1, limit), after: after) }
    }

    func ticket(_ id: TicketID) async throws(StoreError) -> TicketFolder {
        try await look { desk in try desk.folder(try desk.ticket(id)) }
    }

    func ticket(number: Int) async throws(StoreError) -> TicketFolder {
        try await look { desk in
            let row = try desk.sql.first(
                "SELECT \(TicketRow.columns) FROM tickets k WHERE k.desk = ? AND k.number = ?", [desk.desk, number])
            guard var row else { throw StoreError(.notFound, detail: "no ticket \(number)") }
            return try desk.folder(try TicketRow.read(&row))
        }
    }

    func reply(_ id: TicketID, _ reply: TicketReply, version: Int?) async throws(StoreError) {
        let text = try OutgoingText(reply.outgoing)
        try await change { desk in try desk.reply(id, reply, text: text, version: version) }
    }

    func setStatus(_ id: TicketID, _ status: SupportTicket.Status, by actor: String, version: Int?)
        async throws(StoreError)
    {
        try await change { desk in
            try desk.change(id, by: actor, version: version, detail: status.rawValue) { ticket throws(StoreError) in
                guard ticket.status != status else {
                    throw StoreError(.invalid, detail: "ticket \(ticket.number) is \(status.rawValue) already")
                }
                ticket.status = status
                ticket.resolvedAt = status.isLive ? nil : ticket.resolvedAt ?? desk.now
            }
        }
    }

    func assign(_ id: TicketID, to assignee: String?, by actor: String, version: Int?) async throws(StoreError) {
        try await change { desk in
            try desk.change(id, by: actor, version: version, detail: "assignee") { ticket in
                ticket.assignee = assignee
                if ticket.status == .new, assignee != nil { ticket.status = .open }
            }
        }
    }

    func note(_ id: TicketID, _ note: TicketNote) async throws(StoreError) {
        try await change { desk in try desk.add(note, to: try desk.ticket(id)) }
    }

    func discardDraft(_ id: TicketID, _ note: TicketNote, version: Int?) async throws(StoreError) {
        try await change { desk in
            let ticket = try desk.ticket(id)
            try desk.change(id, by: note.author, version: version, detail: "draft") { ticket throws(StoreError) in
                guard ticket.draft != nil else {
                    throw StoreError(.notFound, detail: "ticket \(ticket.number) has no draft")
                }
                ticket.draft = nil
                if ticket.status == .new { ticket.status = .open }
            }
            try desk.add(note, to: ticket)
        }
    }

    func escalate(
        _ conversation: ConversationID, ticket: TicketID, reason: String, by actor: String
    ) async throws(StoreError) -> SupportTicket {
        try await change { desk in
            let found = try desk.conversation(conversation, locked: true)
            let wasLive = try desk.ticket(of: conversation)?.status.isLive ?? false
            let waiting = try desk.waiting(in: conversation)
            try desk.handWaitingToHuman(conversation, reason: reason, rule: "escalated")
            try desk.withdrawAutomaticReplies(of: conversation, reason: "a human was asked for")
            let opened = try desk.openTicket(of: found, TicketCause(id: ticket, reasons: [reason], actor: actor))
            if !wasLive || !waiting.isEmpty { try desk.addNotice(of: opened) }
            return opened
        }
    }
}

extension DeskTransaction {
    /// Without `settlesWaiting`, messages that wait for a draft still get it: the ticket is live, so a human sees it.
    func reply(
        _ id: TicketID, _ reply: TicketReply, text: OutgoingText, version: Int?, settlesWaiting: Bool = true
    ) throws(StoreError) {
        let conversation = try conversation(try ticket(id).conversation, locked: true)
        if try isWritten(reply.outgoing) { return }
        if version == nil, !reply.isNamed { try refuseDoubleClick(reply, in: conversation.id) }
        if settlesWaiting {
            try handWaitingToHuman(conversation.id, reason: "answered by \(reply.agent)", rule: "agent")
        }
        try withdrawAutomaticReplies(of: conversation.id, reason: "a human answers")
        try change(id, by: reply.agent, version: version, detail: "reply") { ticket in
            ticket.status = reply.status ?? .waiting
            if ticket.firstResponseAt == nil { ticket.firstResponseAt = now }
            ticket.resolvedAt = ticket.status.isLive ? nil : now
        }
        try enqueue(text, conversation: conversation, actor: reply.agent)
        let status: SupportConversation.Status =
            switch reply.status {
            case .closed: .closed
            case .new, .open: .open
            case .waiting, .resolved, nil: .waiting
            }
        try sql.execute(
            "UPDATE conversations SET status = ? WHERE id = ? AND desk = ?", [status.rawValue, conversation.id, desk])
    }

    /// Whether this reply was written before, by an earlier call of the same name.
    private func isWritten(_ outgoing: NewOutgoing) throws(StoreError) -> Bool {
        let row = try sql.first(
            "SELECT new_text FROM messages WHERE desk = ? AND message_id = ? AND direction = 'out'",
            [desk, outgoing.reply.messageID])
        guard var row else { return false }
        guard try row.text().sqlValue == outgoing.reply.body.sqlValue else {
            throw StoreError(.invalid, detail: "this Idempotency-Key was used for a reply with other words")
        }
        return true
    }

    private func refuseDoubleClick(_ reply: TicketReply, in conversation: ConversationID) throws(StoreError) {
        let row = try sql.first(
            """
            SELECT new_text, author_name, at FROM messages
            WHERE conversation = ? AND desk = ? AND direction = 'out' ORDER BY at DESC, position DESC LIMIT 1
            """, [conversation, desk])
        guard var row, try row.text().sqlValue == reply.outgoing.reply.body.sqlValue,
            try row.optionalText() == reply.outgoing.reply.signer ?? reply.agent
        else { return }
        let at = try row.instant()
        guard now - at < TicketReply.doubleClick else { return }
        throw StoreError(
            .stale,
            detail: """
                the same words of the same agent went to the customer less than a minute ago, and this request bears no \
                name; to send them again, give it an Idempotency-Key, or name the ticket's version
                """)
    }

    fileprivate func ticket(_ id: TicketID) throws(StoreError) -> SupportTicket {
        let row = try sql.first(
            "SELECT \(TicketRow.columns) FROM tickets k WHERE k.id = ? AND k.desk = ?", [id, desk])
        guard var row else { throw StoreError(.notFound, detail: "no ticket \(id)") }
        return try TicketRow.read(&row)
    }

    fileprivate func folder(_ ticket: SupportTicket) throws(StoreError) -> TicketFolder {
        var notes: [TicketNote] = []
        let rows = try sql.query(
            "SELECT at, author, text FROM notes WHERE ticket = ? AND desk = ? ORDER BY at, id", [ticket.id, desk])
        for var row in rows {
            notes.append(TicketNote(at: try row.instant(), author: try row.text(), text: try row.text()))
        }
        return TicketFolder(
            ticket: ticket, conversation: try conversation(ticket.conversation),
            messages: try messages(of: ticket.conversation), draft: try ticket.draft.flatMap(draft), notes: notes)
    }

    fileprivate func add(_ note: TicketNote, to ticket: SupportTicket) throws(StoreError) {
        let id: Identifier<Never> = makeID()
        try sql.execute(
            "INSERT INTO notes (id, desk, ticket, at, author, text) VALUES (?, ?, ?, ?, ?, ?)",
            [id, desk, ticket.id, note.at, note.author, note.text])
        record(.ticketNote, conversation: ticket.conversation, ticket: ticket.id, actor: note.author)
    }

    /// `version` is the one the caller saw; nil changes whatever stands there.
    fileprivate func change(
        _ id: TicketID, by actor: String, version: Int?, detail: String,
        _ edit: (inout SupportTicket) throws(StoreError) -> Void
    ) throws(StoreError) {
        var ticket = try ticket(id)
        let seen = ticket.version
        guard version == nil || version == seen else {
            throw StoreError(.stale, detail: ticket.outdated)
        }
        try edit(&ticket)
        ticket.version += 1
        ticket.updatedAt = now
        try save(ticket, seen: seen)
        record(.ticketChanged, conversation: ticket.conversation, ticket: id, actor: actor, detail: detail)
    }

    fileprivate func tickets(_ filter: TicketFilter, limit: Int, after: PageCursor?) throws(StoreError)
        -> Page<SupportTicket>
    {
        var condition = "k.desk = ?"
        var parameters: [any SQLBindable] = [desk]
        if !filter.statuses.isEmpty {
            let places = Array(repeating: "?", count: filter.statuses.count).joined(separator: ", ")
            condition += " AND k.status IN (\(places))"
            parameters += filter.statuses.map(\.rawValue) as [any SQLBindable]
            // Lets the index end where the resting tickets begin.
            if filter.statuses.allSatisfy(\.isLive) { condition += " AND k.rank < \(TicketRow.firstRestingRank)" }
        }
        if let assignee = filter.assignee {
            condition += " AND k.assignee = ?"
            parameters.append(assignee)
        }
        if let after {
            condition += " AND (k.rank, k.opened_at, k.id) > (?, ?, ?)"
            parameters += [after.rank, after.at, after.id] as [any SQLBindable]
        }
        let rows = try sql.query(
            """
            SELECT \(TicketRow.columns) FROM tickets k WHERE \(condition)
            ORDER BY k.rank, k.opened_at, k.id LIMIT ?
            """, parameters + [limit + 1])
        var items: [SupportTicket] = []
        for var row in rows.prefix(limit) { items.append(try TicketRow.read(&row)) }
        let last = rows.count > limit ? items.last : nil
        return Page(
            items: items,
            next: last.map { PageCursor(rank: Int64(TicketRow.rank($0)), at: $0.openedAt, id: $0.id.text).text })
    }
}
