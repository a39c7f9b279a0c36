// One row of an answer, read from left to right in the order of the statement's columns.

import Correspondence

/// Reading past the end or with the wrong type throws `damaged`: then statement and schema do not fit. A word or a JSON
/// text that we do not understand is `damaged` too, and a matter of this one row.
struct SQLRow: Sendable {
    let values: [SQLValue]
    private var position = 0

    init(_ values: [SQLValue]) {
        self.values = values
    }

    private mutating func next() throws(StoreError) -> SQLValue {
        guard position < values.count else {
            throw StoreError(.damaged, detail: "a row of \(values.count) columns was read past its end")
        }
        defer { position += 1 }
        return values[position]
    }

    private func mismatch(_ wanted: String) -> StoreError {
        StoreError(.damaged, detail: "column \(position) of a row is not \(wanted)")
    }

    mutating func optionalText() throws(StoreError) -> String? {
        switch try next() {
        case .null: return nil
        case .text(let text): return text
        default: throw mismatch("text")
        }
    }

    mutating func text() throws(StoreError) -> String {
        guard let text = try optionalText() else { throw mismatch("text") }
        return text
    }

    mutating func optionalInteger() throws(StoreError) -> Int64? {
        switch try next() {
        case .null: return nil
        case .integer(let value): return value
        default: throw mismatch("an integer")
        }
    }

    mutating func integer() throws(StoreError) -> Int64 {
        guard let value = try optionalInteger() else { throw mismatch("an integer") }
        return value
    }

    mutating func int() throws(StoreError) -> Int { Int(try integer()) }

    mutating func bool() throws(StoreError) -> Bool { try integer() != 0 }

    mutating func instant() throws(StoreError) -> Instant { Instant(microseconds: try integer()) }

    mutating func optionalInstant() throws(StoreError) -> Instant? {
        try optionalInteger().map { Instant(microseconds: $0) }
    }

    mutating func optionalDouble() throws(StoreError) -> Double? {
        switch try next() {
        case .null: return nil
        case .double(let value): return value
        case .integer(let value): return Double(value)
        default: throw mismatch("a number")
        }
    }

    mutating func bytes() throws(StoreError) -> [UInt8] {
        guard case .bytes(let bytes) = try next() else { throw mismatch("bytes") }
        return bytes
    }

    mutating func id<Kind>(_ kind: Identifier<Kind>.Type = Identifier<Kind>.self) throws(StoreError)
        -> Identifier<Kind>
    {
        Identifier(try text())
    }

    mutating func optionalID<Kind>(_ kind: Identifier<Kind>.Type = Identifier<Kind>.self) throws(StoreError)
        -> Identifier<Kind>?
    {
        try optionalText().map { Identifier($0) }
    }

    /// A closed list of words kept by their raw values.
    mutating func word<Word: RawRepresentable>(_ type: Word.Type = Word.self) throws(StoreError) -> Word
    where Word.RawValue == String {
        let text = try text()
        guard let word = Word(rawValue: text) else { throw StoreError(unreadable: "a stored \(type) is none we know") }
        return word
    }

    mutating func optionalWord<Word: RawRepresentable>(_ type: Word.Type = Word.self) throws(StoreError) -> Word?
    where Word.RawValue == String {
        guard let text = try optionalText() else { return nil }
        guard let word = Word(rawValue: text) else { throw StoreError(unreadable: "a stored \(type) is none we know") }
        return word
    }

    /// A list kept as JSON text; NULL is the empty list, which spares the coder on almost every row.
    mutating func list<Element: Decodable>(_ type: Element.Type = Element.self) throws(StoreError) -> [Element] {
        guard let text = try optionalText() else { return [] }
        return try JSONText.decode([Element].self, from: text)
    }

    mutating func json<Value: Decodable>(_ type: Value.Type = Value.self) throws(StoreError) -> Value {
        try JSONText.decode(type, from: try text())
    }
}

extension StoreError {
    private static let unreadable = "unreadable: "

    /// One row holds what this version does not understand: another one wrote it, or a rule has become stricter.
    init(unreadable what: String) { self.init(.damaged, detail: Self.unreadable + what) }

    /// Other rows can be read.
    var isOfOneRow: Bool { code == .damaged && detail.hasPrefix(Self.unreadable) }
}
