// API keys and sessions by their hashes.

import Correspondence

extension SQLDeskStore: AccessStore {
    private static let columns = "id, name, scopes, hash, created_at, expires_at"

    func addKey(_ key: AccessKey) async throws(StoreError) {
        let scopes = try JSONText.encode(key.scopes)
        try await change { desk in
            try desk.sql.execute(
                "INSERT INTO access_keys (desk, \(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [desk.desk, key.id, key.name, scopes, key.hash, key.createdAt, key.expiresAt])
        }
    }

    func key(hash: String) async throws(StoreError) -> AccessKey? {
        try await look { desk in
            let row = try desk.sql.first(
                """
                SELECT \(Self.columns) FROM access_keys
                WHERE desk = ? AND hash = ? AND (expires_at IS NULL OR expires_at > ?)
                """, [desk.desk, hash, desk.now])
            guard var row else { return nil }
            return try Self.read(&row)
        }
    }

    func keys() async throws(StoreError) -> [AccessKey] {
        try await look { desk in
            let rows = try desk.sql.query(
                "SELECT \(Self.columns) FROM access_keys WHERE desk = ? ORDER BY created_at, id", [desk.desk])
            var keys: [AccessKey] = []
            for var row in rows { keys.append(try Self.read(&row)) }
            return keys
        }
    }

    func removeKey(_ id: String) async throws(StoreError) {
        try await change { desk in
            let removed = try desk.sql.execute(
                "DELETE FROM access_keys WHERE desk = ? AND id = ?", [desk.desk, id])
            guard removed == 1 else { throw StoreError(.notFound, detail: "no key \(id)") }
        }
    }

    // MARK: Sessions

    func addSession(_ session: AccessSession) async throws(StoreError) {
        try await change { desk in
            try desk.sql.execute("DELETE FROM sessions WHERE desk = ? AND expires_at <= ?", [desk.desk, desk.now])
            try desk.sql.execute(
                """
                DELETE FROM sessions WHERE desk = ? AND hash NOT IN
                    (SELECT hash FROM sessions WHERE desk = ? ORDER BY expires_at DESC, hash LIMIT ?)
                """, [desk.desk, desk.desk, AccessSession.limit - 1])
            try desk.sql.execute(
                "INSERT INTO sessions (desk, hash, began_at, expires_at) VALUES (?, ?, ?, ?)",
                [desk.desk, session.hash, session.beganAt, session.expiresAt])
        }
    }

    func session(hash: String) async throws(StoreError) -> AccessSession? {
        try await look { desk in
            let row = try desk.sql.first(
                "SELECT hash, began_at, expires_at FROM sessions WHERE desk = ? AND hash = ? AND expires_at > ?",
                [desk.desk, hash, desk.now])
            guard var row else { return nil }
            return AccessSession(hash: try row.text(), beganAt: try row.instant(), expiresAt: try row.instant())
        }
    }

    func renewSession(hash: String, until: Instant) async throws(StoreError) {
        try await change { desk in
            try desk.sql.execute(
                "UPDATE sessions SET expires_at = ? WHERE desk = ? AND hash = ? AND expires_at > ?",
                [until, desk.desk, hash, desk.now])
        }
    }

    func endSession(hash: String) async throws(StoreError) {
        try await change { desk in
            try desk.sql.execute("DELETE FROM sessions WHERE desk = ? AND hash = ?", [desk.desk, hash])
        }
    }

    func endSessions() async throws(StoreError) -> Int {
        try await change { desk in try desk.sql.execute("DELETE FROM sessions WHERE desk = ?", [desk.desk]) }
    }

    private static func read(_ row: inout SQLRow) throws(StoreError) -> AccessKey {
        AccessKey(
            id: try row.text(), name: try row.text(), scopes: try row.json(), hash: try row.text(),
            createdAt: try row.instant(), expiresAt: try row.optionalInstant())
    }
}
