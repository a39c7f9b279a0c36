// How sure the built-in answerer is: the search's raw signals held against one conservative rule.

import Correspondence

/// Measured on the example desk, on questions no article answers, and on questions whose article was taken away: what
/// separates them is not how well the best article fits the whole mail but whether it covers *every* sentence that
/// asks. So the rule stands on that, and the day-zero chance only ranks what the rule lets pass.
struct BuiltInConfidence {
    /// What a draft gets at most while the rule does not hold: below the default threshold of 0.75.
    static let cap = 0.74
    /// What it gets at least when the rule holds.
    static let floor = 0.75

    private enum Need {
        static let chance = 0.6
        /// Of each sentence that asks, by idf.
        static let covered = 0.78
        /// Of the weakest of several, when another stands in the article nearly word for word.
        static let coveredOfSeveral = 0.62
        static let closeToWordForWord = 0.85
        /// Of each sentence that asks, by idf of the words that any article knows. “Can I pay by invoice?” is covered
        /// to 0.79 by an article that never speaks of paying, since the long word has most of the 4-grams: by words it
        /// is 0.7. Of the example desk's questions that are rightly answered none has less than 0.84.
        static let words = 0.8
        static let line = 0.5
        /// For articles in prose: their lines are unlike questions.
        static let lineOfProse = 0.35
        static let centroid = 0.3
        static let margin = 0.15
        static let nearlyCertain = 0.9
        static let features = 10
        /// The article has a line that is the question itself, and all of its words. Then it is no matter that a shorter
        /// article says “how long” more often. On the example desk (53 mails, 78 questions that nothing answers, the
        /// articles' own 223, and 131 with their article taken away) that lets one more right answer go and no wrong one.
        static let wordForWord = 0.95
    }

    var isSure: Bool
    var confidence: Double
    var reasons: [String]

    init(_ signals: SearchSignals, dayZero: Double?, title: String) {
        var doubts: [String] = []
        // Without a fit (hardly any articles) the sentence signals must be better instead.
        let chance = dayZero ?? min(signals.leastCovered, signals.closestLine + 0.3)
        if chance < Need.chance {
            doubts.append("the chance of a right answer is put at \(Self.percent(chance))")
        }
        let several =
            signals.asked > 1 && signals.closestLine >= Need.closeToWordForWord && chance >= Need.nearlyCertain
        if signals.leastCovered < (several ? Need.coveredOfSeveral : Need.covered) {
            let what = signals.asked > 1 ? "one of the questions" : "the question"
            doubts.append("\"\(title)\" covers only \(Self.percent(signals.leastCovered)) of \(what)")
        }
        if signals.leastWords < Need.words {
            doubts.append("\"\(title)\" lacks a word that is asked for and other articles have")
        }
        let isProse = signals.leastCovered >= Need.nearlyCertain && chance >= Need.nearlyCertain
        if signals.closestLine < (isProse ? Need.lineOfProse : Need.line) {
            doubts.append("no line of \"\(title)\" comes close to what is asked")
        }
        if signals.centroid < Need.centroid { doubts.append("\"\(title)\" is mostly about something else") }
        if signals.margin < Need.margin {
            doubts.append("\(signals.second.map { "\"\($0)\"" } ?? "another article") fits nearly as well")
        }
        let holdsTheQuestion = [signals.closestLine, signals.leastCovered, signals.leastWords].allSatisfy {
            $0 >= Need.wordForWord
        }
        if !signals.wordsAgree, !holdsTheQuestion {
            let other = signals.firstByWords.map { "\"\($0)\"" } ?? "another article"
            doubts.append("by words alone \(other) comes first")
        }
        if signals.features < Need.features { doubts.append("the message says too little") }
        isSure = doubts.isEmpty
        let strength = max(0, min(1, (chance + signals.leastCovered + signals.closestLine) / 3))
        if isSure {
            confidence = min(0.99, Self.floor + (0.99 - Self.floor) * strength)
            reasons = [
                "\"\(title)\" covers \(Self.percent(signals.leastCovered)) of what is asked",
                "the chance of a right answer is put at \(Self.percent(chance))",
            ]
        } else {
            confidence = max(0, min(Self.cap, chance * (0.5 + strength / 2)))
            reasons = doubts
        }
    }

    static func percent(_ share: Double) -> String { "\(Int((max(0, min(1, share)) * 100).rounded())) %" }
}
