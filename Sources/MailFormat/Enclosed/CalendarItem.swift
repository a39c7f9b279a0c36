// A calendar invitation, answer or cancellation (RFC 5545, RFC 5546) in words: what, when, where and who.
import Glibc

struct CalendarItem {
    /// Upper case: `REQUEST`, `REPLY`, `CANCEL`; empty where it is not said.
    private(set) var method = ""
    private var summary: String?
    private var start: CalendarTime?
    private var end: CalendarTime?
    private var duration: Int?
    private var location: String?
    private var organizer: String?
    private var people: [(name: String, answer: String)] = []
    private var morePeople = 0
    private var rule: String?
    private var description: String?
    private var comment: String?
    private var isCancelled = false

    /// The first event, or task, of a calendar in UTF-8; nil where there is none. What stands within it, alarms above
    /// all, is left out.
    init?(_ calendar: [UInt8]) {
        var open: [String] = []
        var isFound = false
        for line in CalendarLine.all(of: calendar) {
            switch line.name {
            case "BEGIN":
                guard open.count < 16 else { return nil }
                open.append(line.value.trimmed.uppercased())
                if Self.isItem(open.last) {
                    if isFound { return }
                    isFound = true
                }
            case "END": _ = open.popLast()
            case "METHOD" where open.last == "VCALENDAR": method = line.value.trimmed.uppercased()
            default: if Self.isItem(open.last) { take(line) }
            }
        }
        guard isFound, summary != nil || start != nil else { return nil }
    }

    private static func isItem(_ name: String?) -> Bool { name == "VEVENT" || name == "VTODO" }

    private mutating func take(_ line: CalendarLine) {
        switch line.name {
        case "SUMMARY": summary = Self.line(line.text)
        case "DTSTART": start = CalendarTime(line)
        case "DTEND", "DUE": end = CalendarTime(line)
        case "DURATION": duration = CalendarTime.duration(line.value)
        case "LOCATION": location = Self.line(line.text)
        case "ORGANIZER": organizer = Self.person(line)
        case "ATTENDEE":
            guard people.count < Self.mostPeople else {
                morePeople += 1
                return
            }
            people.append((Self.person(line), line.parameters["PARTSTAT"]?.uppercased() ?? ""))
        case "RRULE": rule = Self.rule(line.value)
        case "DESCRIPTION": description = Self.paragraphs(line.text)
        case "COMMENT": comment = Self.paragraphs(line.text)
        case "STATUS": isCancelled = line.value.trimmed.uppercased() == "CANCELLED"
        default: break
        }
    }

    private static let mostPeople = 50

    // MARK: Words

    /// Characters of a text in which it is looked for what the item says.
    private static let toldLimit = 10_000

    /// One line each, what is not known left out; below them what was written.
    var words: String { words(beside: "") }

    /// The same without what was written, where the text says it: programs put it into both.
    func words(beside text: String) -> String {
        var lines = ["\(head): \(summary ?? "(no title)")"]
        if let when { lines.append("When: \(when)") }
        if let rule { lines.append("Repeats: \(rule)") }
        if let location { lines.append("Where: \(location)") }
        if let organizer { lines.append("Organizer: \(organizer)") }
        if !people.isEmpty {
            let names = people.map { $0.name + (Self.answers[$0.answer].map { " (\($0))" } ?? "") }
            lines.append(
                "Attendees: \(names.joined(separator: ", "))\(morePeople > 0 ? " and \(morePeople) more" : "")")
        }
        let told = Self.collapsed(String(text.prefix(Self.toldLimit)))
        let below = [comment, description].compactMap(\.self).filter { !Self.stands($0, in: told) }.map { "\n\($0)" }
        return (lines + below).joined(separator: "\n")
    }

    private var head: String {
        if isCancelled || method == "CANCEL" { return "Cancelled" }
        switch method {
        case "REQUEST", "ADD": return "Invitation"
        case "REPLY": return Self.replies[people.first?.answer ?? ""] ?? "Answer to an invitation"
        case "COUNTER": return "Another time proposed"
        case "DECLINECOUNTER": return "Proposed time declined"
        case "REFRESH": return "Asked for the invitation again"
        default: return "Event"
        }
    }

    private var when: String? {
        guard let start else { return nil }
        var last = end
        if last == nil, let duration {
            last = start
            last?.minutes += duration
        }
        return start.words(until: last)
    }

    private static let replies = [
        "ACCEPTED": "Accepted", "DECLINED": "Declined", "TENTATIVE": "Tentatively accepted", "DELEGATED": "Delegated",
    ]
    private static let answers = [
        "ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative", "DELEGATED": "delegated",
    ]

    /// Whether a text names the hour, so that saying it again helps nobody.
    func isTold(in text: String) -> Bool {
        guard let start, !start.isDate else { return summary.map { text.contains($0) } ?? true }
        return start.clocks.contains { text.contains($0) }
    }

    /// White space aside, in the beginning of the text.
    private static func stands(_ written: String, in told: [UInt8]) -> Bool {
        let wanted = collapsed(written)
        guard !wanted.isEmpty, told.count >= wanted.count else { return false }
        return told.withUnsafeBytes { told in
            wanted.withUnsafeBytes { wanted in
                guard let text = told.baseAddress, let part = wanted.baseAddress else { return false }
                return (0...(told.count - wanted.count)).contains { memcmp(text + $0, part, wanted.count) == 0 }
            }
        }
    }

    /// Lower case, with single blanks.
    private static func collapsed(_ text: String) -> [UInt8] {
        Array(LowerCase.of(text).split { $0 <= 32 }.joined(separator: [32]))
    }

    // MARK: Values

    private static func line(_ text: String) -> String? {
        let line = HeaderGrammar.oneLine(String(text.prefix(500)))
        return line.isEmpty ? nil : line
    }

    private static func paragraphs(_ text: String) -> String? {
        let bytes = Charset.lines(Array(text.utf8.prefix(16 << 10)))
        let clean = String(decoding: bytes.filter { $0 == 10 || $0 == 9 || $0 >= 32 }, as: UTF8.self).trimmed
        return clean.isEmpty ? nil : clean
    }

    private static func person(_ line: CalendarLine) -> String {
        let value = line.value.trimmed
        let address = value.lowercased().hasPrefix("mailto:") ? String(value.dropFirst(7)) : value
        let shown = HeaderGrammar.oneLine(String(address.prefix(254)))
        guard let name = line.parameters["CN"].map({ HeaderGrammar.oneLine(String($0.prefix(200))) }), !name.isEmpty,
            name != shown
        else { return shown }
        return shown.isEmpty ? name : "\(name) <\(shown)>"
    }

    private static let frequencies = [
        "DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year", "HOURLY": "hour",
    ]
    private static let weekdays = [
        "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday", "SA": "Saturday",
        "SU": "Sunday",
    ]

    /// `every 2 weeks on Monday, Friday, 10 times`; what is more than that is left out.
    private static func rule(_ value: String) -> String? {
        var parts: [String: String] = [:]
        for part in value.prefix(500).uppercased().split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { parts[String(pair[0])] = String(pair[1]) }
        }
        guard let unit = parts["FREQ"].flatMap({ frequencies[$0] }) else { return nil }
        let interval = parts["INTERVAL"].flatMap { Int($0) } ?? 1
        var words = interval > 1 ? "every \(interval) \(unit)s" : "every \(unit)"
        let days = (parts["BYDAY"] ?? "").split(separator: ",").compactMap { weekdays[String($0.suffix(2))] }
        if !days.isEmpty, days.count <= 7 { words += " on \(days.joined(separator: ", "))" }
        if let count = parts["COUNT"].flatMap({ Int($0) }) { words += ", \(count) times" }
        return words
    }
}
