// Each sentence that asks, held against the article that was found.

import Correspondence
import Language

/// A mail is greeting, story, questions and name. Whether an article answers it is seen by the questions: each must be
/// covered, and one must come close to a line.
struct AskedSentences {
    /// Of a long mail the first sentences that ask are looked at.
    static let limit = 8
    /// A sentence with fewer features is a greeting.
    static let fewestFeatures = 6
    /// A question with fewer words ("What can I do?") may be about the sentence before it.
    static let fewestWords = 6

    /// How one sentence fits the article: its best unit's figures.
    struct Fit {
        /// Cosine with the closest line.
        var line = 0.0
        /// Share of the idf that is covered.
        var coverage = 0.0
        /// The same by words that any article knows.
        var words = 0.0
        /// The same by all words, those that nobody knows at the idf of the rarest.
        var allWords = 0.0

        func best(with other: Fit) -> Fit { pick(other, max) }
        func least(with other: Fit) -> Fit { pick(other, min) }

        private func pick(_ other: Fit, _ which: (Double, Double) -> Double) -> Fit {
            Fit(
                line: which(line, other.line), coverage: which(coverage, other.coverage),
                words: which(words, other.words), allWords: which(allWords, other.allWords))
        }
    }

    private let index: SearchIndex
    private let language: String
    private let units: Range<Int>
    private var asked = 0
    /// Of the sentences that ask, by each figure.
    private var least: Fit?
    /// Of all that were looked at.
    private var best = Fit()

    init(_ question: String, language: String, article: Int, index: SearchIndex) {
        self.index = index
        self.language = language
        units = index.units(of: article)
        let sentences = AskingText.sentences(of: question, by: index.analyzer)
        let asking = sentences.indices.filter { AskingText.asks(sentences[$0]) }
        asked = asking.count
        // What was not looked at is covered by nothing.
        if asking.count > Self.limit { least = Fit() }
        for position in (asking.isEmpty ? Array(sentences.indices) : asking).prefix(Self.limit) {
            guard var fit = compare(sentences[position]) else { continue }
            if !asking.isEmpty, position > 0, !AskingText.asks(sentences[position - 1]), isShort(sentences[position]),
                let joined = compare(sentences[position - 1] + " " + sentences[position])
            {
                fit = fit.best(with: joined)
            }
            best = best.best(with: fit)
            if !asking.isEmpty { least = least?.least(with: fit) ?? fit }
        }
    }

    private func compare(_ sentence: String) -> Fit? {
        let query = Query(index.analyzer.features(of: sentence, language: language), index: index)
        guard query.count >= Self.fewestFeatures else { return nil }
        return units.reduce(Fit()) { $0.best(with: index.compare(query, with: $1)) }
    }

    private func isShort(_ sentence: String) -> Bool {
        index.analyzer.words(of: sentence, language: language).count < Self.fewestWords
    }

    func write(to signals: inout SearchSignals) {
        signals.asked = asked
        signals.closestLine = best.line
        signals.leastCovered = least?.coverage ?? (asked == 0 ? signals.coverage : 0)
        signals.leastWords = least?.words ?? 1
        signals.leastHeld = least?.allWords ?? best.allWords
    }
}
