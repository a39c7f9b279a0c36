// A question as the index sees it: numbered features with weights, and how much of it nobody knows.

import Foundation

struct Query {
    struct Term {
        var feature: Int
        var count: Int
        /// What the term weighs in the question's vector, which has length one.
        var weight: Float
        /// What the term weighs in coverage.
        var idf: Double
    }
    /// More features than this are no question; the rest is passed over.
    static let featureLimit = 4000
    /// Of a long question only so many features are looked at, the rarest.
    static let termLimit = 400

    var terms: [Term] = []
    /// The idf of features that no unit holds.
    var unknownIDF = 0.0
    /// The same of words alone.
    var unknownWordIDF = 0.0
    var unknownCount = 0
    /// Distinct features, known and unknown.
    var count: Int { terms.count + unknownCount }
    var knownIDF: Double { terms.reduce(0) { $0 + $1.idf } }

    init(_ features: [String], index: SearchIndex) {
        var known: [Int] = []
        known.reserveCapacity(features.count)
        var strange: Set<String> = []
        for feature in features.prefix(Self.featureLimit) {
            if let id = index.vocabulary[feature] { known.append(id) } else { strange.insert(feature) }
        }
        known.sort()
        var counts: [(key: Int, value: Int)] = []
        for id in known {
            if counts.last?.key == id { counts[counts.count - 1].value += 1 } else { counts.append((id, 1)) }
        }
        self.init(counts: counts, index: index)
        unknownCount = strange.count
        unknownIDF = Double(strange.count) * Self.idfOfUnknown(index)
        unknownWordIDF = Double(strange.count { !$0.hasPrefix("#") }) * Self.idfOfUnknown(index)
    }

    /// Features and how often each is asked for, in any order.
    init(counts: some Sequence<(key: Int, value: Int)>, index: SearchIndex) {
        terms = counts.map { feature, count in
            Term(
                feature: feature, count: count, weight: (1 + log(Float(count))) * index.lineIDF[feature],
                idf: index.rankIDF[feature])
        }
        terms.sort { ($0.idf, $1.feature) > ($1.idf, $0.feature) }
        if terms.count > Self.termLimit { terms.removeLast(terms.count - Self.termLimit) }
        normalize()
    }

    /// Turns terms into unknown ones: what a line asks that only itself knows.
    mutating func forget(where isForgotten: (Int) -> Bool, index: SearchIndex) {
        let before = terms.count
        terms.removeAll { isForgotten($0.feature) }
        unknownCount += before - terms.count
        unknownIDF += Double(before - terms.count) * Self.idfOfUnknown(index)
        normalize()
    }

    private mutating func normalize() {
        let length = terms.reduce(0) { $0 + $1.weight * $1.weight }.squareRoot()
        guard length > 0 else { return }
        for position in terms.indices { terms[position].weight /= length }
    }

    private static func idfOfUnknown(_ index: SearchIndex) -> Double {
        log(1 + (Double(index.unitArticle.count) + 0.5) / 0.5)
    }
}
