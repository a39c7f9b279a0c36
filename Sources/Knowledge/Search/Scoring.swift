// One question against the index: candidates by postings, then the four scores of each candidate.

import Correspondence

/// The engine: BM25, cosine with the centroid and cosine with the best line, each divided by the question's best, and
/// coverage as it is; a quarter each. Nothing that was tuned or learnt did better on short and long articles alike.
struct Scoring {
    /// Units that are scored in full.
    static let candidateLimit = 32
    /// Postings that one question may visit; of the frequent features the rest is left out.
    static let visitLimit = 20_000
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
        /// What words say, 0 to 1.
        var fused = 0.0
        /// What vectors say; nil without them.
        var closeness: LineVectors.Closeness?
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
    private let asked: AskedVector?

    /// The candidates, best by words first. `asked` brings further ones, which may share no word with the question.
    static func score(
        _ query: Query, in index: SearchIndex, without exclusion: Exclusion? = nil, asked: AskedVector? = nil
    ) -> [Scored] {
        Scoring(index: index, exclusion: exclusion, query: query, asked: asked).score()
    }

    private func score() -> [Scored] {
        guard !query.terms.isEmpty || asked != nil, !index.unitArticle.isEmpty else { return [] }
        var candidates = self.candidates()
        // Which term a feature is, from 1, so that a walk through lines is one look-up a feature; two bytes a feature
        // keep the table small enough to be cleared for every question.
        var termOf = [UInt16](repeating: 0, count: index.isWord.count)
        for (number, term) in query.terms.enumerated() { termOf[term.feature] = UInt16(number + 1) }
        let weights = [0] + query.terms.map(\.weight)
        let idf = [0] + query.terms.map(\.idf)
        let whole = max(1e-9, query.knownIDF + query.unknownIDF)
        // The candidate that a term was last counted for.
        var seen = [Int](repeating: -1, count: weights.count)
        // Local names: through the index each access would count references, thousands of times a question.
        let (unitLines, lineStart) = (index.unitLines, index.lineStart)
        let excludedLine = exclusion.map { $0.article == nil ? $0.line : -1 } ?? -1
        index.lineFeature.withUnsafeBufferPointer { features in
            index.lineWeight.withUnsafeBufferPointer { lineWeights in
                for position in candidates.indices {
                    var one = candidates[position]
                    var sum = 0.0
                    var covered = 0.0
                    var withExcluded = 0.0
                    for line in unitLines[one.unit]..<unitLines[one.unit + 1] {
                        var dot: Float = 0
                        let isExcluded = line == excludedLine
                        for entry in lineStart[line]..<lineStart[line + 1] {
                            let term = Int(termOf[Int(features[entry])])
                            if term == 0 { continue }
                            dot += weights[term] * lineWeights[entry]
                            if seen[term] != position, !isExcluded {
                                seen[term] = position
                                covered += idf[term]
                            }
                        }
                        withExcluded += Double(dot)
                        if isExcluded { continue }
                        sum += Double(dot)
                        if Double(dot) > one.bestLine {
                            one.bestLine = Double(dot)
                            one.bestLineNumber = line
                        }
                    }
                    var length = index.centroidLength[one.unit]
                    if excludedLine >= 0, exclusion?.unit == one.unit {
                        // |S - l|² = |S|² - 2 S·l + 1; the question is the line, so S·l is the sum of all dots.
                        length = max(1e-6, length * length - 2 * withExcluded + 1).squareRoot()
                    }
                    one.centroid = length > 0 ? min(1, sum / length) : 0
                    one.bestLine = min(1, one.bestLine)
                    one.coverage = min(1, covered / whole)
                    one.closeness = asked?.closeness(to: one.unit)
                    candidates[position] = one
                }
            }
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
            // The bounds hold by construction: every posting names a unit of this index.
            index.postings[range].withUnsafeBufferPointer { postings in
                bm25.withUnsafeMutableBufferPointer { bm25 in
                    for posting in postings { bm25[Int(posting.unit)] += idf * posting.impact }
                }
                guard isWord else { return }
                words.withUnsafeMutableBufferPointer { words in
                    for posting in postings { words[Int(posting.unit)] += idf * posting.impact }
                }
            }
            if let exclusion, exclusion.article == nil, let entry = entry(of: exclusion.unit, in: range) {
                // The line that asks is taken out of its own unit.
                let whole = index.postings[entry].impact
                let less = idf * (whole - impact(whole, of: term, in: exclusion.unit, line: exclusion.line))
                bm25[exclusion.unit] -= less
                if isWord { words[exclusion.unit] -= less }
            }
        }
        if let article = exclusion?.article {
            for unit in 0..<units where index.unitArticle[unit] == article { bm25[unit] = 0 }
        }
        var chosen = best(bm25)
        if let asked {
            let known = Set(chosen)
            chosen += asked.nearest().filter { index.unitArticle[$0] != exclusion?.article && !known.contains($0) }
        }
        return chosen.map { Scored(unit: $0, bm25: Double(bm25[$0]), wordBM25: Double(words[$0])) }
    }

    /// Where a unit stands among the postings of a feature, which are in the order of units.
    private func entry(of unit: Int, in range: Range<Int>) -> Int? {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if Int(index.postings[middle].unit) < unit { low = middle + 1 } else { high = middle }
        }
        return low < range.upperBound && Int(index.postings[low].unit) == unit ? low : nil
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

    /// The units with the highest sums above zero; on a tie the earlier one. A heap whose root is the least kept.
    private func best(_ scores: [Float]) -> [Int] {
        scores.withUnsafeBufferPointer { scores in
            var heap: [(score: Float, unit: Int)] = []
            heap.reserveCapacity(Self.candidateLimit)
            // What a unit must pass to be kept; units come in order, so an equal one is later and loses.
            var least: Float = 0
            for unit in scores.indices {
                let score = scores[unit]
                if score <= least { continue }
                if heap.count < Self.candidateLimit {
                    heap.append((score, unit))
                    if heap.count == Self.candidateLimit {
                        heap.sort { ($0.score, $1.unit) < ($1.score, $0.unit) }
                        least = heap[0].score
                    }
                } else {
                    heap[0] = (score, unit)
                    Self.sink(&heap)
                    least = heap[0].score
                }
            }
            return heap.sorted { ($0.score, $1.unit) > ($1.score, $0.unit) }.map(\.unit)
        }
    }

    private static func sink(_ heap: inout [(score: Float, unit: Int)]) {
        var parent = 0
        while true {
            var least = parent
            for child in (2 * parent + 1)..<(2 * parent + 3) where child < heap.count {
                let (one, other) = (heap[child], heap[least])
                if one.score < other.score || one.score == other.score && one.unit > other.unit { least = child }
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
