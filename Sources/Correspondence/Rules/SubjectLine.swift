// Subjects: reply prefixes of many languages, the base subject (RFC 5256 section 2.1 in spirit) and our tag.

import Foundation

package enum SubjectLine {
    /// Reply and forward prefixes as mail programs of many languages write them, in lower case, without the colon.
    static let replyPrefixes: Set<String> = [
        "re", "aw", "antw", "antwort", "sv", "vs", "vá", "odp", "ynt", "rif", "res", "ref", "rép", "ré", "回复", "回覆",
        "答复", "答覆", "رد", "תגובה", "απ", "σχετ", "отв", "ответ", "hb", "bls", "tr", "reply", "返信",
    ]
    static let forwardPrefixes: Set<String> = [
        "fw", "fwd", "wg", "vb", "vl", "pd", "i", "enc", "doorst", "転送", "转发", "轉寄", "إعادة توجيه", "rv", "továbbítás",
    ]

    /// The subject without blanks, prefixes, counters (`Re[2]:`) and our tag, for comparing and for writing anew.
    package static func base(_ subject: String, deskName: String? = nil) -> String {
        var rest = Substring(collapsed(subject))
        if let deskName { rest = Substring(collapsed(withoutTag(String(rest), deskName: deskName))) }
        while let next = droppingPrefix(rest) { rest = next }
        return String(rest)
    }

    package static func isReply(_ subject: String) -> Bool {
        guard let (word, _) = prefix(Substring(collapsed(subject))) else { return false }
        return replyPrefixes.contains(word)
    }

    /// `Re: [Acme #1234] Subject`.
    package static func reply(to subject: String, deskName: String, number: Int?) -> String {
        let base = base(subject, deskName: deskName)
        guard let number else { return "Re: \(base)" }
        return "Re: [\(tagName(deskName)) #\(number)] \(base)"
    }

    /// The number in `[Acme #1234]`, nil without our tag.
    package static func number(in subject: String, deskName: String) -> Int? {
        let opening = "[\(tagName(deskName)) #"
        guard let start = subject.range(of: opening, options: .caseInsensitive) else { return nil }
        let digits = subject[start.upperBound...].prefix { $0.isASCII && $0.isNumber }
        guard digits.count <= 12, subject[digits.endIndex...].hasPrefix("]") else { return nil }
        return Int(digits)
    }

    /// The desk's name as it stands in a tag: without brackets and `#`.
    package static func tagName(_ deskName: String) -> String {
        String(deskName.filter { !"[]#".contains($0) && !$0.isNewline }.prefix(40))
    }

    private static func withoutTag(_ subject: String, deskName: String) -> String {
        guard let start = subject.range(of: "[\(tagName(deskName)) #", options: .caseInsensitive),
            let end = subject[start.upperBound...].firstIndex(of: "]"),
            subject[start.upperBound..<end].allSatisfy({ $0.isASCII && $0.isNumber })
        else { return subject }
        return String(subject[..<start.lowerBound] + subject[subject.index(after: end)...])
    }

    private static func collapsed(_ text: String) -> String {
        text.split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
    }

    private static func droppingPrefix(_ text: Substring) -> Substring? {
        guard let (word, rest) = prefix(text) else { return nil }
        return replyPrefixes.contains(word) || forwardPrefixes.contains(word) ? rest : nil
    }

    /// `Re[2]: x` gives `re` and `x`. Looks at the first 24 characters only.
    private static func prefix(_ text: Substring) -> (word: String, rest: Substring)? {
        guard let colon = text.prefix(24).firstIndex(where: { $0 == ":" || $0 == "：" }) else { return nil }
        var word = text[..<colon]
        if let bracket = word.firstIndex(where: { $0 == "[" || $0 == "(" || $0 == "^" }) { word = word[..<bracket] }
        let name = word.lowercased().trimmingPrefix(while: \.isWhitespace)
        let rest = text[text.index(after: colon)...].drop(while: \.isWhitespace)
        return (String(name).trimmingCharacters(in: .whitespaces), rest)
    }
}
