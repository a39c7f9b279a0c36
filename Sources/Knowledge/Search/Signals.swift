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
        var score: Double
    }
    var entries: [Entry] = []
    var signals = SearchSignals()

    init(
        _ scored: [Scoring.Scored], query: Query, language: String, index: SearchIndex,
        isUsable: (Article) -> Bool = { _ in true }
    ) {
        var position: [Int: Int] = [:]
        for one in scored {
            let number = index.unitArticle[one.unit]
            let article = index.articles[number]
            guard isUsable(article) else { continue }
            let isForeign =
                language != "und" && article.language != "und" && !LanguageCode.same(article.language, language)
            let score = one.fused * (isForeign ? Self.otherLanguage : 1)
            if let known = position[number] {
                if score > entries[known].score { entries[known] = Entry(article: number, best: one, score: score) }
            } else {
                position[number] = entries.count
                entries.append(Entry(article: number, best: one, score: score))
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
        signals.margin = max(0, first.score - (entries.count > 1 ? entries[1].score : 0))
        signals.second = entries.count > 1 ? index.articles[entries[1].article].title : nil
        let byWords = entries.max { ($0.best.wordBM25, $1.article) < ($1.best.wordBM25, $0.article) }
        signals.wordsAgree = byWords?.article == first.article && first.best.wordBM25 > 0
        if let byWords, byWords.article != first.article {
            signals.firstByWords = index.articles[byWords.article].title
        }
    }
}
