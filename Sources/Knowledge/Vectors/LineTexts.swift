// The lines of an index as texts: what vectors are made of.

import Correspondence

/// Lines of the same words share one vector, so texts are numbered. Of an article only so many lines have vectors:
/// titles and customers' questions before the rest, the first before the last.
struct LineTexts: Sendable {
    /// Lines of one article that get vectors.
    static let articleLimit = 200
    /// A line is cut here: many models read no more than 500 tokens.
    static let byteLimit = 1_000

    /// Each text once.
    private(set) var texts: [String] = []
    /// For each line of the index its text's number; -1 for one without.
    private(set) var ofLine: [Int32] = []
    private var numbers: [String: Int32] = [:]

    /// `lines` in the index's order: the article, whether it is a title or a question, and the words.
    init(_ lines: [(article: Int, isPreferred: Bool, text: String)]) {
        ofLine = Array(repeating: -1, count: lines.count)
        var taken: [Int: Int] = [:]
        for preferred in [true, false] {
            for (number, line) in lines.enumerated() where line.isPreferred == preferred {
                guard taken[line.article, default: 0] < Self.articleLimit else { continue }
                let text = Self.cut(line.text)
                guard !text.isEmpty else { continue }
                taken[line.article, default: 0] += 1
                ofLine[number] = self.number(of: text)
            }
        }
        numbers = [:]
    }

    private mutating func number(of text: String) -> Int32 {
        if let known = numbers[text] { return known }
        let number = Int32(texts.count)
        numbers[text] = number
        texts.append(text)
        return number
    }

    /// Blanks at both ends off, and the end off where it is too long.
    static func cut(_ text: String, to byteLimit: Int = LineTexts.byteLimit) -> String {
        var cut = Substring(text)
        if cut.utf8.count > byteLimit { cut = Substring(String(decoding: cut.utf8.prefix(byteLimit), as: UTF8.self)) }
        while cut.last?.isWhitespace == true || cut.last == "\u{FFFD}" { cut.removeLast() }
        while cut.first?.isWhitespace == true { cut.removeFirst() }
        return String(cut)
    }
}
