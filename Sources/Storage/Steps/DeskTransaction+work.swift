// Steps: work to be done, its leases and their ends.

import Correspondence

/// What a claim took.
struct ClaimedWork: Sendable {
    var id: Int64
    var subject: String
    var fence: Int64
    /// Claims before this one.
    var attempts: Int
    var weight: Int

    func lease<Item>(_ item: Item) -> Lease<Item> {
        Lease(work: String(id), fence: fence, attempts: attempts, item: item)
    }
}

extension DeskTransaction {
    /// Makes work, or makes waiting work due earlier; leased work is left alone: its end will see what is new.
    func addWork(
        _ kind: WorkKind, _ subject: String, dueAt: Instant, weight: Int = 0, waitsFor: ConversationID? = nil
    ) throws(StoreError) {
        try sql.execute(
            """
            INSERT INTO work (desk, kind, subject, due_at, leased, fence, attempts, weight, waits_for)
            VALUES (?, ?, ?, ?, 0, 0, 0, ?, ?)
            ON CONFLICT (desk, kind, subject) DO UPDATE SET due_at = CASE
                WHEN work.leased = 1 OR work.due_at < excluded.due_at THEN work.due_at ELSE excluded.due_at END
            """, [desk, kind.rawValue, subject, dueAt + clockAhead, weight, waitsFor])
        sql.wake(kind)
        // One station delivers both.
        if kind == .notify { sql.wake(.deliver) }
    }

    /// New work that is claimed from the beginning.
    func addClaimedWork(_ kind: WorkKind, _ subject: String, weight: Int) throws(StoreError) -> ClaimedWork {
        let row = try sql.first(
            """
            INSERT INTO work (desk, kind, subject, due_at, leased, fence, attempts, weight, holder)
            VALUES (?, ?, ?, ?, 1, 1, 1, ?, ?) RETURNING id
            """, [desk, kind.rawValue, subject, engineNow + leaseDuration, weight, node])
        guard var row else { throw StoreError(.other, detail: "no number for new work") }
        return ClaimedWork(id: try row.integer(), subject: subject, fence: 1, attempts: 0, weight: weight)
    }

    /// A reply whose conversation has draft work waiting is left to that draft.
    static let heldBack = """
        AND (w.waits_for IS NULL OR NOT EXISTS (
            SELECT 1 FROM work d WHERE d.desk = w.desk AND d.kind = 'draft' AND d.subject = w.waits_for))
        """

    /// Counts a claim of a mail, unless it takes over from one whose turn never came: that one tried nothing.
    private static let deliveryAttempts = """
        attempts + CASE WHEN leased = 1 AND NOT EXISTS (
            SELECT 1 FROM outbox o WHERE o.id = work.subject AND o.state = 'sending') THEN 0 ELSE 1 END
        """

    /// Oldest first; takes over leases that ran out. `dueBy` leaves out what fell due later; nil is now.
    func claim(_ kind: WorkKind, limit: Int, dueBy: Instant? = nil) throws(StoreError) -> [ClaimedWork] {
        let attempts = kind == .deliver || kind == .notify ? Self.deliveryAttempts : "attempts + 1"
        let rows = try sql.query(
            """
            WITH picked AS MATERIALIZED (
                SELECT w.id FROM work w WHERE w.desk = ? AND w.kind = ? AND w.due_at <= ?
                \(kind == .deliver ? Self.heldBack : "")
                ORDER BY w.due_at, w.id LIMIT ? \(sql.dialect.claimClause))
            UPDATE work SET leased = 1, due_at = ?, fence = fence + 1, holder = ?,
                attempts = \(attempts)
            WHERE id IN (SELECT id FROM picked)
            RETURNING id, subject, fence, attempts, weight
            """,
            [
                desk, kind.rawValue, dueBy.map { $0 + clockAhead } ?? engineNow, limit, engineNow + leaseDuration,
                node,
            ])
        var claimed: [ClaimedWork] = []
        for var row in rows {
            claimed.append(
                ClaimedWork(
                    id: try row.integer(), subject: try row.text(), fence: try row.integer(),
                    attempts: try row.int() - 1, weight: try row.int()))
        }
        return claimed.sorted { $0.id < $1.id }
    }

    /// Claims arrivals. Of several nodes one reads at a time: a mail must not be filed before one that came earlier and
    /// that it may be a follow-up of. So there is nothing while another node holds one; what a dead node held is due
    /// before everything else as soon as it ran out.
    func claimReading(limit: Int) throws(StoreError) -> [ClaimedWork] {
        guard let node else { return try claim(.read, limit: limit) }
        try sql.exclude("read \(desk)")
        try sql.execute(
            """
            UPDATE work SET leased = 0, due_at = 0 WHERE id IN (
                SELECT w.id FROM work w WHERE w.desk = ? AND w.kind = 'read' AND w.leased = 1 AND w.due_at <= ?
                ORDER BY w.id \(sql.dialect.claimClause))
            """, [desk, engineNow])
        return try isRead(byOthersThan: node) ? [] : claim(.read, limit: limit)
    }

    /// Whether what was kept just now may be read at once: nothing older waits, and no other node is reading.
    func mayReadAtOnce() throws(StoreError) -> Bool {
        guard let node else { return true }
        let waiting = try sql.first(
            "SELECT 1 FROM work WHERE desk = ? AND kind = 'read' AND due_at <= ? LIMIT 1", [desk, engineNow])
        guard waiting == nil else { return false }
        return try !isRead(byOthersThan: node)
    }

    private func isRead(byOthersThan node: String) throws(StoreError) -> Bool {
        try sql.first(
            """
            SELECT 1 FROM work WHERE desk = ? AND kind = 'read' AND leased = 1 AND COALESCE(holder, '') <> ? LIMIT 1
            """, [desk, node]) != nil
    }

    /// Gives back a lease that nothing was done under; false when it was lost. An arrival is then due before all that
    /// nobody has claimed: a mail must not be read after one that came later and may be a follow-up of it.
    @discardableResult
    func giveBack(_ work: Int64, fence: Int64) throws(StoreError) -> Bool {
        try sql.execute(
            """
            UPDATE work SET leased = 0, attempts = attempts - 1,
                due_at = CASE WHEN kind = 'read' THEN 0 ELSE CAST(? AS BIGINT) END
            WHERE id = ? AND fence = ? AND desk = ? AND leased = 1
            """, [engineNow, work, fence, desk]) == 1
    }

    /// Due again at once, and the claim counts: whoever is overtaken every time must come to an end.
    func doAgain<Item>(_ lease: Lease<Item>) throws(StoreError) {
        try sql.execute(
            "UPDATE work SET leased = 0, due_at = ? WHERE id = ? AND fence = ? AND desk = ? AND leased = 1",
            [engineNow, try number(lease), lease.fence, desk])
    }

    /// Ends work whose subject is gone.
    func drop(_ work: ClaimedWork) throws(StoreError) {
        try sql.execute("DELETE FROM work WHERE id = ? AND fence = ? AND desk = ?", [work.id, work.fence, desk])
    }

    /// The end of the lease and of the work.
    func end<Item>(_ lease: Lease<Item>) throws(StoreError) {
        let ended = try sql.execute(
            "DELETE FROM work WHERE id = ? AND fence = ? AND desk = ?", [try number(lease), lease.fence, desk])
        guard ended == 1 else { throw stale(lease) }
    }

    /// The end of the lease; the work is due again at `at`.
    func putOff<Item>(_ lease: Lease<Item>, until at: Instant, error: String) throws(StoreError) {
        let changed = try sql.execute(
            "UPDATE work SET leased = 0, due_at = ?, last_error = ? WHERE id = ? AND fence = ? AND desk = ?",
            [at + clockAhead, error, try number(lease), lease.fence, desk])
        guard changed == 1 else { throw stale(lease) }
    }

    /// The same, of what could not be read.
    func putOff(_ work: ClaimedWork, until at: Instant, error: String) throws(StoreError) {
        try putOff(work.lease(work.subject), until: at, error: error)
    }

    /// Throws `stale` when somebody else holds the work, or it was ended.
    func verify<Item>(_ lease: Lease<Item>) throws(StoreError) {
        let row = try sql.first(
            "SELECT 1 FROM work WHERE id = ? AND fence = ? AND desk = ?", [try number(lease), lease.fence, desk])
        guard row != nil else { throw stale(lease) }
    }

    func number<Item>(_ lease: Lease<Item>) throws(StoreError) -> Int64 {
        guard let number = Int64(lease.work) else {
            throw StoreError(.invalid, detail: "\"\(lease.work)\" is no work of this store")
        }
        return number
    }

    private func stale<Item>(_ lease: Lease<Item>) -> StoreError {
        StoreError(.stale, detail: "the lease of work \(lease.work), fence \(lease.fence), is not held any more")
    }
}
