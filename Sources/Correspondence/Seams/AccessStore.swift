// Seam: who may come in: API keys and sessions. Only hashes are kept.

package struct AccessKey: Sendable, Equatable {
    package enum Scope: String, Sendable, Codable, CaseIterable {
        /// May open chats and name the user who writes.
        case chatIdentify = "chat:identify"
        /// May read everything.
        case read
        /// May answer tickets and hand over.
        case agent
        case admin
    }
    package var id: String
    package var name: String
    package var scopes: [Scope]
    /// SHA-256 of the key, lower-case hex.
    package var hash: String
    package var createdAt: Instant
    package var expiresAt: Instant?

    package init(
        id: String, name: String, scopes: [Scope], hash: String, createdAt: Instant, expiresAt: Instant? = nil
    ) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.hash = hash
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// Somebody who opened the pages.
package struct AccessSession: Sendable, Equatable {
    /// SHA-256 of its id, lower-case hex.
    package var hash: String
    package var beganAt: Instant
    package var expiresAt: Instant

    /// So many are kept of a desk.
    package static let limit = 200

    package init(hash: String, beganAt: Instant, expiresAt: Instant) {
        self.hash = hash
        self.beganAt = beganAt
        self.expiresAt = expiresAt
    }
}

/// Contract: see `ArrivalStore`. Expired keys and sessions are not found.
package protocol AccessStore: Sendable {
    func addKey(_ key: AccessKey) async throws(StoreError)
    func key(hash: String) async throws(StoreError) -> AccessKey?
    func keys() async throws(StoreError) -> [AccessKey]
    func removeKey(_ id: String) async throws(StoreError)
    /// Expired ones are removed with it, and of more than `AccessSession.limit` those that would end first.
    func addSession(_ session: AccessSession) async throws(StoreError)
    func session(hash: String) async throws(StoreError) -> AccessSession?
    /// Nothing happens where there is none.
    func renewSession(hash: String, until: Instant) async throws(StoreError)
    func endSession(hash: String) async throws(StoreError)
    /// All of the desk; how many there were.
    func endSessions() async throws(StoreError) -> Int
}
