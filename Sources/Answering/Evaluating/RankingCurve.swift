// How well confidence ranks: the area under the curve, and what each threshold would send.

import Correspondence

enum RankingCurve {
    /// The chance that one of `positives` is above one of `negatives`, equals counting half (Mann and Whitney). nil
    /// where either is empty.
    static func area(of positives: [Double], over negatives: [Double]) -> Double? {
        guard !positives.isEmpty, !negatives.isEmpty else { return nil }
        let all = (positives.map { ($0, true) } + negatives.map { ($0, false) }).sorted { $0.0 < $1.0 }
        var ranks = 0.0
        var start = 0
        while start < all.count {
            var end = start
            while end < all.count, all[end].0 == all[start].0 { end += 1 }
            // Equals share the middle of their ranks.
            let rank = Double(start + end + 1) / 2
            ranks += rank * Double(all[start..<end].count { $0.1 })
            start = end
        }
        let count = Double(positives.count)
        return (ranks - count * (count + 1) / 2) / (count * Double(negatives.count))
    }

    /// One point for each confidence that occurs, the highest first: what would be sent at that threshold.
    static func points(_ answers: [EvaluatedAnswer]) -> [Evaluation.Point] {
        let ranked = answers.filter { !$0.isBarred }.sorted { $0.confidence > $1.confidence }
        var points: [Evaluation.Point] = []
        var right = 0
        for (index, answer) in ranked.enumerated() {
            if answer.isRight == true { right += 1 }
            let isLast = index + 1 == ranked.count || ranked[index + 1].confidence < answer.confidence
            guard isLast else { continue }
            points.append(
                Evaluation.Point(
                    threshold: answer.confidence, sent: Proportion(index + 1, of: answers.count),
                    right: Proportion(right, of: index + 1)))
        }
        return points
    }
}
