// The chance that the article which was found first answers the question, from the search's raw signals.

import Correspondence
import Foundation

/// A logistic fit on labelled questions: the open half of `Tests/AnsweringTests/Questions`, asked of a knowledge base with
/// and without customers' own questions in its articles, and those of the example desk; of the whole desk and of desks of
/// one language. Where its limits were chosen each question was judged by a fit that had not seen it, and the held half
/// of the set was not looked at. Some weights are below zero because they go together with others: one by one they say
/// nothing. `docs/answering.md` says how they are made anew.
enum BuiltInFit {
    /// A small distance between the first and the second article is told apart from none.
    private static let leastMargin = 0.02
    /// A longer question says no more.
    private static let mostFeatures = 6.0

    static func chance(_ signals: SearchSignals) -> Double {
        let sum =
            constant + 0.8025 * log1p(signals.bm25) + 4.0966 * signals.centroid + 3.3244 * signals.bestLine
            - 1.1970 * signals.unknown + 5.0031 * min(1, signals.margin)
            + 0.1589 * log(leastMargin + max(0, signals.margin)) + (signals.wordsAgree ? 0.7028 : 0)
            - 0.6757 * signals.closestLine + 0.9915 * signals.leastCovered - 1.8074 * signals.leastWords
            - (signals.asked > 0 ? 1.6095 : 0) + 1.7028 * min(mostFeatures, log1p(Double(signals.features)))
            - (signals.strangeNumbers > 0 ? 1.5559 : 0) + 1.6468 * signals.leastHeld
        return 1 / (1 + exp(-sum))
    }

    private static let constant = -9.5339
}
