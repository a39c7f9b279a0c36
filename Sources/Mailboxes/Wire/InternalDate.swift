// INTERNALDATE to a moment (RFC 9051 section 9, date-time).

import Correspondence

enum InternalDate {
    private static let months = Array("janfebmaraprmayjunjulaugsepoctnovdec".utf8)

    /// `17-Jul-1996 02:44:25 -0700`, the day also with a leading blank; nil for anything else.
    static func parse(_ bytes: [UInt8]) -> Instant? {
        var rest = bytes[...]
        while rest.first == 0x20 { rest.removeFirst() }
        guard let day = number(&rest, 1...2), take(0x2D, &rest), (1...31).contains(day), let month = month(&rest),
            take(0x2D, &rest), let year = number(&rest, 4...4), (1900...9999).contains(year), take(0x20, &rest),
            let hour = number(&rest, 2...2), hour < 24, take(0x3A, &rest), let minute = number(&rest, 2...2),
            minute < 60, take(0x3A, &rest), let second = number(&rest, 2...2), second <= 60, take(0x20, &rest),
            let sign = rest.popFirst(), sign == 0x2B || sign == 0x2D, let offset = number(&rest, 4...4), rest.isEmpty
        else { return nil }
        let minutes = (offset / 100 * 60 + offset % 100) * (sign == 0x2D ? -1 : 1)
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - minutes * 60
        return Instant(microseconds: Int64(seconds) * 1_000_000)
    }

    private static func take(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, _ digits: ClosedRange<Int>) -> Int? {
        let found = rest.prefix(digits.upperBound).prefix { (0x30...0x39).contains($0) }
        guard digits.contains(found.count) else { return nil }
        rest.removeFirst(found.count)
        return found.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }

    /// 1 to 12.
    private static func month(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let name = rest.prefix(3).map { $0 | 0x20 }
        guard name.count == 3 else { return nil }
        rest.removeFirst(3)
        return (0..<12).first { months[3 * $0..<3 * $0 + 3].elementsEqual(name) }.map { $0 + 1 }
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
