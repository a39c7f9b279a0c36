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
    /// In how many of the found passages each feature stands, by its number.
    private var frequency: [UInt16]
    private var count = 0

    init(found: SearchResult, analyzer: any Analyzer, known: PassageFeatures, language: String) {
        self.analyzer = analyzer
        self.known = known
        self.language = language
        let passages = found.hits.flatMap(\.passages).map { known.features(of: $0, language: language) }
        frequency = Array(repeating: 0, count: known.count)
        for features in passages {
            count += 1
            for feature in features { frequency[Int(feature)] &+= 1 }
        }
    }

    /// The quotes, one a passage, in the article's order.
    func quotes(from hit: SearchHit, for question: String) -> [String] {
        let asking = AskingText.sentences(of: question, by: analyzer).filter(AskingText.asks)
        let sentences = asking.isEmpty ? [question] : asking
        let features = hit.passages.map { known.features(of: $0, language: language) }
        let wanted = sentences.map { known.known(in: $0, language: language) }
        return choose(hit, wanted: wanted, known: features).map { quote(hit.passages[$0], wanted: sentences) }
    }

    private func choose(_ hit: SearchHit, wanted: [Set<Int32>], known: [Set<Int32>]) -> [Int] {
        guard let first = hit.passages.firstIndex(of: hit.passage) else { return [] }
        var chosen = [first]
        for sentence in wanted {
            let whole = max(1e-9, weight(of: sentence))
            while chosen.count < Self.passageLimit {
                let left = sentence.filter { feature in !chosen.contains { known[$0].contains(feature) } }
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

    private func quote(_ passage: Passage, wanted: [String]) -> String {
        // As many bytes as characters at least: a short passage need not be counted.
        guard passage.text.utf8.count > Self.wholeLimit, passage.text.count > Self.wholeLimit else {
            return passage.text
        }
        let sentences = analyzer.sentences(of: passage.text)
        let all = wanted.reduce(into: Set<String>()) { $0.formUnion(analyzer.features(of: $1, language: language)) }
        let features = sentences.map { Set(analyzer.features(of: $0, language: language)) }
        // Within one passage the words that tell its sentences apart are the ones that count.
        var frequency: [String: Int] = [:]
        for feature in features.joined() { frequency[feature, default: 0] += 1 }
        let rarity = frequency.mapValues { log(1 + Double(sentences.count) / Double($0)) }
        func weight(of features: Set<String>) -> Double { Self.sum(features.compactMap { rarity[$0] }) }
        let whole = weight(of: all)
        var left = all
        var chosen: [Int] = []
        while chosen.count < Self.sentenceLimit {
            let rest = sentences.indices.filter { !chosen.contains($0) }
                .map { (sentence: $0, gain: weight(of: left.intersection(features[$0]))) }
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

    private func weight(of features: Set<Int32>) -> Double {
        Self.sum(
            features.compactMap { feature in
                // Numbers given out since this question's passages were counted stand in none of them.
                guard Int(feature) < frequency.count, frequency[Int(feature)] > 0 else { return nil }
                return log(1 + Double(count) / Double(frequency[Int(feature)]))
            })
    }

    /// In order, since the order of a set is not the same from run to run and sums of doubles would differ.
    private static func sum(_ weights: [Double]) -> Double { weights.sorted().reduce(0, +) }
}
