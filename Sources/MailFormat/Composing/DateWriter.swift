// A moment as RFC 5322 section 3.3 writes it, in UTC.
import Correspondence

enum DateWriter {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ instant: Instant) -> String {
        // `2026-11-23T08:00:00Z`: the calendar is `Timestamp`'s.
        let fields = instant.rfc3339.split { $0 == "-" || $0 == "T" || $0 == "Z" }
        let seconds = instant.microseconds / 1_000_000
        let day = (seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400) % 7
        guard fields.count == 4, let month = Int(fields[1]), (1...12).contains(month) else {
            return "Thu, 01 Jan 1970 00:00:00 +0000"
        }
        let name = days[Int((day + 7) % 7)]
        return "\(name), \(fields[2]) \(months[month - 1]) \(fields[0]) \(fields[3]) +0000"
    }
}
