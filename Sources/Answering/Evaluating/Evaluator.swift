// The figures of an evaluation, from its answers alone.

package import Correspondence

package enum Evaluator {
    /// Points of the curve that are kept, at most.
    static let pointLimit = 101
    static let binCount = 10
    package static let usualAccuracy = 0.95

    package static func evaluate(
        _ answers: [EvaluatedAnswer], answerer: String, threshold: Double, wanted: Double = usualAccuracy
    ) -> Evaluation {
        let labelled = answers.filter { $0.isRight != nil }
        let seconds = answers.map(\.seconds).sorted()
        let bins = bins(labelled)
        return Evaluation(
            answerer: answerer, threshold: threshold, all: tally(answers),
            languages: grouped(answers) { $0.language }, topics: grouped(answers) { $0.topic },
            answerableCurve: RankingCurve.area(
                of: labelled.filter { $0.isAnswerable == true }.map(\.confidence),
                over: labelled.filter { $0.isAnswerable == false }.map(\.confidence)),
            rightCurve: RankingCurve.area(
                of: labelled.filter { $0.isRight == true }.map(\.confidence),
                over: labelled.filter { $0.isRight == false }.map(\.confidence)),
            curve: thinned(RankingCurve.points(labelled)), bins: bins, calibrationError: error(bins),
            advice: advice(labelled, wanted: wanted), cost: answers.reduce(0) { $0 + ($1.cost ?? 0) },
            unknownCosts: answers.count { $0.cost == nil }, medianSeconds: quantile(seconds, 0.5),
            slowSeconds: quantile(seconds, 0.95))
    }

    static func tally(_ answers: [EvaluatedAnswer]) -> EvaluationTally {
        var tally = EvaluationTally()
        tally.questions = answers.count
        tally.sent = Proportion(answers.count(where: \.isSent), of: answers.count)
        let judged = answers.filter { $0.isSent && $0.isRight != nil }
        tally.right = Proportion(judged.count { $0.isRight == true }, of: judged.count)
        let answerable = answers.filter { $0.isAnswerable == true }
        tally.answered = Proportion(answerable.count { $0.isSent && $0.isRight == true }, of: answerable.count)
        tally.found = Proportion(answerable.count { $0.isRight == true }, of: answerable.count)
        let unanswerable = answers.filter { $0.isAnswerable == false }
        tally.kept = Proportion(unanswerable.count { !$0.isSent }, of: unanswerable.count)
        return tally
    }

    private static func grouped(
        _ answers: [EvaluatedAnswer], by key: (EvaluatedAnswer) -> String?
    ) -> [String: EvaluationTally] {
        var groups: [String: [EvaluatedAnswer]] = [:]
        for answer in answers {
            if let name = key(answer) { groups[name, default: []].append(answer) }
        }
        return groups.mapValues(tally)
    }

    /// What is barred from being sent claims nothing.
    private static func bins(_ answers: [EvaluatedAnswer]) -> [Evaluation.Bin] {
        var groups = [[EvaluatedAnswer]](repeating: [], count: binCount)
        for answer in answers where !answer.isBarred {
            groups[min(binCount - 1, max(0, Int(answer.confidence * Double(binCount))))].append(answer)
        }
        return groups.enumerated().compactMap { index, group in
            guard !group.isEmpty else { return nil }
            return Evaluation.Bin(
                from: Double(index) / Double(binCount), to: Double(index + 1) / Double(binCount),
                claimed: group.reduce(0) { $0 + $1.confidence } / Double(group.count),
                right: Proportion(group.count { $0.isRight == true }, of: group.count))
        }
    }

    private static func error(_ bins: [Evaluation.Bin]) -> Double? {
        let total = bins.reduce(0) { $0 + $1.right.total }
        guard total > 0 else { return nil }
        return bins.reduce(0) { sum, bin in
            sum + abs(bin.claimed - (bin.right.share ?? 0)) * Double(bin.right.total) / Double(total)
        }
    }

    private static func advice(_ answers: [EvaluatedAnswer], wanted: Double) -> Evaluation.Advice {
        // The bound is below the share, and takes long to find.
        let kept = RankingCurve.points(answers).last {
            ($0.right.share ?? 0) >= wanted && ClopperPearson.lowerBound($0.right.count, of: $0.right.total) >= wanted
        }
        return Evaluation.Advice(
            wanted: wanted, point: kept,
            bound: kept.map { ClopperPearson.lowerBound($0.right.count, of: $0.right.total) })
    }

    private static func thinned(_ points: [Evaluation.Point]) -> [Evaluation.Point] {
        guard points.count > pointLimit else { return points }
        return (0..<pointLimit).map { points[$0 * (points.count - 1) / (pointLimit - 1)] }
    }

    private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        guard !sorted.isEmpty else { return 0 }
        return sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
    }
}
