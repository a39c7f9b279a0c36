// The five kinds of value that both engines keep, and how our own values become them.

import Correspondence
import Glibc

enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case double(Double)
    case text(String)
    case bytes([UInt8])
}

/// What may stand for a `?`. Texts lose their NULs on the way: PostgreSQL refuses them.
protocol SQLBindable {
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable {
    var sqlValue: SQLValue { self }
}

extension String: SQLBindable {
    var sqlValue: SQLValue {
        let hasNUL = utf8.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
        }
        guard hasNUL ?? utf8.contains(0) else { return .text(self) }
        return .text(String(decoding: utf8.filter { $0 != 0 }, as: UTF8.self))
    }
}

extension Int: SQLBindable {
    var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int64: SQLBindable {
    var sqlValue: SQLValue { .integer(self) }
}

extension Bool: SQLBindable {
    var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension Double: SQLBindable {
    var sqlValue: SQLValue { .double(self) }
}

extension [UInt8]: SQLBindable {
    var sqlValue: SQLValue { .bytes(self) }
}

extension Instant: SQLBindable {
    var sqlValue: SQLValue { .integer(microseconds) }
}

extension Identifier: SQLBindable {
    var sqlValue: SQLValue { text.sqlValue }
}

extension MessageID: SQLBindable {
    var sqlValue: SQLValue { text.sqlValue }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    var sqlValue: SQLValue { self?.sqlValue ?? .null }
}
