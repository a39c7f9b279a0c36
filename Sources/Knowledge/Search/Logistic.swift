// A small logistic fit: a few weights, shrunk, by Newton's method; the same data give the same weights.

import Foundation

struct Logistic: Sendable {
    /// Means and deviations that inputs are scaled by, then the weights; the last weight is the constant.
    private let mean: [Double]
    private let deviation: [Double]
    private let weights: [Double]

    /// Pull of the weights towards zero.
    static let shrinkage = 1.0
    private static let rounds = 25

    /// Nil when there are too few rows, or all have the same label.
    init?(rows: [[Double]], labels: [Bool], fewest: Int = 20) {
        guard rows.count >= fewest, rows.count == labels.count, let width = rows.first?.count else { return nil }
        guard labels.contains(true), labels.contains(false) else { return nil }
        let count = Double(rows.count)
        var mean = [Double](repeating: 0, count: width)
        var deviation = mean
        for row in rows { for column in 0..<width { mean[column] += row[column] / count } }
        for row in rows { for column in 0..<width { deviation[column] += pow(row[column] - mean[column], 2) / count } }
        deviation = deviation.map { $0 > 1e-12 ? $0.squareRoot() : 1 }
        let scaled = rows.map { row in (0..<width).map { (row[$0] - mean[$0]) / deviation[$0] } + [1] }

        var weights = [Double](repeating: 0, count: width + 1)
        for _ in 0..<Self.rounds {
            var gradient = [Double](repeating: 0, count: width + 1)
            var hessian = [[Double]](repeating: gradient, count: width + 1)
            for (row, label) in zip(scaled, labels) {
                let chance = Self.sigmoid(zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 })
                let error = (label ? 1 : 0) - chance
                let slope = max(1e-6, chance * (1 - chance))
                for i in 0...width {
                    gradient[i] += error * row[i]
                    for j in 0...i { hessian[i][j] += slope * row[i] * row[j] }
                }
            }
            for i in 0...width {
                if i < width { gradient[i] -= Self.shrinkage * weights[i] }
                hessian[i][i] += i < width ? Self.shrinkage : 1e-6
                for j in 0..<i { hessian[j][i] = hessian[i][j] }
            }
            guard let step = Self.solve(hessian, gradient) else { return nil }
            for i in 0...width { weights[i] += step[i] }
            if step.allSatisfy({ abs($0) < 1e-7 }) { break }
        }
        guard weights.allSatisfy(\.isFinite) else { return nil }
        self.mean = mean
        self.deviation = deviation
        self.weights = weights
    }

    func chance(_ row: [Double]) -> Double {
        var sum = weights[weights.count - 1]
        for column in row.indices { sum += weights[column] * (row[column] - mean[column]) / deviation[column] }
        return Self.sigmoid(sum)
    }

    private static func sigmoid(_ value: Double) -> Double { 1 / (1 + exp(-max(-40, min(40, value)))) }

    /// Gauss with pivots; nil when the matrix is singular.
    private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
        var a = matrix
        var b = right
        let size = b.count
        for column in 0..<size {
            guard let pivot = (column..<size).max(by: { abs(a[$0][column]) < abs(a[$1][column]) }),
                abs(a[pivot][column]) > 1e-12
            else { return nil }
            a.swapAt(column, pivot)
            b.swapAt(column, pivot)
            for row in 0..<size where row != column {
                let factor = a[row][column] / a[column][column]
                if factor == 0 { continue }
                for other in column..<size { a[row][other] -= factor * a[column][other] }
                b[row] -= factor * b[column]
            }
        }
        return (0..<size).map { b[$0] / a[$0][$0] }
    }
}
