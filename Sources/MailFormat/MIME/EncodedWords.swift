// Encoded words in header values (RFC 2047): GMime 3.2 drops every word behind one that ends in base64 padding.

enum EncodedWords {
    /// Bytes one word is looked for in; RFC 2047 allows 75, programs do not keep to it.
    private static let lengthLimit = 1000

    /// The value as UTF-8. Words next to each other are one text, also where a character is split between them; what is
    /// no word stays, its 8-bit bytes read as UTF-8 or windows-1252.
    static func decoded(_ raw: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(raw.count)
        forEachRun(raw) { run in
            switch run {
            case .plain(let range): output += Charset.utf8(Array(raw[range]), declared: nil)
            case .words(let text): output += text
            }
        }
        return output
    }

    /// The value with each run of words as a single one in UTF-8: what address parsers can be trusted with.
    static func merged(_ raw: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        forEachRun(raw, isStructured: true) { run in
            switch run {
            case .plain(let range): output += raw[range]
            case .words(let text): output += Array("=?utf-8?B?\(Base64Text.encode(text))?=".utf8)
            }
        }
        return output
    }

    private enum Run {
        case plain(Range<Int>)
        case words([UInt8])
    }

    private struct Word {
        let charset: String
        let bytes: [UInt8]
        let end: Int
    }

    /// In a structured value no word reaches over a quote, a bracket or a backslash: it would hide them from the parser.
    private static func forEachRun(_ raw: [UInt8], isStructured: Bool = false, _ body: (Run) -> Void) {
        var index = 0
        var plainStart = 0
        while index + 1 < raw.count {
            guard raw[index] == 0x3D, raw[index + 1] == 0x3F, var word = word(raw, at: index, isStructured) else {
                index += 1
                continue
            }
            if plainStart < index { body(.plain(plainStart..<index)) }
            var text: [UInt8] = []
            var pending = word.bytes
            var end = word.end
            while true {
                var next = end
                while next < raw.count, raw[next] == 32 || raw[next] == 9 { next += 1 }
                guard let follower = Self.word(raw, at: next, isStructured) else { break }
                if follower.charset == word.charset {
                    pending += follower.bytes
                } else {
                    text += Charset.utf8(pending, declared: word.charset)
                    pending = follower.bytes
                }
                word = follower
                end = follower.end
            }
            body(.words(text + Charset.utf8(pending, declared: word.charset)))
            index = end
            plainStart = end
        }
        if plainStart < raw.count { body(.plain(plainStart..<raw.count)) }
    }

    /// `=?charset*language?B?…?=` at `start`, nil where none is.
    private static func word(_ raw: [UInt8], at start: Int, _ isStructured: Bool) -> Word? {
        guard start + 8 <= raw.count, raw[start] == 0x3D, raw[start + 1] == 0x3F else { return nil }
        let limit = min(raw.count, start + lengthLimit)
        guard let charsetEnd = raw[(start + 2)..<limit].firstIndex(of: 0x3F), charsetEnd > start + 2,
            charsetEnd + 2 < limit, raw[charsetEnd + 2] == 0x3F
        else { return nil }
        let charset = raw[(start + 2)..<charsetEnd].prefix { $0 != 0x2A }
        var end = charsetEnd + 3
        while end + 1 < limit, raw[end] != 0x3F || raw[end + 1] != 0x3D { end += 1 }
        guard end + 1 < limit else { return nil }
        if isStructured, raw[start..<end].contains(where: { [0x22, 0x3C, 0x3E, 0x5C].contains($0) }) { return nil }
        let payload = raw[(charsetEnd + 3)..<end]
        let bytes: [UInt8]
        switch raw[charsetEnd + 1] | 32 {
        case 98: bytes = Array(payload).withUnsafeBytes { TransferEncoding.base64.decode($0) }
        case 113:
            let spaced = payload.map { $0 == 0x5F ? 32 : $0 }
            bytes = spaced.withUnsafeBytes { TransferEncoding.quotedPrintable.decode($0) }
        default: return nil
        }
        return Word(charset: String(decoding: charset, as: UTF8.self), bytes: bytes, end: end + 2)
    }
}
