// The ledger: bytes are kept first, with their work and the mailbox's cursor.

import Correspondence
import Crypto

extension SQLDeskStore: ArrivalStore {
    func accept(_ arrivals: [Arrival], cursor: (mailbox: String, cursor: MailboxCursor)?) async throws(StoreError)
        -> [Acceptance]
    {
        try await accept(arrivals, cursor: cursor, claiming: false).acceptances
    }

    func acceptClaimed(_ arrivals: [Arrival], cursor: (mailbox: String, cursor: MailboxCursor)?)
        async throws(StoreError) -> (acceptances: [Acceptance], leases: [Lease<Arrival>])
    {
        try await accept(arrivals, cursor: cursor, claiming: true)
    }

    private func accept(
        _ arrivals: [Arrival], cursor: (mailbox: String, cursor: MailboxCursor)?, claiming: Bool
    ) async throws(StoreError) -> (acceptances: [Acceptance], leases: [Lease<Arrival>]) {
        let named = arrivals.map { (arrival: $0, sha: Self.sha256($0.bytes)) }
        return try await change { desk in
            var acceptances: [Acceptance] = []
            var leases: [Lease<Arrival>] = []
            var firstSight: Instant?
            if let cursor, cursor.cursor.firstUIDNext == nil {
                firstSight = try desk.firstSight(mailbox: cursor.mailbox)
            }
            var news: [Arrival] = []
            for (arrival, sha) in named {
                var arrival = arrival
                if let firstSight, arrival.receivedAt < firstSight { arrival.isHistory = true }
                let acceptance = try desk.accept(&arrival, sha: sha)
                acceptances.append(acceptance)
                if case .new = acceptance { news.append(arrival) }
            }
            // Asked behind the rows: whoever keeps the same mails at this moment is waited for, and then seen.
            let claims = try claiming && !news.isEmpty && desk.mayReadAtOnce()
            for arrival in news {
                if claims {
                    let work = try desk.addClaimedWork(.read, arrival.id.text, weight: arrival.bytes.count)
                    leases.append(work.lease(arrival))
                } else {
                    try desk.addWork(.read, arrival.id.text, dueAt: desk.now, weight: arrival.bytes.count)
                }
            }
            if let cursor { try desk.save(cursor.cursor, mailbox: cursor.mailbox) }
            return (acceptances, leases)
        }
    }

    /// In hexadecimal digits.
    static func sha256(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in SHA256.hash(data: bytes) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    func cursor(mailbox: String) async throws(StoreError) -> MailboxCursor? {
        try await look { desk in
            let row = try desk.sql.first(
                "SELECT uid_validity, last_uid, first_uid_next FROM mailboxes WHERE desk = ? AND name = ?",
                [desk.desk, mailbox])
            guard var row else { return nil }
            return MailboxCursor(
                uidValidity: UInt32(truncatingIfNeeded: try row.integer()),
                lastUID: UInt32(truncatingIfNeeded: try row.integer()),
                firstUIDNext: try row.optionalInteger().map { UInt32(truncatingIfNeeded: $0) })
        }
    }

    func claimArrivals(limit: Int, byteLimit: Int) async throws(StoreError) -> [Lease<Arrival>] {
        try await claim(
            .read, limit: limit, byteLimit: byteLimit, take: { try $0.claimReading(limit: limit) },
            ruin: { desk, work, reason in try desk.quarantine(work.lease(ArrivalID(work.subject)), reason: reason) }
        ) { desk, work in
            let row = try desk.sql.first(
                """
                SELECT a.id, a.channel_kind, a.channel_name, a.key, a.received_at, m.bytes, a.is_history, a.is_vouched,
                    a.shortfall
                FROM arrivals a JOIN mails m ON m.desk = a.desk AND m.sha = a.sha WHERE a.id = ? AND a.desk = ?
                """, [work.subject, desk.desk])
            guard var row else { return nil }
            return Arrival(
                id: try row.id(), channel: Channel(try row.word(), try row.text()), key: try row.text(),
                receivedAt: try row.instant(), bytes: try row.bytes(), isHistory: try row.bool(),
                isVouched: try row.bool(), shortfall: try row.optionalText())
        }
    }

    func postpone(_ lease: Lease<Arrival>, error: String, delay: Duration) async throws(StoreError) {
        try await change { desk in
            try desk.putOff(lease, until: desk.now + delay, error: error)
            try desk.sql.execute(
                "UPDATE arrivals SET attempts = attempts + 1, last_error = ? WHERE id = ? AND desk = ?",
                [error, lease.item.id, desk.desk])
        }
    }

    func quarantine(_ lease: Lease<Arrival>, reason: String) async throws(StoreError) {
        let named = Lease(work: lease.work, fence: lease.fence, attempts: lease.attempts, item: lease.item.id)
        try await change { desk in try desk.quarantine(named, reason: reason) }
    }

    func replay(_ arrival: ArrivalID) async throws(StoreError) {
        try await change { desk in
            let row = try desk.sql.first(
                """
                UPDATE arrivals SET outcome = NULL, outcome_reason = NULL, attempts = 0
                WHERE id = ? AND desk = ? AND outcome = 'quarantined' AND sha IS NOT NULL RETURNING size
                """, [arrival, desk.desk])
            guard var row else {
                _ = try desk.ledgerEntry(arrival)
                throw StoreError(.invalid, detail: "arrival \(arrival) is not quarantined")
            }
            try desk.addWork(.read, arrival.text, dueAt: desk.now, weight: try row.int())
        }
    }

    func mail(_ arrival: ArrivalID) async throws(StoreError) -> [UInt8] {
        try await look { desk in
            let row = try desk.sql.first(
                """
                SELECT m.bytes FROM arrivals a JOIN mails m ON m.desk = a.desk AND m.sha = a.sha
                WHERE a.id = ? AND a.desk = ?
                """, [arrival, desk.desk])
            guard var row else { throw StoreError(.notFound, detail: "no bytes are kept of arrival \(arrival)") }
            return try row.bytes()
        }
    }

    func ledger(outcome: Outcome??, limit: Int, before: ArrivalID?) async throws(StoreError) -> [LedgerEntry] {
        try await look { desk in
            // Without an outcome to look for, ids are walked backwards: the expression keeps the planner from
            // sorting the desk's whole ledger instead.
            var condition = outcome == nil ? "a.desk || '' = ?" : "a.desk = ?"
            var parameters: [any SQLBindable] = [desk.desk]
            if let outcome {
                condition += outcome == nil ? " AND a.outcome IS NULL" : " AND a.outcome = ?"
                if let outcome { parameters.append(outcome.rawValue) }
            }
            if let before {
                condition += " AND a.id < ?"
                parameters.append(before)
            }
            let rows = try desk.sql.query(
                "SELECT \(LedgerRow.columns) FROM arrivals a WHERE \(condition) ORDER BY a.id DESC LIMIT ?",
                parameters + [limit])
            var entries: [LedgerEntry] = []
            for var row in rows { entries.append(try LedgerRow.read(&row)) }
            return entries
        }
    }

    func ledgerEntry(_ arrival: ArrivalID) async throws(StoreError) -> LedgerEntry {
        try await look { try $0.ledgerEntry(arrival) }
    }

    func file(_ batch: [(lease: Lease<Arrival>, filing: Filing)]) async throws(StoreError) -> [Result<
        Filed, StoreError
    >] {
        let filings = try batch.map { entry throws(StoreError) in
            let message = entry.filing.message
            return (
                lease: entry.lease, filing: entry.filing, terms: SearchTerms.text(entry.filing.words),
                lists: try MessageRow.Lists(
                    references: message.references, attachments: message.attachments,
                    answerableReasons: message.answerableReasons)
            )
        }
        do {
            return try await change { desk in
                var results: [Result<Filed, StoreError>] = []
                for (lease, filing, terms, lists) in filings {
                    let filing = MessageFiling(
                        desk: desk, lease: lease, filing: filing, terms: terms, lists: lists)
                    do throws(StoreError) {
                        try filing.start()
                    } catch {
                        // A lost lease is known before anything is written: the others are not concerned.
                        guard error.code == .stale else { throw error }
                        results.append(.failure(error))
                        continue
                    }
                    results.append(.success(try filing.finish()))
                }
                return results
            }
        } catch {
            guard batch.count > 1, !error.isTemporary else { throw error }
        }
        // One of them cannot be filed: each in a commit of its own, so that it harms no other.
        var results: [Result<Filed, StoreError>] = []
        for (lease, filing, terms, lists) in filings {
            do throws(StoreError) {
                let filed = try await change { desk in
                    let filing = MessageFiling(
                        desk: desk, lease: lease, filing: filing, terms: terms, lists: lists)
                    try filing.start()
                    return try filing.finish()
                }
                results.append(.success(filed))
            } catch {
                results.append(.failure(error))
            }
        }
        return results
    }
}

extension DeskTransaction {
    fileprivate func quarantine(_ lease: Lease<ArrivalID>, reason: String) throws(StoreError) {
        try end(lease)
        try sql.execute(
            """
            UPDATE arrivals SET attempts = attempts + 1, outcome = 'quarantined', outcome_reason = ?
            WHERE id = ? AND desk = ? AND outcome IS NULL
            """, [reason, lease.item, desk])
        record(.messageQuarantined, detail: reason)
    }

    /// Bytes and ledger row; the work is for the caller to make. A mailbox that was restored from a backup, or another
    /// one under the same name, gives a UID that is known to another mail: then its bytes become part of the key.
    fileprivate func accept(_ arrival: inout Arrival, sha: String) throws(StoreError) -> Acceptance {
        if try !insert(arrival, sha: sha) {
            let known = try known(arrival)
            guard arrival.channel.kind == .mailbox, try !isSame(known, arrival, sha: sha) else {
                return .known(known.id)
            }
            arrival.key += "/\(sha)"
            guard try insert(arrival, sha: sha) else { return .known(try self.known(arrival).id) }
        }
        try sql.execute(
            "INSERT INTO mails (desk, sha, bytes) VALUES (?, ?, ?) ON CONFLICT (desk, sha) DO NOTHING",
            [desk, sha, arrival.bytes])
        return .new(arrival.id)
    }

    /// False when its key is taken.
    private func insert(_ arrival: Arrival, sha: String) throws(StoreError) -> Bool {
        try sql.execute(
            LedgerRow.insert,
            [
                arrival.id, desk, arrival.channel.kind.rawValue, arrival.channel.name, arrival.key, arrival.receivedAt,
                sha, arrival.bytes.count, arrival.isHistory, arrival.isVouched,
                arrival.shortfall,
            ]) == 1
    }

    private func known(_ arrival: Arrival) throws(StoreError) -> KnownArrival {
        let row = try sql.first(
            """
            SELECT id, sha, size, shortfall FROM arrivals
            WHERE desk = ? AND channel_kind = ? AND channel_name = ? AND key = ?
            """, [desk, arrival.channel.kind.rawValue, arrival.channel.name, arrival.key])
        guard var row else { throw StoreError(.unavailable, detail: "an arrival vanished while it was accepted") }
        return KnownArrival(
            id: try row.id(), sha: try row.optionalText(), size: try row.int(),
            isWhole: try row.optionalText() == nil)
    }

    /// Of an erased mail only the size is known. One of which the header alone was kept is the same mail as one that
    /// begins with it: `limits.message-size` was changed meanwhile. Of one that the server once did not give out
    /// nothing is known, so it is another.
    private func isSame(_ known: KnownArrival, _ arrival: Arrival, sha: String) throws(StoreError) -> Bool {
        guard let knownSHA = known.sha else {
            return known.size == arrival.bytes.count || !known.isWhole || arrival.shortfall != nil
        }
        if knownSHA == sha { return true }
        guard known.isWhole != (arrival.shortfall == nil), known.size > 0, !arrival.bytes.isEmpty else { return false }
        let row = try sql.first("SELECT bytes FROM mails WHERE desk = ? AND sha = ?", [desk, knownSHA])
        guard var row else { return false }
        let bytes = try row.bytes()
        return known.isWhole ? bytes.starts(with: arrival.bytes) : arrival.bytes.starts(with: bytes)
    }

    /// Once UIDVALIDITY has changed, all of the mailbox is handed over again: what was received before this lay there
    /// before us and was passed over. INTERNALDATE is told in whole seconds.
    fileprivate func firstSight(mailbox: String) throws(StoreError) -> Instant? {
        let row = try sql.first(
            "SELECT first_seen_at FROM mailboxes WHERE desk = ? AND name = ?", [desk, mailbox])
        if var row, let seen = try row.optionalInteger() {
            return Instant(microseconds: seen - seen % Duration.seconds(1).microseconds)
        }
        // A former version saw it first.
        return try oldestArrival(mailbox: mailbox)
    }

    /// When the first mail was received that this mailbox brought as news. Looked up once.
    private func oldestArrival(mailbox: String) throws(StoreError) -> Instant? {
        let name = "oldest mail of \(mailbox)"
        let known = try sql.first("SELECT value FROM counters WHERE desk = ? AND name = ?", [desk, name])
        if var known { return try known.instant() }
        let row = try sql.first(
            """
            SELECT received_at FROM arrivals
            WHERE desk = ? AND channel_kind = 'mailbox' AND channel_name = ? AND is_history = 0
            ORDER BY received_at LIMIT 1
            """, [desk, mailbox])
        guard var row else { return nil }
        let oldest = try row.instant()
        try sql.execute(
            "INSERT INTO counters (desk, name, value) VALUES (?, ?, ?) ON CONFLICT (desk, name) DO NOTHING",
            [desk, name, oldest])
        return oldest
    }

    fileprivate func save(_ cursor: MailboxCursor, mailbox: String) throws(StoreError) {
        try sql.execute(
            """
            INSERT INTO mailboxes (desk, name, uid_validity, last_uid, first_uid_next, first_seen_at)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (desk, name) DO UPDATE SET uid_validity = excluded.uid_validity,
                last_uid = excluded.last_uid, first_uid_next = excluded.first_uid_next
            """,
            [
                desk, mailbox, Int64(cursor.uidValidity), Int64(cursor.lastUID),
                cursor.firstUIDNext.map { Int64($0) }, now,
            ])
    }

    func ledgerEntry(_ arrival: ArrivalID) throws(StoreError) -> LedgerEntry {
        let row = try sql.first(
            "SELECT \(LedgerRow.columns) FROM arrivals a WHERE a.id = ? AND a.desk = ?", [arrival, desk])
        guard var row else { throw StoreError(.notFound, detail: "no arrival \(arrival)") }
        return try LedgerRow.read(&row)
    }
}

/// What the ledger knows of the mail whose key is taken.
private struct KnownArrival {
    var id: ArrivalID
    /// nil once it was erased.
    var sha: String?
    var size: Int
    var isWhole: Bool
}
