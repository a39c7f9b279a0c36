// JSON as the commands print it: keys in the order given, null where a value is absent, one object a line.

import Correspondence

enum JSON: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    /// Printed with at most six decimals; what is no number is null.
    case double(Double)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    static func text(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }
    static func texts(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }
    static func number(_ value: Double?) -> JSON { value.map(JSON.double) ?? .null }

    /// `{name, address}`.
    static func person(name: String?, address: EmailAddress?) -> JSON {
        .object([("name", .text(name)), ("address", .text(address?.text))])
    }

    static func person(_ person: NamedAddress?) -> JSON {
        person.map { .person(name: $0.name, address: $0.address) } ?? .null
    }

    /// Without a line end inside, and without one at the end.
    var line: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value): bytes.append(contentsOf: String(value).utf8)
        case .double(let value): Self.write(value, to: &bytes)
        case .string(let value): Self.write(value, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let pairs):
            bytes.append(UInt8(ascii: "{"))
            for (index, pair) in pairs.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(pair.0, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                pair.1.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ value: Double, to bytes: inout [UInt8]) {
        guard value.isFinite else {
            bytes.append(contentsOf: "null".utf8)
            return
        }
        let rounded = abs(value) < 1e9 ? (value * 1_000_000).rounded() / 1_000_000 : value
        let isWhole = rounded == rounded.rounded() && abs(rounded) < 1e15
        bytes.append(contentsOf: (isWhole ? String(Int(rounded)) : "\(rounded)").utf8)
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0..<0x20, 0x7F:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(hexDigits[Int(byte >> 4)])
                bytes.append(hexDigits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
