// The plain forms that nearly all header values have, read without GMime; anything else is left to it.
import Correspondence

/// Each function gives nil where a value is not wholly of the form it knows: it never guesses.
enum PlainHeader {
    // MARK: Addresses

    /// `Name <a@b>, "Name" <c@d>, e@f` in ASCII: no comments, groups, escapes, encoded words or odd blanks.
    static func mailboxes(_ raw: [UInt8]) -> [NamedAddress]? {
        var found: [NamedAddress] = []
        var index = 0
        while true {
            skipBlanks(raw, &index)
            guard let mailbox = mailbox(raw, &index), found.count < MailLimits.addresses else { return nil }
            found.append(mailbox)
            skipBlanks(raw, &index)
            if index == raw.count { return found }
            guard raw[index] == 44 else { return nil }
            index += 1
        }
    }

    private static func mailbox(_ raw: [UInt8], _ index: inout Int) -> NamedAddress? {
        let start = index
        if index < raw.count, raw[index] == 34 {
            index += 1
            while index < raw.count, raw[index] != 34 {
                guard isQuotable(raw[index]) else { return nil }
                index += 1
            }
            guard index < raw.count, let name = name(raw[(start + 1)..<index]) else { return nil }
            index += 1
            skipBlanks(raw, &index)
            return address(raw, &index).map { NamedAddress(name: name, address: $0) }
        }
        while index < raw.count, isAtom(raw[index]) || raw[index] == 32 { index += 1 }
        if index < raw.count, raw[index] == 60 {
            if start == index { return address(raw, &index).map { NamedAddress(address: $0) } }
            guard raw[index - 1] == 32, let name = name(raw[start..<(index - 1)]) else { return nil }
            return address(raw, &index).map { NamedAddress(name: name, address: $0) }
        }
        while index < raw.count, isAtom(raw[index]) || raw[index] == 46 || raw[index] == 64 { index += 1 }
        return EmailAddress(String(decoding: raw[start..<index], as: UTF8.self)).map { NamedAddress(address: $0) }
    }

    /// `<a@b>`.
    private static func address(_ raw: [UInt8], _ index: inout Int) -> EmailAddress? {
        guard index < raw.count, raw[index] == 60 else { return nil }
        let start = index + 1
        index = start
        while index < raw.count, isAtom(raw[index]) || raw[index] == 46 || raw[index] == 64 { index += 1 }
        guard index < raw.count, raw[index] == 62 else { return nil }
        index += 1
        return EmailAddress(String(decoding: raw[start..<(index - 1)], as: UTF8.self))
    }

    /// Words with single blanks between them.
    private static func name(_ raw: ArraySlice<UInt8>) -> String? {
        var before: UInt8 = 32
        for byte in raw {
            if byte == 32, before == 32 { return nil }
            if byte == 63, before == 61 { return nil }
            before = byte
        }
        return before == 32 ? nil : String(decoding: raw, as: UTF8.self)
    }

    private static func skipBlanks(_ raw: [UInt8], _ index: inout Int) {
        while index < raw.count, raw[index] == 32 || raw[index] == 9 { index += 1 }
    }

    /// Letters, digits and the marks that mean nothing anywhere in a mailbox.
    private static func isAtom(_ byte: UInt8) -> Bool {
        switch byte {
        case 97...122, 65...90, 48...57, 45, 95, 43, 61: true
        default: false
        }
    }

    private static func isQuotable(_ byte: UInt8) -> Bool { byte >= 32 && byte < 127 && byte != 92 }

    // MARK: Dates

    /// `Tue, 5 Mar 2024 10:20:00 +0100` (RFC 5322 section 3.3), the day's name and the seconds optional.
    static func date(_ raw: [UInt8]) -> Timestamp? {
        if raw.count > 10, raw[4] == 45 { return isoDate(raw) }
        var index = 0
        if raw.count > 5, raw[3] == 44, raw[4] == 32 { index = 5 }
        guard let day = number(raw, &index, digits: 1...2), blank(raw, &index), index + 3 < raw.count,
            let month = month(raw[index..<(index + 3)])
        else { return nil }
        index += 3
        guard blank(raw, &index), let year = number(raw, &index, digits: 4...4), blank(raw, &index),
            let hour = number(raw, &index, digits: 2...2), take(58, raw, &index),
            let minute = number(raw, &index, digits: 2...2)
        else { return nil }
        var second = 0
        if index < raw.count, raw[index] == 58 {
            index += 1
            guard let seconds = number(raw, &index, digits: 2...2) else { return nil }
            second = seconds
        }
        guard blank(raw, &index), index < raw.count, raw[index] == 43 || raw[index] == 45 else { return nil }
        let sign = raw[index] == 45 ? -1 : 1
        index += 1
        guard let zone = number(raw, &index, digits: 4...4), index == raw.count, zone % 100 < 60, zone <= 1400 else {
            return nil
        }
        return timestamp(
            (year, month, day), (hour, minute, second), offset: sign * (zone / 100 * 60 + zone % 100))
    }

    /// `2024-03-05T10:00:00+01:00` (RFC 3339): no date of a mail, but unmistakable.
    private static func isoDate(_ raw: [UInt8]) -> Timestamp? {
        var index = 0
        guard let year = number(raw, &index, digits: 4...4), take(45, raw, &index),
            let month = number(raw, &index, digits: 2...2), take(45, raw, &index),
            let day = number(raw, &index, digits: 2...2), index < raw.count, raw[index] | 32 == 116 || raw[index] == 32
        else { return nil }
        index += 1
        guard let hour = number(raw, &index, digits: 2...2), take(58, raw, &index),
            let minute = number(raw, &index, digits: 2...2), take(58, raw, &index),
            let second = number(raw, &index, digits: 2...2), index < raw.count
        else { return nil }
        let time = (hour, minute, second)
        if raw[index] | 32 == 122, index + 1 == raw.count { return timestamp((year, month, day), time, offset: 0) }
        let sign = raw[index] == 45 ? -1 : 1
        guard raw[index] == 43 || raw[index] == 45 else { return nil }
        index += 1
        guard let hours = number(raw, &index, digits: 2...2) else { return nil }
        _ = take(58, raw, &index)
        guard let minutes = number(raw, &index, digits: 2...2), index == raw.count, hours <= 14, minutes < 60 else {
            return nil
        }
        return timestamp((year, month, day), time, offset: sign * (hours * 60 + minutes))
    }

    /// nil for a day or a time that is none.
    private static func timestamp(
        _ date: (year: Int, month: Int, day: Int), _ time: (hour: Int, minute: Int, second: Int), offset: Int
    ) -> Timestamp? {
        let (year, month, day) = date
        guard (1...12).contains(month), time.hour < 24, time.minute < 60, time.second < 60,
            (1970...2200).contains(year),
            (1...28).contains(day) || (day > 28 && day <= 30 && month != 2) || isLast(day, of: month)
        else { return nil }
        let seconds =
            days(year, month, day) * 86_400 + time.hour * 3600 + time.minute * 60 + time.second - offset * 60
        return Timestamp(Instant(microseconds: Int64(seconds) * 1_000_000), offsetMinutes: offset)
    }

    /// Whether a word of the value begins as the English name of a month.
    static func namesMonth(_ raw: [UInt8]) -> Bool {
        raw.prefix(200).split { !(97...122).contains($0 | 32) }.contains { $0.count >= 3 && month($0) != nil }
    }

    private static func isLast(_ day: Int, of month: Int) -> Bool {
        day == 31 && [1, 3, 5, 7, 8, 10, 12].contains(month)
    }

    private static let months = Array("janfebmaraprmayjunjulaugsepoctnovdec".utf8)

    private static func month(_ word: ArraySlice<UInt8>) -> Int? {
        let at = word.startIndex
        return (0..<12).first {
            months[$0 * 3] == word[at] | 32 && months[$0 * 3 + 1] == word[at + 1] | 32
                && months[$0 * 3 + 2] == word[at + 2] | 32
        }.map { $0 + 1 }
    }

    static func number(_ raw: [UInt8], _ index: inout Int, digits: ClosedRange<Int>) -> Int? {
        var value = 0
        var count = 0
        while index < raw.count, count < digits.upperBound, raw[index] &- 48 < 10 {
            value = value * 10 + Int(raw[index] - 48)
            index += 1
            count += 1
        }
        return digits.contains(count) ? value : nil
    }

    private static func blank(_ raw: [UInt8], _ index: inout Int) -> Bool { take(32, raw, &index) }

    static func take(_ byte: UInt8, _ raw: [UInt8], _ index: inout Int) -> Bool {
        guard index < raw.count, raw[index] == byte else { return false }
        index += 1
        return true
    }

    /// Days since 1970-01-01 of the Gregorian calendar (Howard Hinnant's algorithm).
    static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    // MARK: Values with parameters

    /// `value; name=token; name="text"` in ASCII: no comments, escapes, percent signs, continuations or encoded words.
    static func value(_ raw: [UInt8]) -> (value: String, parameters: [(name: String, text: String)])? {
        guard raw.allSatisfy({ $0 >= 32 && $0 < 127 && $0 != 92 && $0 != 37 && $0 != 40 && $0 != 42 || $0 == 9 }) else {
            return nil
        }
        var index = 0
        let value = token(raw, &index, alsoSlash: true)
        guard !value.isEmpty else { return nil }
        var parameters: [(name: String, text: String)] = []
        while true {
            skipBlanks(raw, &index)
            if index == raw.count { break }
            guard take(59, raw, &index) else { return nil }
            skipBlanks(raw, &index)
            if index == raw.count { break }
            let name = String(decoding: LowerCase.of(token(raw, &index, alsoSlash: false)), as: UTF8.self)
            guard parameters.count < MailLimits.plainParameters, !name.isEmpty, take(61, raw, &index),
                let text = text(raw, &index),
                !parameters.contains(where: { $0.name == name })
            else { return nil }
            parameters.append((name, text))
        }
        return (String(decoding: LowerCase.of(value), as: UTF8.self), parameters)
    }

    private static func text(_ raw: [UInt8], _ index: inout Int) -> String? {
        guard index < raw.count else { return nil }
        guard raw[index] == 34 else {
            let token = token(raw, &index, alsoSlash: false)
            return token.isEmpty ? nil : String(decoding: token, as: UTF8.self)
        }
        index += 1
        let start = index
        while index < raw.count, raw[index] != 34 { index += 1 }
        guard index < raw.count else { return nil }
        index += 1
        let inner = raw[start..<(index - 1)]
        guard !inner.isEmpty, !inner.contains(9), zip(inner, inner.dropFirst()).allSatisfy({ $0 != 61 || $1 != 63 })
        else { return nil }
        return String(decoding: inner, as: UTF8.self)
    }

    private static func token(_ raw: [UInt8], _ index: inout Int, alsoSlash: Bool) -> ArraySlice<UInt8> {
        let start = index
        while index < raw.count {
            switch raw[index] {
            case 97...122, 65...90, 48...57, 45, 46, 95, 43, 33, 35, 36, 38, 39, 94, 96, 123...126: index += 1
            case 47 where alsoSlash: index += 1
            default: return raw[start..<index]
            }
        }
        return raw[start..<index]
    }
}
