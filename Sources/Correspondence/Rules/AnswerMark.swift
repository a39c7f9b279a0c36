// The mark in a notice above which an agent writes: whatever a mail program quotes stands below it.

package enum AnswerMark {
    /// Short, so that no mail program breaks it; nothing a person would write.
    package static let text = "##- Deskbridge -##"

    /// Whether `words` hold the mark, however its blanks were changed.
    package static func isIn(_ words: String) -> Bool {
        words.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(text)
    }
}
