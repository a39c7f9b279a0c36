// The language of a text by its script and by CLD2, kept within the languages of a desk.

import CCLD2
package import Correspondence

/// What CLD2 says is wrong or "unknown" in known ways: uncleaned text, no best-effort flag, single words, and sister
/// languages. Each has its guard here; a text that is too short is `und`, so that the conversation or the desk decides.
package struct CLD2LanguageGuess: LanguageGuess {
    /// Fewer letters than this decide nothing, unless the script does.
    package static let fewestLetters = 20
    /// Fewer words than this decide nothing, unless the script does.
    package static let fewestWords = 4
    /// A third language below this share of the text is a signature or a product's name.
    private static let leastShare = 0.2

    package init() { _ = Self.isPrepared }

    private static let isPrepared: Bool = {
        ccld2_prepare()
        return true
    }()

    package func guess(_ text: String, among languages: [String]) -> LanguageVerdict {
        let clean = CleanText.clean(text)
        let census = ScriptCensus(clean)
        if let script = census.languageByScript {
            return byScript(script, census: census, text: clean, among: languages)
        }
        guard census.total >= Self.fewestLetters, census.words >= Self.fewestWords else { return .undetermined }
        return byContent(clean, census: census, among: languages)
    }

    private func byScript(
        _ script: String, census: ScriptCensus, text: String, among languages: [String]
    ) -> LanguageVerdict {
        var found = script
        // Both Chinese scripts, Persian beside Arabic and Yiddish beside Hebrew are for CLD2 to tell, when it can.
        if script == "zh" || script == "ar" || script == "fa" || script == "he" {
            let told = detect(text).first { $0.code != "und" }?.code
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

    private func byContent(_ text: String, census: ScriptCensus, among languages: [String]) -> LanguageVerdict {
        let candidates = detect(text).filter { $0.code != "und" }
        guard let first = candidates.first else { return .undetermined }
        // Sixty letters are as good as three sentences; below that a guess is worth less.
        let length = min(1, 0.6 + Double(census.total) / 150)
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

    private func detect(_ text: String) -> [(code: String, share: Double)] {
        var text = text
        return text.withUTF8 { bytes -> [(code: String, share: Double)] in
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
                return (LanguageCode.bcp47(String(cString: code)), min(1, max(0, Double(percent) / 100)))
            }
        }
    }
}
