// The mark in a notice above which an agent writes: whatever a mail program quotes stands below it.

package enum AnswerMark {
    /// Short, so that no mail program breaks it; nothing a person would write.
    package static let text = "##- Deskbridge -##"

    /// Whether `words` hold the mark, however its blanks were changed.
    package static func isIn(_ words: some StringProtocol) -> Bool {
        words.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(text)
    }

    /// Whether the first mark in `text` stands below all of `words`, which are lines of it; also where there is none.
    package static func isBelow(_ words: String, in text: String) -> Bool {
        let lines = lines(text)
        guard let mark = lines.indices.first(where: { isAt($0, of: lines) }) else { return true }
        var rest = lines[..<mark]
        for line in Self.lines(words) {
            guard let found = rest.firstIndex(of: line) else { return false }
            rest = rest[(found + 1)...]
        }
        return true
    }

    /// Without blanks around them, and without the empty ones.
    private static func lines(_ text: String) -> [Substring] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let start = line.drop { $0.isWhitespace }
            guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return nil }
            return start[...last]
        }
    }

    /// A mail program may have broken the line within the mark, and set its quote signs before both parts.
    private static func isAt(_ index: Int, of lines: [Substring]) -> Bool {
        guard lines[index].contains("##-") else { return false }
        if isIn(lines[index]) { return true }
        guard index + 1 < lines.endIndex else { return false }
        return isIn("\(lines[index]) \(lines[index + 1].drop { $0 == ">" || $0.isWhitespace })")
    }
}
