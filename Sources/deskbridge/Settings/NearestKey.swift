// Which known word an unknown one was probably meant to be.

enum NearestKey {
    /// The candidate with the fewest changed letters, if few enough for the word's length; nil when none is near.
    static func of(_ word: String, among candidates: [String]) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        let lower = word.lowercased().replacing("_", with: "-")
        let ranked = candidates.map { (key: $0, distance: distance(Array(lower.utf8), Array($0.utf8))) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(2, word.utf8.count / 3) ? best.key : nil
    }

    /// Letters to insert, drop, change or swap (optimal string alignment).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var before: [Int] = []
        var last = Array(0...right.count)
        for row in 1...left.count {
            var current = [row] + Array(repeating: 0, count: right.count)
            for column in 1...right.count {
                let change = left[row - 1] == right[column - 1] ? 0 : 1
                var best = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + change)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    best = min(best, before[column - 2] + 1)
                }
                current[column] = best
            }
            before = last
            last = current
        }
        return last[right.count]
    }
}
