// What is kept of a text before its language is guessed: no controls, no links, no addresses.

/// One C1 control makes CLD2 call a whole text unknown, and a link or an address is English to it.
enum CleanText {
    /// Bytes of the text that are looked at.
    static let byteLimit = 32 * 1024

    static func clean(_ text: String) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(min(text.utf8.count, byteLimit))
        var token: [Unicode.Scalar] = []
        var bytes = 0
        for scalar in text.unicodeScalars {
            bytes += UTF8.width(scalar)
            if bytes > byteLimit { break }
            if isSpace(scalar) {
                flush(&token, to: &out)
                out.append(scalar == "\n" ? 0x0A : 0x20)
            } else {
                token.append(scalar)
            }
        }
        flush(&token, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    private static func flush(_ token: inout [Unicode.Scalar], to out: inout [UInt8]) {
        defer { token.removeAll(keepingCapacity: true) }
        // A link and an address hold one of these before their last character; a full stop at the end is none.
        guard token.dropLast().contains(where: { $0 == "@" || $0 == ":" || $0 == "." }) else {
            for scalar in token { append(scalar, to: &out) }
            return
        }
        var index = 0
        while index < token.count {
            if startsLink(token, at: index) {
                while index < token.count, token[index].isASCII { index += 1 }
                out.append(0x20)
            } else {
                append(token[index], to: &out)
                index += 1
            }
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
        if scalar.isASCII {
            out.append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
            out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    /// A link, or an ASCII run that holds an `@`, begins here. Text in scripts without spaces may stand around it.
    private static func startsLink(_ token: [Unicode.Scalar], at index: Int) -> Bool {
        guard token[index].isASCII, index == 0 || !token[index - 1].isASCII || !isWord(token[index - 1]) else {
            return false
        }
        if index > 0, token[index - 1].isASCII {
            return begins(token, index, "http://") || begins(token, index, "https://") || begins(token, index, "www.")
        }
        var end = index
        var hasAt = false
        var hasScheme = begins(token, index, "www.")
        while end < token.count, token[end].isASCII {
            if token[end] == "@" { hasAt = true }
            if token[end] == ":", begins(token, end, "://") { hasScheme = true }
            end += 1
        }
        return hasAt || hasScheme
    }

    private static func begins(_ token: [Unicode.Scalar], _ index: Int, _ word: String) -> Bool {
        var position = index
        for byte in word.utf8 {
            guard position < token.count, token[position].isASCII else { return false }
            let value = UInt8(truncatingIfNeeded: token[position].value)
            guard (0x41...0x5A).contains(value) ? value | 0x20 == byte : value == byte else { return false }
            position += 1
        }
        return true
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }

    /// White space, controls, and what is no character at all.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if value <= 0x20 || (0x7F...0xA0).contains(value) { return true }
        if value < 0x2000 { return false }
        return (0x2000...0x200B).contains(value) || value == 0x2028 || value == 0x2029 || value == 0x3000
            || value == 0xFEFF || value == 0xFFFD || (0xFDD0...0xFDEF).contains(value) || value & 0xFFFE == 0xFFFE
    }
}
