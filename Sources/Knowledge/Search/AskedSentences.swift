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

    private let index: SearchIndex
    private let language: String
    private let units: Range<Int>
    private var asked = 0
    private var closestLine = 0.0
    private var leastCovered: Double?
    private var leastWords: Double?

    /// `best` is what scoring the whole question found, which needs no second look when it is one sentence.
    init(_ question: String, language: String, article: Int, best: Scoring.Scored, index: SearchIndex) {
        self.index = index
        self.language = language
        units = index.units(of: article)
        let sentences = AskingText.sentences(of: question, by: index.analyzer)
        let asking = sentences.indices.filter { AskingText.asks(sentences[$0]) }
        asked = asking.count
        if sentences.count == 1, units.count == 1 {
            closestLine = best.bestLine
            if asked > 0 {
                leastCovered = best.coverage
                leastWords = compare(question)?.words
            }
            return
        }
        for position in (asking.isEmpty ? Array(sentences.indices) : asking).prefix(Self.limit) {
            guard var (line, covered, words) = compare(sentences[position]) else { continue }
            if !asking.isEmpty, position > 0, !AskingText.asks(sentences[position - 1]), isShort(sentences[position]),
                let joined = compare(sentences[position - 1] + " " + sentences[position])
            {
                line = max(line, joined.line)
                covered = max(covered, joined.coverage)
                words = max(words, joined.words)
            }
            closestLine = max(closestLine, line)
            if !asking.isEmpty {
                leastCovered = min(leastCovered ?? 1, covered)
                leastWords = min(leastWords ?? 1, words)
            }
        }
    }

    private func compare(_ sentence: String) -> (line: Double, coverage: Double, words: Double)? {
        let query = Query(index.analyzer.features(of: sentence, language: language), index: index)
        guard query.count >= Self.fewestFeatures else { return nil }
        var best = 0.0
        var covered = 0.0
        var words = 0.0
        for unit in units {
            let found = index.compare(query, with: unit)
            best = max(best, found.line)
            covered = max(covered, found.coverage)
            words = max(words, found.words)
        }
        return (best, covered, words)
    }

    private func isShort(_ sentence: String) -> Bool {
        index.analyzer.words(of: sentence, language: language).count < Self.fewestWords
    }

    func write(to signals: inout SearchSignals) {
        signals.asked = asked
        signals.closestLine = closestLine
        signals.leastCovered = leastCovered ?? (asked == 0 ? signals.coverage : 0)
        signals.leastWords = leastWords ?? 1
    }
}
