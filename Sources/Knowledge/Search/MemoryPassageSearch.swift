// Search over articles kept in memory: one immutable index, swapped whole.

package import Correspondence
import Dispatch
import Foundation
import Language
import Synchronization

/// `PassageSearch` over `SearchIndex`. A search takes a reference to the index and never waits for a rebuild.
///
/// With an embedder, `find` asks for the question's vector first; the lines' vectors come by `adopt` (`VectorKeeper`
/// brings them), and those of lines that stay are carried over when the articles change.
package final class MemoryPassageSearch: PassageSearch {
    private struct State: Sendable {
        var index: SearchIndex
        var dayZero: DayZero?
        /// Nil without an embedder.
        var texts: LineTexts?
        /// Nil until the first are there.
        var vectors: LineVectors?
        /// Counts the replacements.
        var revision = 0
    }
    /// Below this cosine with an article's best line, words do not choose its passage where vectors can.
    private static let fewWords = 0.1

    private let analyzer: any Analyzer
    private let questions: QuestionVectors?
    private let state: Mutex<State>
    /// Where states are made, one after the other.
    private let making = DispatchQueue(label: "deskbridge.index", qos: .utility)

    /// How long a question waits for its vector.
    package static let questionLimit = Duration.seconds(2)

    package init(
        analyzer: any Analyzer, embedder: (any Embedder)? = nil,
        questionLimit: Duration = MemoryPassageSearch.questionLimit, surroundings: Surroundings = .system
    ) {
        self.analyzer = analyzer
        questions = embedder.map { QuestionVectors($0, limit: questionLimit, surroundings: surroundings) }
        state = Mutex(State(index: IndexBuilder.build([], analyzer: analyzer), dayZero: nil))
    }

    package func replace(with articles: [Article]) async {
        let (analyzer, wantsTexts) = (analyzer, questions != nil)
        await change { former in
            guard wantsTexts else {
                let index = IndexBuilder.build(articles, analyzer: analyzer)
                return State(index: index, dayZero: DayZero(index), revision: former.revision + 1)
            }
            let (index, texts) = IndexBuilder.buildWithTexts(articles, analyzer: analyzer)
            var vectors: LineVectors?
            if let known = former.vectors, let formerTexts = former.texts {
                vectors = LineVectors(index, texts, model: known.model, known: known.known(formerTexts))
            }
            return State(
                index: index, dayZero: DayZero(index), texts: texts, vectors: vectors, revision: former.revision + 1)
        }
    }

    private func change(_ make: @escaping @Sendable (State) -> State) async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            making.async {
                let fresh = make(self.state.withLock { $0 })
                self.state.withLock { $0 = fresh }
                done.resume()
            }
        }
    }

    // MARK: Vectors of the lines

    /// Changes with the articles.
    package var revision: Int { state.withLock { $0.revision } }

    /// What vectors are made of, each text once; empty without an embedder.
    var lineTexts: [String] { state.withLock { $0.texts }?.texts ?? [] }

    /// Whether every line has a vector, of whatever model.
    package var hasAllVectors: Bool {
        let state = state.withLock { $0 }
        return state.texts?.texts.isEmpty ?? true || state.vectors?.lacking.isEmpty ?? false
    }

    /// The texts without a vector of this model.
    func lacking(_ model: EmbeddingModel) -> [String] {
        let state = state.withLock { $0 }
        guard let vectors = state.vectors, vectors.model == model else { return state.texts?.texts ?? [] }
        return vectors.lacking
    }

    /// Adds vectors to those that are there; those of another model go.
    func adopt(_ vectors: [String: [Float]], of model: EmbeddingModel) async {
        await change { former in
            guard let texts = former.texts else { return former }
            var known = former.vectors.flatMap { $0.model == model ? $0.known(texts) : nil } ?? [:]
            known.merge(vectors) { _, new in new }
            var state = former
            state.vectors = LineVectors(former.index, texts, model: model, known: known)
            return state
        }
    }

    private func forget(_ model: EmbeddingModel) async {
        await change { former in
            guard former.vectors?.model == model else { return former }
            var state = former
            state.vectors = nil
            return state
        }
    }

    // MARK: Searching

    package func find(
        _ question: String, language: String, limit: Int, now: Instant, audience: Audience
    ) async -> SearchResult {
        func search(_ vector: [Float]?, note: String? = nil) -> SearchResult {
            var found = self.search(
                question, language: language, limit: limit, now: now, audience: audience, vector: vector)
            found.note = note.map { "searched by words alone: \($0)" }
            return found
        }
        guard let questions, !question.isEmpty else { return search(nil) }
        guard let vectors = state.withLock({ $0.vectors }), !vectors.isEmpty else {
            return search(nil, note: hasAllVectors ? nil : "the articles' vectors are not there yet")
        }
        switch await questions.vector(of: question) {
        case .vector(let vector):
            if vector.count == vectors.model.dimension { return search(vector) }
            // Another model stands behind the address now: the articles' vectors are to be made anew.
            await forget(vectors.model)
            return search(nil, note: "the question's vector does not fit the articles'")
        case .none(let reason): return search(nil, note: reason)
        }
    }

    package func search(
        _ question: String, language: String, limit: Int, now: Instant, audience: Audience
    ) -> SearchResult {
        search(question, language: language, limit: limit, now: now, audience: audience, vector: nil)
    }

    /// `vector`: the question's, by the model that the lines' vectors are of.
    package func search(
        _ question: String, language: String, limit: Int, now: Instant, audience: Audience = .customer(role: nil),
        vector: [Float]?
    ) -> SearchResult {
        let state = state.withLock { $0 }
        let index = state.index
        let asked = vector.flatMap { vector in state.vectors.flatMap { AskedVector(vector, among: $0) } }
        let analysis = index.analysisLanguage(of: question, stated: language)
        let query = Query(features(of: question, language: analysis), index: index)
        let scored = Scoring.score(query, in: index, asked: asked)
        var ranked = RankedArticles(scored, query: query, language: language, index: index) { article in
            article.isFor(audience) && article.validUntil.map { $0 >= now } ?? true
        }
        guard let first = ranked.entries.first else { return .nothing }
        let sentences = AskedSentences(
            question, language: analysis, article: first.article, index: index)
        sentences.write(to: &ranked.signals)
        ranked.signals.strangeNumbers = Self.strangeNumbers(in: question, index.articles[first.article])
        let weights = PassageChoice.weights(of: query)
        let hits = ranked.entries.prefix(max(0, limit)).map { entry in
            let sharesNoWords =
                index.isForeign(entry.article, to: language) || entry.best.bestLine < Self.fewWords
            return hit(entry, weights: weights, asked: sharesNoWords ? asked : nil, index: index)
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

    /// `asked`: where vectors choose the passage.
    private func hit(
        _ entry: RankedArticles.Entry, weights: FeatureWeights, asked: AskedVector?, index: SearchIndex
    ) -> SearchHit {
        let article = index.articles[entry.article]
        let answers = article.passages.filter { $0.purpose == .answer }
        let passage: Passage
        if answers.count > 1 {
            let nearest = asked.flatMap {
                PassageChoice.nearest(of: answers.count, for: entry.best.unit, asked: $0, in: index)
            }
            passage =
                answers[
                    nearest
                        ?? PassageChoice.best(of: answers.count, for: entry.best, weights: weights, in: index)]
        } else {
            passage = answers.first ?? article.passages.first ?? Passage(headings: [], text: "", purpose: .answer)
        }
        return SearchHit(
            article: article.id, path: article.path, title: article.title, language: article.language,
            url: article.url, isForAgents: article.isForAgents, passage: passage, passages: answers, score: entry.score)
    }
}
