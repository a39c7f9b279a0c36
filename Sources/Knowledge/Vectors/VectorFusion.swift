// What words say and what vectors say, put together to one score a candidate.

import Foundation

/// Both are brought to mean 0 and deviation 1 over the candidates and added with equal weights, which was the safe choice
/// for every model that was measured; a candidate without a vector counts as a middling one. Where no candidate covers
/// much of the question (it is in another language) what words say is chance, and weighs less. The sum goes through the
/// logistic curve, so that a score lies between 0 and 1 as it does without vectors.
enum VectorFusion {
    /// From this coverage of the question by the best candidate on words have their whole weight.
    static let trustedCoverage = 0.3

    /// In the order given. Without any vector the words' scores as they are. `coverage`: the highest of a candidate.
    static func scores(byWords words: [Double], byVectors vectors: [Double?], coverage: Double = 1) -> [Double] {
        let known = vectors.compactMap { $0 }
        guard !known.isEmpty else { return words }
        let (wordMean, wordDeviation) = spread(of: words)
        let (mean, deviation) = spread(of: known)
        let trust = min(1, coverage / trustedCoverage)
        return zip(words, vectors).map { word, vector in
            let sum =
                trust * (word - wordMean) / wordDeviation + (vector.map { ($0 - mean) / deviation } ?? 0)
            return 1 / (1 + exp(-sum / 2))
        }
    }

    /// A deviation of next to nothing is taken for one: all are alike.
    private static func spread(of values: [Double]) -> (mean: Double, deviation: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return (mean, square > 1e-12 ? square.squareRoot() : 1)
    }
}
