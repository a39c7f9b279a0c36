// How sure the built-in answerer is: the search's raw signals held against one conservative rule.

import Correspondence

/// Two things must hold before a draft may go out by itself: the chance by `BuiltInFit` is high, and *every* sentence that
/// asks is covered by the article, words that nobody knows included. What fits the mail as a whole and not one of its
/// questions is the commonest way to be wrong.
struct BuiltInConfidence {
    /// What a draft gets at most while the rule does not hold: below the default threshold of 0.75.
    static let cap = 0.74
    /// What it gets at least when the rule holds.
    static let floor = 0.75

    private enum Need {
        /// Where each sentence that asks is covered. Of 100 drafts that pass all of these 97 are right, on questions that
        /// the fit had not seen.
        static let chance = 0.7
        /// Where no sentence ends with a question mark, so that there is none to be held against the article.
        static let chanceUnasked = 0.82
        /// Of each sentence that asks, by idf of words and 4-grams, and by words alone.
        static let covered = 0.65
        static let held = 0.65
        /// By the words that any article knows.
        static let words = 0.76
        /// Of the article as a whole: one may hold every word and be about something else.
        static let centroid = 0.2
        /// From the second article, by the score that ranks.
        static let margin = 0.1
        static let features = 10
        /// The article has a line that is the question itself, and all of its words. Then it is no matter that another
        /// one has them more often.
        static let wordForWord = 0.95
        static let chanceWordForWord = 0.5
    }
    /// Below these a reason is named: they say what an agent sees when comparing question and article.
    private enum Doubt {
        static let covered = 0.78
        static let words = 0.8
        static let line = 0.5
        static let centroid = 0.3
        static let margin = 0.15
    }

    var isSure: Bool
    var confidence: Double
    var reasons: [String]

    init(_ signals: SearchSignals, title: String) {
        let chance = BuiltInFit.chance(signals)
        let isCovered =
            signals.asked == 0
            || (signals.leastCovered >= Need.covered && signals.leastHeld >= Need.held
                && signals.leastWords >= Need.words)
        let holdsTheQuestion = [signals.closestLine, signals.leastCovered, signals.leastWords].allSatisfy {
            $0 >= Need.wordForWord
        }
        let wanted = signals.asked == 0 ? Need.chanceUnasked : Need.chance
        let isLikely = chance >= wanted && isCovered || chance >= Need.chanceWordForWord && holdsTheQuestion
        isSure =
            isLikely && signals.margin >= Need.margin && signals.centroid >= Need.centroid
            && signals.features >= Need.features
        if isSure {
            let strength = max(0, (chance - wanted) / (1 - wanted))
            confidence = min(0.99, Self.floor + (0.99 - Self.floor) * strength)
            reasons = [
                "\"\(title)\" covers \(Self.percent(signals.leastCovered)) of what is asked",
                "the chance of a right answer is put at \(Self.percent(chance))",
            ]
        } else {
            confidence = max(0, min(Self.cap, chance * 0.9))
            let doubts = Self.doubts(signals, title: title)
            reasons = ["the chance of a right answer is put at \(Self.percent(chance))"] + doubts
        }
    }

    private static func doubts(_ signals: SearchSignals, title: String) -> [String] {
        var doubts: [String] = []
        if signals.leastCovered < Doubt.covered {
            let what = signals.asked > 1 ? "one of the questions" : "the question"
            doubts.append("\"\(title)\" covers only \(percent(signals.leastCovered)) of \(what)")
        }
        if signals.leastWords < Doubt.words {
            doubts.append("\"\(title)\" lacks a word that is asked for and other articles have")
        } else if signals.asked > 0, signals.leastHeld < Need.held {
            doubts.append("a word that is asked for stands in no article")
        }
        if signals.closestLine < Doubt.line {
            doubts.append("no line of \"\(title)\" comes close to what is asked")
        }
        if signals.centroid < Doubt.centroid { doubts.append("\"\(title)\" is mostly about something else") }
        if signals.margin < Doubt.margin {
            doubts.append("\(signals.second.map { "\"\($0)\"" } ?? "another article") fits nearly as well")
        }
        if !signals.wordsAgree {
            let other = signals.firstByWords.map { "\"\($0)\"" } ?? "another article"
            doubts.append("by words alone \(other) comes first")
        }
        if signals.strangeNumbers > 0 { doubts.append("it names a number that stands in no article") }
        if signals.features < Need.features { doubts.append("the message says too little") }
        return doubts
    }

    static func percent(_ share: Double) -> String { "\(Int((max(0, min(1, share)) * 100).rounded())) %" }
}
