// What every guess of a language has in common: cleaned text, the script first, the writer's own words, the desk's set.

import Correspondence

/// How much of a text is in a language: BCP 47, best first, `share` from 0 to 1.
struct LanguageShare {
    var code: String
    var share: Double
}

/// Detectors are wrong in known ways: on uncleaned text, on a few words, on sister languages, on what the writer quotes.
/// Each has its guard here; a text that is too short is `und`, so that the conversation or the desk decides.
struct GuessRule {
    /// Fewer letters than this decide nothing, unless the script does.
    static let fewestLetters = 20
    /// Fewer words than this decide nothing, unless the script does.
    static let fewestWords = 4
    /// A language below this share of the text, and not its first, is a signature or a product's name.
    private static let leastShare = 0.2
    /// Own words that are told worse than this are looked at again with all that stands around them.
    private static let leastOwn = 0.4

    /// The languages of a cleaned text that has words enough.
    var detect: (String) -> [LanguageShare]
    /// Tells languages of one script apart: both Chinese ones, Persian beside Arabic, Yiddish beside Hebrew.
    var refine: (String) -> [LanguageShare]

    func guess(_ text: String, among languages: [String]) -> LanguageVerdict {
        let clean = CleanText.clean(text)
        if let own = OwnWords.of(clean) {
            let verdict = judge(own, among: languages)
            if verdict.certainty >= Self.leastOwn { return verdict }
        }
        return judge(clean, among: languages)
    }

    private func judge(_ text: String, among languages: [String]) -> LanguageVerdict {
        let census = ScriptCensus(text)
        if let script = census.languageByScript {
            return byScript(script, census: census, text: text, among: languages)
        }
        guard Self.isEnough(census) else { return .undetermined }
        return byContent(text, letters: census.total, among: languages)
    }

    private static func isEnough(_ census: ScriptCensus) -> Bool {
        census.total >= fewestLetters && census.words >= fewestWords
    }

    private func byScript(
        _ script: String, census: ScriptCensus, text: String, among languages: [String]
    ) -> LanguageVerdict {
        var found = script
        if script == "zh" || script == "ar" || script == "fa" || script == "he" {
            let told = refine(text).first { $0.code != "und" }?.code
            if let told, Self.mayRefine(script, told) { found = told }
        }
        let certainty = min(1, 0.5 + census.share / 2)
        if languages.isEmpty { return LanguageVerdict(language: found, certainty: certainty) }
        for code in [found, script] {
            if let chosen = LanguageCode.choose(code, among: languages) {
                return LanguageVerdict(language: chosen.code, certainty: chosen.isSibling ? certainty / 2 : certainty)
            }
        }
        return .undetermined
    }

    private static func mayRefine(_ script: String, _ told: String) -> Bool {
        switch script {
        case "zh": told == "zh-Hant" || told == "zh"
        case "ar", "fa": ["ar", "fa", "ur", "ps", "ckb", "ug", "sd"].contains(told)
        case "he": told == "yi"
        default: false
        }
    }

    private func byContent(_ text: String, letters: Int, among languages: [String]) -> LanguageVerdict {
        let candidates = detect(text).filter { $0.code != "und" }
        guard let first = candidates.first else { return .undetermined }
        // Sixty letters are as good as three sentences; below that a guess is worth less.
        let length = min(1, 0.6 + Double(letters) / 150)
        if languages.isEmpty {
            return LanguageVerdict(language: first.code, certainty: first.share * length)
        }
        for candidate in candidates where candidate.code == first.code || candidate.share >= Self.leastShare {
            guard let chosen = LanguageCode.choose(candidate.code, among: languages) else { continue }
            let certainty = candidate.share * length * (chosen.isSibling ? 0.7 : 1)
            return LanguageVerdict(language: chosen.code, certainty: certainty)
        }
        return .undetermined
    }
}
