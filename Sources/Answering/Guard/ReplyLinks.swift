// Everything in a text that a mail program could make a link of: addresses with a scheme, bare hosts, mail addresses.

import Foundation

enum ReplyLinks {
    /// Schemes that act without `//`.
    private static let schemes = [
        "mailto:", "tel:", "sms:", "data:", "javascript:", "vbscript:", "file:", "callto:", "skype:", "whatsapp:",
        "geo:", "intent:", "blob:", "about:", "magnet:",
    ]
    private static let opening = CharacterSet(charactersIn: "([{<\"'“”„«»‘’`（「『〈《【*_")
    private static let closing = CharacterSet(charactersIn: ".,;:!?)]}>\"'“”„«»‘’`）」』〉》】。、，！？…*_")

    /// Each as written, without the punctuation around it.
    static func all(in text: String) -> Set<String> {
        var links: Set<String> = []
        for token in text.split(whereSeparator: { $0.isWhitespace || "「」『』（）〈〉《》【】<>\"“”„«»".contains($0) }) {
            for piece in pieces(of: token) where isLink(piece) { links.insert(piece) }
        }
        return links
    }

    /// Whether a desk's own list lets it pass: the very address, or a host whose pages may always be named.
    static func isAllowed(_ link: String, by links: [String]) -> Bool {
        if links.contains(link) { return true }
        if link.contains("@") { return false }
        let address = link.lowercased().hasPrefix("https://") ? link : link.contains("://") ? "" : "https://" + link
        guard let parts = URLComponents(string: address), let host = parts.host?.lowercased(), parts.user == nil,
            link.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F && $0 != "\\" })
        else { return false }
        return links.contains { $0.lowercased() == host }
    }

    /// Text without spaces (Chinese, Japanese) stands right beside an address, so letters outside ASCII part it unless
    /// they are part of a host.
    private static func pieces(of token: Substring) -> [String] {
        let whole = trim(String(token))
        guard whole.unicodeScalars.contains(where: { $0.value >= 0x2E80 }) else { return [whole] }
        return [whole]
            + whole.split { $0.unicodeScalars.allSatisfy { $0.value >= 0x2E80 } }.map { trim(String($0)) }
    }

    private static func trim(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, opening.contains(first) { scalars.removeFirst() }
        while let last = scalars.last, closing.contains(last) { scalars.removeLast() }
        return String(scalars)
    }

    private static func isLink(_ text: String) -> Bool {
        let lower = text.lowercased()
        if lower.contains("://") || lower.hasPrefix("www.") || lower.hasPrefix("//") { return true }
        if schemes.contains(where: { lower.contains($0) && lower.count > $0.count }) { return true }
        if lower.contains("hxxp") || lower.contains("[.]") || lower.contains("(.)") || lower.contains("[at]") {
            return true
        }
        if let at = lower.firstIndex(of: "@"), at != lower.startIndex, lower.index(after: at) != lower.endIndex {
            return true
        }
        return hasHost(lower)
    }

    /// `word.word`, the last of letters only: a host. Abbreviations with one letter before or behind the dot, and
    /// sentences that lost their space, are let pass only when the part behind is no plausible top-level domain.
    private static func hasHost(_ text: String) -> Bool {
        // Full stops of other scripts count as dots in hosts (UTS #46).
        let dotted = text.map { "。．｡".contains($0) ? "." : $0 }
        let host = String(dotted).split(maxSplits: 1) { "/?#:".contains($0) }.first.map(String.init) ?? ""
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        if labels.count == 4, labels.allSatisfy({ (1...3).contains($0.count) && $0.allSatisfy(\.isNumber) }) {
            return true
        }
        guard labels.count >= 2, let last = labels.last, last.count >= 2 else { return false }
        let belongs = { (character: Character) in
            character.isLetter || character.isNumber || character == "-" || character == "_"
        }
        guard labels.allSatisfy({ !$0.isEmpty && $0.allSatisfy(belongs) }) else { return false }
        guard last.allSatisfy(\.isLetter) || last.hasPrefix("xn--") else { return false }
        // Japanese and Chinese sentences end with their full stop; only Latin letters around it make a host.
        guard last.unicodeScalars.allSatisfy({ $0.value < 0x2E80 }) else { return false }
        // z.B., e.g., d.h.: single letters are no host.
        return !(labels.allSatisfy { $0.count == 1 })
    }
}
