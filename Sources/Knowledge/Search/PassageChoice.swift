// Which passage of the article that was found answers the question.

import Foundation

/// Customers' own questions find articles, but the answer stands in a section. A passage is scored by its lines (best and
/// mean) against the question, and, where a known question was closest, against that question too: it uses the team's
/// words where the customer's may not.
enum PassageChoice {
    /// What the known question counts beside the customer's own words.
    private static let bridge = 0.6

    /// What a question's features weigh: made once a search.
    static func weights(of query: Query) -> FeatureWeights {
        FeatureWeights(query.terms.map { (feature: $0.feature, weight: $0.weight) })
    }

    static func best(
        of count: Int, for scored: Scoring.Scored, weights: FeatureWeights, in index: SearchIndex
    ) -> Int {
        var scores = self.scores(of: count, unit: scored.unit, weights: weights, in: index)
        let line = scored.bestLineNumber
        if line >= 0, index.linePassage[line] < 0 {
            let entries = index.lineStart[line]..<index.lineStart[line + 1]
            let known = FeatureWeights(
                entries.map { (feature: Int(index.lineFeature[$0]), weight: index.lineWeight[$0]) })
            let share = bridge * scored.bestLine
            let bridged = self.scores(of: count, unit: scored.unit, weights: known, in: index)
            for passage in scores.indices { scores[passage] += share * bridged[passage] }
        }
        return scores.indices.max { (scores[$0], $1) < (scores[$1], $0) } ?? 0
    }

    /// Where words say nothing (another language): the passage with the line that is closest by vectors. Nil where none
    /// of its lines has one.
    static func nearest(of count: Int, for unit: Int, asked: AskedVector, in index: SearchIndex) -> Int? {
        var best: (passage: Int, closeness: Double)?
        for line in index.unitLines[unit]..<index.unitLines[unit + 1] {
            let passage = index.linePassage[line]
            guard passage >= 0, passage < count, let closeness = asked.closeness(toLine: line) else { continue }
            if closeness > best?.closeness ?? -2 { best = (passage, closeness) }
        }
        return best?.passage
    }

    private static func scores(of count: Int, unit: Int, weights: FeatureWeights, in index: SearchIndex) -> [Double] {
        var best = [Double](repeating: 0, count: count)
        var sum = best
        var lines = best
        // Local names, as in `Scoring`.
        let (lineStart, linePassage) = (index.lineStart, index.linePassage)
        index.lineFeature.withUnsafeBufferPointer { features in
            index.lineWeight.withUnsafeBufferPointer { lineWeights in
                for line in index.unitLines[unit]..<index.unitLines[unit + 1] {
                    let passage = linePassage[line]
                    guard passage >= 0, passage < count else { continue }
                    var dot: Float = 0
                    for entry in lineStart[line]..<lineStart[line + 1] {
                        dot += weights[Int32(truncatingIfNeeded: features[entry])] * lineWeights[entry]
                    }
                    best[passage] = max(best[passage], Double(dot))
                    sum[passage] += Double(dot)
                    lines[passage] += 1
                }
            }
        }
        return (0..<count).map { best[$0] + sum[$0] / max(1, lines[$0]).squareRoot() }
    }
}
