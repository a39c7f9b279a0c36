// What is kept of a text before its language is guessed: no controls, no links, no addresses.

/// One C1 control makes CLD2 call a whole text unknown, and a link or an address is English to it.
enum CleanText {
    /// Bytes of the text that are looked at.
    static let byteLimit = 32 * 1024

    static func clean(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        var token: [Unicode.Scalar] = []
        var bytes = 0
        for scalar in text.unicodeScalars {
            bytes += UTF8.width(scalar)
            if bytes > byteLimit { break }
            if isSpace(scalar) {
                flush(&token, to: &out)
                out.append(scalar == "\n" ? "\n" : " ")
            } else {
                token.append(scalar)
            }
        }
        flush(&token, to: &out)
        return String(out)
    }

    private static func flush(_ token: inout [Unicode.Scalar], to out: inout String.UnicodeScalarView) {
        defer { token.removeAll(keepingCapacity: true) }
        guard token.contains("@") || token.contains(":") || token.contains(".") else {
            out.append(contentsOf: token)
            return
        }
        var index = 0
        while index < token.count {
            if startsLink(token, at: index) {
                while index < token.count, token[index].isASCII { index += 1 }
                out.append(" ")
            } else {
                out.append(token[index])
                index += 1
            }
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
        for scalar in word.unicodeScalars {
            guard position < token.count, token[position].properties.lowercaseMapping == String(scalar) else {
                return false
            }
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
