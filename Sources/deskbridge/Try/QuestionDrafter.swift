// A question on its way through search, answerer and decision, as the gateway's drafting takes it.

import Correspondence
import Gateway

struct QuestionDrafter: Sendable {
    var guess = Parts.guess
    var search: any PassageSearch
    var answerer: any Answerer
    var desk: DeskProfile
    /// The desk's; without a desk those of the knowledge.
    var languages: [String]
    /// Articles that are looked at.
    var limit: Int
    var decider: Decider

    /// `language` is the question's where somebody knows it, one of `languages`; else it is guessed.
    func draft(_ question: String, subject: String = "", language known: String? = nil) async throws(AnswererError) -> (
        Draft, Decision
    ) {
        let guessed = known ?? guess.guess(question, among: languages).language
        let asked = subject.isEmpty ? question : "\(subject)\n\(question)"
        let found = search.search(asked, language: guessed, limit: limit, now: Surroundings.system.now())
        // Too short to tell: an article that answers it is most likely in the question's language.
        let likely = found.hits.first.map(\.language).flatMap { languages.contains($0) ? $0 : nil }
        let language = guessed == "und" ? likely ?? desk.fallbackLanguage : guessed
        let draft = try await answerer.draft(
            DraftRequest(
                deskName: desk.name, question: question, subject: subject, earlier: [], language: language,
                found: found, links: desk.links))
        return (draft, decider.decide(draft: draft, question: question))
    }
}
