// The outbox: claiming, settling, and the hands of the one who runs the desk.

import Correspondence

extension SQLDeskStore: OutboxStore {
    func claimDeliveries(limit: Int, beginning: Int) async throws(StoreError) -> [Lease<OutboxEntry>] {
        // A mail that is being sent must be known as such after a power failure too; one that waits for its turn need
        // not be. But a lease may be lost with its holder alone, and on PostgreSQL the holder outlives the server's
        // machine: there two might hold one fence.
        let mustLast = beginning > 0 || database.dialect.engine == .postgresql
        return try await claim(
            .deliver, limit: limit, mustLast: mustLast, take: { try $0.claimDeliveries(limit: limit) },
            prepare: { desk, work, position in try desk.prepareSending(work, begins: position < beginning) },
            ruin: { desk, work, reason in try desk.failUnreadable(work, reason: reason) }
        ) { desk, work in
            let row = try desk.sql.first(
                "SELECT \(OutboxRow.columns) FROM outbox o WHERE o.id = ? AND o.desk = ?", [work.subject, desk.desk])
            guard var row else { return nil }
            return try OutboxRow.read(&row)
        }
    }

    func begin(_ works: [(work: String, fence: Int64)]) async throws(StoreError) -> [String] {
        try await change { desk in
            try inOrder(works).filter { try desk.begin($0.id, fence: $0.fence) }.map { String($0.id) }
        }
    }

    func settle(_ lease: Lease<OutboxEntry>, _ settlement: Settlement) async throws(StoreError) {
        try await change { desk in try Settling(desk: desk, lease: lease).run(settlement) }
    }

    func renew(_ works: [(work: String, fence: Int64)]) async throws(StoreError) -> [String] {
        try await change { desk in
            try inOrder(works).filter { work in
                try desk.sql.execute(
                    "UPDATE work SET due_at = ? WHERE id = ? AND fence = ? AND desk = ? AND leased = 1",
                    [desk.engineNow + leaseDuration, work.id, work.fence, desk.desk]) == 1
            }.map { String($0.id) }
        }
    }

    func giveUp(_ purpose: OutgoingReply.Purpose, writtenBefore: Instant, error: String, limit: Int)
        async throws(StoreError) -> Int
    {
        do {
            return try await change { desk in
                let late = try desk.waiting(purpose, writtenBefore: writtenBefore, after: 0, limit: limit)
                return try late.leases.count { lease in try desk.giveUp(lease, error: error) }
            }
        } catch let failure where failure.isOfOneRow {
            // Each in a commit of its own: what this version cannot read must not keep the others.
        }
        var (count, after) = (0, Int64(0))
        while count < limit {
            let late = try await look { [after] desk in
                try desk.waiting(purpose, writtenBefore: writtenBefore, after: after, limit: limit)
            }
            guard let last = late.last else { break }
            after = last
            for lease in late.leases where count < limit {
                do {
                    if try await change({ desk in try desk.giveUp(lease, error: error) }) { count += 1 }
                } catch let failure where failure.isOfOneRow {
                    continue
                }
            }
        }
        return count
    }

    func release(_ works: [(work: String, fence: Int64)], reason: String?) async throws(StoreError) {
        try await change { desk in
            for (id, fence) in inOrder(works) where try desk.giveBack(id, fence: fence) {
                try desk.sql.execute(
                    """
                    UPDATE outbox SET last_error = COALESCE(?, last_error), state = CASE WHEN state <> 'sending' THEN state
                        WHEN was_in_doubt = 1 THEN 'inDoubt' ELSE 'pending' END
                    WHERE desk = ? AND state IN ('pending', 'sending', 'inDoubt')
                        AND id IN (SELECT subject FROM work WHERE id = ? AND kind IN ('deliver', 'notify'))
                    """, [reason, desk.desk, id])
                try desk.withdrawIfTakenOver(id)
            }
        }
    }

    func enqueue(_ outgoing: NewOutgoing) async throws(StoreError) {
        let entry = try OutgoingText(outgoing)
        try await change { desk in try desk.enqueue(entry, conversation: nil) }
    }

    func outbox(state: OutboxState?, limit: Int) async throws(StoreError) -> [OutboxEntry] {
        try await look { desk in
            // As in `ledger`: ids are walked backwards where no state is looked for.
            let condition = state == nil ? "o.desk || '' = ?" : "o.desk = ? AND o.state = ?"
            var parameters: [any SQLBindable] = [desk.desk]
            if let state { parameters.append(state.rawValue) }
            let rows = try desk.sql.query(
                "SELECT \(OutboxRow.columns) FROM outbox o WHERE \(condition) ORDER BY o.id DESC LIMIT ?",
                parameters + [limit])
            var entries: [OutboxEntry] = []
            // One that cannot be read failed when it was to be sent, with a ticket: the others must be seen.
            for var row in rows {
                if let entry = try OutboxRow.readIfKnown(&row) { entries.append(entry) }
            }
            return entries
        }
    }

    func retry(_ id: OutboxID) async throws(StoreError) {
        try await change { desk in
            let row = try desk.sql.first(
                """
                UPDATE outbox SET state = CASE WHEN was_in_doubt = 1 THEN 'inDoubt' ELSE 'pending' END, due_at = ?,
                    settled_at = NULL
                WHERE id = ? AND desk = ? AND (state IN ('pending', 'inDoubt') OR state = 'failed' AND purpose <> 'report')
                RETURNING conversation, purpose, record, state
                """, [desk.now, id, desk.desk])
            guard var row else { throw try desk.refusal(id, "can be tried again, and no failed report: make it anew") }
            let conversation: ConversationID? = try row.optionalID()
            let purpose: OutgoingReply.Purpose = try row.word()
            try desk.markDelivery(try row.optionalID(), try row.word())
            try desk.addDelivery(id, purpose: purpose, conversation: conversation)
        }
    }

    func drop(_ id: OutboxID) async throws(StoreError) {
        try await change { desk in
            // Whoever claims it meanwhile has it: the condition stands in the statement that takes it.
            try desk.sql.execute(
                """
                DELETE FROM work WHERE desk = ? AND kind IN ('deliver', 'notify') AND subject = ?
                    AND (leased = 0 OR due_at <= ?)
                """, [desk.desk, id, desk.engineNow])
            let held = try desk.sql.first(
                "SELECT id FROM work WHERE desk = ? AND kind IN ('deliver', 'notify') AND subject = ?", [desk.desk, id])
            guard held == nil else {
                throw StoreError(.stale, detail: "outbox row \(id) is being sent right now")
            }
            let row = try desk.sql.first(
                """
                SELECT conversation, purpose FROM outbox
                WHERE id = ? AND desk = ? AND state NOT IN ('sent', 'withdrawn')
                """, [id, desk.desk])
            guard var row else { throw try desk.refusal(id, "can be dropped") }
            let reason = "taken back by hand"
            try desk.withdraw(id, reason: reason, actor: "admin")
            // A reply that is not to go out leaves its customer waiting: a human goes on.
            let conversation: ConversationID? = try row.optionalID()
            let purpose: OutgoingReply.Purpose = try row.word()
            if let conversation, purpose == .automaticReply || purpose == .humanReply {
                try desk.openTicket(
                    of: try desk.conversation(conversation),
                    TicketCause(id: desk.makeID(), reasons: ["a reply was \(reason)"], actor: "admin"))
            }
        }
    }

    func backlog() async throws(StoreError) -> [WorkKind: Int] {
        try await look { desk in
            let rows = try desk.sql.query(
                "SELECT kind, COUNT(*) FROM work WHERE desk = ? AND (due_at <= ? OR leased = 1) GROUP BY kind",
                [desk.desk, desk.engineNow])
            var counts: [WorkKind: Int] = [:]
            for var row in rows { counts[try row.word()] = try row.int() }
            return counts
        }
    }

    func wakeUps() -> AsyncStream<WorkKind> { database.hints.workHints() }
}

/// Rows are locked in one order everywhere, so that no two calls wait for each other.
private func inOrder(_ works: [(work: String, fence: Int64)]) -> [(id: Int64, fence: Int64)] {
    works.compactMap { work in Int64(work.work).map { (id: $0, fence: work.fence) } }.sorted { $0.id < $1.id }
}

extension DeskTransaction {
    /// What customers wait for goes first, then notices and reports; those that stood back for `noticePatience` get a
    /// quarter of the turns before it: by chance, where a turn is not a quarter's worth.
    fileprivate func claimDeliveries(limit: Int) throws(StoreError) -> [ClaimedWork] {
        let quarter = limit >= 4 ? limit / 4 : surroundings.randomBytes(1)[0] < 64 ? 1 : 0
        var taken = quarter > 0 ? try claim(.notify, limit: quarter, dueBy: now - noticePatience) : []
        if taken.count < limit { taken += try claim(.deliver, limit: limit - taken.count) }
        if taken.count < limit { taken += try claim(.notify, limit: limit - taken.count) }
        return taken
    }

    /// A row that is still `sending` was left by a sender that died: nobody knows whether it went out.
    fileprivate func prepareSending(_ work: ClaimedWork, begins: Bool) throws(StoreError) {
        let row = try sql.first(
            """
            SELECT state, conversation, record FROM outbox WHERE id = ? AND desk = ? \(sql.dialect.rowLock)
            """, [work.subject, desk])
        guard var row else { return }
        if try row.text() == OutboxState.sending.rawValue {
            try sql.execute(
                "UPDATE outbox SET was_in_doubt = 1, state = ? WHERE id = ? AND desk = ?",
                [(begins ? OutboxState.sending : .inDoubt).rawValue, work.subject, desk])
            record(
                .replyInDoubt, conversation: try row.optionalID(), message: try row.optionalID(),
                detail: "the sender stopped before it could record what the server said")
        } else if begins {
            try sql.execute("UPDATE outbox SET state = 'sending' WHERE id = ? AND desk = ?", [work.subject, desk])
        }
    }

    /// The work's row is looked at first, and held: whoever claims it waits, and then finds the row `sending`. A row
    /// that is `sending` already has been begun by somebody.
    fileprivate func begin(_ work: Int64, fence: Int64) throws(StoreError) -> Bool {
        let held = try sql.first(
            """
            SELECT subject FROM work
            WHERE id = ? AND fence = ? AND desk = ? AND leased = 1 AND due_at > ? \(sql.dialect.rowLock)
            """, [work, fence, desk, engineNow])
        guard var held else { return false }
        return try sql.execute(
            "UPDATE outbox SET state = 'sending' WHERE id = ? AND desk = ? AND state IN ('pending', 'inDoubt')",
            [try held.text(), desk]) == 1
    }

    /// What was being sent when a human took over could not be withdrawn then: it is now that it came back unsent.
    fileprivate func withdrawIfTakenOver(_ work: Int64) throws(StoreError) {
        let row = try sql.first(
            """
            SELECT o.id, o.conversation, o.created_at FROM work w JOIN outbox o ON o.id = w.subject AND o.desk = w.desk
            WHERE w.id = ? AND w.desk = ? AND w.kind = 'deliver' AND o.purpose = 'automaticReply'
                AND o.conversation IS NOT NULL
            """, [work, desk])
        guard var row else { return }
        let id: OutboxID = try row.id()
        let conversation: ConversationID = try row.id()
        let since = try row.instant()
        guard let reason = try takenOver(conversation, since: since, locked: false) else { return }
        try sql.execute("DELETE FROM work WHERE id = ? AND desk = ? AND leased = 0", [work, desk])
        try withdraw(id, reason: reason)
    }

    /// False, with nothing changed, for one that was claimed since it was looked up.
    fileprivate func giveUp(_ lease: Lease<OutboxEntry>, error: String) throws(StoreError) -> Bool {
        do throws(StoreError) {
            try Settling(desk: self, lease: lease).run(.failed(error: error, ticket: makeID()))
            return true
        } catch  where error.code == .stale {
            return false
        }
    }

    /// Unleased rows, by the fence that they were last claimed under, and the last work that was looked at. One that
    /// cannot be read is left for its claim to end.
    fileprivate func waiting(
        _ purpose: OutgoingReply.Purpose, writtenBefore: Instant, after: Int64, limit: Int
    ) throws(StoreError) -> (leases: [Lease<OutboxEntry>], last: Int64?) {
        let rows = try sql.query(
            """
            SELECT w.id, w.fence, w.attempts, \(OutboxRow.columns) FROM outbox o
            JOIN work w ON w.desk = o.desk AND w.subject = o.id AND w.kind IN ('deliver', 'notify')
            WHERE o.desk = ? AND o.purpose = ? AND o.created_at < ? AND w.leased = 0 AND w.id > ?
                \(Self.heldBack)
            ORDER BY w.id LIMIT ?
            """, [desk, purpose.rawValue, writtenBefore, after, limit])
        var leases: [Lease<OutboxEntry>] = []
        var last: Int64?
        for var row in rows {
            let work = try row.integer()
            last = work
            let (fence, attempts) = (try row.integer(), try row.int())
            guard let entry = try OutboxRow.readIfKnown(&row) else { continue }
            leases.append(Lease(work: String(work), fence: fence, attempts: attempts, item: entry))
        }
        return (leases, last)
    }

    /// What `Settling` does with a mail that failed for good, of a row that cannot be read.
    fileprivate func failUnreadable(_ work: ClaimedWork, reason: String) throws(StoreError) {
        let row = try sql.first(
            "SELECT conversation, record, purpose FROM outbox WHERE id = ? AND desk = ?", [work.subject, desk])
        guard var row else { return try drop(work) }
        let id: ConversationID? = try row.optionalID()
        let record: MessageRecordID? = try row.optionalID()
        let purpose = OutgoingReply.Purpose(rawValue: try row.text())
        // The conversation before the work: the order of locks.
        var conversation: SupportConversation?
        if let id, purpose != .notice, purpose != .report {
            conversation = try self.conversation(id, locked: true)
        }
        try end(work.lease(work.subject))
        try sql.execute(
            """
            UPDATE outbox SET state = 'failed', last_error = ?, settled_at = ?, attempts = attempts + 1
            WHERE id = ? AND desk = ?
            """, [reason, now, work.subject, desk])
        try markDelivery(record, .failed)
        try dropWords(OutboxID(work.subject))
        self.record(.replyFailed, conversation: id, message: record, detail: reason)
        guard let conversation else { return }
        let why = "a reply could not be delivered: \(reason)"
        try addNotice(of: try openTicket(of: conversation, TicketCause(id: makeID(), reasons: [why])))
    }

    /// Why nothing was done: no such row, or one that is past it.
    fileprivate func refusal(_ id: OutboxID, _ what: String) throws(StoreError) -> StoreError {
        guard var row = try sql.first("SELECT state FROM outbox WHERE id = ? AND desk = ?", [id, desk]) else {
            return StoreError(.notFound, detail: "no outbox row \(id)")
        }
        return StoreError(.invalid, detail: "outbox row \(id) is \(try row.text()): only a row that waits \(what)")
    }
}
