// A date or a moment of a calendar (RFC 5545 section 3.3.4 and 3.3.5), as its clock on the wall shows it.

/// Times stay in the zone they were written in, and the zone is told by its name: nothing is converted.
struct CalendarTime: Equatable {
    /// Minutes since 1970-01-01 00:00 on that clock.
    var minutes: Int
    /// A whole day.
    var isDate: Bool
    /// `Europe/Berlin`, `UTC`; nil for a clock that floats.
    var zone: String?

    /// nil for what is none.
    init?(_ line: CalendarLine) {
        let digits = Array(line.value.utf8)
        guard digits.count >= 8, let year = Self.number(digits[..<4]), let month = Self.number(digits[4..<6]),
            let day = Self.number(digits[6..<8]), (1...12).contains(month), (1...31).contains(day), year > 0
        else { return nil }
        minutes = Self.days(year, month, day) * 1440
        isDate = true
        guard digits.count >= 13, digits[8] == 0x54, let hour = Self.number(digits[9..<11]),
            let minute = Self.number(digits[11..<13]), hour < 24, minute < 60
        else { return }
        isDate = false
        minutes += hour * 60 + minute
        zone = digits.last == 0x5A ? "UTC" : line.parameters["TZID"].flatMap(Self.zoneName)
    }

    /// `/citadel.org/20070227_1/Europe/Berlin` ends in the name.
    private static func zoneName(_ id: String) -> String? {
        let name = HeaderGrammar.oneLine(String(id.prefix(200)))
        guard name.hasPrefix("/") else { return name.isEmpty ? nil : name }
        return name.split(separator: "/").suffix(2).joined(separator: "/")
    }

    /// `P1DT2H30M`, `-PT15M`, `P2W` in minutes (section 3.3.6).
    static func duration(_ value: String) -> Int? {
        var minutes = 0
        var number = 0
        var hasUnit = false
        for byte in value.utf8.prefix(40) {
            switch byte {
            case 48...57: number = min(number * 10 + Int(byte - 48), 100_000)
            case 0x57, 0x44, 0x48, 0x4D:
                minutes += number * (byte == 0x57 ? 10_080 : byte == 0x44 ? 1440 : byte == 0x48 ? 60 : 1)
                (number, hasUnit) = (0, true)
            case 0x53: (number, hasUnit) = (0, true)
            case 0x50, 0x54, 0x2B: break
            default: return nil
            }
        }
        return hasUnit ? minutes : nil
    }

    // MARK: Words

    /// `Thursday, 14 March 2024`.
    var day: String {
        let (year, month, day) = Self.civil(Self.floorDivide(minutes, 1440))
        let weekday = (Self.floorDivide(minutes, 1440) % 7 + 7 + 4) % 7
        return "\(Self.weekdays[weekday]), \(day) \(Self.months[month - 1]) \(year)"
    }

    /// `09:30`.
    var clock: String { "\(Self.two(ofDay / 60)):\(Self.two(ofDay % 60))" }

    /// Every way in which a text may name this hour.
    var clocks: [String] {
        let (hour, minute) = (ofDay / 60, Self.two(ofDay % 60))
        let half = hour % 12 == 0 ? 12 : hour % 12
        let mark = hour < 12 ? "am" : "pm"
        let full = ["\(hour):\(minute)", "\(hour).\(minute)", "\(hour)h\(minute)", "\(half):\(minute)"]
        return ofDay % 60 == 0 ? full + ["\(half)\(mark)", "\(half) \(mark)", "\(hour)時", "\(hour)点"] : full
    }

    private var ofDay: Int { minutes - Self.floorDivide(minutes, 1440) * 1440 }

    /// `Thursday, 14 March 2024, 09:30 – 10:00 (Europe/Berlin)`. The end of whole days is the day after the last.
    func words(until end: CalendarTime?) -> String {
        guard !isDate else {
            guard let end, end.isDate, end.minutes - minutes > 1440 else { return day }
            var last = end
            last.minutes -= 1440
            return "\(day) – \(last.day)"
        }
        let place = zone.map { " (\($0))" } ?? ""
        guard let end, end.minutes > minutes || end.zone != zone else { return "\(day), \(clock)\(place)" }
        if end.zone != zone {
            return "\(day), \(clock)\(place) – \(end.day), \(end.clock)\(end.zone.map { " (\($0))" } ?? "")"
        }
        return end.day == day
            ? "\(day), \(clock) – \(end.clock)\(place)" : "\(day), \(clock) – \(end.day), \(end.clock)\(place)"
    }

    // MARK: Numbers

    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        digits.allSatisfy { (48...57).contains($0) } ? digits.reduce(0) { $0 * 10 + Int($1 - 48) } : nil
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func floorDivide(_ left: Int, _ right: Int) -> Int {
        left >= 0 ? left / right : -((right - 1 - left) / right)
    }

    /// Days since 1970-01-01 of the Gregorian calendar, and back (Howard Hinnant's algorithms).
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = floorDivide(year, 400)
        let ofEra = year - era * 400
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * month + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day)
    }
}
