// The work of an evaluation: every question through search, answerer and decision, as if it had come in now.

import Correspondence
import Foundation
import Gateway

struct EvaluationRun: Sendable {
    var drafter: QuestionDrafter
    /// Says what would be sent if only the guard and the rules counted.
    var anyConfidence: Decider
    /// The languages that the desk answers in; empty where there is no desk.
    var deskLanguages: [String]

    /// In the order of the questions. An answerer that fails is a ticket, as it is in the gateway.
    func answers(to questions: [EvaluationQuestion]) async -> [EvaluatedAnswer] {
        var answers: [EvaluatedAnswer] = []
        await OrderedWork<EvaluationQuestion, EvaluatedAnswer>(batch: 4).run(
            Questions(questions), transform: { await answer(to: $0) }, emit: { answers += $0 })
        return answers
    }

    private func answer(to question: EvaluationQuestion) async -> EvaluatedAnswer {
        let isForeign = question.language.map { language in
            !deskLanguages.isEmpty && !deskLanguages.contains { Self.primary($0) == Self.primary(language) }
        }
        let words = String(Substring(question.question.unicodeScalars.prefix(GatewayPolicy.questionLimit)))
        let clock = ContinuousClock()
        let start = clock.now
        var answer = EvaluatedAnswer(
            name: question.name, query: question.question, language: question.language ?? "und",
            topic: question.topic, expected: question.expected, article: nil, verdict: .ticket, confidence: 0,
            isBarred: true, reason: "", cost: nil, seconds: 0)
        do throws(AnswererError) {
            let (draft, decision) = try await drafter.draft(
                words, subject: question.subject, language: isForeign == true ? nil : question.language)
            answer.language = question.language ?? draft.language
            answer.article = draft.reply.isEmpty ? nil : draft.sources.first?.article
            answer.verdict = isForeign == true ? .ticket : decision.verdict
            answer.confidence = draft.confidence
            answer.isBarred =
                isForeign == true || anyConfidence.decide(draft: draft, question: words).verdict == .ticket
            answer.reason =
                isForeign == true
                ? "written in a language that the desk does not answer in" : decision.reasons.first ?? ""
            answer.cost = draft.cost
        } catch {
            answer.reason = "no draft could be made: \(error.publicText)"
        }
        answer.seconds = (clock.now - start).seconds
        return answer
    }

    private static func primary(_ language: String) -> Substring? { language.split(separator: "-").first }

    /// Drawn on one queue only.
    private final class Questions: InputSource, @unchecked Sendable {
        // `next` is called from one queue only (InputSource), so the place is never shared.
        private let questions: [EvaluationQuestion]
        private var place = 0

        init(_ questions: [EvaluationQuestion]) { self.questions = questions }

        func next() -> EvaluationQuestion? {
            guard place < questions.count else { return nil }
            defer { place += 1 }
            return questions[place]
        }
    }
}
