// The terms of search: stems and 4-grams of words, pairs of characters where words are not spaced.

import Correspondence

/// `features`: each word gives its stem and the 4-grams of ` word ` (accents folded, `#` in front); each unspaced run
/// gives its bigrams. 4-grams carry inflection, compounds and misspellings; stems carry the word.
package struct SnowballAnalyzer: Analyzer {
    private static let gramLength = 4

    package init() {}

    package func features(of text: String, language: String) -> [String] {
        analyze(text, language: language, grams: true)
    }

    package func words(of text: String, language: String) -> [String] {
        analyze(text, language: language, grams: false)
    }

    package func sentences(of text: String) -> [String] { SentenceScanner.sentences(of: text) }

    private func analyze(_ text: String, language: String, grams: Bool) -> [String] {
        let pieces = WordScanner.pieces(of: Folding.lowercase(text))
        var features: [String] = []
        features.reserveCapacity(pieces.count * (grams ? 7 : 1))
        StemmerPool.shared.withStemmer(for: language) { stemmer in
            for piece in pieces {
                switch piece {
                case .word(let word):
                    features.append(Folding.withoutAccents(stemmer?.stem(word) ?? word))
                    if grams { appendGrams(of: Folding.withoutAccents(word), to: &features) }
                case .run(let run):
                    appendPairs(of: run, to: &features)
                }
            }
        }
        return features
    }

    private func appendGrams(of word: String, to features: inout [String]) {
        if word.utf8.count == word.unicodeScalars.count {
            // ASCII: bytes are characters.
            var padded: [UInt8] = [0x20]
            padded.append(contentsOf: word.utf8)
            padded.append(0x20)
            guard padded.count > Self.gramLength else {
                features.append("#" + String(decoding: padded, as: UTF8.self))
                return
            }
            for start in 0...(padded.count - Self.gramLength) {
                features.append(
                    String(unsafeUninitializedCapacity: Self.gramLength + 1) { buffer in
                        buffer[0] = 0x23
                        for offset in 0..<Self.gramLength { buffer[offset + 1] = padded[start + offset] }
                        return Self.gramLength + 1
                    })
            }
            return
        }
        let padded: [Unicode.Scalar] = [" "] + word.unicodeScalars + [" "]
        guard padded.count > Self.gramLength else {
            features.append("#" + text(padded[...]))
            return
        }
        for start in 0...(padded.count - Self.gramLength) {
            features.append("#" + text(padded[start..<(start + Self.gramLength)]))
        }
    }

    private func appendPairs(of run: [Unicode.Scalar], to features: inout [String]) {
        guard run.count > 1 else {
            features.append(text(run[...]))
            return
        }
        for start in 0..<(run.count - 1) { features.append(text(run[start...(start + 1)])) }
    }

    private func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
