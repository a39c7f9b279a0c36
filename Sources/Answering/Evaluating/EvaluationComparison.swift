// What became of the same questions in two runs.

package import Correspondence

package enum EvaluationComparison {
    /// The questions of both runs that one of them would send and the other not, or that were answered from another
    /// article, in the order of `after`.
    package static func changes(from before: [EvaluatedAnswer], to after: [EvaluatedAnswer]) -> [EvaluationChange] {
        let known = Dictionary(before.map { ($0.name, $0) }) { first, _ in first }
        return after.compactMap { answer in
            guard let former = known[answer.name] else { return nil }
            return kind(former, answer).map { EvaluationChange(kind: $0, before: former, after: answer) }
        }
    }

    private static func kind(_ before: EvaluatedAnswer, _ after: EvaluatedAnswer) -> EvaluationChange.Kind? {
        guard before.isSent || after.isSent else { return nil }
        guard let wasRight = before.isRight, let isRight = after.isRight else {
            return before.isSent == after.isSent && before.article == after.article ? nil : .other
        }
        switch ((before.isSent, wasRight), (after.isSent, isRight)) {
        case ((true, false), (true, false)): return nil
        case ((_, _), (true, false)): return .broken
        case ((true, false), (_, _)): return .mended
        case ((true, true), (true, true)): return nil
        case ((true, true), (_, _)): return .lost
        case ((_, _), (true, true)): return .gained
        default: return nil
        }
    }
}
