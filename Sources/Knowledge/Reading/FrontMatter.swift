// The block between two lines of three hyphens at the head of an article: flat keys, one value or a list each.

import Correspondence
import Foundation

/// The same keys stand in a file of their own beside one that cannot carry them (`manual.pdf.yaml`), and name the columns
/// of a table. A tiny parser on purpose: `key: value`, `key: [a, b]`, or `key:` with `- item` lines below. Keys that other tools
/// write are passed over; a value that cannot be read is an error with its line.
struct FrontMatter {
    var title: String?
    var language: String?
    var tags: [String] = []
    var audience: String?
    var validUntil: Instant?
    var url: String?
    /// Not looked over yet: a proposal that `deskbridge knowledge proposals` wrote.
    var isProposal = false

    struct Fault: Error {
        var line: Int
        var message: String
    }

    /// More lines than this are no front matter but a text that begins with a rule.
    static let lineLimit = 200

    /// Takes the block off `lines`; nil where there is none. `lines` begin with the first line of the file.
    static func take(from lines: inout ArraySlice<Substring>) throws(Fault) -> FrontMatter? {
        guard let first = lines.first, isFence(first) else { return nil }
        let body = lines.dropFirst()
        let looksLikeKeys = body.first { !$0.allSatisfy(\.isWhitespace) }.map { key(of: $0) != nil } ?? false
        guard let end = body.prefix(lineLimit).firstIndex(where: isFence) else {
            guard looksLikeKeys else { return nil }
            throw Fault(line: 1, message: "the front matter is not closed: add a line with --- below it")
        }
        guard looksLikeKeys || end == body.startIndex else { return nil }
        var matter = FrontMatter()
        try matter.read(lines[body.startIndex..<end], from: lines.startIndex)
        lines = lines[(end + 1)...]
        return matter
    }

    /// A file of keys alone, with or without the lines of hyphens.
    init(keys lines: [Substring]) throws(Fault) {
        try read(lines.filter { !Self.isFence($0) }[...], from: 0)
    }

    init() {}

    /// One key with its value, as a table has them.
    mutating func take(_ key: String, _ value: String, line: Int) throws(Fault) {
        let value = value.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !value.isEmpty else { return }
        let separators: Set<Character> = [",", ";", "|"]
        let values =
            ["tags", "audience"].contains(key)
            ? value.split(whereSeparator: separators.contains).map { $0.trimmingCharacters(in: .whitespaces) } : [value]
        try take((key, values, line))
    }

    /// Puts what `other` says in the place of what stands here.
    mutating func add(_ other: FrontMatter) {
        title = other.title ?? title
        language = other.language ?? language
        tags = other.tags.isEmpty ? tags : other.tags
        audience = other.audience ?? audience
        validUntil = other.validUntil ?? validUntil
        url = other.url ?? url
        isProposal = other.isProposal || isProposal
    }

    private mutating func read(_ block: ArraySlice<Substring>, from start: Int) throws(Fault) {
        var entries: [(key: String, values: [String], line: Int)] = []
        for index in block.indices {
            let line = block[index].trimmingCharacters(in: .whitespaces)
            let number = index - start + 1
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line == "-" || line.hasPrefix("- ") {
                guard !entries.isEmpty else { throw Fault(line: number, message: "a list item without a key above") }
                let item = Self.scalar(String(line.dropFirst()))
                if !item.isEmpty { entries[entries.count - 1].values.append(item) }
                continue
            }
            guard let key = Self.key(of: block[index]) else {
                // The continuation of a value that some other tool wrote.
                if block[index].first?.isWhitespace == true, !entries.isEmpty { continue }
                throw Fault(line: number, message: "'\(line.prefix(40))' is no 'key: value'")
            }
            let value = line.dropFirst(key.count + 1).trimmingCharacters(in: .whitespaces)
            entries.append((key.lowercased(), Self.values(value), number))
        }
        for entry in entries { try take(entry) }
    }

    private mutating func take(_ entry: (key: String, values: [String], line: Int)) throws(Fault) {
        let first = entry.values.first
        switch entry.key {
        case "title": title = first
        case "audience": audience = entry.values.isEmpty ? nil : entry.values.joined(separator: ", ")
        case "proposal": isProposal = first.map { !["no", "false"].contains($0.lowercased()) } ?? false
        case "url":
            guard let first else { return }
            guard Self.isAddress(first) else {
                throw Fault(
                    line: entry.line,
                    message: "url '\(first.prefix(80))' is no address such as https://acme.example/help")
            }
            url = first
        case "tags": tags = entry.values
        case "language", "lang":
            guard let first else { return }
            guard Self.isLanguage(first) else {
                throw Fault(line: entry.line, message: "language '\(first)' is no code such as en, de or pt-BR")
            }
            language = first.replacingOccurrences(of: "_", with: "-")
        case "valid-until":
            guard let first else { return }
            guard let instant = Self.endOfDay(first) else {
                throw Fault(line: entry.line, message: "valid-until '\(first)' is no date such as 2026-12-31")
            }
            validUntil = instant
        default: break
        }
    }

    private static func isFence(_ line: Substring) -> Bool {
        line.trimmingCharacters(in: .whitespaces) == "---"
    }

    private static func key(of line: Substring) -> String? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let key = line[..<colon]
        let after = line.index(after: colon)
        guard after == line.endIndex || line[after] == " " || line[after] == "\t" else { return nil }
        guard let first = key.first, first.isLetter, key.count <= 40 else { return nil }
        guard key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }) else { return nil }
        return String(key)
    }

    private static func values(_ text: String) -> [String] {
        if text.isEmpty || text == "|" || text == ">" { return [] }
        guard text.hasPrefix("["), text.hasSuffix("]") else { return [scalar(text)].filter { !$0.isEmpty } }
        return text.dropFirst().dropLast().split(separator: ",").map { scalar(String($0)) }.filter { !$0.isEmpty }
    }

    private static func scalar(_ text: String) -> String {
        var text = text.trimmingCharacters(in: .whitespaces)
        for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            return String(text.dropFirst().dropLast())
        }
        if let comment = text.range(of: " #") { text = String(text[..<comment.lowerBound]) }
        return text.trimmingCharacters(in: .whitespaces)
    }

    /// http or https, with a host, nothing hidden in it.
    static func isAddress(_ text: String) -> Bool {
        guard text.utf8.count <= 2048, let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "https" || scheme == "http", parts.host?.isEmpty == false, parts.user == nil
        else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.value > 32 && $0.value != 127 && !"<>\"\\`{}|^".unicodeScalars.contains($0)
        }
    }

    static func isLanguage(_ code: String) -> Bool {
        let parts = code.split(whereSeparator: { $0 == "-" || $0 == "_" })
        guard let head = parts.first, (2...3).contains(head.count), parts.count <= 3 else { return false }
        return parts.allSatisfy { part in
            part.count <= 8 && part.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 0x20) }
        }
    }

    /// The last moment of a day in UTC, or the moment that RFC 3339 names.
    static func endOfDay(_ text: String) -> Instant? {
        if text.count == 10, let start = try? Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day().parse(text) {
            return Instant(start) + .days(1) - .microseconds(1)
        }
        return (try? Date.ISO8601FormatStyle().parse(text)).map { Instant($0) }
    }
}
