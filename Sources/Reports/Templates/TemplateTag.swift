// The tags of a template with their lines, for checking names before anything is rendered.

import Correspondence

struct TemplateTag: Equatable {
    enum Kind: Equatable {
        case variable, unescaped, section, inverted, end, partial, parent, block
    }
    var kind: Kind
    var name: String
    var line: Int

    /// Comments, pragmas and ends of lines are left out. Delimiters other than `{{ }}` and names of partials that are
    /// values are refused: what is checked is then all there is.
    static func all(in file: TemplateFile) throws(TemplateError) -> [TemplateTag] {
        var tags: [TemplateTag] = []
        let bytes = Array(file.text.utf8)
        var line = 1
        var index = 0
        let open = UInt8(ascii: "{")
        let close = UInt8(ascii: "}")
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n") { line += 1 }
            guard bytes[index] == open, index + 1 < bytes.count, bytes[index + 1] == open else {
                index += 1
                continue
            }
            let start = index + 2
            let isTriple = start < bytes.count && bytes[start] == open
            var end = start
            while end + 1 < bytes.count, !(bytes[end] == close && bytes[end + 1] == close) { end += 1 }
            guard end + 1 < bytes.count else {
                throw TemplateError(.syntax, detail: "\(file.place):\(line): a tag is opened by {{ and never closed")
            }
            let inner = String(decoding: bytes[(isTriple ? start + 1 : start)..<end], as: UTF8.self)
            if let tag = try parse(inner, isTriple: isTriple, line: line, place: file.place) { tags.append(tag) }
            line += bytes[start..<end].count { $0 == UInt8(ascii: "\n") }
            index = end + 2 + (isTriple ? 1 : 0)
        }
        return tags
    }

    private static func parse(_ inner: String, isTriple: Bool, line: Int, place: String) throws(TemplateError)
        -> TemplateTag?
    {
        func name(_ text: some StringProtocol) -> String {
            String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        }
        if isTriple { return TemplateTag(kind: .unescaped, name: name(inner), line: line) }
        guard let mark = inner.first else {
            throw TemplateError(.syntax, detail: "\(place):\(line): an empty tag")
        }
        let kinds: [Character: Kind] = [
            "#": .section, "^": .inverted, "/": .end, "&": .unescaped, ">": .partial, "<": .parent, "$": .block,
        ]
        if mark == "!" || mark == "%" { return nil }
        if mark == "=" {
            throw TemplateError(.syntax, detail: "\(place):\(line): other delimiters than {{ }} cannot be set here")
        }
        guard let kind = kinds[mark] else { return TemplateTag(kind: .variable, name: name(inner), line: line) }
        let named = name(inner.dropFirst())
        if named.hasPrefix("*") {
            throw TemplateError(.syntax, detail: "\(place):\(line): a partial must be named as it stands, without *")
        }
        return TemplateTag(kind: kind, name: named, line: line)
    }
}
