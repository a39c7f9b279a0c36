// An evaluation as JSON lines, and the answers of a former one read back from them.

import Correspondence
import Foundation

enum EvaluationLines {
    /// One object a question, then one with the figures, which says so by `evaluation`.
    static func lines(
        _ answers: [EvaluatedAnswer], _ evaluation: Evaluation, _ changes: [EvaluationChange]?
    ) -> [String] {
        answers.map { object($0).line } + [object(evaluation, changes).line]
    }

    private static func object(_ answer: EvaluatedAnswer) -> JSON {
        .object([
            ("name", .string(answer.name)), ("query", .string(answer.query)), ("language", .string(answer.language)),
            ("topic", .text(answer.topic)), ("articles", answer.expected.map(JSON.texts) ?? .null),
            ("article", .text(answer.article)), ("decision", .string(answer.verdict.rawValue)),
            ("confidence", .double(answer.confidence)), ("barred", .bool(answer.isBarred)),
            ("right", answer.isRight.map(JSON.bool) ?? .null), ("reason", .string(answer.reason)),
            ("cost", .number(answer.cost)), ("seconds", .double(answer.seconds)),
        ])
    }

    private static func object(_ evaluation: Evaluation, _ changes: [EvaluationChange]?) -> JSON {
        func groups(_ groups: [String: EvaluationTally]) -> JSON {
            .object(groups.sorted { $0.key < $1.key }.map { ($0.key, .object(tally($0.value))) })
        }
        let advice = evaluation.advice
        var fields: [(String, JSON)] =
            [
                ("evaluation", .string(evaluation.answerer)), ("threshold", .double(evaluation.threshold)),
            ] + tally(evaluation.all)
        fields += [
            ("answerableCurve", .number(evaluation.answerableCurve)), ("rightCurve", .number(evaluation.rightCurve)),
            ("calibrationError", .number(evaluation.calibrationError)),
            (
                "advice",
                .object([
                    ("wanted", .double(advice.wanted)), ("threshold", .number(advice.point?.threshold)),
                    ("sent", .number(advice.point?.sent.share)), ("bound", .number(advice.bound)),
                ])
            ),
            ("cost", .double(evaluation.cost)), ("unknownCosts", .int(evaluation.unknownCosts)),
            ("medianSeconds", .double(evaluation.medianSeconds)), ("slowSeconds", .double(evaluation.slowSeconds)),
            ("languages", groups(evaluation.languages)), ("topics", groups(evaluation.topics)),
            (
                "curve",
                .array(
                    evaluation.curve.map { point in
                        .object([
                            ("threshold", .double(point.threshold)), ("sent", .number(point.sent.share)),
                            ("right", .number(point.right.share)),
                        ])
                    })
            ),
            (
                "bins",
                .array(
                    evaluation.bins.map { bin in
                        .object([
                            ("from", .double(bin.from)), ("to", .double(bin.to)), ("claimed", .double(bin.claimed)),
                            ("right", .int(bin.right.count)), ("total", .int(bin.right.total)),
                        ])
                    })
            ),
        ]
        if let changes {
            fields.append(
                (
                    "changes",
                    .array(
                        changes.map { change in
                            .object([("kind", .string(change.kind.rawValue)), ("name", .string(change.after.name))])
                        })
                ))
        }
        return .object(fields)
    }

    private static func tally(_ tally: EvaluationTally) -> [(String, JSON)] {
        func proportion(_ proportion: Proportion) -> JSON {
            .object([
                ("count", .int(proportion.count)), ("total", .int(proportion.total)),
                ("share", .number(proportion.share)),
            ])
        }
        return [
            ("questions", .int(tally.questions)), ("sent", proportion(tally.sent)), ("right", proportion(tally.right)),
            ("answered", proportion(tally.answered)), ("found", proportion(tally.found)),
            ("kept", proportion(tally.kept)),
        ]
    }

    // MARK: Read back

    private struct Line: Decodable {
        var name: String
        var query: String
        var language: String
        var topic: String?
        var articles: [String]?
        var article: String?
        var decision: Decision.Verdict
        var confidence: Double
        var barred: Bool
        var reason: String
        var cost: Double?
        var seconds: Double
    }

    /// Throws where the file holds no run.
    static func read(_ path: String) throws -> [EvaluatedAnswer] {
        guard case .success(let bytes) = FileInput(path).content else {
            throw Complaint(.noInput, "\(path): cannot be read; --against takes what evaluate --json wrote")
        }
        let answers = bytes.split(separator: 10).compactMap { line -> EvaluatedAnswer? in
            // The line with the figures is none of a question.
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(line)) else { return nil }
            return EvaluatedAnswer(
                name: line.name, query: line.query, language: line.language, topic: line.topic,
                expected: line.articles, article: line.article, verdict: line.decision, confidence: line.confidence,
                isBarred: line.barred, reason: line.reason, cost: line.cost, seconds: line.seconds)
        }
        guard !answers.isEmpty else {
            throw Complaint(.data, "\(path): holds no run; --against takes what evaluate --json wrote")
        }
        return answers
    }
}
