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
    /// Whether `languages` are a desk's.
    var isDesk = true
    var decider: Decider

    /// `language` is the question's where somebody knows it, one of `languages`; else it is guessed.
    func draft(_ question: String, subject: String = "", language known: String? = nil) async throws(AnswererError) -> (
        Draft, Decision
    ) {
        let guessed = known ?? guess.guess(question, among: languages).language
        let asked = subject.isEmpty ? question : "\(subject)\n\(question)"
        let found = await search.find(asked, language: guessed, limit: limit, now: Surroundings.system.now())
        // Too short to tell: an article that answers it is most likely in the question's language.
        let likely = found.hits.first.map(\.language).flatMap { languages.contains($0) ? $0 : nil }
        var language = guessed == "und" ? likely ?? desk.fallbackLanguage : guessed
        // By vectors an article is found in whatever language the question is: then it must be told apart.
        var isForeign = false
        if guessed == "und", found.signals.vectorLine != nil {
            let told = guess.guess(question, preferring: languages).language
            if told != "und", !languages.contains(told) { (language, isForeign) = (told, true) }
        }
        var draft = try await answerer.draft(
            DraftRequest(
                deskName: desk.name, question: question, subject: subject, earlier: [], language: language,
                found: found, links: desk.links))
        if isForeign, isDesk, draft.needsHuman == nil {
            draft.needsHuman = "written in a language that the desk does not answer in"
        }
        if let note = found.note { draft.reasons.append(note) }
        return (draft, decider.decide(draft: draft, question: question))
    }
}
