// Admin sessions and the one-time links that open them.

import Correspondence
import Crypto
import Foundation
import Synchronization

struct AdminSession: Sendable, Equatable {
    /// Stands in every form of the session's pages.
    var csrf: String
    var beganAt: Instant
    var seenAt: Instant
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

/// Kept in memory under hashes only: a restart signs everybody out. Full, the oldest goes.
final class SessionBook: Sendable {
    static let idle = Duration.minutes(30)
    static let whole = Duration.hours(8)
    static let linkAge = Duration.minutes(15)
    static let sessionLimit = 200
    static let linkLimit = 20

    private struct State {
        var sessions: [String: AdminSession] = [:]
        var links: [String: Instant] = [:]
    }
    private let state = Mutex(State())
    private let surroundings: Surroundings

    init(surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    /// A key for `/admin/enter`, good once within `linkAge`.
    func makeLinkKey() -> String {
        let key = Hex.text(surroundings.randomBytes(24))
        let now = surroundings.now()
        state.withLock { state in
            state.links = state.links.filter { now - $0.value < Self.linkAge }
            if state.links.count >= Self.linkLimit, let oldest = state.links.min(by: { $0.value < $1.value }) {
                state.links[oldest.key] = nil
            }
            state.links[CallerGuard.hash(key)] = now
        }
        return key
    }

    /// Uses the key up; gives the new session's id, nil when the key is unknown, used or too old.
    func enter(_ key: String) -> String? {
        let hash = CallerGuard.hash(key)
        let now = surroundings.now()
        let id = Hex.text(surroundings.randomBytes(32))
        let csrf = Hex.text(surroundings.randomBytes(16))
        return state.withLock { state in
            guard let made = state.links.removeValue(forKey: hash), now - made < Self.linkAge else { return nil }
            if state.sessions.count >= Self.sessionLimit,
                let oldest = state.sessions.min(by: { $0.value.seenAt < $1.value.seenAt })
            {
                state.sessions[oldest.key] = nil
            }
            state.sessions[CallerGuard.hash(id)] = AdminSession(csrf: csrf, beganAt: now, seenAt: now)
            return id
        }
    }

    /// The live session of this id; being asked for keeps it alive.
    func session(_ id: String) -> AdminSession? {
        let hash = CallerGuard.hash(id)
        let now = surroundings.now()
        return state.withLock { state in
            guard var session = state.sessions[hash] else { return nil }
            guard now - session.seenAt < Self.idle, now - session.beganAt < Self.whole else {
                state.sessions[hash] = nil
                return nil
            }
            session.seenAt = now
            state.sessions[hash] = session
            return session
        }
    }

    func leave(_ id: String) {
        state.withLock { $0.sessions[CallerGuard.hash(id)] = nil }
    }
}

/// Compares secrets without telling by time where they differ.
enum ConstantTime {
    static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    static func equal(_ left: String, _ right: String) -> Bool { equal(Array(left.utf8), Array(right.utf8)) }
}
