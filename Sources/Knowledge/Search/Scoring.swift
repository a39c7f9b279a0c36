// One question against the index: candidates by postings, then the four scores of each candidate.

import Correspondence

/// The engine: BM25, cosine with the centroid and cosine with the best line, each divided by the question's best, and
/// coverage as it is; a quarter each. Nothing that was tuned or learnt did better on short and long articles alike.
struct Scoring {
    /// Units that are scored in full.
    static let candidateLimit = 50
    /// Postings that one question may visit; of the frequent features the rest is left out.
    static let visitLimit = 60_000
    /// The rarest features are visited whatever the limit says.
    static let alwaysVisited = 24

    struct Scored {
        var unit: Int
        var bm25 = 0.0
        var wordBM25 = 0.0
        var centroid = 0.0
        var bestLine = 0.0
        var bestLineNumber = -1
        var coverage = 0.0
        var fused = 0.0
    }

    /// What a line of the index is asked without: itself, or its whole article.
    struct Exclusion {
        var line: Int
        var unit: Int
        /// Nil when only the line is taken out.
        var article: Int?
    }

    private let index: SearchIndex
    private let exclusion: Exclusion?
    private let query: Query

    /// The candidates, best first.
    static func score(_ query: Query, in index: SearchIndex, without exclusion: Exclusion? = nil) -> [Scored] {
        Scoring(index: index, exclusion: exclusion, query: query).score()
    }

    private func score() -> [Scored] {
        guard !query.terms.isEmpty, !index.unitArticle.isEmpty else { return [] }
        var candidates = self.candidates()
        // Weights by feature, so that a walk through a line is one look-up a feature.
        var weight = [Float](repeating: 0, count: index.isWord.count)
        var idf = [Float](repeating: 0, count: index.isWord.count)
        for term in query.terms {
            weight[term.feature] = term.weight
            idf[term.feature] = Float(term.idf)
        }
        let whole = max(1e-9, query.knownIDF + query.unknownIDF)
        // Whether a feature was counted for the unit at hand: the number of the candidate that saw it last.
        var seen = [Int32](repeating: -1, count: index.isWord.count)
        for position in candidates.indices {
            let unit = candidates[position].unit
            var sum = 0.0
            var covered = 0.0
            var withExcluded = 0.0
            for line in index.unitLines[unit]..<index.unitLines[unit + 1] {
                var dot: Float = 0
                let isExcluded = exclusion.map { $0.article == nil && $0.line == line } ?? false
                for entry in index.lineStart[line]..<index.lineStart[line + 1] {
                    let feature = Int(index.lineFeature[entry])
                    let own = weight[feature]
                    if own == 0 { continue }
                    dot += own * index.lineWeight[entry]
                    if seen[feature] != Int32(position), !isExcluded {
                        seen[feature] = Int32(position)
                        covered += Double(idf[feature])
                    }
                }
                withExcluded += Double(dot)
                if isExcluded { continue }
                sum += Double(dot)
                if Double(dot) > candidates[position].bestLine {
                    candidates[position].bestLine = Double(dot)
                    candidates[position].bestLineNumber = line
                }
            }
            var length = index.centroidLength[unit]
            if let exclusion, exclusion.article == nil, exclusion.unit == unit {
                // |S - l|² = |S|² - 2 S·l + 1; the question is the line, so S·l is the sum of all dots.
                length = max(1e-6, length * length - 2 * withExcluded + 1).squareRoot()
            }
            candidates[position].centroid = length > 0 ? min(1, sum / length) : 0
            candidates[position].bestLine = min(1, candidates[position].bestLine)
            candidates[position].coverage = min(1, covered / whole)
        }
        return fused(candidates)
    }

    private func fused(_ candidates: [Scored]) -> [Scored] {
        let bm25 = max(1e-9, candidates.map(\.bm25).max() ?? 0)
        let centroid = max(1e-9, candidates.map(\.centroid).max() ?? 0)
        let line = max(1e-9, candidates.map(\.bestLine).max() ?? 0)
        var candidates = candidates
        for position in candidates.indices {
            let one = candidates[position]
            candidates[position].fused =
                (one.bm25 / bm25 + one.centroid / centroid + one.bestLine / line + one.coverage) / 4
        }
        return candidates.sorted { ($0.fused, $1.unit) > ($1.fused, $0.unit) }
    }

    /// The best units by BM25, which is summed over postings, rarest features first.
    private func candidates() -> [Scored] {
        let units = index.unitArticle.count
        var bm25 = [Float](repeating: 0, count: units)
        var words = [Float](repeating: 0, count: units)
        var visited = 0
        for (position, term) in query.terms.enumerated() {
            let range = index.postingStart[term.feature]..<index.postingStart[term.feature + 1]
            visited += range.count
            if visited > Self.visitLimit, position >= Self.alwaysVisited { break }
            let idf = Float(term.idf)
            let isWord = index.isWord[term.feature]
            for entry in range {
                let posting = index.postings[entry]
                let unit = Int(posting.unit)
                var impact = posting.impact
                if let exclusion, exclusion.article == nil, exclusion.unit == unit {
                    impact = self.impact(impact, of: term, in: unit, line: exclusion.line)
                }
                bm25[unit] += idf * impact
                if isWord { words[unit] += idf * impact }
            }
        }
        if let article = exclusion?.article {
            for unit in 0..<units where index.unitArticle[unit] == article { bm25[unit] = 0 }
        }
        return best(bm25).map { Scored(unit: $0, bm25: Double(bm25[$0]), wordBM25: Double(words[$0])) }
    }

    /// What is left of an impact when the line that asks is taken out of its own unit.
    private func impact(_ impact: Float, of term: Query.Term, in unit: Int, line: Int) -> Float {
        let norm = index.unitNorm[unit]
        let top = IndexBuilder.k1 + 1
        let count = Double(impact) * norm / max(1e-6, top - Double(impact))
        let own = Double(term.count * (index.lineIsTitle[line] ? IndexBuilder.titleWeight : 1))
        let left = (count - own).rounded()
        return left <= 0 ? 0 : Float(left * top / (left + norm))
    }

    /// The units with the highest sums above zero; on a tie the earlier one.
    private func best(_ scores: [Float]) -> [Int] {
        var kept: [Int] = []
        kept.reserveCapacity(Self.candidateLimit * 2)
        var least: Float = 0
        for unit in scores.indices where scores[unit] > least {
            kept.append(unit)
            if kept.count == Self.candidateLimit * 2 {
                kept.sort { (scores[$0], $1) > (scores[$1], $0) }
                kept.removeLast(kept.count - Self.candidateLimit)
                least = scores[kept[Self.candidateLimit - 1]]
            }
        }
        kept.sort { (scores[$0], $1) > (scores[$1], $0) }
        return Array(kept.prefix(Self.candidateLimit))
    }
}
