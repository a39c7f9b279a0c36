// A moment with the offset it was written with: RFC 5322 dates come in, RFC 3339 goes out.

/// `Instant` alone says when; a `Timestamp` also says what the sender's clock on the wall showed.
package struct Timestamp: Hashable, Sendable, Codable {
    package var instant: Instant
    package var offsetMinutes: Int

    package init(_ instant: Instant, offsetMinutes: Int = 0) {
        self.instant = instant
        self.offsetMinutes = offsetMinutes
    }

    /// RFC 3339 with the offset, `Z` for zero: `2026-11-23T09:00:00+01:00`. Seconds only; fractions are dropped.
    package var rfc3339: String {
        let seconds = Self.floorDivide(instant.microseconds, 1_000_000) + Int64(offsetMinutes) * 60
        let (year, month, day) = Self.civil(days: Self.floorDivide(seconds, 86_400))
        let time = seconds - Self.floorDivide(seconds, 86_400) * 86_400
        let clock = "\(Self.two(time / 3600)):\(Self.two(time / 60 % 60)):\(Self.two(time % 60))"
        let zone: String
        if offsetMinutes == 0 {
            zone = "Z"
        } else {
            let minutes = Int64(abs(offsetMinutes))
            zone = "\(offsetMinutes < 0 ? "-" : "+")\(Self.two(minutes / 60)):\(Self.two(minutes % 60))"
        }
        // Years outside 0 to 9999 are none of RFC 3339's; they are written as ISO 8601 writes them.
        let digits = String(year.magnitude)
        let sign = year < 0 ? "-" : ""
        let paddedYear = sign + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return "\(paddedYear)-\(Self.two(Int64(month)))-\(Self.two(Int64(day)))T\(clock)\(zone)"
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func floorDivide(_ left: Int64, _ right: Int64) -> Int64 {
        let (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// The proleptic Gregorian date of a day counted from 1970-01-01 (Howard Hinnant's algorithm).
    private static func civil(days: Int64) -> (year: Int64, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Instant {
    /// RFC 3339 in UTC.
    package var rfc3339: String { Timestamp(self).rfc3339 }
}
