// The vectors of an index's lines, and how close a question's vector comes to each unit.

import Correspondence

/// Immutable, made once from what is known so far; a unit none of whose lines has a vector is passed over.
///
/// A question is compared with every unit's centroid, then with the lines of the units that stand highest and of those
/// that the words have found. So the cost is one walk over `units x dimension` numbers: 15 MB at 10,000 passages and
/// 384 numbers.
final class LineVectors: Sendable {
    /// Units that vectors alone may bring among the candidates.
    static let candidateLimit = 64

    struct Closeness: Equatable {
        var line: Double
        /// Of the index; -1 where no line has a vector.
        var lineNumber: Int
        var centroid: Double
        /// Best line and centroid, as they rank.
        var both: Double { line + centroid }
    }

    let model: EmbeddingModel
    /// Texts of the index that have no vector yet.
    let lacking: [String]
    private let unitLines: [Int]
    private let textOfLine: [Int32]
    private let isKnown: [Bool]
    private let rows: [Float]
    private let centroids: [Float]
    private let hasCentroid: [Bool]

    /// `known`: by text, of length one; one of another dimension counts as unknown.
    init(_ index: SearchIndex, _ texts: LineTexts, model: EmbeddingModel, known: [String: [Float]]) {
        self.model = model
        let dimension = model.dimension
        var rows = [Float](repeating: 0, count: texts.texts.count * dimension)
        var isKnown = [Bool](repeating: false, count: texts.texts.count)
        var lacking: [String] = []
        for (number, text) in texts.texts.enumerated() {
            guard let vector = known[text], vector.count == dimension else {
                lacking.append(text)
                continue
            }
            isKnown[number] = true
            rows.replaceSubrange(number * dimension..<(number + 1) * dimension, with: vector)
        }
        var centroids = [Float](repeating: 0, count: index.unitArticle.count * dimension)
        var hasCentroid = [Bool](repeating: false, count: index.unitArticle.count)
        for unit in index.unitArticle.indices {
            let start = unit * dimension
            for line in index.unitLines[unit]..<index.unitLines[unit + 1] {
                let text = Int(texts.ofLine[line])
                guard text >= 0, isKnown[text] else { continue }
                hasCentroid[unit] = true
                for place in 0..<dimension { centroids[start + place] += rows[text * dimension + place] }
            }
            var square: Float = 0
            for place in start..<start + dimension { square += centroids[place] * centroids[place] }
            let length = square.squareRoot()
            guard length > 0 else { continue }
            for place in start..<start + dimension { centroids[place] /= length }
        }
        self.lacking = lacking
        unitLines = index.unitLines
        textOfLine = texts.ofLine
        self.isKnown = isKnown
        self.rows = rows
        self.centroids = centroids
        self.hasCentroid = hasCentroid
    }

    /// Whether a question can be compared at all.
    var isEmpty: Bool { !hasCentroid.contains(true) }

    /// What has a vector, by text: for the next index.
    func known(_ texts: LineTexts) -> [String: [Float]] {
        var known: [String: [Float]] = [:]
        for (number, text) in texts.texts.enumerated() where isKnown[number] {
            known[text] = Array(rows[number * model.dimension..<(number + 1) * model.dimension])
        }
        return known
    }

    /// The units whose centroids are closest to `question`, at most `candidateLimit`, in the order of units.
    func nearest(to question: [Float]) -> [Int] {
        var best: [(closeness: Float, unit: Int)] = []
        var least = -Float.infinity
        for unit in hasCentroid.indices where hasCentroid[unit] {
            let closeness = Self.dot(question, centroids, unit * model.dimension)
            if best.count == Self.candidateLimit {
                if closeness <= least { continue }
                best.removeLast()
            }
            let place = best.firstIndex { $0.closeness < closeness } ?? best.count
            best.insert((closeness, unit), at: place)
            least = best[best.count - 1].closeness
        }
        return best.map(\.unit).sorted()
    }

    /// nil for a unit without vectors.
    func closeness(of question: [Float], to unit: Int) -> Closeness? {
        guard hasCentroid[unit] else { return nil }
        var closest = Closeness(
            line: -1, lineNumber: -1, centroid: Double(Self.dot(question, centroids, unit * model.dimension)))
        for line in unitLines[unit]..<unitLines[unit + 1] {
            guard let value = closeness(of: question, toLine: line) else { continue }
            if value > closest.line {
                closest.line = value
                closest.lineNumber = line
            }
        }
        return closest
    }

    func closeness(of question: [Float], toLine line: Int) -> Double? {
        let text = Int(textOfLine[line])
        guard text >= 0, isKnown[text] else { return nil }
        return max(-1, min(1, Double(Self.dot(question, rows, text * model.dimension))))
    }

    /// The product of `question` with the row that begins at `start`: eight numbers at a time, for which the compiler has
    /// instructions.
    static func dot(_ question: [Float], _ rows: [Float], _ start: Int) -> Float {
        question.withUnsafeBufferPointer { one in
            rows.withUnsafeBufferPointer { rows in
                let count = min(one.count, rows.count - start)
                guard let left = UnsafeRawPointer(one.baseAddress), let right = UnsafeRawPointer(rows.baseAddress)
                else { return 0 }
                let size = MemoryLayout<Float>.stride
                var sums = SIMD8<Float>.zero
                var place = 0
                while place + 8 <= count {
                    sums +=
                        left.loadUnaligned(fromByteOffset: place * size, as: SIMD8<Float>.self)
                        * right.loadUnaligned(fromByteOffset: (start + place) * size, as: SIMD8<Float>.self)
                    place += 8
                }
                var sum = sums.sum()
                while place < count {
                    sum += one[place] * rows[start + place]
                    place += 1
                }
                return sum
            }
        }
    }
}
