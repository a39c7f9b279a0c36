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

    /// Each as written, without the punctuation around it. A mail program finds a host beside any mark: where a word is
    /// no link as a whole, the hosts within it count.
    static func all(in text: String) -> Set<String> {
        var links: Set<String> = []
        for token in text.split(whereSeparator: { $0.isWhitespace || "「」『』（）〈〉《》【】<>\"“”„«»".contains($0) }) {
            for piece in pieces(of: token) {
                if isLink(piece) { links.insert(piece) } else { links.formUnion(ReplyHosts.all(in: piece)) }
            }
        }
        return links
    }

    /// Whether a desk's own list lets it pass: the very address, or a host whose pages may always be named.
    static func isAllowed(_ link: String, by links: [String]) -> Bool {
        if links.contains(link) { return true }
        if link.contains("@") { return false }
        let address = link.lowercased().hasPrefix("https://") ? link : link.contains("://") ? "" : "https://" + link
        guard let parts = URLComponents(string: address), let host = parts.host?.lowercased(), parts.user == nil,
            link.unicodeScalars.allSatisfy(Self.isPlainURL), !address.dropFirst("https://".count).contains("://")
        else { return false }
        return links.contains { $0.lowercased() == host }
    }

    /// Marks that end an address for some mail programs are not among them: behind one another host could stand.
    private static func isPlainURL(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: "-._~:/?#&=%+".unicodeScalars.contains(scalar)
        }
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
        return ReplyHosts.opens(lower)
    }
}
