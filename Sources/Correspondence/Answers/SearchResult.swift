// What a search found, with the raw signals that confidence is judged by.

/// Fused scores rank; raw signals judge. Dividing by the query's best wipes out how good the best was, so confidence
/// looks at these and never at `SearchHit.score`.
package struct SearchSignals: Sendable, Codable, Equatable {
    /// BM25 of the best article per query feature, unbounded, 0 when nothing fits.
    package var bm25 = 0.0
    /// Cosine of the query with the best article's centroid, 0 to 1.
    package var centroid = 0.0
    /// Cosine with the best article's best line, 0 to 1.
    package var bestLine = 0.0
    /// Share of the query's idf that the best article covers, 0 to 1.
    package var coverage = 0.0
    /// Share of the query's features that no article knows, 0 to 1.
    package var unknown = 0.0
    /// Distance of the fused score of the first from the second article, 0 to 1.
    package var margin = 0.0
    /// Whether BM25 over words alone ranks the same article first.
    package var wordsAgree = false
    /// The title of the article that BM25 over words alone ranks first, where that is another one than the first.
    package var firstByWords: String?
    /// The title of the second article, where there is one.
    package var second: String?
    /// How many query features there were.
    package var features = 0
    /// How many sentences of the question end with a question mark.
    package var asked = 0
    /// Highest cosine of one sentence (of those that ask, where any does) with one line of the best article, 0 to 1.
    package var closestLine = 0.0
    /// Lowest share of its idf that the best article covers of a sentence that asks, 0 to 1; of the whole question
    /// where none does.
    package var leastCovered = 0.0
    /// The same by words alone, of those that any article knows; 1 where no sentence asks.
    package var leastWords = 1.0
    /// The lowest share of a sentence that asks by all its words, those counted that no article knows; where none asks,
    /// the highest of any sentence. 0 to 1.
    package var leastHeld = 0.0
    /// Numbers of four digits and more (orders, customers, parcels) that the best article does not name.
    package var strangeNumbers = 0
    /// By vectors, cosine with the best article's best line, -1 to 1; nil where the search went without them. Models
    /// differ in what is a high one.
    package var vectorLine: Double?
    /// By vectors, cosine with the best article's centroid, -1 to 1; nil as above.
    package var vectorCentroid: Double?
    /// How far the mean of the two stands above that of the next article by vectors, -2 to 2; below 0 where another
    /// article is closer by vectors. Nil as above, and where there is no other article.
    package var vectorMargin: Double?

    package init() {}
}

package struct SearchHit: Sendable, Codable, Equatable {
    package var article: ArticleID
    package var path: String
    package var title: String
    package var language: String
    /// Where customers can read the article themselves.
    package var url: String?
    /// It is for agents' eyes: never to be quoted to a customer.
    package var isForAgents: Bool
    /// The best passage that may be quoted; where only questions fitted, the article's first answer passage.
    package var passage: Passage
    /// Every answer passage of the article, in order.
    package var passages: [Passage]
    /// What ranks; higher is better; comparable only within one search.
    package var score: Double

    package init(
        article: ArticleID, path: String, title: String, language: String, url: String? = nil,
        isForAgents: Bool = false, passage: Passage, passages: [Passage], score: Double
    ) {
        self.article = article
        self.path = path
        self.title = title
        self.language = language
        self.url = url
        self.isForAgents = isForAgents
        self.passage = passage
        self.passages = passages
        self.score = score
    }
}

package struct SearchResult: Sendable, Equatable {
    /// Best first, one hit an article.
    package var hits: [SearchHit]
    package var signals: SearchSignals
    /// Chance that the first hit answers the question, by the day-zero fit on the knowledge base's own lines
    /// (0 to 1); nil when there is too little knowledge to fit.
    package var dayZero: Double?
    /// What an agent should know of how it was searched: that vectors were wanted and could not be had.
    package var note: String?

    package init(hits: [SearchHit], signals: SearchSignals, dayZero: Double?, note: String? = nil) {
        self.hits = hits
        self.signals = signals
        self.dayZero = dayZero
        self.note = note
    }

    package static let nothing = SearchResult(hits: [], signals: SearchSignals(), dayZero: nil)
}
