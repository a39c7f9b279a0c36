// Days and times as the clock on the desk's wall shows them.

package import Correspondence
import Foundation

/// English names; the zone is the desk's. A zone that does not exist is UTC.
package struct DeskClock: Sendable {
    private let zone: TimeZone
    package let zoneName: String

    package init(timezone: String) {
        zone = TimeZone(identifier: timezone) ?? .gmt
        zoneName = TimeZone(identifier: timezone) == nil ? "UTC" : timezone
    }

    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    /// 1 January 1970 was a Thursday.
    static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    package func timestamp(_ instant: Instant) -> Timestamp {
        Timestamp(instant, offsetMinutes: zone.secondsFromGMT(for: instant.date) / 60)
    }

    /// `Mon 23 Nov 2026, 09:00`.
    func moment(_ instant: Instant) -> String {
        let wall = WallTime(timestamp(instant))
        return "\(wall.weekday) \(wall.day) \(wall.monthName) \(wall.year), \(wall.time)"
    }

    /// `23 Nov, 09:00`.
    func short(_ instant: Instant) -> String {
        let wall = WallTime(timestamp(instant))
        return "\(wall.day) \(wall.monthName), \(wall.time)"
    }

    /// How long ago: `3 h 5 min`, `2 d`.
    static func age(of instant: Instant, at now: Instant) -> String {
        let seconds = (now - instant).seconds
        return seconds < 60 ? "just now" : Numbers.duration(seconds)
    }
}

/// The parts of a timestamp on its own clock.
struct WallTime {
    let year: String
    /// 1 to 12.
    let month: Int
    let day: Int
    let time: String
    let weekday: String

    init(_ timestamp: Timestamp) {
        let text = timestamp.rfc3339
        let date = text.prefix { $0 != "T" }.split(separator: "-")
        year = date.first.map(String.init) ?? "1970"
        month = date.count > 1 ? Int(date[1]) ?? 1 : 1
        day = date.count > 2 ? Int(date[2]) ?? 1 : 1
        time = String(text.drop { $0 != "T" }.dropFirst().prefix(5))
        let seconds = timestamp.instant.microseconds / 1_000_000 + Int64(timestamp.offsetMinutes) * 60
        let days = Int((Double(seconds) / 86_400).rounded(.down))
        weekday = DeskClock.weekdays[((days % 7) + 7) % 7]
    }

    var monthName: String { DeskClock.months[(month - 1) % 12] }
}
