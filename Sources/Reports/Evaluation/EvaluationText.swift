// An evaluation on the terminal: what its page says, in lines of at most 80 columns.

package import Correspondence

package enum EvaluationText {
    /// Lines without their ends.
    package static func lines(
        _ evaluation: Evaluation, _ answers: [EvaluatedAnswer], _ changes: [EvaluationChange]?
    ) -> [String] {
        let view = EvaluationView(evaluation: evaluation, answers: answers, changes: changes).view
        func text(_ key: String) -> String { view[key] as? String ?? "" }
        func list(_ key: String) -> [[String: Any]] { view[key] as? [[String: Any]] ?? [] }
        var lines = ["\(text("answerer")), sent from \(text("threshold")) confidence on", text("summary"), ""]
        for tile in list("tiles") {
            lines.append(row(tile["label"], [tile["value"]]) + "  \(tile["note"] ?? "")")
        }
        if let area = evaluation.answerableCurve {
            lines.append(row("Tells what has no answer", [Numbers.decimal(area, 3)]) + "  area under the curve")
        }
        if let area = evaluation.rightCurve {
            lines.append(row("Tells what is right", [Numbers.decimal(area, 3)]) + "  area under the curve")
        }
        lines += ["", text("calibration"), text("advice"), text("times"), text("cost")]
        for (title, key) in [("Language", "languages"), ("Topic", "topics")] where !list(key).isEmpty {
            lines += ["", row(title, ["asked", "sent", "right", "answered", "kept"])]
            for group in list(key) {
                lines.append(row(group["label"], ["questions", "sent", "right", "answered", "kept"].map { group[$0] }))
            }
        }
        if !list("wrong").isEmpty { lines += ["", "Sent, and not right: \(text("wrongTotal"))"] }
        for answer in list("wrong").prefix(10) {
            lines.append("  \(answer["confidence"] ?? "")  \(answer["query"] ?? "")")
            lines.append("       from \(answer["article"] ?? "nothing"), not \(answer["expected"] ?? "")")
        }
        if changes != nil {
            lines += [
                "", list("changes").isEmpty ? "Nothing changed since the earlier run." : "Since the earlier run:",
            ]
        }
        for change in list("changes") { lines.append(row(change["label"], [change["count"]])) }
        return lines
    }

    /// A label and columns of numbers, right-aligned.
    private static func row(_ label: Any?, _ cells: [Any?]) -> String {
        let label = "\(label ?? "")"
        let numbers = cells.map { cell in
            let text = "\(cell ?? "")"
            return String(repeating: " ", count: max(1, 10 - text.count)) + text
        }
        return "  " + label + String(repeating: " ", count: max(0, 26 - label.count)) + numbers.joined()
    }
}
