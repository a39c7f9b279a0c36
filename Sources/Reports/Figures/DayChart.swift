// The chart of a digest: one stacked bar a day, as numbers that a template draws.

import Correspondence

/// Bars in a box `width` by 100 that the page stretches to its own width; labels are text beside it, so that they stay
/// readable on a phone.
struct DayChart {
    /// Bottom to top.
    static let order: [Outcome] = [.answered, .review, .ticket, .suppressed, .recorded, .quarantined]
    /// More days than these are drawn as weeks.
    static let dayLimit = 62
    static let slotsAtLeast = 7

    struct Piece: Equatable {
        var outcome: Outcome
        var x: Double
        var y: Double
        var height: Double
        var count: Int
    }
    struct Bar {
        var label: String
        /// Empty where labels would stand too close.
        var shownLabel: String
        var total: Int
        var pieces: [Piece]
    }
    var bars: [Bar] = []
    var slots = Self.slotsAtLeast
    /// The value at the top of the box.
    var top = 1
    var byWeek = false

    init(_ figures: Figures) {
        var days = figures.days
        if days.count > Self.dayLimit {
            byWeek = true
            days = stride(from: 0, to: days.count, by: 7).map { start in
                let week = days[start..<min(start + 7, days.count)]
                return (days[start].day, week.reduce(into: [:]) { $0.merge($1.outcomes, uniquingKeysWith: +) })
            }
        }
        let totals = days.map { $0.outcomes.values.reduce(0, +) }
        top = Self.nice(totals.max() ?? 0)
        slots = max(Self.slotsAtLeast, days.count)
        let step = max(1, (days.count + 6) / 7)
        var month = 0
        for (index, day) in days.enumerated() {
            let wall = WallTime(Timestamp(day.day, offsetMinutes: figures.period.offsetMinutes))
            // The month stands where it changes: labels stay short enough for a phone.
            let isShown = index % step == 0
            let shown = !isShown ? "" : wall.month == month ? "\(wall.day)" : "\(wall.day) \(wall.monthName)"
            if isShown { month = wall.month }
            var bar = Bar(
                label: "\(byWeek ? "week of " : "\(wall.weekday) ")\(wall.day) \(wall.monthName)",
                shownLabel: shown, total: totals[index], pieces: [])
            var y = 100.0
            for outcome in Self.order {
                guard let count = day.outcomes[outcome], count > 0 else { continue }
                let height = Double(count) / Double(top) * 100
                y -= height
                bar.pieces.append(
                    Piece(outcome: outcome, x: Double(index) * 10 + 2, y: max(0, y), height: height, count: count))
            }
            bars.append(bar)
        }
    }

    var width: Int { slots * 10 }

    /// The next of 2, 4, 10, 20, 40, 100, … so that half of it is whole too.
    static func nice(_ number: Int) -> Int {
        var unit = 1
        while true {
            for step in [2, 4, 6, 8, 10] where step * unit >= number { return step * unit }
            guard unit < Int.max / 100 else { return number }
            unit *= 10
        }
    }
}
