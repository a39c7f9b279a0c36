// A search by shared words: enough for tests of what stands behind the seam.

package import Correspondence
import Foundation
import Synchronization

/// Ranks by the share of the question's words that an article holds. Raw signals are that share; `dayZero` too.
package final class FakePassageSearch: PassageSearch {
    private let articles = Mutex<[Article]>([])

    package init() {}

    package func replace(with articles: [Article]) async {
        self.articles.withLock { $0 = articles }
    }

    package func search(
        _ question: String, language: String, limit: Int, now: Instant, audience: Audience
    ) -> SearchResult {
        let asked = Self.words(question)
        guard !asked.isEmpty else { return .nothing }
        let scored = articles.withLock { $0 }
            .filter { article in article.isFor(audience) && article.validUntil.map { $0 >= now } ?? true }
            .map { article -> (article: Article, score: Double) in
                let text = ([article.title] + article.passages.map(\.text)).joined(separator: " ")
                let share = Double(asked.intersection(Self.words(text)).count) / Double(asked.count)
                return (article, share * (language == "und" || article.language == language ? 1 : 0.7))
            }
            .filter { $0.score > 0 }
            .sorted { ($0.score, $1.article.path) > ($1.score, $0.article.path) }
        guard let first = scored.first else { return .nothing }
        var signals = SearchSignals()
        signals.features = asked.count
        signals.coverage = min(1, first.score)
        signals.leastCovered = signals.coverage
        signals.closestLine = signals.coverage
        signals.centroid = signals.coverage
        signals.bestLine = signals.coverage
        signals.margin = first.score - (scored.count > 1 ? scored[1].score : 0)
        signals.wordsAgree = true
        return SearchResult(
            hits: scored.prefix(limit).map { Self.hit($0.article, asked: asked, score: $0.score) }, signals: signals,
            dayZero: signals.coverage)
    }

    private static func hit(_ article: Article, asked: Set<String>, score: Double) -> SearchHit {
        let answers = article.passages.filter { $0.purpose == .answer }
        let best = answers.max { asked.intersection(words($0.text)).count < asked.intersection(words($1.text)).count }
        return SearchHit(
            article: article.id, path: article.path, title: article.title, language: article.language,
            url: article.url, isForAgents: article.isForAgents,
            passage: best ?? article.passages.first ?? Passage(headings: [], text: "", purpose: .answer),
            passages: answers, score: score)
    }

    private static func words(_ text: String) -> Set<String> {
        Set(text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
    }
}
