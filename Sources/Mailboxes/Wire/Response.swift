// What a server can say, as far as a mailbox session cares.

import Correspondence

enum Response: Equatable {
    case tagged(tag: String, Condition, StatusText)
    case untagged(Condition, StatusText)
    case continuation
    case capability(Set<String>)
    case exists(Int)
    case expunge(Int)
    case fetch(FetchItems)
    /// Anything else with a star before it: nothing we asked for.
    case other
}

enum Condition: String, Equatable {
    case ok = "OK", no = "NO", bad = "BAD", bye = "BYE", preauth = "PREAUTH"
}

/// RFC 9051 section 7.1: `[CODE arguments] text`.
struct StatusText: Equatable {
    /// In upper case; empty without one.
    var code = ""
    var arguments = ""
    var text = ""

    /// For error texts.
    var words: String {
        let bracket = code.isEmpty ? "" : arguments.isEmpty ? "[\(code)] " : "[\(code) \(arguments)] "
        return String((bracket + text).prefix(300))
    }

    /// The server is unwell or overrun: what was refused may be granted later (RFC 5530).
    var isForNow: Bool { ["UNAVAILABLE", "THROTTLED", "INUSE", "SERVERBUG", "LIMIT", "OVERQUOTA"].contains(code) }
}

struct FetchItems: Equatable {
    var uid: UInt32?
    var size: Int?
    var receivedAt: Instant?
    /// NIL gives empty bytes: the mail is there and has no content that the server would show.
    var body: [UInt8]?
    var header: [UInt8]?

    var weight: Int { (body?.count ?? 0) + (header?.count ?? 0) }
}
