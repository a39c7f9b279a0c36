// Search over articles kept in memory: one immutable index, swapped whole.

package import Correspondence
import Dispatch
import Foundation
import Language
import Synchronization

/// `PassageSearch` over `SearchIndex`. A search takes a reference to the index and never waits for a rebuild.
package final class MemoryPassageSearch: PassageSearch {
    private struct State: Sendable {
        var index: SearchIndex
        var dayZero: DayZero?
    }
    private let analyzer: any Analyzer
    private let state: Mutex<State>

    package init(analyzer: any Analyzer) {
        self.analyzer = analyzer
        state = Mutex(State(index: IndexBuilder.build([], analyzer: analyzer), dayZero: nil))
    }

    package func replace(with articles: [Article]) async {
        let analyzer = analyzer
        let fresh = await withCheckedContinuation { (done: CheckedContinuation<State, Never>) in
            DispatchQueue.global(qos: .utility).async {
                let index = IndexBuilder.build(articles, analyzer: analyzer)
                done.resume(returning: State(index: index, dayZero: DayZero(index)))
            }
        }
        state.withLock { $0 = fresh }
    }

    package func search(
        _ question: String, language: String, limit: Int, now: Instant, audience: Audience
    ) -> SearchResult {
        let state = state.withLock { $0 }
        let index = state.index
        let analysis = index.analysisLanguage(of: question, stated: language)
        let query = Query(features(of: question, language: analysis), index: index)
        let scored = Scoring.score(query, in: index)
        var ranked = RankedArticles(scored, query: query, language: language, index: index) { article in
            article.isFor(audience) && article.validUntil.map { $0 >= now } ?? true
        }
        guard let first = ranked.entries.first else { return .nothing }
        let asked = AskedSentences(
            question, language: analysis, article: first.article, index: index)
        asked.write(to: &ranked.signals)
        ranked.signals.strangeNumbers = Self.strangeNumbers(in: question, index.articles[first.article])
        let weights = PassageChoice.weights(of: query)
        let hits = ranked.entries.prefix(max(0, limit)).map { entry in
            hit(entry, weights: weights, index: index)
        }
        return SearchResult(
            hits: hits, signals: ranked.signals, dayZero: state.dayZero?.chance(ranked.signals))
    }

    /// What asks counts twice: a mail is greeting, story and question, and the question tells what it is about. Of 529
    /// questions that an article answers it puts the right one first in 11 more (`SearchGoalTests`).
    private func features(of question: String, language: String) -> [String] {
        let features = analyzer.features(of: question, language: language)
        let sentences = AskingText.sentences(of: question, by: analyzer)
        let asking = sentences.filter(AskingText.asks)
        guard !asking.isEmpty, asking.count < sentences.count else { return features }
        return features + analyzer.features(of: asking.joined(separator: " "), language: language)
    }

    /// Whoever names an order or a parcel mostly asks about that one.
    private static func strangeNumbers(in question: String, _ article: Article) -> Int {
        let numbers = question.split { !$0.isNumber }.filter { $0.count >= 4 }
        return numbers.count { number in
            !article.passages.contains { $0.purpose == .answer && $0.text.contains(number) }
        }
    }

    private func hit(_ entry: RankedArticles.Entry, weights: FeatureWeights, index: SearchIndex) -> SearchHit {
        let article = index.articles[entry.article]
        let answers = article.passages.filter { $0.purpose == .answer }
        let passage: Passage
        if answers.count > 1 {
            passage = answers[PassageChoice.best(of: answers.count, for: entry.best, weights: weights, in: index)]
        } else {
            passage = answers.first ?? article.passages.first ?? Passage(headings: [], text: "", purpose: .answer)
        }
        return SearchHit(
            article: article.id, path: article.path, title: article.title, language: article.language,
            url: article.url, isForAgents: article.isForAgents, passage: passage, passages: answers, score: entry.score)
    }
}
