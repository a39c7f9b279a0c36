// The index of passages: immutable arrays, made once, read by any number of threads.

import Correspondence
import Foundation
import Language

/// Features are numbered. Postings say which unit holds a feature; lines hold unit vectors of `(1 + ln tf) x idf`, from
/// which centroid (their sum) and best line are scored. Flat arrays, because a question walks through thousands.
final class SearchIndex: Sendable {
    let articles: [Article]
    let unitArticle: [Int]
    /// BM25's length term of each unit, to take a line's share out of an impact again.
    let unitNorm: [Double]
    let vocabulary: [String: Int]
    let isWord: [Bool]
    let postingStart: [Int]
    let postings: [Posting]
    /// idf of BM25 and of the vectors, by feature.
    let rankIDF: [Double]
    let lineIDF: [Float]
    /// First line of each unit, and one past the last.
    let unitLines: [Int]
    let lineStart: [Int]
    let lineFeature: [Int32]
    let lineWeight: [Float]
    let linePassage: [Int]
    let lineIsQuestion: [Bool]
    let lineIsTitle: [Bool]
    let lineCounts: [UInt16]
    /// Length of the sum of a unit's lines.
    let centroidLength: [Double]
    /// Base languages of the articles, with their number, most frequent first.
    let languages: [(code: String, count: Int)]
    let analyzer: any Analyzer

    init(
        articles: [Article], unitArticle: [Int], unitNorm: [Double], vocabulary: [String: Int], isWord: [Bool],
        postings lists: [[Posting]], lines: [IndexBuilder.Line], analyzer: any Analyzer
    ) {
        self.articles = articles
        self.unitArticle = unitArticle
        self.unitNorm = unitNorm
        self.vocabulary = vocabulary
        self.isWord = isWord
        self.analyzer = analyzer
        let count = Double(unitArticle.count)
        var starts = [0]
        var flat: [Posting] = []
        flat.reserveCapacity(lists.reduce(0) { $0 + $1.count })
        for list in lists {
            flat.append(contentsOf: list)
            starts.append(flat.count)
        }
        postingStart = starts
        postings = flat
        rankIDF = lists.map { log(1 + (count - Double($0.count) + 0.5) / (Double($0.count) + 0.5)) }
        let idf = lists.map { Float(log((1 + count) / (1 + Double($0.count))) + 1) }
        lineIDF = idf

        var unitLines = [Int](repeating: 0, count: unitArticle.count + 1)
        for line in lines { unitLines[line.unit + 1] += 1 }
        for unit in unitArticle.indices { unitLines[unit + 1] += unitLines[unit] }
        var lineStart = [0]
        var features: [Int32] = []
        var weights: [Float] = []
        var counts: [UInt16] = []
        var lengths = [Double](repeating: 0, count: unitArticle.count)
        var sum: [Int: Float] = [:]
        for (number, line) in lines.enumerated() {
            let raw = line.features.map { (1 + log(Float($0.count))) * idf[$0.id] }
            let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
            for (feature, weight) in zip(line.features, raw) {
                features.append(Int32(feature.id))
                weights.append(weight / length)
                counts.append(UInt16(clamping: feature.count))
                sum[feature.id, default: 0] += weight / length
            }
            lineStart.append(features.count)
            if number + 1 == lines.count || lines[number + 1].unit != line.unit {
                lengths[line.unit] = sum.sorted { $0.key < $1.key }
                    .reduce(0.0) { $0 + Double($1.value) * Double($1.value) }.squareRoot()
                sum.removeAll(keepingCapacity: true)
            }
        }
        self.unitLines = unitLines
        self.lineStart = lineStart
        lineFeature = features
        lineWeight = weights
        lineCounts = counts
        centroidLength = lengths
        linePassage = lines.map(\.passage)
        lineIsQuestion = lines.map(\.isQuestion)
        lineIsTitle = lines.map(\.isTitle)
        let byLanguage = Dictionary(grouping: articles) { LanguageCode.base($0.language) }.mapValues(\.count)
        languages = byLanguage.map { ($0.key, $0.value) }.sorted { ($0.1, $1.0) > ($1.1, $0.0) }
    }

    /// How many units hold a feature.
    func frequency(of feature: Int) -> Int { postingStart[feature + 1] - postingStart[feature] }

    /// The units of an article; they stand together.
    func units(of article: Int) -> Range<Int> {
        let first = unitArticle.partitioningIndex { $0 >= article }
        let end = unitArticle.partitioningIndex { $0 > article }
        return first..<end
    }

    /// Whether an article is known to be in another language than `language`.
    func isForeign(_ article: Int, to language: String) -> Bool {
        let own = articles[article].language
        return language != "und" && own != "und" && !LanguageCode.same(own, language)
    }

    /// The cosine with the unit's best line, the share of the question's idf that the unit covers, and that share by the
    /// words alone that any article knows: a long word has many 4-grams, and would hide a short one that is missing.
    func compare(_ query: Query, with unit: Int) -> AskedSentences.Fit {
        let terms = Dictionary(uniqueKeysWithValues: query.terms.map { ($0.feature, $0) })
        var covered: Set<Int> = []
        var best: Float = 0
        for line in unitLines[unit]..<unitLines[unit + 1] {
            var dot: Float = 0
            for entry in lineStart[line]..<lineStart[line + 1] {
                let feature = Int(lineFeature[entry])
                guard let term = terms[feature] else { continue }
                dot += term.weight * lineWeight[entry]
                covered.insert(feature)
            }
            best = max(best, dot)
        }
        // In the order of the terms: a set's order changes from run to run, and with it the last digits of a sum.
        let idf = query.terms.reduce(0) { covered.contains($1.feature) ? $0 + $1.idf : $0 }
        let words = query.terms.filter { isWord[$0.feature] }
        let known = words.reduce(0) { $0 + $1.idf }
        let held = words.reduce(0) { covered.contains($1.feature) ? $0 + $1.idf : $0 }
        return AskedSentences.Fit(
            line: min(1, Double(best)), coverage: min(1, idf / max(1e-9, query.knownIDF + query.unknownIDF)),
            words: known > 0 ? min(1, held / known) : 1,
            allWords: min(1, held / max(1e-9, known + query.unknownWordIDF)))
    }

    /// The language whose stemmer a question of unknown language is read with: the one that knows most of its words.
    func analysisLanguage(of question: String, stated: String) -> String {
        guard stated == "und" || stated.isEmpty else { return stated }
        guard languages.count > 1 else { return languages.first?.code ?? stated }
        var best = (code: stated, known: 0.0)
        for language in languages.prefix(12) {
            var known = 0.0
            for word in Set(analyzer.words(of: question, language: language.code)) {
                if let id = vocabulary[word] { known += rankIDF[id] }
            }
            if known > best.known { best = (language.code, known) }
        }
        return best.code
    }
}

extension Array {
    /// The first index whose element fulfils `belongs`, in an array where all that do stand behind all that do not.
    fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
