// The word that our notices ask for, alone or in a short clause that asks.

import Foundation

/// Looks at sentences and their clauses. Linear in the text.
enum ShortWish {
    /// A clause of more words, or of more characters where there are no blanks, is no short one.
    private static let wordLimit = 12
    private static let characterLimit = 40
    /// A line that is this long, in Unicode scalars, was broken by a mail program and runs on.
    private static let fullLine = 50

    private static let tongues: [Substring: [HumanTongue]] = HumanTongue.all.reduce(into: [:]) { found, tongue in
        for word in tongue.people { found[word, default: []].append(tongue) }
    }
    /// Words that are one by themselves: in other languages a listed word for a person may well stand alone for
    /// another reason (“person”, “agent”).
    private static let alone: Set<Substring> = Set(
        [
            "human", "mensch", "humain", "persona", "medewerker", "mens", "pessoa", "człowiek", "člověk", "menneske",
            "människa", "temsilci", "оператор", "человек", "موظف", "humano", "umano", "担当者", "人間", "人工", "真人",
            "人工客服",
        ].flatMap { FoldedText.letters(of: FoldedText($0).text) })
    private static let articles: Set<Substring> = [
        "a", "ein", "einen", "un", "una", "uno", "um", "uma", "een", "et", "en", "bir", "real", "echten",
    ]
    private static let abbreviations: Set<String> = [
        "pr", "ca", "bzw", "evtl", "incl", "inkl", "vgl", "ev", "bl", "resp", "ggf", "np", "tzn", "kl", "b", "p", "z",
    ]
    private static let unspacedPeople = HumanTongue.unspaced.flatMap(\.people)

    static func isIn(_ original: String, folded: FoldedText) -> Bool {
        let words = FoldedText.letters(of: folded.text)
        guard words.contains(where: { tongues[$0] != nil }) || mentionsUnspaced(folded) else { return false }
        if opens(words) { return true }
        return sentences(of: original).contains { sentence in
            let clauses = sentence.split(whereSeparator: isClauseEnd).map { FoldedText.letters(of: String($0)) }
                .filter { !$0.isEmpty }
            guard let first = clauses.first else { return false }
            return isAlone(first) || clauses.contains(where: asks) || asks(Array(clauses.joined()))
        }
    }

    private static func mentionsUnspaced(_ text: FoldedText) -> Bool {
        !text.isSpaced && unspacedPeople.contains { text.text.contains($0) }
    }

    // MARK: Clauses

    /// The first word of the whole message, with no mark behind it.
    private static func opens(_ words: [Substring]) -> Bool {
        guard words.count > 1, alone.contains(words[0]) else { return false }
        // A blank where none is written between words is a mark.
        return unspacedPeople.contains(words[0])
            || tongues[words[0]]?.contains { $0.turns.contains(words[1]) } ?? false
    }

    private static func isAlone(_ clause: [Substring]) -> Bool {
        let rest = clause.drop { articles.contains($0) }
        return rest.count == 1 && rest.allSatisfy { alone.contains($0) }
    }

    private static func asks(_ clause: [Substring]) -> Bool {
        guard clause.count <= wordLimit else { return false }
        for word in clause {
            for tongue in tongues[word] ?? [] where clause.contains(where: tongue.asks.contains) {
                if clause.allSatisfy({
                    tongue.people.contains($0) || tongue.asks.contains($0) || tongue.small.contains($0)
                }) {
                    return true
                }
            }
        }
        let joined = clause.joined()
        return HumanTongue.unspaced.contains { asksUnspaced(joined, in: $0) }
    }

    /// Whether nothing but pieces of the tongue stands there, with a word for a person and one that asks.
    private static func asksUnspaced(_ clause: String, in tongue: HumanTongue) -> Bool {
        guard clause.unicodeScalars.count <= characterLimit, tongue.people.contains(where: clause.contains) else {
            return false
        }
        var rest = Substring(clause)
        var isPerson = false
        var isAsked = false
        func longest(_ pieces: Set<Substring>) -> Substring? {
            pieces.filter { rest.hasPrefix($0) }.max { $0.count < $1.count }
        }
        while !rest.isEmpty {
            let person = longest(tongue.people)
            let ask = longest(tongue.asks)
            let small = longest(tongue.small)
            guard let piece = [person, ask, small].compactMap(\.self).max(by: { $0.count < $1.count }) else {
                return false
            }
            isPerson = isPerson || piece == person
            isAsked = isAsked || piece == ask
            rest = rest.dropFirst(piece.count)
        }
        return isPerson && isAsked
    }

    // MARK: Sentences

    /// Folded one by one; only short ones and the beginnings of long ones matter.
    private static func sentences(of original: String) -> [String] {
        var sentences: [String] = []
        var current = String.UnicodeScalarView()
        var line = 0
        func end() {
            if current.contains(where: { $0.properties.isAlphabetic }) {
                sentences.append(FoldedText(String(current)).text)
            }
            current = String.UnicodeScalarView()
        }
        for scalar in original.unicodeScalars.prefix(FoldedText.limit) {
            if scalar == "\n" || scalar == "\r" || scalar == "\u{2028}" {
                if line < fullLine { end() } else { current.append(" ") }
                line = 0
                continue
            }
            line += 1
            if isSentenceEnd(scalar), !(scalar == "." && endsInAbbreviation(current)) {
                end()
            } else {
                current.append(scalar)
            }
        }
        end()
        return sentences
    }

    /// “Cups pr. person” goes on.
    private static func endsInAbbreviation(_ text: String.UnicodeScalarView) -> Bool {
        let word = text.suffix(5).reversed().prefix { $0.properties.isAlphabetic }.reversed()
        return abbreviations.contains(String(String.UnicodeScalarView(word)).lowercased())
    }

    private static func isSentenceEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ".", "!", "?", ";", "…", "。", "！", "？", "；", "؟", "؛", "۔", "．", "｡": true
        default: false
        }
    }

    private static func isClauseEnd(_ character: Character) -> Bool {
        switch character {
        case ",", "、", "，", "،", ":", "：", "–", "—", "(", ")", "（", "）", "/", "«", "»", "“", "”", "„", "\"", "「", "」",
            "*", "|":
            true
        default: false
        }
    }
}
