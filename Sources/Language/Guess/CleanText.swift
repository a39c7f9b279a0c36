// What is kept of a text before its language is guessed: no controls, no links, no addresses.

/// One C1 control makes CLD2 call a whole text unknown, and a link or an address is English to it.
enum CleanText {
    /// Bytes of the text that are looked at.
    static let byteLimit = 32 * 1024

    static func clean(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            var out: [UInt8] = []
            out.reserveCapacity(min(bytes.count, byteLimit))
            var start = 0
            var mark: Int?
            var index = 0

            func end() {
                // A link and an address hold such a mark before their last character; a full stop at the end is none.
                if let mark, mark < index - 1 {
                    flush(Array(String(decoding: bytes[start..<index], as: UTF8.self).unicodeScalars), to: &out)
                } else {
                    out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
                }
                mark = nil
            }

            while index < bytes.count {
                let byte = bytes[index]
                let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
                if index + length > byteLimit { break }
                if length == 1 ? byte <= 0x20 || byte == 0x7F : isSpace(bytes, at: index, length) {
                    end()
                    out.append(byte == 0x0A ? 0x0A : 0x20)
                    start = index + length
                } else if mark == nil, byte == 0x40 || byte == 0x3A || byte == 0x2E {
                    mark = index
                }
                index += length
            }
            end()
            return String(decoding: out, as: UTF8.self)
        }
    }

    private static func flush(_ token: [Unicode.Scalar], to out: inout [UInt8]) {
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

    /// White space, controls, and what is no character at all. A string's bytes are always whole sequences.
    private static func isSpace(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int, _ length: Int) -> Bool {
        var value = UInt32(bytes[index]) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
        for offset in 1..<length { value = value << 6 | UInt32(bytes[index + offset] & 0x3F) }
        if value <= 0xA0 { return true }
        if value < 0x2000 { return false }
        return (0x2000...0x200B).contains(value) || value == 0x2028 || value == 0x2029 || value == 0x3000
            || value == 0xFEFF || value == 0xFFFD || (0xFDD0...0xFDEF).contains(value) || value & 0xFFFE == 0xFFFE
    }
}
