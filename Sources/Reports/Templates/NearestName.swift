// The nearest name that exists, for errors that name one that does not.

enum NearestName {
    /// nil when nothing is near: more than two letters, and more than a third of them, would have to change.
    static func of(_ name: String, among names: some Sequence<String>) -> String? {
        let limit = max(2, name.count / 3)
        return names.map { ($0, distance(name, $0)) }.filter { $0.1 <= limit && $0.0 != name }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    }

    /// Levenshtein's distance, letters of either case alike.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased().prefix(80))
        let right = Array(right.lowercased().prefix(80))
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let replaced = diagonal + (character == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
