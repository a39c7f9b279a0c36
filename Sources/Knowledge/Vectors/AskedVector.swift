// A question's vector with the lines it is held against.

import Correspondence

/// Both of one model, so that every comparison makes sense.
struct AskedVector: Sendable {
    private let vector: [Float]
    private let lines: LineVectors

    /// nil where the vector is of another dimension, or no line has one.
    init?(_ vector: [Float], among lines: LineVectors) {
        guard vector.count == lines.model.dimension, !lines.isEmpty else { return nil }
        self.vector = vector
        self.lines = lines
    }

    func nearest() -> [Int] { lines.nearest(to: vector) }
    func closeness(to unit: Int) -> LineVectors.Closeness? { lines.closeness(of: vector, to: unit) }
    func closeness(toLine line: Int) -> Double? { lines.closeness(of: vector, toLine: line) }
}
