// Text in headers that is not ASCII (RFC 2047): words of at most 75 octets, no character split between two.

enum EncodedWord {
    /// The words, to be put one space apart; readers drop the space.
    static func words(_ text: String) -> [String] {
        let special = text.utf8.count { $0 >= 127 || $0 < 32 }
        // Q is shorter and readable while little must be escaped.
        return special * 3 > text.utf8.count ? base64(text) : quoted(text)
    }

    private static func base64(_ text: String) -> [String] {
        // 11 groups of 4 characters; with what is around them a word fits behind any name of ours on one line.
        let chunks = chunks(text, limit: 33) { UTF8.width($0) }
        return chunks.map { "=?UTF-8?B?\(Base64Text.encode(Array($0.utf8)))?=" }
    }

    private static func quoted(_ text: String) -> [String] {
        chunks(text, limit: 44) { scalar in
            scalar.isASCII && (scalar == " " || isPlain(UInt8(scalar.value))) ? 1 : UTF8.width(scalar) * 3
        }.map { chunk in
            var output = ""
            for byte in chunk.utf8 {
                if byte == 32 {
                    output += "_"
                } else if isPlain(byte) {
                    output.unicodeScalars.append(Unicode.Scalar(byte))
                } else {
                    output += "=\(QuotedPrintable.hex(byte))"
                }
            }
            return "=?UTF-8?Q?\(output)?="
        }
    }

    /// What may stand unescaped also within a phrase (RFC 2047 section 5 (3)).
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, 33, 42, 43, 45, 47: true
        default: false
        }
    }

    private static func chunks(_ text: String, limit: Int, cost: (Unicode.Scalar) -> Int) -> [String] {
        var chunks: [String] = []
        var current = ""
        var size = 0
        for scalar in text.unicodeScalars {
            let needed = cost(scalar)
            if size + needed > limit, !current.isEmpty {
                chunks.append(current)
                current = ""
                size = 0
            }
            current.unicodeScalars.append(scalar)
            size += needed
        }
        if !current.isEmpty { chunks.append(current) }
        return chunks
    }
}
