// The language of a text by its script and by a fastText model, kept within the languages of a desk.

package import Correspondence

/// Better than the built-in guess on one sentence with an English signature, and it needs a model that we do not ship.
/// CLD2 is asked where the model is not sure. Both together were better than either
/// (`MailLanguageFigures` prints a table).
package struct FastTextLanguageGuess: LanguageGuess {
    /// Below this the model is right two times of three.
    private static let sure = 0.5

    private let model: FastTextModel

    /// Reads the file once; to be called where blocking is allowed.
    package init(model path: String) throws(LanguageModelError) {
        model = try FastTextModel(path: path)
        _ = CLD2LanguageGuess()
    }

    package func guess(_ text: String, among languages: [String]) -> LanguageVerdict {
        GuessRule(detect: detect, refine: CLD2LanguageGuess.detect).guess(text, among: languages)
    }

    private func detect(_ text: String) -> [LanguageShare] {
        let found = model.detect(LetterCase.quiet(text))
        if let first = found.first, first.share >= Self.sure { return found }
        let other = CLD2LanguageGuess.detect(text).filter { $0.code != "und" }
        return other.isEmpty ? found : other
    }
}

/// Capitals alone are another language to the model ("WHERE IS MY ORDER?" was Chinese to it).
enum LetterCase {
    static func quiet(_ text: String) -> String {
        var large = 0
        var small = 0
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                if (0x41...0x5A).contains(scalar.value) { large += 1 }
                if (0x61...0x7A).contains(scalar.value) { small += 1 }
            } else if scalar.properties.isUppercase {
                large += 1
            } else if scalar.properties.isLowercase {
                small += 1
            }
        }
        return large > small ? text.lowercased() : text
    }
}
