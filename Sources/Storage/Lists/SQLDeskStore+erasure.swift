// Erasing: a conversation, a mail that is part of none, or everything of one address.

import Correspondence

extension SQLDeskStore {
    /// So many rows are looked through at a time.
    private static let page = 200

    func erase(_ id: ConversationID) async throws(StoreError) {
        try await eraseAndScrub { try $0.erase(id) }
    }

    func eraseArrival(_ id: ArrivalID) async throws(StoreError) {
        try await eraseAndScrub { try $0.eraseAlone(id) }
    }

    /// Not in one commit: it looks through all mails, and nobody else is to wait for it.
    func eraseAll(of address: EmailAddress) async throws(StoreError) -> Erasure {
        var erasure = Erasure(conversations: 0, mails: 0)
        for id in try await look({ try $0.conversations(of: address) }) {
            // Some went with another, or by another hand.
            if try await change({ try $0.eraseIfThere(id) }) { erasure.conversations += 1 }
        }
        for search in MailSearch.allCases { erasure.mails += try await eraseMails(search, of: address) }
        try await change { try $0.forget(address) }
        try await database.scrub()
        return erasure
    }

    private func eraseMails(_ search: MailSearch, of address: EmailAddress) async throws(StoreError) -> Int {
        var count = 0
        var next: String? = ""
        while let after = next {
            let page = try await look { desk in
                try desk.mails(search, naming: address, after: after, limit: Self.page)
            }
            for id in page.found {
                if try await change({ try $0.forgetMail(id) }) { count += 1 }
            }
            next = page.last
        }
        return count
    }

    /// What is not found was erased before, perhaps by a call that could not give the pages back: this is its second try.
    private func eraseAndScrub(_ body: @escaping @Sendable (DeskTransaction) throws -> Void) async throws(StoreError) {
        do throws(StoreError) {
            try await change(body)
        } catch {
            if error.code == .notFound { try await database.scrub() }
            throw error
        }
        try await database.scrub()
    }
}

/// Where mails of an address are looked for.
private enum MailSearch: CaseIterable {
    /// Read mails, by their sender.
    case sender
    /// Messages that are part of no conversation: bounces and notices name the customer in their text.
    case text
    /// Mails that could not be read, by their bytes.
    case bytes

    /// Columns: id of the row, id of the arrival, and texts to look through. Parameters: desk, last id, limit.
    var sql: String {
        switch self {
        case .sender:
            "SELECT id, id, sender FROM arrivals WHERE desk = ? AND id > ? AND sender IS NOT NULL ORDER BY id LIMIT ?"
        case .text:
            """
            SELECT id, arrival, author_address, subject, text, html FROM messages
            WHERE desk = ? AND id > ? AND conversation IS NULL AND arrival IS NOT NULL ORDER BY id LIMIT ?
            """
        case .bytes:
            """
            SELECT a.id, a.id, m.bytes FROM arrivals a JOIN mails m ON m.desk = a.desk AND m.sha = a.sha
            WHERE a.desk = ? AND a.id > ? AND a.outcome = 'quarantined' ORDER BY a.id LIMIT ?
            """
        }
    }
}

extension DeskTransaction {
    fileprivate func eraseIfThere(_ id: ConversationID) throws(StoreError) -> Bool {
        guard try sql.first("SELECT 1 FROM conversations WHERE id = ? AND desk = ?", [id, desk]) != nil else {
            return false
        }
        try erase(id)
        return true
    }

    fileprivate func conversations(of address: EmailAddress) throws(StoreError) -> [ConversationID] {
        var ids: [ConversationID] = []
        let rows = try sql.query(
            "SELECT id FROM conversations WHERE desk = ? AND customer_key = ? ORDER BY id", [desk, address.key])
        for var row in rows { ids.append(try row.id()) }
        return ids
    }

    /// `last` is nil when all were looked through.
    fileprivate func mails(_ search: MailSearch, naming address: EmailAddress, after: String, limit: Int)
        throws(StoreError) -> (found: [ArrivalID], last: String?)
    {
        let rows = try sql.query(search.sql, [desk, after, limit])
        let key = Array(address.key.utf8)
        var found: [ArrivalID] = []
        var last: String?
        for var row in rows {
            last = try row.text()
            let arrival: ArrivalID = try row.id()
            let isNamed = row.values.dropFirst(2).contains { value in
                switch value {
                case .text(let text): Self.names(key, in: Array(text.lowercased().utf8))
                case .bytes(let bytes): Self.names(key, in: bytes)
                default: false
                }
            }
            if isNamed { found.append(arrival) }
        }
        return (found, rows.count < limit ? nil : last)
    }

    /// `key` in lower case, not as a part of a longer address.
    private static func names(_ key: [UInt8], in bytes: [UInt8]) -> Bool {
        guard let first = key.first, bytes.count >= key.count else { return false }
        for start in 0...(bytes.count - key.count) where lower(bytes[start]) == first {
            let end = start + key.count
            if start > 0, isPart(bytes[start - 1]) || joins.contains(bytes[start - 1]) { continue }
            if end < bytes.count, isPart(bytes[end]) || bytes[end] == UInt8(ascii: "-") { continue }
            var index = 0
            while index < key.count, lower(bytes[start + index]) == key[index] { index += 1 }
            if index == key.count { return true }
        }
        return false
    }

    /// What may stand inside a local part, beside letters and digits.
    private static let joins = Set(".+-_".utf8)

    private static func lower(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
        default: byte
        }
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        switch lower(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 128...255: true
        default: false
        }
    }
}
