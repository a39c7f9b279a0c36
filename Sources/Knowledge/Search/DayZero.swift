// Confidence before there is a single label: the knowledge base is asked its own lines.

import Correspondence
import Foundation

/// Each sampled line is asked twice: with its article present but without the line (right, if its article comes first)
/// and with its whole article gone (wrong, whatever comes first). A logistic fit on the raw signals tells the two apart.
/// Good as a rank from the first mail; too sure on chat logs and near misses, so nobody sends on it alone.
struct DayZero: Sendable {
    static let lineLimit = 1500
    /// Lines with fewer features say too little to be asked.
    static let fewestFeatures = 8
    /// Articles needed for a fit.
    static let fewestArticles = 3

    private let fit: Logistic

    init?(_ index: SearchIndex) {
        guard index.articles.count >= Self.fewestArticles else { return nil }
        var rows: [[Double]] = []
        var labels: [Bool] = []
        for line in Self.sample(index) {
            let unit = Self.unit(of: line, in: index)
            let article = index.unitArticle[unit]
            let language = index.articles[article].language
            var counts: [Int: Int] = [:]
            for entry in index.lineStart[line]..<index.lineStart[line + 1] {
                counts[Int(index.lineFeature[entry])] = Int(index.lineCounts[entry])
            }
            for gone in [false, true] {
                let exclusion = Scoring.Exclusion(line: line, unit: unit, article: gone ? article : nil)
                var query = Query(counts: counts, index: index)
                query.forget(where: { Self.isAlone($0, line: line, unit: unit, gone: gone, in: index) }, index: index)
                let scored = Scoring.score(query, in: index, without: exclusion)
                let ranked = RankedArticles(scored, query: query, language: language, index: index)
                rows.append(Self.row(ranked.signals))
                labels.append(!gone && ranked.entries.first?.article == article)
            }
        }
        guard let fit = Logistic(rows: rows, labels: labels) else { return nil }
        self.fit = fit
    }

    func chance(_ signals: SearchSignals) -> Double { fit.chance(Self.row(signals)) }

    private static func row(_ signals: SearchSignals) -> [Double] {
        [
            log1p(signals.bm25), signals.centroid, signals.bestLine, signals.coverage, signals.unknown, signals.margin,
            signals.wordsAgree ? 1 : 0,
        ]
    }

    /// Questions first, since customers write such lines; then the others, both spread evenly over the articles.
    private static func sample(_ index: SearchIndex) -> [Int] {
        let all = index.linePassage.indices.filter { index.lineStart[$0 + 1] - index.lineStart[$0] >= fewestFeatures }
        let questions = spread(all.filter { index.lineIsQuestion[$0] }, limit: lineLimit * 2 / 3)
        return questions + spread(all.filter { !index.lineIsQuestion[$0] }, limit: lineLimit - questions.count)
    }

    private static func spread(_ lines: [Int], limit: Int) -> [Int] {
        guard lines.count > limit else { return lines }
        return (0..<limit).map { lines[$0 * lines.count / limit] }
    }

    private static func unit(of line: Int, in index: SearchIndex) -> Int {
        var low = 0
        var high = index.unitArticle.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if index.unitLines[middle] <= line { low = middle } else { high = middle }
        }
        return low
    }

    /// Whether nothing but what is taken out knows the feature.
    private static func isAlone(_ feature: Int, line: Int, unit: Int, gone: Bool, in index: SearchIndex) -> Bool {
        guard index.frequency(of: feature) == 1 else { return false }
        if gone { return true }
        for other in index.unitLines[unit]..<index.unitLines[unit + 1] where other != line {
            for entry in index.lineStart[other]..<index.lineStart[other + 1]
            where Int(index.lineFeature[entry]) == feature { return false }
        }
        return true
    }
}
