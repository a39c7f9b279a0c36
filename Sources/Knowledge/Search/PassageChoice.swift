// Which passage of the article that was found answers the question.

import Foundation

/// Customers' own questions find articles, but the answer stands in a section. A passage is scored by its lines (best and
/// mean) against the question, and, where a known question was closest, against that question too: it uses the team's
/// words where the customer's may not.
enum PassageChoice {
    /// What the known question counts beside the customer's own words.
    private static let bridge = 0.6

    static func best(of count: Int, for scored: Scoring.Scored, query: Query, in index: SearchIndex) -> Int {
        var weight = [Int: Float](minimumCapacity: query.terms.count * 2)
        for term in query.terms { weight[term.feature] = term.weight }
        var scores = self.scores(of: count, unit: scored.unit, weight: weight, in: index)
        let line = scored.bestLineNumber
        if line >= 0, index.linePassage[line] < 0 {
            var known = [Int: Float](minimumCapacity: 64)
            for entry in index.lineStart[line]..<index.lineStart[line + 1] {
                known[Int(index.lineFeature[entry])] = index.lineWeight[entry]
            }
            let share = bridge * scored.bestLine
            let bridged = self.scores(of: count, unit: scored.unit, weight: known, in: index)
            for passage in scores.indices { scores[passage] += share * bridged[passage] }
        }
        return scores.indices.max { (scores[$0], $1) < (scores[$1], $0) } ?? 0
    }

    private static func scores(of count: Int, unit: Int, weight: [Int: Float], in index: SearchIndex) -> [Double] {
        var best = [Double](repeating: 0, count: count)
        var sum = best
        var lines = best
        for line in index.unitLines[unit]..<index.unitLines[unit + 1] {
            let passage = index.linePassage[line]
            guard passage >= 0, passage < count else { continue }
            var dot: Float = 0
            for entry in index.lineStart[line]..<index.lineStart[line + 1] {
                dot += (weight[Int(index.lineFeature[entry])] ?? 0) * index.lineWeight[entry]
            }
            best[passage] = max(best[passage], Double(dot))
            sum[passage] += Double(dot)
            lines[passage] += 1
        }
        return (0..<count).map { best[$0] + sum[$0] / max(1, lines[$0]).squareRoot() }
    }
}
