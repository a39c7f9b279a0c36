// The blocks of a Markdown text that matter for passages: headings, and lines of paragraphs and list items.

import Correspondence
import Foundation

struct MarkdownBlocks {
    private(set) var blocks: [TextBlock] = []
    private var references: [String: String] = [:]
    private var pending = ""
    private var pendingIsItem = false
    private var fence: String?
    private var inComment = false

    /// A bold line longer than this is an emphatic paragraph, not a heading.
    private static let boldHeadingLimit = 150

    init(lines: ArraySlice<Substring>) {
        for line in lines { takeReference(line) }
        for line in lines { take(line) }
        flush()
    }

    private mutating func take(_ raw: Substring) {
        if let open = fence {
            if raw.trimmingCharacters(in: .whitespaces).hasPrefix(open) {
                fence = nil
            } else if !raw.allSatisfy(\.isWhitespace) {
                blocks.append(.line(text: String(raw), isItem: false))
            }
            return
        }
        var line = withoutComments(String(raw)).trimmingCharacters(in: .whitespaces)
        while line.hasPrefix(">") { line = line.dropFirst().trimmingCharacters(in: .whitespaces) }
        if line.isEmpty { return flush() }
        if line.hasPrefix("```") || line.hasPrefix("~~~") {
            flush()
            fence = String(line.prefix(3))
            return
        }
        if isReference(line) { return flush() }
        if let (level, text) = atxHeading(line) {
            flush()
            return appendHeading(level, text)
        }
        if isRule(line) {
            if !pending.isEmpty, !pendingIsItem, line.hasPrefix("=") || line.hasPrefix("-") {
                let text = pending
                pending = ""
                return appendHeading(line.hasPrefix("=") ? 1 : 2, text)
            }
            return flush()
        }
        if line.hasPrefix("|") {
            flush()
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            if cells.allSatisfy({ $0.allSatisfy { "-:".contains($0) } }) { return }
            append(cells.filter { !$0.isEmpty }.joined(separator: " – "), isItem: false)
            return
        }
        if let item = listItem(line) {
            flush()
            pending = item
            pendingIsItem = true
            return
        }
        join(line, breaks: raw.hasSuffix("  ") || raw.hasSuffix("\\"))
    }

    private mutating func join(_ line: String, breaks: Bool) {
        pending = pending.isEmpty ? line : WrappedLine.join(pending, line)
        if breaks {
            if pending.hasSuffix("\\") { pending.removeLast() }
            let isItem = pendingIsItem
            flush()
            pendingIsItem = isItem
        }
    }

    private mutating func flush() {
        defer {
            pending = ""
            pendingIsItem = false
        }
        guard !pending.isEmpty else { return }
        if !pendingIsItem, let bold = boldHeading(pending) { return appendHeading(7, bold) }
        append(pending, isItem: pendingIsItem)
    }

    private mutating func append(_ text: String, isItem: Bool) {
        let plain = MarkdownText.plain(text, references: references).trimmingCharacters(in: .whitespaces)
        if !plain.isEmpty { blocks.append(.line(text: plain, isItem: isItem)) }
    }

    private mutating func appendHeading(_ level: Int, _ text: String) {
        let plain = MarkdownText.plain(text, references: references).trimmingCharacters(in: .whitespaces)
        if !plain.isEmpty { blocks.append(.heading(level: level, text: plain)) }
    }

    private mutating func withoutComments(_ line: String) -> String {
        guard inComment || line.contains("<!--") else { return line }
        var rest = Substring(line)
        var out = ""
        while true {
            if inComment {
                guard let end = rest.range(of: "-->") else { return out }
                rest = rest[end.upperBound...]
                inComment = false
            }
            guard let start = rest.range(of: "<!--") else { return out + rest }
            out += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            inComment = true
        }
    }

    private func atxHeading(_ line: String) -> (Int, String)? {
        let level = line.prefix { $0 == "#" }.count
        guard (1...6).contains(level) else { return nil }
        let rest = line.dropFirst(level)
        guard rest.isEmpty || rest.first == " " || rest.first == "\t" else { return nil }
        var text = rest.trimmingCharacters(in: .whitespaces)
        while text.hasSuffix("#") { text.removeLast() }
        return (level, text)
    }

    private func boldHeading(_ text: String) -> String? {
        guard text.count <= Self.boldHeadingLimit, text.hasPrefix("**"), text.hasSuffix("**"), text.count > 4 else {
            return nil
        }
        let inside = text.dropFirst(2).dropLast(2)
        return inside.contains("**") ? nil : String(inside)
    }

    /// The words of a bullet; a number stays, because it is the order of steps.
    private func listItem(_ line: String) -> String? {
        if let first = line.first, "-*+•".contains(first), line.dropFirst().first == " " {
            var text = line.dropFirst().trimmingCharacters(in: .whitespaces)
            for box in ["[ ] ", "[x] ", "[X] "] where text.hasPrefix(box) { text = String(text.dropFirst(4)) }
            return text
        }
        let digits = line.prefix { $0.isASCII && $0.isNumber }
        guard (1...3).contains(digits.count) else { return nil }
        let rest = line.dropFirst(digits.count)
        guard let mark = rest.first, mark == "." || mark == ")", rest.dropFirst().first == " " else { return nil }
        return "\(digits). " + rest.dropFirst().trimmingCharacters(in: .whitespaces)
    }

    private func isRule(_ line: String) -> Bool {
        guard let first = line.first, "-=*_".contains(first) else { return false }
        let marks = line.filter { $0 != " " }
        return marks.count >= (first == "=" ? 2 : 3) && marks.allSatisfy { $0 == first }
    }

    private func isReference(_ line: String) -> Bool {
        line.hasPrefix("[") && line.contains("]: ") && !line.hasPrefix("[^") && reference(line) != nil
    }

    private func reference(_ line: String) -> (String, String)? {
        guard let close = line.range(of: "]: ") else { return nil }
        let name = line[line.index(after: line.startIndex)..<close.lowerBound]
        let url = line[close.upperBound...].trimmingCharacters(in: .whitespaces).prefix { $0 != " " }
        guard !name.isEmpty, !name.contains("]"), url.contains("/") || url.contains(":") else { return nil }
        return (name.lowercased(), url.trimmingCharacters(in: CharacterSet(charactersIn: "<>")))
    }

    private mutating func takeReference(_ raw: Substring) {
        let line = raw.trimmingCharacters(in: .whitespaces)
        guard line.hasPrefix("["), let (name, url) = reference(line) else { return }
        if references[name] == nil { references[name] = url }
    }
}

/// Two lines that were one before somebody wrapped them.
enum WrappedLine {
    static func join(_ one: String, _ next: String) -> String {
        if let last = one.unicodeScalars.last, let first = next.unicodeScalars.first, last.value >= 0x2E80,
            first.value >= 0x2E80, !(0xAC00...0xD7AF).contains(first.value)
        {
            // Chinese and Japanese put no space where a line was wrapped.
            return one + next
        }
        return one + " " + next
    }
}
