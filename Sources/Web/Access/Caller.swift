// Who calls, and what they may.

import Correspondence
import Hummingbird

enum Caller: Sendable {
    case nobody
    /// A chat's customer, by the token of this one conversation.
    case customer(ConversationID)
    case key(AccessKey)
    case session(AdminSession)
    /// Over the unix socket: whoever may open it is admin.
    case local

    /// `admin` may everything, `agent` may read.
    func may(_ scope: AccessKey.Scope) -> Bool {
        switch self {
        case .nobody, .customer: return false
        case .session, .local: return true
        case .key(let key):
            if key.scopes.contains(.admin) || key.scopes.contains(scope) { return true }
            return scope == .read && key.scopes.contains(.agent)
        }
    }

    /// What it may, for whom it is refused.
    var rights: String {
        switch self {
        case .nobody: "there is none"
        case .customer: "a chat token opens its own conversation alone"
        case .key(let key): "this one has \(key.scopes.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))"
        case .session, .local: "a session may everything"
        }
    }

    /// Tells callers apart whose requests bear names of their own.
    var id: String {
        switch self {
        case .nobody: "nobody"
        case .customer(let conversation): "customer \(conversation)"
        case .key(let key): "key \(key.id)"
        case .session, .local: "desk"
        }
    }

    /// Who did it, in history.
    var name: String {
        switch self {
        case .nobody: "nobody"
        case .customer: "customer"
        case .key(let key): key.name
        case .session, .local: "admin"
        }
    }
}

extension WebContext {
    /// 401 when nobody is known, 403 when the rights do not reach.
    func require(_ scope: AccessKey.Scope) throws(Problem) {
        if caller.may(scope) { return }
        if case .nobody = caller { throw .unauthorized }
        throw .forbidden(needs: scope, has: caller.rights)
    }

    /// Readers see every conversation, a customer their own; another's looks like none at all.
    func requireReading(_ conversation: ConversationID) throws(Problem) {
        if case .customer(let own) = caller {
            guard own == conversation else { throw .otherConversation }
            return
        }
        try require(.read)
    }
}
