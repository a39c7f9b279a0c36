// INTERNALDATE to a moment (RFC 9051 section 9, date-time).

import Correspondence

enum InternalDate {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// `17-Jul-1996 02:44:25 -0700`, the day also with a leading blank; nil for anything else.
    static func parse(_ bytes: [UInt8]) -> Instant? {
        let text = String(decoding: bytes.prefix(40), as: UTF8.self).lowercased()
        let parts = text.split(separator: " ")
        guard parts.count == 3 else { return nil }
        let date = parts[0].split(separator: "-")
        let time = parts[1].split(separator: ":").compactMap { Int($0) }
        let zone = parts[2]
        guard date.count == 3, let day = Int(date[0]), (1...31).contains(day),
            let month = months.firstIndex(of: String(date[1])), let year = Int(date[2]), (1900...9999).contains(year),
            time.count == 3, (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2]),
            zone.utf8.count == 5, let offset = Int(zone.dropFirst()), offset >= 0, "+-".contains(zone.prefix(1))
        else { return nil }
        let minutes = (offset / 100 * 60 + offset % 100) * (zone.hasPrefix("-") ? -1 : 1)
        let seconds = days(year, month + 1, day) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2] - minutes * 60
        return Instant(microseconds: Int64(seconds) * 1_000_000)
    }

    /// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant's algorithm).
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
