// Admin sessions and the one-time links that open them.

import Correspondence
import Crypto
import Foundation
import Synchronization

struct AdminSession: Sendable, Equatable {
    /// Stands in every form of the session's pages.
    var csrf: String
    /// What the store knows it by.
    var hash: String
}

struct CookieNames: Sendable {
    let session: String
    let chat: String
    let isSecure: Bool

    /// `__Host-` where the outside comes over TLS; on plain loopback such a cookie would never be sent.
    init(isSecure: Bool) {
        session = isSecure ? "__Host-deskbridge" : "deskbridge"
        chat = isSecure ? "__Host-deskbridge-chat" : "deskbridge-chat"
        self.isSecure = isSecure
    }

    func header(_ name: String, _ value: String, age: Duration?) -> String {
        var text = "\(name)=\(value); Path=/; HttpOnly; SameSite=Strict"
        if isSecure { text += "; Secure" }
        if let age { text += "; Max-Age=\(Int(age.seconds))" }
        return text
    }
}

/// Sessions are kept in the store, so that a restart, or another node, ends none; links in memory. Both under hashes
/// only.
final class SessionBook: Sendable {
    static let idle = Duration.minutes(30)
    static let whole = Duration.hours(8)
    static let linkAge = Duration.minutes(15)
    static let linkLimit = 20
    /// Being asked for keeps a session alive; the store is told at most so often.
    static let renewal = Duration.minutes(1)

    private let links = Mutex<[String: Instant]>([:])
    private let store: any AccessStore
    private let surroundings: Surroundings

    init(store: any AccessStore, surroundings: Surroundings) {
        self.store = store
        self.surroundings = surroundings
    }

    // MARK: Links

    /// A key for `/admin/enter`, good once within `linkAge`.
    func makeLinkKey() -> String {
        let key = Hex.text(surroundings.randomBytes(24))
        let now = surroundings.now()
        links.withLock { links in
            links = links.filter { now - $0.value < Self.linkAge }
            if links.count >= Self.linkLimit, let oldest = links.min(by: { $0.value < $1.value }) {
                links[oldest.key] = nil
            }
            links[CallerGuard.hash(key)] = now
        }
        return key
    }

    /// Whether the key would open the pages now.
    func isGood(_ key: String) -> Bool {
        let now = surroundings.now()
        return links.withLock { $0[CallerGuard.hash(key)].map { now - $0 < Self.linkAge } ?? false }
    }

    /// No link that was made opens anything any more.
    func forgetLinks() { links.withLock { $0 = [:] } }

    /// Uses the key up; gives the new session's id, nil when the key is unknown, used or too old.
    func enter(_ key: String) async throws(StoreError) -> String? {
        let hash = CallerGuard.hash(key)
        let now = surroundings.now()
        guard let made = links.withLock({ $0.removeValue(forKey: hash) }), now - made < Self.linkAge else { return nil }
        let id = Hex.text(surroundings.randomBytes(32))
        do {
            try await store.addSession(
                AccessSession(hash: CallerGuard.hash(id), beganAt: now, expiresAt: now + Self.idle))
        } catch {
            // Nobody came in by it.
            links.withLock { $0[hash] = made }
            throw error
        }
        return id
    }

    // MARK: Sessions

    /// The live session of this id; being asked for keeps it alive.
    func session(_ id: String) async throws(StoreError) -> AdminSession? {
        let hash = CallerGuard.hash(id)
        guard let session = try await store.session(hash: hash) else { return nil }
        let until = min(surroundings.now() + Self.idle, session.beganAt + Self.whole)
        if until - session.expiresAt >= Self.renewal { try await store.renewSession(hash: hash, until: until) }
        // Made of the id, which the store does not know.
        return AdminSession(csrf: String(CallerGuard.hash("csrf \(id)").prefix(32)), hash: hash)
    }

    func leave(_ id: String) async throws(StoreError) { try await store.endSession(hash: CallerGuard.hash(id)) }
}

/// Compares secrets without telling by time where they differ.
enum ConstantTime {
    static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    static func equal(_ left: String, _ right: String) -> Bool { equal(Array(left.utf8), Array(right.utf8)) }
}
