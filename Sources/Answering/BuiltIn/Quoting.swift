// Which whole sentences of an article are quoted as the answer.

import Correspondence
import Foundation
import Language

/// Passages are chosen so that together they cover what the sentences ask: the search's best one first, then any that
/// adds enough. A short passage is quoted whole; of a long one the sentences that cover most, in reading order.
struct Quoting {
    /// Passages quoted at most.
    static let passageLimit = 3
    /// A passage of at most so many characters is quoted whole.
    static let wholeLimit = 600
    /// Sentences quoted of a longer passage.
    static let sentenceLimit = 3
    /// What a further passage must add to the coverage of a sentence that asks.
    static let worthAdding = 0.12

    private let analyzer: any Analyzer
    private let known: PassageFeatures
    private let language: String
    private var idf: [String: Double] = [:]

    init(found: SearchResult, analyzer: any Analyzer, known: PassageFeatures, language: String) {
        self.analyzer = analyzer
        self.known = known
        self.language = language
        var frequency: [String: Int] = [:]
        var count = 0
        for hit in found.hits {
            for passage in hit.passages {
                count += 1
                for feature in known.features(of: passage, language: language) { frequency[feature, default: 0] += 1 }
            }
        }
        idf = frequency.mapValues { log(1 + Double(count) / Double($0)) }
    }

    /// The quotes, one a passage, in the article's order.
    func quotes(from hit: SearchHit, for question: String) -> [String] {
        let asking = AskingText.sentences(of: question, by: analyzer).filter(AskingText.asks)
        let wanted = (asking.isEmpty ? [question] : asking).map { Set(analyzer.features(of: $0, language: language)) }
        let known = hit.passages.map { self.known.features(of: $0, language: language) }
        return choose(hit, wanted: wanted, known: known).map { quote(hit.passages[$0], wanted: wanted) }
    }

    private func choose(_ hit: SearchHit, wanted: [Set<String>], known: [Set<String>]) -> [Int] {
        guard let first = hit.passages.firstIndex(of: hit.passage) else { return [] }
        var chosen = [first]
        for sentence in wanted {
            let whole = max(1e-9, weight(of: sentence))
            while chosen.count < Self.passageLimit {
                let left = sentence.subtracting(chosen.reduce(into: Set()) { $0.formUnion(known[$1]) })
                let gains = known.indices.filter { !chosen.contains($0) }
                    .map { (passage: $0, gain: weight(of: left.intersection(known[$0])) / whole) }
                guard let best = gains.max(by: { ($0.gain, $1.passage) < ($1.gain, $0.passage) }),
                    best.gain >= Self.worthAdding
                else { break }
                chosen.append(best.passage)
            }
        }
        return chosen.sorted()
    }

    private func quote(_ passage: Passage, wanted: [Set<String>]) -> String {
        guard passage.text.count > Self.wholeLimit else { return passage.text }
        let sentences = analyzer.sentences(of: passage.text)
        let all = wanted.reduce(into: Set<String>()) { $0.formUnion($1) }
        let features = sentences.map { Set(analyzer.features(of: $0, language: language)) }
        // Within one passage the words that tell its sentences apart are the ones that count.
        var frequency: [String: Int] = [:]
        for feature in features.joined() { frequency[feature, default: 0] += 1 }
        let rarity = frequency.mapValues { log(1 + Double(sentences.count) / Double($0)) }
        let whole = weight(of: all, by: rarity)
        var left = all
        var chosen: [Int] = []
        while chosen.count < Self.sentenceLimit {
            let rest = sentences.indices.filter { !chosen.contains($0) }
                .map { (sentence: $0, gain: weight(of: left.intersection(features[$0]), by: rarity)) }
            guard let best = rest.max(by: { ($0.gain, $1.sentence) < ($1.gain, $0.sentence) }),
                chosen.isEmpty || best.gain >= Self.worthAdding * whole
            else { break }
            chosen.append(best.sentence)
            left.subtract(features[best.sentence])
        }
        return chosen.sorted().map { sentences[$0] }.joined(separator: joiner(passage.text))
    }

    /// Lines stay lines; sentences of one paragraph run on.
    private func joiner(_ text: String) -> String {
        if text.contains("\n") { return "\n" }
        return text.contains("。") ? "" : " "
    }

    /// Summed in order, since the order of a set is not the same from run to run and sums of doubles would differ.
    private func weight(of features: Set<String>, by rarity: [String: Double]? = nil) -> Double {
        let rarity = rarity ?? idf
        return features.compactMap { rarity[$0] }.sorted().reduce(0, +)
    }
}
