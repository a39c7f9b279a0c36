// What in a text may belong to one person alone, marked for whoever looks it over.

import Foundation

/// Marks `[[…]]` around addresses, numbers and the names that are known. It marks rather too much than too little, and
/// is no promise: a name that nobody told is not found.
struct PersonalWords {
    /// In lower case.
    private let names: Set<String>
    private static let limit = 20_000

    /// `names` as people bear them: `Ann Smith`.
    init(names: [String]) {
        let words = names.flatMap { $0.lowercased().split { !$0.isLetter } }
        self.names = Set(
            words.filter { $0.count >= 3 || Self.isUnspaced(String($0)) }.map(String.init))
    }

    private static let patterns = [
        // Mail and web addresses.
        #"[^\s<>()\[\],;]{1,64}@[^\s<>()\[\],;]{1,255}"#, #"https?://[^\s<>()\[\]]{1,2000}"#,
        // Telephone and account numbers in groups.
        #"\+?\(?\d[\d ()/.-]{5,40}\d"#, #"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\b"#,
        // Streets with a number, as German and English write them.
        #"\b\p{Lu}\p{L}{1,40}(?:straße|strasse|str\.|weg|platz|gasse|allee) ?\d{1,4}\b"#,
        #"\b\d{1,5} \p{Lu}\p{L}{1,40} (?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive)\b"#,
        // Numbers of orders, invoices and customers: many digits, or letters and digits together.
        #"\b(?=[\p{L}\d-]{0,30}\d)[A-Z]{1,6}-?[\dA-Z-]{3,30}\b"#, #"#?\b\d{4,30}\b"#,
    ]

    /// The text with its marks, and what was marked, each once.
    func mark(_ text: String) -> (text: String, marked: [String]) {
        let text = String(text.prefix(Self.limit))
        let whole = NSRange(text.startIndex..., in: text)
        var ranges: [Range<String.Index>] = []
        for pattern in Self.patterns {
            guard let expression = try? NSRegularExpression(pattern: pattern) else { continue }
            for match in expression.matches(in: text, range: whole) {
                guard let range = Range(match.range, in: text), !Self.isYear(text[range]) else { continue }
                var end = range.upperBound
                while end > range.lowerBound, ".,:;!?".contains(text[text.index(before: end)]) {
                    end = text.index(before: end)
                }
                ranges.append(range.lowerBound..<end)
            }
        }
        ranges += named(in: text)
        var out = ""
        var marked: [String] = []
        var position = text.startIndex
        for range in Self.merged(ranges) {
            let words = String(text[range])
            out += text[position..<range.lowerBound] + "[[" + words + "]]"
            if !marked.contains(words) { marked.append(words) }
            position = range.upperBound
        }
        return (out + text[position...], marked)
    }

    /// Whole words; in writing without spaces, the name wherever it stands.
    private func named(in text: String) -> [Range<String.Index>] {
        var ranges: [Range<String.Index>] = []
        var rest = text[...]
        while let start = rest.firstIndex(where: \.isLetter) {
            let word = text[start...].prefix { $0.isLetter }
            if names.contains(word.lowercased()) { ranges.append(start..<word.endIndex) }
            rest = text[word.endIndex...]
        }
        for name in names where Self.isUnspaced(name) { ranges += text.ranges(of: name) }
        return ranges
    }

    private static func isUnspaced(_ word: String) -> Bool { word.unicodeScalars.contains { $0.value >= 0x2E80 } }

    private static func isYear(_ text: Substring) -> Bool {
        guard text.count == 4, let year = Int(text) else { return false }
        return (1990...2039).contains(year)
    }

    private static func merged(_ ranges: [Range<String.Index>]) -> [Range<String.Index>] {
        var merged: [Range<String.Index>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}
