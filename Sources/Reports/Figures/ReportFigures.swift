// What a report computes from the store's figures: shares, medians, percentiles.

package import Correspondence

/// Pure arithmetic; counts of `Figures` are of arrivals received in the period.
package struct ReportFigures: Sendable {
    package let figures: Figures

    package init(_ figures: Figures) {
        self.figures = figures
    }

    /// Messages that people wrote and that ended in an answer, a review or a ticket.
    package var fromPeople: Int { count(.answered) + count(.review) + count(.ticket) }

    /// Automatic answers among them, 0 to 1; nil without any.
    package var answeredShare: Double? {
        fromPeople == 0 ? nil : Double(count(.answered)) / Double(fromPeople)
    }

    package func count(_ outcome: Outcome) -> Int { figures.outcomes[outcome, default: 0] }

    package var automaticMedian: Double? { Self.quantile(figures.automaticSeconds, 0.5) }
    package var automatic95: Double? { Self.quantile(figures.automaticSeconds, 0.95) }
    package var humanMedian: Double? { Self.quantile(figures.humanSeconds, 0.5) }
    package var human95: Double? { Self.quantile(figures.humanSeconds, 0.95) }

    /// USD an automatic answer; nil while any price is unknown or nothing was answered.
    package var costPerAnswer: Double? {
        figures.unknownCost > 0 || count(.answered) == 0 ? nil : figures.cost / Double(count(.answered))
    }

    /// Linear between the two nearest ranks, as spreadsheets do (R's type 7). `sorted` ascending; nil when empty.
    package static func quantile(_ sorted: [Double], _ share: Double) -> Double? {
        guard let last = sorted.last else { return nil }
        let place = min(1, max(0, share)) * Double(sorted.count - 1)
        let lower = Int(place.rounded(.down))
        guard lower + 1 < sorted.count else { return last }
        return sorted[lower] + (sorted[lower + 1] - sorted[lower]) * (place - Double(lower))
    }
}
