// Blanks at the ends and in the middle of short texts, without Foundation: every header line of every mail passes here.

package enum Blanks {
    /// Without blanks and tabs of any script (Unicode's space separators) at both ends.
    package static func trimmed(_ text: some StringProtocol) -> String {
        let text = Substring(text)
        guard let first = text.utf8.first, let last = text.utf8.last else { return "" }
        if isPlain(first), isPlain(last) { return String(text) }
        let scalars = text.unicodeScalars
        guard let start = scalars.firstIndex(where: { !isBlank($0) }),
            let end = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(text[start..<scalars.index(after: end)])
    }

    /// Words of an ASCII text with one blank between them, the ends trimmed; nil for any other text.
    package static func collapsedASCII(_ text: String) -> String? {
        var words: [UInt8] = []
        words.reserveCapacity(text.utf8.count)
        var isBetween = false
        for byte in text.utf8 {
            if byte >= 0x80 { return nil }
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                isBetween = true
                continue
            }
            if isBetween, !words.isEmpty { words.append(0x20) }
            isBetween = false
            words.append(byte)
        }
        return String(decoding: words, as: UTF8.self)
    }

    /// ASCII and no blank: nothing to trim here.
    private static func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x80 }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\t" || scalar.properties.generalCategory == .spaceSeparator
    }
}
