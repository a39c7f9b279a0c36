// The raw signals of a scored question, and the article that stands first.

import Correspondence
import Language

/// Units put together to articles, with the language preference, and the first one's raw signals.
struct RankedArticles {
    /// A hit in another language than the question's must be this much better to stand first.
    static let otherLanguage = 0.7

    struct Entry {
        var article: Int
        var best: Scoring.Scored
        /// What ranks.
        var score: Double
        /// What words alone say of it, 0 to 1.
        var byWords: Double
    }
    var entries: [Entry] = []
    var signals = SearchSignals()

    init(
        _ scored: [Scoring.Scored], query: Query, language: String, index: SearchIndex,
        isUsable: (Article) -> Bool = { _ in true }
    ) {
        let usable = scored.filter { isUsable(index.articles[index.unitArticle[$0.unit]]) }
        let byWords = usable.map { one in
            let isForeign = index.isForeign(index.unitArticle[one.unit], to: language)
            return one.fused * (isForeign ? Self.otherLanguage : 1)
        }
        let scores = VectorFusion.scores(
            byWords: byWords, byVectors: usable.map(\.closeness?.both),
            coverage: usable.map(\.coverage).max() ?? 0)
        var position: [Int: Int] = [:]
        for (number, one) in usable.enumerated() {
            let article = index.unitArticle[one.unit]
            let entry = Entry(article: article, best: one, score: scores[number], byWords: byWords[number])
            if let known = position[article] {
                if entry.score > entries[known].score { entries[known] = entry }
            } else {
                position[article] = entries.count
                entries.append(entry)
            }
        }
        entries.sort { ($0.score, $1.article) > ($1.score, $0.article) }
        guard let first = entries.first else { return }
        signals.features = query.count
        signals.bm25 = first.best.bm25 / Double(max(1, query.count))
        signals.centroid = first.best.centroid
        signals.bestLine = first.best.bestLine
        signals.coverage = first.best.coverage
        signals.unknown = Double(query.unknownCount) / Double(max(1, query.count))
        signals.margin = max(0, first.byWords - (entries.dropFirst().map(\.byWords).max() ?? 0))
        signals.second = entries.count > 1 ? index.articles[entries[1].article].title : nil
        let most = entries.max { ($0.best.wordBM25, $1.article) < ($1.best.wordBM25, $0.article) }
        signals.wordsAgree = most?.article == first.article && first.best.wordBM25 > 0
        if let most, most.article != first.article {
            signals.firstByWords = index.articles[most.article].title
        }
        guard let closeness = first.best.closeness else { return }
        signals.vectorLine = closeness.line
        signals.vectorCentroid = closeness.centroid
        signals.vectorMargin = entries.dropFirst().compactMap(\.best.closeness?.both).max()
            .map { (closeness.both - $0) / 2 }
    }
}
