// A full evaluation, with everything its template may show.

import Correspondence

enum SampleEvaluation {
    static let answer = EvaluatedAnswer(
        name: "a", query: "May I?", language: "en", topic: "returns", expected: ["en/returns.md"],
        article: "en/delivery.md", verdict: .send, confidence: 0.9, isBarred: false, reason: "sure", cost: 0.001,
        seconds: 0.1)
    static let missed: EvaluatedAnswer = {
        var missed = answer
        (missed.article, missed.verdict) = ("en/returns.md", .ticket)
        return missed
    }()

    static let view: EvaluationView = {
        var tally = EvaluationTally()
        tally.questions = 2
        tally.sent = Proportion(1, of: 2)
        let point = Evaluation.Point(threshold: 0.9, sent: Proportion(1, of: 2), right: Proportion(1, of: 1))
        let evaluation = Evaluation(
            answerer: "built-in", threshold: 0.75, all: tally, languages: ["en": tally], topics: ["returns": tally],
            answerableCurve: 0.9, rightCurve: 0.9, curve: [point, point],
            bins: [.init(from: 0.9, to: 1, claimed: 0.9, right: Proportion(1, of: 1))], calibrationError: 0.1,
            advice: .init(wanted: 0.95, point: point, bound: 0.96), cost: 0.002, unknownCosts: 1, medianSeconds: 0.1,
            slowSeconds: 0.2)
        let limit = EvaluationView.rowLimit + 1
        return EvaluationView(
            evaluation: evaluation,
            answers: Array(repeating: answer, count: limit) + Array(repeating: missed, count: limit),
            changes: [EvaluationChange(kind: .broken, before: missed, after: answer)])
    }()
}
