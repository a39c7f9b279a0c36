// The parts of a reply around its body: greeting, close, notice, quote, as views for the mail templates.

import Correspondence

/// What `mail/reply` and `mail/acknowledgement` are given.
struct ReplyDress {
    /// Lines of the customer's mail that are quoted; more is cut with a mark.
    static let quotedLineLimit = 400
    static let nameLimit = 60

    let reply: OutgoingReply
    let desk: DeskProfile
    let words: Words

    var view: [String: Any] {
        let isAutomatic = reply.purpose == .automaticReply || reply.isReleasedDraft
        let isHuman = reply.purpose == .humanReply && !reply.isReleasedDraft
        let greeting = isHuman ? nil : self.greeting
        let close = isHuman ? nil : words.text(.close)
        return [
            "language": words.language, "direction": words.isRightToLeft ? "rtl" : "ltr",
            "side": words.isRightToLeft ? "right" : "left",
            "greeting": Absent.orText(greeting), "greetingLines": Self.lines(greeting ?? ""),
            "body": body, "paragraphs": Self.paragraphs(body), "close": Absent.orText(close),
            "closeLines": Self.lines(close ?? ""),
            "signer": reply.signer?.trimmed.isEmpty == false ? reply.signer!.trimmed : desk.name,
            "notice": isAutomatic ? words.text(.notice, ["humanWord": words.humanWord]) : Absent(),
            "quote": reply.purpose == .acknowledgement ? Absent() : Absent.or(reply.quote.map(quote)),
            "subject": reply.subject,
        ]
    }

    private var body: String {
        switch reply.purpose {
        case .acknowledgement where reply.body.trimmed.isEmpty: words.text(.acknowledgement)
        case .humanReply where !reply.isReleasedDraft: Self.unsigned(reply.body.trimmed, signer: reply.signer ?? "")
        default: reply.body.trimmed
        }
    }

    /// Without a last line that is the name below which it will stand anyway: who writes by mail signs by hand.
    static func unsigned(_ body: String, signer: String) -> String {
        func letters(_ text: Substring) -> String {
            String(
                text.lowercased().unicodeScalars.filter {
                    $0.properties.isAlphabetic || $0.properties.numericType != nil
                }.map(Character.init))
        }
        let name = letters(signer[...])
        guard !name.isEmpty, let end = body.lastIndex(of: "\n"),
            letters(body[body.index(after: end)...]) == name
        else { return body }
        let rest = body[..<end].trimmed
        return rest.isEmpty ? body : rest
    }

    private var greeting: String {
        guard let name = Self.greetable(reply.to.name) else { return words.text(.greetingUnnamed) }
        return words.text(.greeting, ["name": name])
    }

    private func quote(_ quote: OutgoingReply.Quote) -> [String: Any] {
        var values: [String: Any] = ["author": quote.author.trimmed]
        if let date = quote.date {
            let wall = WallTime(date)
            values["day"] = "\(wall.day)"
            values["month"] = words.months[(wall.month - 1) % 12]
            values["year"] = wall.year
            values["time"] = wall.time
        }
        let lines = TextLines.of(quote.text.trimmed)
        var kept = Array(lines.prefix(Self.quotedLineLimit))
        if lines.count > Self.quotedLineLimit { kept.append("[…]") }
        return [
            "line": words.text(quote.date == nil ? .quoteLineUndated : .quoteLine, values),
            "prefixed": kept.map { $0.isEmpty ? ">" : $0.utf8.first == UInt8(ascii: ">") ? ">\($0)" : "> \($0)" }
                .joined(separator: "\n"),
            "text": kept.joined(separator: "\n"),
        ]
    }

    /// The name to greet by: `Müller, Anna` is Anna Müller. nil for what is no person's name: an address, a link,
    /// anything with digits, or too long; a display name is the sender's own text.
    static func greetable(_ name: String?) -> String? {
        guard var name = name?.trimmed, !name.isEmpty, name.count <= nameLimit else { return nil }
        let parts = name.split(separator: ",", omittingEmptySubsequences: false)
        if parts.count == 2, !parts[1].trimmed.isEmpty { name = "\(parts[1].trimmed) \(parts[0].trimmed)" }
        let isName = name.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || scalar.properties.generalCategory == .nonspacingMark
                || scalar.properties.generalCategory == .spacingMark || " .'’-‐·".unicodeScalars.contains(scalar)
        }
        // A full stop is for initials (`J. R. Smith`), not for hosts (`evil.example`).
        let characters = Array(name)
        let hasHost = characters.indices.dropLast().contains { index in
            characters[index] == "." && characters[index + 1] != " "
        }
        return isName && !hasHost ? name : nil
    }

    private static func lines(_ text: String) -> [[String: Any]] {
        let lines = TextLines.of(text)
        return lines.enumerated().map { ["text": $1, "isLast": $0 == lines.count - 1] }
    }

    /// Blank lines divide paragraphs; links are those that stand in the text.
    static func paragraphs(_ body: String) -> [[String: Any]] {
        var paragraphs: [[String]] = [[]]
        for line in TextLines.of(body) {
            if TextLines.isBlank(line) {
                if paragraphs.last?.isEmpty == false { paragraphs.append([]) }
            } else {
                paragraphs[paragraphs.count - 1].append(line)
            }
        }
        return paragraphs.filter { !$0.isEmpty }.map { lines in
            [
                "lines": lines.enumerated().map { index, line -> [String: Any] in
                    ["isLast": index == lines.count - 1, "pieces": pieces(line)]
                }
            ]
        }
    }

    /// `https` and `http` links become links; full stops and brackets at their end stay text.
    static func pieces(_ line: String) -> [[String: Any]] {
        var pieces: [[String: Any]] = []
        var rest = line[...]
        func add(_ text: Substring, link: Substring? = nil) {
            if !text.isEmpty { pieces.append(["text": String(text), "link": Absent.or(link.map(String.init))]) }
        }
        var searched = rest
        while let start = nextLink(in: searched) {
            var link = rest[start...].prefix { !$0.isWhitespace && !"<>\"'`、。，".contains($0) }
            while let last = link.last, ".,;:!?)]}»”…".contains(last) { link.removeLast() }
            add(rest[..<start])
            add(link, link: link)
            rest = rest[link.endIndex...]
            searched = rest
        }
        add(rest)
        return pieces
    }

    /// Looks at bytes: a line without a link, the usual one, costs one pass.
    private static func nextLink(in text: Substring) -> String.Index? {
        let bytes = text.utf8
        var index = bytes.startIndex
        while let found = bytes[index...].firstIndex(of: UInt8(ascii: "h")) {
            let here = text[found...]
            if here.utf8.starts(with: "https://".utf8) || here.utf8.starts(with: "http://".utf8) { return found }
            index = bytes.index(after: found)
        }
        return nil
    }
}
