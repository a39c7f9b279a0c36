// Values that are kept as JSON text and never queried inside.

import Correspondence
import Foundation
import Glibc

enum JSONText {
    static func encode(_ value: some Encodable) throws(StoreError) -> String {
        try encode(value, by: JSONEncoder())
    }

    /// The same value is the same text, so that texts can be compared.
    static func encodeSorted(_ value: some Encodable) throws(StoreError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encode(value, by: encoder)
    }

    private static func encode(_ value: some Encodable, by encoder: JSONEncoder) throws(StoreError) -> String {
        do {
            return String(decoding: withoutNUL([UInt8](try encoder.encode(value))), as: UTF8.self)
        } catch {
            throw StoreError(.invalid, detail: "a \(type(of: value)) cannot be written as JSON: \(error)")
        }
    }

    /// nil for the empty list.
    static func encode(list: [some Encodable]) throws(StoreError) -> String? {
        list.isEmpty ? nil : try encode(list)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws(StoreError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw StoreError(unreadable: "a stored \(type) cannot be read as JSON")
        }
    }

    /// Drops `\u0000` escapes, which would come back as NUL.
    static func withoutNUL(_ json: [UInt8]) -> [UInt8] {
        let escape = [UInt8](#"\u0000"#.utf8)
        // Hardly any text holds a backslash at all, and the C library looks for one much faster than a collection does.
        let isClean = json.withUnsafeBytes { json in
            guard let start = json.baseAddress else { return true }
            var index = 0
            while index < json.count, let found = memchr(start + index, 0x5C, json.count - index) {
                index = UnsafeRawPointer(found) - start
                if json[index...].starts(with: escape) { return false }
                index += 2
            }
            return true
        }
        if isClean { return json }
        var kept: [UInt8] = []
        kept.reserveCapacity(json.count)
        var index = 0
        while index < json.count {
            guard json[index] == UInt8(ascii: "\\"), index + 1 < json.count else {
                kept.append(json[index])
                index += 1
                continue
            }
            if json[index...].starts(with: escape) {
                index += escape.count
            } else {
                // An escaped character, `\\` among them: both bytes, so that its second half opens no escape.
                kept.append(contentsOf: json[index...(index + 1)])
                index += 2
            }
        }
        return kept
    }
}
