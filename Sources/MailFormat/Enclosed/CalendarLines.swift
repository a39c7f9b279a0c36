// The content lines of a calendar (RFC 5545 section 3.1): unfolded, parted into name, parameters and value.

struct CalendarLine {
    /// Upper case.
    let name: String
    /// By upper-case name; of a list the first.
    let parameters: [String: String]
    let value: String

    /// TEXT with its escapes undone (RFC 5545 section 3.3.11).
    var text: String {
        guard value.utf8.contains(0x5C) else { return value }
        var output: [UInt8] = []
        var isEscaped = false
        for byte in value.utf8 {
            if isEscaped {
                output.append(byte | 32 == 0x6E ? 10 : byte)
                isEscaped = false
            } else if byte == 0x5C {
                isEscaped = true
            } else {
                output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Those an item is made of; the others are not parted further.
    private static let wanted: Set<String> = [
        "BEGIN", "END", "METHOD", "SUMMARY", "DTSTART", "DTEND", "DUE", "DURATION", "LOCATION", "ORGANIZER", "ATTENDEE",
        "RRULE", "DESCRIPTION", "COMMENT", "STATUS",
    ]

    /// nil where the line is none, or none of those.
    fileprivate init?(_ line: [UInt8]) {
        var index = 0
        while index < line.count, line[index] != 0x3A, line[index] != 0x3B { index += 1 }
        guard index > 0, index < line.count else { return nil }
        name = String(decoding: line[..<index], as: UTF8.self).uppercased()
        guard Self.wanted.contains(name) else { return nil }
        var found: [String: String] = [:]
        while index < line.count, line[index] == 0x3B {
            let start = index + 1
            index = start
            while index < line.count, line[index] != 0x3D, line[index] != 0x3A, line[index] != 0x3B { index += 1 }
            let key = String(decoding: line[start..<index], as: UTF8.self).uppercased()
            guard index < line.count, line[index] == 0x3D else { continue }
            index += 1
            var isQuoted = false
            let valueStart = index
            while index < line.count, isQuoted || (line[index] != 0x3A && line[index] != 0x3B) {
                if line[index] == 0x22 { isQuoted.toggle() }
                index += 1
            }
            let bare = line[valueStart..<index].filter { $0 != 0x22 }
            if found.count < 32, found[key] == nil { found[key] = String(decoding: bare, as: UTF8.self) }
        }
        guard index < line.count, line[index] == 0x3A else { return nil }
        parameters = found
        value = String(decoding: line[(index + 1)...], as: UTF8.self)
    }

    /// The lines of a calendar in UTF-8, at most `MailLimits.calendar` bytes of it. A fold may fall within a character.
    static func all(of calendar: [UInt8]) -> [CalendarLine] {
        var lines: [CalendarLine] = []
        var line: [UInt8] = []
        Array(calendar.prefix(MailLimits.calendar)).withUnsafeBytes { raw in
            var position = 0
            while position < raw.count {
                let (end, next) = raw.lineEnd(from: position)
                if raw[position] == 32 || raw[position] == 9 {
                    line.append(
                        contentsOf: UnsafeRawBufferPointer(rebasing: raw[(position + 1)..<max(end, position + 1)]))
                } else {
                    if let made = CalendarLine(line) { lines.append(made) }
                    line = Array(UnsafeRawBufferPointer(rebasing: raw[position..<end]))
                }
                position = next
            }
        }
        if let made = CalendarLine(line) { lines.append(made) }
        return lines
    }
}
