// The exact bound of a share that was counted: how low it may be, by chance, in truth.

import Foundation

/// C. J. Clopper and E. S. Pearson, Biometrika 26 (1934). One-sided: with 59 of 59 right the share is at least 0.95.
enum ClopperPearson {
    static let certainty = 0.95

    /// The largest share `p` at which `count` of `total` or more would be seen with less than 5 in 100; 0 of nothing.
    static func lowerBound(_ count: Int, of total: Int) -> Double {
        guard total > 0, count > 0 else { return 0 }
        var low = 0.0
        var high = Double(count) / Double(total)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if atLeast(count, of: total, share: middle) < 1 - certainty { low = middle } else { high = middle }
        }
        return low
    }

    /// The chance of `count` or more of `total`, each with the chance `share`.
    private static func atLeast(_ count: Int, of total: Int, share: Double) -> Double {
        guard share > 0 else { return 0 }
        guard share < 1 else { return 1 }
        let size = Double(total)
        var sum = 0.0
        for hits in stride(from: total, through: count, by: -1) {
            let hit = Double(hits)
            let ways = lgamma(size + 1) - lgamma(hit + 1) - lgamma(size - hit + 1)
            sum += exp(ways + hit * log(share) + (size - hit) * log(1 - share))
        }
        return min(1, sum)
    }
}
