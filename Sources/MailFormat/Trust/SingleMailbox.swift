// A From that no two readers read differently: one mailbox in the plain forms of RFC 5322 section 3.4.

import Correspondence

/// Address parsers differ in what they make of broken values, and the server that verified a sender has its own. What is
/// to be believed is therefore read a second time: strictly, from the bytes as they came, in one pass.
enum SingleMailbox {
    /// Bytes a From has at most; names are short.
    private static let lengthLimit = 2000

    /// The address of `a@b`, `<a@b>` or `name <a@b>`, with comments between the words; nil for everything else: two
    /// mailboxes, groups, routes, quoted local parts, encoded words for an address, what is unclosed, and names or
    /// comments in which a careless reader would find another address.
    static func address(_ raw: [UInt8]) -> String? {
        guard raw.count <= lengthLimit else { return nil }
        // In Shift_JIS and GBK a backslash may be the second half of a letter.
        let mayEscape = isUTF8(raw)
        /// What stands outside of quotes, comments and brackets.
        var words: [UInt8] = []
        var hasQuoted = false
        var inBrackets: [UInt8]?
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            switch byte {
            case 0..<9, 10..<32, 127, 0x29, 0x2C, 0x3A, 0x3B, 0x3E, 0x5C: return nil
            case 0x22:
                guard inBrackets == nil, let end = quotedEnd(raw, index, mayEscape: mayEscape) else { return nil }
                hasQuoted = true
                words.append(32)
                index = end
                continue
            case 0x28:
                guard let end = commentEnd(raw, index) else { return nil }
                words.append(32)
                index = end
                continue
            case 0x3C:
                guard inBrackets == nil, let end = raw[index...].firstIndex(of: 0x3E) else { return nil }
                inBrackets = Array(raw[(index + 1)..<end])
                index = end
            case 9, 32: words.append(32)
            default:
                guard inBrackets == nil else { return nil }
                words.append(byte)
            }
            index += 1
        }
        let name = trimmed(words)
        guard let address = inBrackets else { return hasQuoted || !isAddress(name) ? nil : text(name) }
        // Some programs repeat the address as the name.
        if name.contains(0x40), hasQuoted || name != address { return nil }
        return isAddress(address) ? text(address) : nil
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        let head = bytes.drop { $0 == 32 }
        return Array(head[..<((head.lastIndex { $0 != 32 }).map { $0 + 1 } ?? head.startIndex)])
    }

    /// Behind the closing quote; nil where there is none, or where angle brackets stand within.
    private static func quotedEnd(_ raw: [UInt8], _ start: Int, mayEscape: Bool) -> Int? {
        var index = start + 1
        while index < raw.count {
            switch raw[index] {
            case 0x22: return index + 1
            case 0x5C:
                guard mayEscape else { return nil }
                index += 1
                if index < raw.count, raw[index] == 0x3C || raw[index] == 0x3E { return nil }
            case 0..<9, 10..<32, 127, 0x3C, 0x3E: return nil
            default: break
            }
            index += 1
        }
        return nil
    }

    /// Behind the comment and those within it; nil where it is unclosed or could be taken for more than a remark.
    private static func commentEnd(_ raw: [UInt8], _ start: Int) -> Int? {
        var depth = 0
        for index in start..<raw.count {
            switch raw[index] {
            case 0x28: depth += 1
            case 0x29:
                depth -= 1
                if depth == 0 { return index + 1 }
            case 0..<9, 10..<32, 127, 0x22, 0x3C, 0x3E, 0x40, 0x5C: return nil
            default: break
            }
        }
        return nil
    }

    /// Atoms, one `@`, atoms.
    private static func isAddress(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= EmailAddress.lengthLimit, isUTF8(bytes), let at = bytes.firstIndex(of: 0x40), at > 0,
            at + 1 < bytes.count, bytes.lastIndex(of: 0x40) == at
        else { return false }
        var before: UInt8 = 0
        for byte in bytes {
            // `=?` begins an encoded word, which some readers decode and others do not.
            if byte <= 32 || byte == 127 || specials.contains(byte) || (before == 0x3D && byte == 0x3F) { return false }
            before = byte
        }
        return true
    }

    private static let specials = Set("()<>[]:;\\,\"".utf8)
}
