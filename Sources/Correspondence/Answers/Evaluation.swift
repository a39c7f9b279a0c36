// What an evaluation found: one answered question each, and the figures made of all of them.

/// One question that was put to the desk as it stands now, and what would have become of it.
package struct EvaluatedAnswer: Sendable, Codable, Equatable {
    /// Tells it from the others; the same in every run over the same questions.
    package var name: String
    package var query: String
    package var language: String
    package var topic: String?
    /// Paths of the articles that answer it; empty where none does; nil where nobody has said.
    package var expected: [String]?
    /// The article that the draft rests on first.
    package var article: String?
    package var verdict: Decision.Verdict
    /// Of the draft; 0 where there is none.
    package var confidence: Double
    /// A rule or the guard keeps it from being sent, whatever the confidence.
    package var isBarred: Bool
    package var reason: String
    /// USD; nil where the price is unknown.
    package var cost: Double?
    package var seconds: Double

    package init(
        name: String, query: String, language: String, topic: String?, expected: [String]?, article: String?,
        verdict: Decision.Verdict, confidence: Double, isBarred: Bool, reason: String, cost: Double?, seconds: Double
    ) {
        self.name = name
        self.query = query
        self.language = language
        self.topic = topic
        self.expected = expected
        self.article = article
        self.verdict = verdict
        self.confidence = confidence
        self.isBarred = isBarred
        self.reason = reason
        self.cost = cost
        self.seconds = seconds
    }

    /// Whether sending the draft would be right; nil where nobody has said.
    package var isRight: Bool? { expected.map { article.map($0.contains) ?? false } }
    package var isSent: Bool { verdict == .send }
    /// Some article answers it; nil where nobody has said.
    package var isAnswerable: Bool? { expected.map { !$0.isEmpty } }
}

/// How many, and of how many; a share where that is not none.
package struct Proportion: Sendable, Codable, Equatable {
    package var count: Int
    package var total: Int

    package init(_ count: Int, of total: Int) {
        self.count = count
        self.total = total
    }

    package var share: Double? { total == 0 ? nil : Double(count) / Double(total) }
}

/// What counts of a set of answers.
package struct EvaluationTally: Sendable, Codable, Equatable {
    package var questions = 0
    /// Of all questions, how many would be sent.
    package var sent = Proportion(0, of: 0)
    /// Of those sent whose right article is known.
    package var right = Proportion(0, of: 0)
    /// Of the questions that an article answers, how many would be sent with it.
    package var answered = Proportion(0, of: 0)
    /// Of the questions that an article answers, for how many it came first, sent or not.
    package var found = Proportion(0, of: 0)
    /// Of the questions that no article answers, how many would be kept for a human.
    package var kept = Proportion(0, of: 0)

    package init() {}
}

package struct Evaluation: Sendable, Codable, Equatable {
    /// At a threshold: how much would be sent, and how much of it right.
    package struct Point: Sendable, Codable, Equatable {
        package var threshold: Double
        package var sent: Proportion
        package var right: Proportion

        package init(threshold: Double, sent: Proportion, right: Proportion) {
            self.threshold = threshold
            self.sent = sent
            self.right = right
        }
    }
    /// Drafts of like confidence: what they claim, and how many are right.
    package struct Bin: Sendable, Codable, Equatable {
        package var from: Double
        package var to: Double
        package var claimed: Double
        package var right: Proportion

        package init(from: Double, to: Double, claimed: Double, right: Proportion) {
            self.from = from
            self.to = to
            self.claimed = claimed
            self.right = right
        }
    }
    /// The smallest threshold at which the wanted accuracy is kept with 95 % certainty.
    package struct Advice: Sendable, Codable, Equatable {
        package var wanted: Double
        /// nil where no threshold keeps it, or there are too few labels to say so.
        package var point: Point?
        /// The lower bound of the accuracy there (Clopper and Pearson, one-sided, 95 %).
        package var bound: Double?

        package init(wanted: Double, point: Point?, bound: Double?) {
            self.wanted = wanted
            self.point = point
            self.bound = bound
        }
    }

    package var answerer: String
    package var threshold: Double
    package var all: EvaluationTally
    package var languages: [String: EvaluationTally]
    package var topics: [String: EvaluationTally]
    /// How well confidence tells questions that an article answers from those that none does: the chance that one of
    /// the former has the higher one. 0.5 is a coin; nil without both kinds.
    package var answerableCurve: Double?
    /// The same for right drafts against all others.
    package var rightCurve: Double?
    /// From the surest draft down; few enough to draw.
    package var curve: [Point]
    package var bins: [Bin]
    /// Mean distance between what drafts claim and how many are right, weighted by their number.
    package var calibrationError: Double?
    package var advice: Advice
    /// USD of all drafts whose price is known.
    package var cost: Double
    package var unknownCosts: Int
    package var medianSeconds: Double
    /// 95 of 100 took no longer.
    package var slowSeconds: Double

    package init(
        answerer: String, threshold: Double, all: EvaluationTally, languages: [String: EvaluationTally],
        topics: [String: EvaluationTally], answerableCurve: Double?, rightCurve: Double?, curve: [Point], bins: [Bin],
        calibrationError: Double?, advice: Advice, cost: Double, unknownCosts: Int, medianSeconds: Double,
        slowSeconds: Double
    ) {
        self.answerer = answerer
        self.threshold = threshold
        self.all = all
        self.languages = languages
        self.topics = topics
        self.answerableCurve = answerableCurve
        self.rightCurve = rightCurve
        self.curve = curve
        self.bins = bins
        self.calibrationError = calibrationError
        self.advice = advice
        self.cost = cost
        self.unknownCosts = unknownCosts
        self.medianSeconds = medianSeconds
        self.slowSeconds = slowSeconds
    }
}

/// One question that two runs treat differently.
package struct EvaluationChange: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Not sent before, sent rightly now.
        case gained
        /// Sent rightly before, not sent now.
        case lost
        /// Sent wrongly now, and not before.
        case broken
        /// Sent wrongly before, and not now.
        case mended
        /// Sent or not, with nobody to say whether rightly.
        case other
    }
    package var kind: Kind
    package var before: EvaluatedAnswer
    package var after: EvaluatedAnswer

    package init(kind: Kind, before: EvaluatedAnswer, after: EvaluatedAnswer) {
        self.kind = kind
        self.before = before
        self.after = after
    }
}
