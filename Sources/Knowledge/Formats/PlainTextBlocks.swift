// The blocks of plain text: paragraphs between empty lines, underlined headings, lists; and of the pages of a PDF.

import Correspondence
import Foundation

/// Nothing in it is a mark: `snake_case`, `#1` and `2 * 3` stay. Linear.
struct PlainTextBlocks {
    private(set) var blocks: [TextBlock] = []

    /// A longer line is no title and no heading.
    private static let headingLimit = 100
    /// Lines shorter than this end where somebody ended them.
    private static let wrapLimit = 45

    /// `guessesHeadings`: a short line alone above a paragraph, without a full stop, is a heading (PDF has no marks).
    init(lines: ArraySlice<Substring>, guessesHeadings: Bool = false) {
        let paragraphs = lines.split(whereSeparator: { $0.allSatisfy(\.isWhitespace) })
        for (index, paragraph) in paragraphs.enumerated() {
            let hasMore = index + 1 < paragraphs.count
            let only = paragraph.count == 1 ? paragraph.first.map { $0.trimmingCharacters(in: .whitespaces) } : nil
            if let only, hasMore, index == 0, Self.isTitle(only) {
                blocks.append(.heading(level: 1, text: only))
            } else if let only, hasMore, guessesHeadings, Self.looksLikeHeading(only) {
                blocks.append(.heading(level: Self.level(of: only), text: only))
            } else {
                read(paragraph.map { $0.trimmingCharacters(in: .whitespaces) })
            }
        }
    }

    private mutating func read(_ lines: [String]) {
        let longest = lines.reduce(0) { max($0, $1.count) }
        var pending: (text: String, isItem: Bool, length: Int)?
        func flush() {
            if let pending { blocks.append(.line(text: pending.text, isItem: pending.isItem)) }
            pending = nil
        }
        for line in lines {
            if let last = pending, !last.isItem, last.text.count == last.length, last.length <= Self.headingLimit,
                Self.isUnderline(line, of: last.text)
            {
                pending = nil
                blocks.append(.heading(level: line.hasPrefix("=") ? 1 : 2, text: last.text))
            } else if Self.isRule(line) {
                flush()
            } else if let (level, text) = Self.numbered(line) {
                flush()
                blocks.append(.heading(level: level, text: text))
            } else if let item = Self.item(line) {
                flush()
                pending = (item, true, line.count)
            } else if let last = pending, last.length >= Self.wrapLimit, last.length * 10 >= longest * 6 {
                pending = (Self.join(last.text, line), last.isItem, line.count)
            } else {
                flush()
                pending = (line, false, line.count)
            }
        }
        flush()
    }

    /// Words that a line's end parts are joined again.
    private static func join(_ one: String, _ next: String) -> String {
        if one.hasSuffix("-"), next.first?.isLowercase == true, one.dropLast().last?.isLetter == true {
            return one.dropLast() + next
        }
        return WrappedLine.join(one, next)
    }

    private static func isTitle(_ line: String) -> Bool {
        line.count <= headingLimit && !(line.last.map { ".,:;".contains($0) } ?? true) && item(line) == nil
            && numbered(line) == nil && line.contains(where: \.isLetter)
    }

    /// Nothing with a number in it but that of a section: what is taken for a heading is not quoted.
    private static func looksLikeHeading(_ line: String) -> Bool {
        guard line.count <= 80, let last = line.last, last.isLetter || last == "?" || last == ")", item(line) == nil,
            !line.contains("@"), !line.contains(":")
        else { return false }
        let words = line.drop { $0.isNumber || $0 == "." || $0 == " " }
        guard let first = words.first, first.isLetter, !first.isLowercase else { return false }
        return !words.contains(where: \.isNumber)
    }

    /// `3.2 Returns` lies below `3 Terms`.
    private static func level(of line: String) -> Int {
        let number = line.prefix { $0.isNumber || $0 == "." }
        guard number.first?.isNumber == true else { return 2 }
        return min(6, 1 + number.split(separator: ".").count)
    }

    private static func isUnderline(_ line: String, of text: String) -> Bool {
        guard let mark = line.first, "=-~".contains(mark), line.count >= 3 else { return false }
        return line.allSatisfy { $0 == mark } && line.count * 2 >= text.count
    }

    private static func isRule(_ line: String) -> Bool {
        line.count >= 3 && line.allSatisfy { "-=_*~ ".contains($0) }
    }

    /// `## Returns`, as many write it in plain text too.
    private static func numbered(_ line: String) -> (Int, String)? {
        let level = line.prefix { $0 == "#" }.count
        guard (1...6).contains(level), line.dropFirst(level).first == " " else { return nil }
        let text = line.dropFirst(level).trimmingCharacters(in: .whitespaces)
        return text.isEmpty ? nil : (level, text)
    }

    private static func item(_ line: String) -> String? {
        if let first = line.first, "-*+•◦‣–".contains(first), line.dropFirst().first == " " {
            return line.dropFirst().trimmingCharacters(in: .whitespaces)
        }
        let digits = line.prefix { $0.isASCII && $0.isNumber }
        guard (1...3).contains(digits.count) else { return nil }
        let rest = line.dropFirst(digits.count)
        guard let mark = rest.first, mark == "." || mark == ")", rest.dropFirst().first == " " else { return nil }
        return line
    }
}

/// The pages that `pdftotext` wrote, as lines: without the lines that stand on every page, and page numbers.
enum PDFPages {
    /// With fewer pages nothing repeats by design.
    private static let pageLimit = 3

    static func lines(of text: String) -> [Substring] {
        var pages = text.split(separator: "\u{C}").map { page in
            Array(page.split(separator: "\n", omittingEmptySubsequences: false)[...])
        }
        for edge in [true, false] {
            // Two lines above and two below, at most.
            for _ in 0..<2 { dropRepeated(&pages, atTop: edge) }
        }
        // A sentence goes on over the end of a page; a paragraph that ended does not.
        var lines: [Substring] = []
        for page in pages {
            if let last = lines.last(where: { !isBlank($0) }), let end = last.trimmingCharacters(in: .whitespaces).last,
                !(end.isLetter || end == "," || end == "-")
                    || page.first(where: { !isBlank($0) })?.first?.isLowercase != true
            {
                lines.append("")
            } else {
                while let last = lines.last, isBlank(last) { lines.removeLast() }
            }
            lines += page.drop(while: isBlank)
        }
        return lines
    }

    private static func dropRepeated(_ pages: inout [[Substring]], atTop: Bool) {
        // A line of its own, parted from the text.
        func place(_ page: [Substring]) -> Int? {
            guard let index = atTop ? page.firstIndex(where: { !isBlank($0) }) : page.lastIndex(where: { !isBlank($0) })
            else { return nil }
            let next = atTop ? index + 1 : index - 1
            return page.indices.contains(next) && !isBlank(page[next]) ? nil : index
        }
        var counts: [String: Int] = [:]
        for page in pages { if let index = place(page) { counts[shape(page[index]), default: 0] += 1 } }
        for index in pages.indices {
            guard let found = place(pages[index]) else { continue }
            let shape = shape(pages[index][found])
            let isNumber = shape.allSatisfy { "0-–/ .|".contains($0) }
            let count = counts[shape] ?? 0
            if isNumber || (pages.count >= pageLimit && count >= pageLimit && count * 2 > pages.count) {
                pages[index].remove(at: found)
            }
        }
    }

    private static func isBlank(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }

    /// A line with every number the same.
    private static func shape(_ line: Substring) -> String {
        var shape = ""
        for character in line.trimmingCharacters(in: .whitespaces) {
            let next: Character = character.isNumber ? "0" : character
            if next != "0" || shape.last != "0" { shape.append(next) }
        }
        return shape
    }
}
