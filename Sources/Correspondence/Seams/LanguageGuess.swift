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

extension LanguageGuess {
    /// Below this a guess decides nothing: what a message is answered in is then for the conversation to say.
    private static var leastCertainty: Double { 0.3 }
    /// A language beside the desk's must be so much more certain than the best of the desk's.
    private static var margin: Double { 0.6 }

    /// The language of a message to a desk: one of its own `languages` where that is likely (Danish may be the Swedish
    /// of a desk that has no Danish), and another where it is not, so that somebody can be told. With no languages, any.
    package func guess(_ text: String, preferring languages: [String]) -> LanguageVerdict {
        let any = guess(text, among: [])
        guard any.language != "und" else { return any }
        let own = languages.isEmpty || languages.contains(any.language) ? any : guess(text, among: languages)
        let verdict = own.certainty >= any.certainty * Self.margin ? own : any
        return verdict.certainty >= Self.leastCertainty ? verdict : .undetermined
    }
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
