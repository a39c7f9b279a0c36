// A text made ready for looking for words: one case, no accents, cut into words where its script writes blanks.

import Correspondence
import Foundation

/// Made once a text, asked for many phrases. Linear in the text; nothing behind `limit` is looked at.
struct FoldedText: Hashable {
    /// In Unicode scalars: a character may be as long as a sender likes.
    static let limit = 20_000

    /// Lower case, no accents, Arabic hamza forms joined, runs of blanks as one.
    let text: String
    /// Runs of letters and digits of scripts that write blanks between words. Arabic glues its article and
    /// prepositions to words, Chinese and Japanese write no blanks: these are looked for in `text`.
    let words: [Substring]
    /// Whether all of it stands in `words`.
    let isSpaced: Bool

    init(_ original: String) {
        let cut = String(Substring(original.unicodeScalars.prefix(Self.limit)))
        let folded: String
        if cut.utf8.allSatisfy({ $0 < 0x80 }) {
            folded = cut.lowercased()
        } else {
            folded =
                cut
                .folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
                .replacingOccurrences(of: "’", with: "'").replacingOccurrences(of: "ł", with: "l")
                .replacingOccurrences(of: "أ", with: "ا").replacingOccurrences(of: "إ", with: "ا")
        }
        text = Blanks.collapsedASCII(folded) ?? folded.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        words = text.unicodeScalars.split(whereSeparator: { !Self.isSpacedLetter($0) }).map { Substring($0) }
        isSpaced = !text.unicodeScalars.contains { $0.value >= 0x80 && !Self.isSpacedLetter($0) }
    }

    /// Whole words where the script has blanks; anywhere in a script that has none.
    func contains(_ phrase: FoldedText) -> Bool {
        guard !phrase.text.isEmpty else { return false }
        guard phrase.isSpaced, let first = phrase.words.first else { return text.contains(phrase.text) }
        return words.indices.contains { words[$0] == first && words[$0...].starts(with: phrase.words) }
    }

    /// Runs of letters and digits of any script.
    static func letters(of text: String) -> [Substring] {
        text.unicodeScalars.split { scalar in
            if scalar.isASCII { return !isSpacedLetter(scalar) }
            return !(scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        }.map { Substring($0) }
    }

    private static func isSpacedLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "0"..."9", "A"..."Z": true
        case _ where scalar.value < 0x80: false
        default:
            (scalar.value < 0x0590 || (0x1E00...0x1FFF).contains(scalar.value))
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        }
    }
}
