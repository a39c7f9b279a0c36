// Lines and blanks of texts, by bytes: replies are dressed by the thousand a second.

enum TextLines {
    /// Divided at `\n`; an empty text is one empty line.
    static func of(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    static func isBlank(_ line: String) -> Bool {
        line.utf8.allSatisfy(isBlank) || line.allSatisfy(\.isWhitespace)
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmed: String {
        var rest = Substring(self)
        while let byte = rest.utf8.first, TextLines.isBlank(byte) { rest = Substring(rest.utf8.dropFirst()) }
        while let byte = rest.utf8.last, TextLines.isBlank(byte) { rest = Substring(rest.utf8.dropLast()) }
        // Blanks beyond ASCII are rare: characters are looked at only where one may stand.
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
