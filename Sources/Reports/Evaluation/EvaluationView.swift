// An evaluation as its page sees it: tiles, curve, calibration, tables and the questions worth reading.

import Correspondence

struct EvaluationView {
    /// Questions of a list that are shown; the rest is counted.
    static let rowLimit = 50
    /// Characters of a question in a list.
    static let queryLength = 160

    let evaluation: Evaluation
    let answers: [EvaluatedAnswer]
    let changes: [EvaluationChange]?

    private var all: EvaluationTally { evaluation.all }
    private var isJudged: Bool { answers.contains { $0.isRight != nil } }

    var view: [String: Any] {
        let wrong = answers.filter { $0.isSent && $0.isRight == false }.sorted { $0.confidence > $1.confidence }
        let missed = answers.filter { !$0.isSent && $0.isRight == true && !$0.isBarred }
            .sorted { $0.confidence > $1.confidence }
        return [
            "answerer": evaluation.answerer, "threshold": Numbers.percent(evaluation.threshold),
            "summary": summary, "tiles": tiles, "isJudged": isJudged, "hasCurve": evaluation.curve.count > 1,
            "curve": points, "dot": dot, "bins": bins, "hasBins": isJudged && !evaluation.bins.isEmpty,
            "calibration": calibration, "advice": advice, "languages": rows(evaluation.languages, Wordings.language),
            "topics": rows(evaluation.topics) { $0 }, "hasTopics": !evaluation.topics.isEmpty, "times": times,
            "cost": cost, "wrong": list(wrong), "wrongTotal": Numbers.count(wrong.count), "wrongMore": more(wrong),
            "missed": list(missed), "missedTotal": Numbers.count(missed.count), "missedMore": more(missed),
            "isCompared": changes != nil, "changes": changeRows,
        ]
    }

    private var summary: String {
        let sent = "\(Numbers.count(all.sent.count)) of \(Numbers.count(all.questions, "question")) would be answered"
        guard all.right.total > 0 else { return sent + "." }
        return "\(sent), \(Numbers.share(all.right.count, of: all.right.total)) of them rightly."
    }

    private var tiles: [[String: Any]] {
        func tile(_ label: String, _ value: Proportion, _ note: String) -> [String: Any] {
            [
                "label": label, "value": Numbers.share(value.count, of: value.total),
                "note": value.total == 0
                    ? "nothing to count" : "\(Numbers.count(value.count)) of \(Numbers.count(value.total)) \(note)",
            ]
        }
        return [
            tile("Would be sent", all.sent, "questions"), tile("Right of those", all.right, "sent"),
            tile("Rightly answered", all.answered, "that an article answers"),
            tile("Right article first", all.found, "that an article answers"),
            tile("Rightly kept", all.kept, "that no article answers"),
        ]
    }

    // MARK: Curve

    /// Across: how much would be sent; up: how much of it right. In a box of 100 by 100.
    private static func place(_ point: Evaluation.Point) -> String {
        let x = (point.sent.share ?? 0) * 100
        let y = 100 - (point.right.share ?? 0) * 100
        return "\(Numbers.decimal(x, 1)),\(Numbers.decimal(y, 1))"
    }

    private var points: String { evaluation.curve.map(Self.place).joined(separator: " ") }

    /// Where the threshold stands on it.
    private var dot: Any {
        guard let point = evaluation.curve.last(where: { $0.threshold >= evaluation.threshold }) else {
            return Absent()
        }
        let x = (point.sent.share ?? 0) * 100
        let y = 100 - (point.right.share ?? 0) * 100
        return ["x": Numbers.decimal(x, 1), "y": Numbers.decimal(y, 1)]
    }

    private var bins: [[String: Any]] {
        evaluation.bins.map { bin in
            [
                "label": "\(Int((bin.from * 100).rounded())) to \(Int((bin.to * 100).rounded()))%",
                "claimed": Numbers.share(Int((bin.claimed * 1000).rounded()), of: 1000),
                "right": Numbers.share(bin.right.count, of: bin.right.total), "total": Numbers.count(bin.right.total),
                "width": Numbers.width(bin.right.count, of: bin.right.total),
            ]
        }
    }

    private var calibration: String {
        guard let error = evaluation.calibrationError else { return "" }
        return
            "What drafts claim and how many are right differ by \(Numbers.decimal(error * 100, 1)) points on average."
    }

    private var advice: String {
        guard isJudged else { return "" }
        let wanted = Numbers.percent(evaluation.advice.wanted)
        guard let point = evaluation.advice.point, let bound = evaluation.advice.bound else {
            return "No threshold keeps \(wanted) right with 95% certainty on these questions: "
                + "more of them, or better articles, are needed."
        }
        return "From \(Numbers.decimal(point.threshold, 3)) on, \(wanted) right is kept with 95% certainty "
            + "(at least \(Numbers.percent(bound))): \(Numbers.share(point.sent.count, of: point.sent.total)) "
            + "of these questions would be sent. It was read on these very questions: try it on others."
    }

    // MARK: Lists

    private func rows(_ groups: [String: EvaluationTally], _ label: (String) -> String) -> [[String: Any]] {
        groups.sorted { ($1.value.questions, $0.key) < ($0.value.questions, $1.key) }.map { name, tally in
            func share(_ proportion: Proportion) -> String { Numbers.share(proportion.count, of: proportion.total) }
            return [
                "label": label(name), "questions": Numbers.count(tally.questions), "sent": share(tally.sent),
                "right": share(tally.right), "answered": share(tally.answered), "kept": share(tally.kept),
            ]
        }
    }

    private func list(_ answers: [EvaluatedAnswer]) -> [[String: Any]] {
        answers.prefix(Self.rowLimit).map { answer in
            let expected = answer.expected ?? []
            return [
                "query": Self.short(answer.query), "article": Absent.orText(answer.article),
                "expected": expected.isEmpty ? "no article" : expected.joined(separator: ", "),
                "confidence": Numbers.percent(answer.confidence), "reason": answer.reason,
            ]
        }
    }

    private func more(_ answers: [EvaluatedAnswer]) -> Any {
        let left = answers.count - Self.rowLimit
        return left > 0 ? Numbers.count(left) : Absent()
    }

    private var changeRows: [[String: Any]] {
        EvaluationChange.Kind.allCases.compactMap { kind in
            let found = (changes ?? []).filter { $0.kind == kind }
            guard !found.isEmpty else { return nil }
            return [
                "label": Self.label(kind), "count": Numbers.count(found.count), "questions": list(found.map(\.after)),
                "isBad": kind == .lost || kind == .broken,
            ]
        }
    }

    static func label(_ kind: EvaluationChange.Kind) -> String {
        switch kind {
        case .gained: "Sent rightly now, and not before"
        case .lost: "Sent rightly before, and not now"
        case .broken: "Sent wrongly now, and not before"
        case .mended: "Sent wrongly before, and not now"
        case .other: "Treated differently"
        }
    }

    static func short(_ query: String) -> String {
        let words = query.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > queryLength ? "\(words.prefix(queryLength))…" : words
    }

    // MARK: Time and money

    private var times: String {
        func time(_ seconds: Double) -> String {
            seconds < 0.1 ? "\(Numbers.decimal(seconds * 1000, 1)) ms" : Numbers.duration(seconds)
        }
        return "A draft took \(time(evaluation.medianSeconds)) (median), 95 of 100 at most "
            + "\(time(evaluation.slowSeconds))."
    }

    private var cost: String {
        if evaluation.unknownCosts > 0 {
            return "The price of \(Numbers.count(evaluation.unknownCosts, "draft")) is unknown; "
                + "the others cost \(Numbers.dollars(evaluation.cost))."
        }
        return "All drafts together cost \(Numbers.dollars(evaluation.cost))."
    }
}
