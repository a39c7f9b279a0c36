// The language of a text by its script and by CLD2, kept within the languages of a desk.

import CCLD2
package import Correspondence

/// The built-in guess. Its detector is small and fast; `GuessRule` guards it where it is known to be wrong.
package struct CLD2LanguageGuess: LanguageGuess {
    package init() { _ = Self.isPrepared }

    private static let isPrepared: Bool = {
        ccld2_prepare()
        return true
    }()

    package func guess(_ text: String, among languages: [String]) -> LanguageVerdict {
        GuessRule(detect: Self.detect, refine: Self.detect).guess(text, among: languages)
    }

    /// The three languages that most of a cleaned text is in.
    static func detect(_ text: String) -> [LanguageShare] {
        var text = text
        return text.withUTF8 { bytes -> [LanguageShare] in
            guard let base = bytes.baseAddress, !bytes.isEmpty else { return [] }
            var guess = ccld2_guess()
            base.withMemoryRebound(to: CChar.self, capacity: bytes.count) { start in
                // `clean` kept at most 32 KiB, so the length fits.
                ccld2_detect(start, Int32(bytes.count), &guess)
            }
            let codes = [guess.code.0, guess.code.1, guess.code.2]
            let percents = [guess.percent.0, guess.percent.1, guess.percent.2]
            return zip(codes, percents).compactMap { code, percent in
                guard let code else { return nil }
                return LanguageShare(
                    code: LanguageCode.bcp47(String(cString: code)), share: min(1, max(0, Double(percent) / 100)))
            }
        }
    }
}
