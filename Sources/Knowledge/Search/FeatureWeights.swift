// Weights by feature number, looked up millions of times a second.

/// A table with open addressing: a look-up is one multiplication and, nearly always, one comparison. Filled once.
struct FeatureWeights {
    /// -1 where nothing lies.
    private var features: [Int32]
    private var weights: [Float]
    private let mask: Int

    init(_ entries: some Collection<(feature: Int, weight: Float)>) {
        var size = 16
        while size < entries.count * 2 { size *= 2 }
        mask = size - 1
        features = Array(repeating: -1, count: size)
        weights = Array(repeating: 0, count: size)
        for (feature, weight) in entries {
            var place = Self.place(feature) & mask
            while features[place] >= 0, features[place] != Int32(truncatingIfNeeded: feature) {
                place = (place + 1) & mask
            }
            features[place] = Int32(truncatingIfNeeded: feature)
            weights[place] = weight
        }
    }

    /// Zero for a feature that was not given.
    subscript(_ feature: Int32) -> Float {
        var place = Self.place(Int(feature)) & mask
        while features[place] >= 0 {
            if features[place] == feature { return weights[place] }
            place = (place + 1) & mask
        }
        return 0
    }

    /// Fibonacci hashing: neighbouring numbers end far apart.
    private static func place(_ feature: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(truncatingIfNeeded: feature) &* 0x9E37_79B9_7F4A_7C15) >> 40)
    }
}
