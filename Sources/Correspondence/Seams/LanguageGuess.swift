// Seams: which language a text is in, and the terms that search works with.

package struct LanguageVerdict: Sendable, Equatable {
    /// BCP 47, `und` when unsure.
    package var language: String
    /// 0 to 1.
    package var certainty: Double

    package init(language: String, certainty: Double) {
        self.language = language
        self.certainty = certainty
    }

    package static let undetermined = LanguageVerdict(language: "und", certainty: 0)
}

/// Contract: never fails; too little text gives `und`. `among` restricts the answer to these languages (empty: any).
/// Linear in the text; at most the first 32 KiB count. Safe from any thread.
package protocol LanguageGuess: Sendable {
    func guess(_ text: String, among languages: [String]) -> LanguageVerdict
}

/// Contract: the same function for passages and questions. Folds case and accents, splits at what is no letter or
/// digit, gives word stems, character 4-grams of ` word `, and bigrams for runs of Chinese, Japanese, Korean and Thai.
/// `language` only chooses the stemmer; an unknown one means words as they are.
package protocol Analyzer: Sendable {
    /// Every feature in order, doubles kept: stems as they are, 4-grams behind a `#`, so that the two never meet.
    func features(of text: String, language: String) -> [String]
    /// The stems alone (and bigrams): what conversations are searched by.
    func words(of text: String, language: String) -> [String]
    /// Sentences in order, each trimmed; understands `.` `!` `?` `…` and the CJK and Arabic full stops.
    func sentences(of text: String) -> [String]
}
