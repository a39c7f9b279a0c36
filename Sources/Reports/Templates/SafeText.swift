// Escaping for HTML by scalars: the escape of the template library looks at whole characters and can be got round.

import Mustache

/// swift-mustache compares `Character`s, so `"` followed by a combining mark is none of those it escapes, and a value
/// could close an attribute. Every HTML template is given this content type instead, by a pragma put before its text.
struct SafeText: MustacheContentType {
    static let name = "SAFE"
    static let pragma = "{{% CONTENT_TYPE:SAFE}}"

    /// Registered once for the process; reading it is what makes `pragma` known to the parser.
    static let registered: Bool = {
        MustacheContentTypes.register(SafeText(), named: name)
        return true
    }()

    func escapeText(_ text: String) -> String { Self.escaped(text) }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case 0, UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"),
            UInt8(ascii: "`"):
            true
        default: false
        }
    }

    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: isSpecial) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "'"): bytes.append(contentsOf: "&#39;".utf8)
            case UInt8(ascii: "`"): bytes.append(contentsOf: "&#96;".utf8)
            case 0: continue
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
