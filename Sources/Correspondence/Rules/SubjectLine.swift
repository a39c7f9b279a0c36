// Subjects: reply prefixes of many languages, the base subject (RFC 5256 section 2.1 in spirit) and our tag.

import Foundation

package enum SubjectLine {
    /// Reply and forward prefixes as mail programs of many languages write them, in lower case, without the colon.
    /// `vs` is a reply in Finland and forwarded in Denmark: taken as the former, which asks more proof of nobody.
    static let replyPrefixes: Set<String> = [
        "re", "r", "aw", "antw", "antwort", "sv", "vs", "vá", "odp", "odg", "atb", "ynt", "rif", "res", "ref", "rép",
        "ré", "回复", "回覆", "答复", "答覆", "رد", "תגובה", "απ", "σχετ", "отв", "ответ", "отг", "hb", "bls", "reply", "返信",
        "회신", "답장", "trả lời",
    ]
    static let forwardPrefixes: Set<String> = [
        "fw", "fwd", "wg", "vb", "vl", "pd", "i", "tr", "trs", "ilt", "i̇lt", "enc", "doorst", "転送", "转发", "轉寄", "전달",
        "إعادة توجيه", "rv", "továbbítás", "fs", "πρθ", "пересл", "chuyển tiếp",
    ]

    /// The subject without blanks, prefixes, counters (`Re[2]:`) and our tag, for comparing and for writing anew.
    package static func base(_ subject: String, deskName: String? = nil) -> String {
        var rest = Substring(collapsed(subject))
        if let deskName { rest = Substring(collapsed(withoutTags(String(rest), deskName: deskName))) }
        while let next = droppingPrefix(rest) { rest = next }
        return String(rest)
    }

    package static func isReply(_ subject: String) -> Bool {
        guard let (word, _) = prefix(withoutMark(Substring(collapsed(subject)))) else { return false }
        return replyPrefixes.contains(word)
    }

    /// `Re: [Acme #1234] Subject`.
    package static func reply(to subject: String, deskName: String, number: Int?) -> String {
        let base = base(subject, deskName: deskName)
        let tag = number.map { "[\(tagName(deskName)) #\($0)]" }
        return ["Re:", tag, base.isEmpty ? nil : base].compactMap { $0 }.joined(separator: " ")
    }

    /// The number in `[Acme #1234]`, nil without our tag.
    package static func number(in subject: String, deskName: String) -> Int? {
        let opening = "[\(tagName(deskName)) #".lowercased()
        var rest = subject[...]
        while let bracket = rest.firstIndex(of: "[") {
            if let (digits, _) = tag(rest[bracket...], opening: opening) { return Int(digits) }
            rest = rest[rest.index(after: bracket)...]
        }
        return nil
    }

    /// `[Acme #1234]` at the beginning of `text`: its digits, and what follows.
    private static func tag(_ text: Substring, opening: String) -> (digits: Substring, rest: Substring)? {
        let start = text.prefix(opening.count)
        guard start.lowercased() == opening else { return nil }
        let digits = text[start.endIndex...].prefix(13).prefix { $0.isASCII && $0.isNumber }
        guard (1...12).contains(digits.count), text[digits.endIndex...].first == "]" else { return nil }
        return (digits, text[text.index(after: digits.endIndex)...])
    }

    /// The desk's name as it stands in a tag: without brackets and `#`.
    package static func tagName(_ deskName: String) -> String {
        String(deskName.filter { !"[]#".contains($0) && !$0.isNewline }.prefix(40))
    }

    /// Every tag of ours goes, in one pass: a mail that went to and fro may bear several.
    private static func withoutTags(_ subject: String, deskName: String) -> String {
        let opening = "[\(tagName(deskName)) #".lowercased()
        var kept = ""
        var rest = subject[...]
        while let bracket = rest.firstIndex(of: "[") {
            kept += rest[..<bracket]
            if let (_, behind) = tag(rest[bracket...], opening: opening) {
                rest = behind
            } else {
                kept += "["
                rest = rest[rest.index(after: bracket)...]
            }
        }
        return kept + rest
    }

    private static func collapsed(_ text: String) -> String {
        if let collapsed = Blanks.collapsedASCII(text) { return collapsed }
        return text.split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
    }

    private static func droppingPrefix(_ text: Substring) -> Substring? {
        guard let (word, rest) = prefix(withoutMark(text)) else { return nil }
        return replyPrefixes.contains(word) || forwardPrefixes.contains(word) ? rest : nil
    }

    /// Gateways put `[EXTERNAL]` in front of a reply's prefix. Looks at the first 24 characters only.
    private static func withoutMark(_ text: Substring) -> Substring {
        guard text.first == "[", let end = text.prefix(24).firstIndex(of: "]") else { return text }
        return text[text.index(after: end)...].drop(while: \.isWhitespace)
    }

    /// `Re[2]: x` gives `re` and `x`. Looks at the first 24 characters only.
    private static func prefix(_ text: Substring) -> (word: String, rest: Substring)? {
        // Most subjects hold no colon, and bytes are looked through faster than characters.
        guard text.utf8.prefix(24 * 8).contains(where: { $0 == UInt8(ascii: ":") || $0 == 0xEF }),
            let colon = text.prefix(24).firstIndex(where: { $0 == ":" || $0 == "：" })
        else { return nil }
        var word = text[..<colon]
        if let bracket = word.firstIndex(where: { $0 == "[" || $0 == "(" || $0 == "^" }) { word = word[..<bracket] }
        let name = word.lowercased().trimmingPrefix(while: \.isWhitespace)
        let rest = text[text.index(after: colon)...].drop(while: \.isWhitespace)
        return (Blanks.trimmed(name), rest)
    }
}
