// The little languages of single values: durations, sizes, rates, addresses, URLs; each parser pure and total.

import Correspondence
import Foundation

/// Every parser takes the text as written and throws `Expected` with what it takes.
enum SettingsText {
    /// The longest span of time a setting may name.
    static let longestDuration = Duration.days(36_500)
    /// The longest single value.
    static let lengthLimit = 8192

    static func line(_ text: String) throws(Expected) -> String {
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw Expected("one line of text without control characters")
        }
        return text
    }

    static func name(_ text: String) throws(Expected) -> String {
        let line = try line(text)
        guard !line.isEmpty else { throw Expected("a text that is not empty") }
        return line
    }

    /// A name that stands in URLs, logs and the ledger.
    static func shortName(_ text: String) throws(Expected) -> String {
        let isFine =
            !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 32) || $0 == 45 || $0 == 95 }
        guard isFine else { throw Expected("a name of letters, digits, - and _, at most 64") }
        return text
    }

    /// Of Microsoft's sign-in: a word such as `common`, an id, or a domain. It stands in a URL's path.
    static func tenant(_ text: String) throws(Expected) -> String {
        let isFine =
            text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                (try? shortName(String($0))) != nil
            }
        guard isFine else { throw Expected("common, the tenant's id, or its domain such as acme.onmicrosoft.com") }
        return text
    }

    static func flag(_ text: String) throws(Expected) -> Bool {
        switch text.lowercased() {
        case "yes", "true", "on": return true
        case "no", "false", "off": return false
        default: throw Expected("yes or no")
        }
    }

    static func choice<T: RawRepresentable & CaseIterable>(_ type: T.Type) -> (String) throws(Expected) -> T
    where T.RawValue == String {
        { text throws(Expected) in
            guard let value = T(rawValue: text) else {
                throw Expected(Self.oneOf(T.allCases.map(\.rawValue)))
            }
            return value
        }
    }

    static func oneOf(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }

    static func count(_ range: ClosedRange<Int>) -> (String) throws(Expected) -> Int {
        { text throws(Expected) in
            guard let number = Int(text), range.contains(number) else {
                throw Expected("a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
    }

    static func share(_ text: String) throws(Expected) -> Double {
        guard let number = number(text), (0...1).contains(number) else {
            throw Expected("a number from 0 to 1, such as 0.75")
        }
        return number
    }

    static func dollars(_ text: String) throws(Expected) -> Double {
        guard let number = number(text), number >= 0, number <= 1_000_000 else {
            throw Expected("an amount in USD, such as 0.05")
        }
        return number
    }

    /// `90s 5m 4h 3d`.
    static func duration(_ text: String) throws(Expected) -> Duration {
        let expected = Expected("a duration such as 90s, 5m, 4h or 3d")
        guard let unit = text.last, let seconds = secondsOfUnit[String(unit)], let count = whole(text.dropLast()),
            count > 0, count <= 3_155_760_000 / seconds
        else { throw expected }
        let duration = Duration.seconds(count * seconds)
        guard duration <= longestDuration else { throw expected }
        return duration
    }

    /// A duration, or `forever` (nil).
    static func keeping(_ text: String) throws(Expected) -> Duration? {
        if text == "forever" { return nil }
        do { return try duration(text) } catch { throw Expected("forever, or \(error.text)") }
    }

    /// `50MB`: decimal units.
    static func size(_ text: String) throws(Expected) -> Int {
        let expected = Expected("a size such as 500KB, 50MB or 1GB")
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = whole(digits), count > 0 else { throw expected }
        let factors = ["B": 1, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000]
        let unit = text.dropFirst(digits.count).trimmingCharacters(in: .whitespaces).uppercased()
        guard let factor = factors[unit], count <= 1_000_000_000_000 / factor else { throw expected }
        return count * factor
    }

    /// `30/min`.
    static func rate(_ text: String) throws(Expected) -> Rate {
        let expected = Expected("a rate such as 30/min, 5/h or 20/d")
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = whole(parts[0]), count > 0, count <= 1_000_000_000,
            let seconds = secondsOfUnit[parts[1] == "min" ? "m" : String(parts[1])]
        else { throw expected }
        return Rate(count: count, period: .seconds(seconds))
    }

    /// Its domain in A-labels from here on: in Message-IDs, reply addresses and comparisons alike.
    static func address(_ text: String) throws(Expected) -> EmailAddress {
        guard let address = EmailAddress(text) else { throw Expected("an email address such as support@acme.example") }
        do throws(DomainName.NoALabel) {
            return try address.inALabels()
        } catch {
            throw Expected("an email address whose domain can be in the DNS (\(error.words))")
        }
    }

    /// BCP 47 as far as we use it: `de`, `pt-BR`, `zh-Hant`.
    static func language(_ text: String) throws(Expected) -> String {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isFine =
            !parts.isEmpty && parts.count <= 3 && (2...3).contains(parts[0].utf8.count)
            && parts[0].utf8.allSatisfy { (97...122).contains($0 | 32) }
            && parts.dropFirst().allSatisfy { part in
                (2...8).contains(part.utf8.count)
                    && part.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 32) }
            }
        guard isFine else { throw Expected("a language code such as en, pt or zh-Hant") }
        return ([parts[0].lowercased()] + parts.dropFirst().map(String.init)).joined(separator: "-")
    }

    static func timezone(_ text: String) throws(Expected) -> String {
        guard TimeZone(identifier: text) != nil else { throw Expected("a time zone such as Europe/Berlin or UTC") }
        return text
    }

    /// `07:00`, in minutes of the day.
    static func clock(_ text: String) throws(Expected) -> Int {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 2, parts[1].utf8.count == 2, let hour = whole(parts[0]),
            let minute = whole(parts[1]), hour < 24, minute < 60
        else { throw Expected("a time of day in quotes, such as \"07:00\"") }
        return hour * 60 + minute
    }

    /// `100 EUR` or `100`: the amount.
    static func amount(_ text: String) throws(Expected) -> Double {
        let parts = text.split(separator: " ")
        guard (1...2).contains(parts.count), let number = number(String(parts[0])), number >= 0,
            parts.count == 1 || (parts[1].utf8.count <= 3 && parts[1].allSatisfy { $0.isLetter || $0.isCurrencySymbol })
        else { throw Expected("an amount such as 100 EUR") }
        return number
    }

    /// `name` of one host, an IPv4 address or `[IPv6]`, with its port.
    static func listen(_ text: String) throws(Expected) -> ListenAddress {
        let expected = Expected("a host and port such as 127.0.0.1:8025 or [::1]:8025")
        guard let colon = text.lastIndex(of: ":"), let port = whole(text[text.index(after: colon)...]), port < 65_536
        else { throw expected }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw expected
        }
        guard isHost(host) || host.contains(":"), !host.isEmpty else { throw expected }
        return ListenAddress(host: String(host), port: port)
    }

    static func url(_ schemes: [String], path: Bool = true) -> (String) throws(Expected) -> String {
        { text throws(Expected) in
            let expected = Expected("a URL that begins with \(Self.oneOf(schemes.map { "\($0)://" }))")
            guard let scheme = schemes.first(where: { text.lowercased().hasPrefix("\($0)://") }),
                !text.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F })
            else { throw expected }
            let rest = text.dropFirst(scheme.utf8.count + 3)
            let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            guard !authority.contains("@") else {
                throw Expected("a URL without user and password: they have keys of their own")
            }
            guard Self.isAuthority(authority) else { throw Expected("\(expected.text) and names a host") }
            let tail = rest.dropFirst(authority.count)
            guard path || tail.isEmpty || tail == "/" else { throw Expected("a URL of a host alone, without a path") }
            return text
        }
    }

    /// `https://host[:port]`, without anything behind it, or `*`.
    static func origin(_ text: String) throws(Expected) -> String {
        if text == "*" { return text }
        let url = try url(["https", "http"], path: false)(text)
        return url.hasSuffix("/") ? String(url.dropLast()).lowercased() : url.lowercased()
    }

    /// A host name, an address, or an email address: what `desk.links` lets through.
    static func link(_ text: String) throws(Expected) -> String {
        if EmailAddress(text) != nil || isHost(Substring(text)) { return text }
        throw Expected("a host such as shop.acme.example or an email address")
    }

    static func host(_ text: String) throws(Expected) -> String {
        guard isHost(Substring(text)) else { throw Expected("a host name such as mx.acme.example") }
        return text
    }

    /// An IP address or a network: `10.0.0.0/8`.
    static func network(_ text: String) throws(Expected) -> String {
        let expected = Expected("an address or network such as 10.0.0.7 or 10.0.0.0/8")
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count) else { throw expected }
        let isSix = parts[0].contains(":")
        let digits = parts[0].utf8.allSatisfy {
            (48...57).contains($0) || $0 == 46 || (isSix && ($0 == 58 || (97...102).contains($0 | 32)))
        }
        guard digits, isSix || isFour(parts[0]) else { throw expected }
        if parts.count == 2 {
            guard let bits = whole(parts[1]), bits <= (isSix ? 128 : 32) else { throw expected }
        }
        return text
    }

    static func start(_ text: String) throws(Expected) -> MailboxAccount.Start {
        if text == "now" { return .now }
        if text == "all" { return .all }
        let expected = Expected("now, all, or since with a day, such as since 2026-11-01")
        guard text.hasPrefix("since ") else { throw expected }
        let parts = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, let year = whole(parts[0]), let month = whole(parts[1]),
            let day = whole(parts[2]), (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { throw expected }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? calendar.timeZone
        guard let date = calendar.date(from: DateComponents(year: year, month: month, day: day)),
            calendar.component(.day, from: date) == day
        else { throw expected }
        return .since(date)
    }

    static func after(_ text: String) throws(Expected) -> MailboxAccount.After {
        if text == "keep" { return .keep }
        if text == "seen" { return .seen }
        if text.hasPrefix("move:"), text.utf8.count > 5 { return .move(try line(String(text.dropFirst(5)))) }
        throw Expected("keep, seen, or move:FOLDER")
    }

    static func store(_ text: String) throws(Expected) -> StoreLocation {
        if text.hasPrefix("sqlite:"), text.utf8.count > 7 { return .sqlite(path: String(text.dropFirst(7))) }
        if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") { return .postgresql(url: text) }
        throw Expected("sqlite:PATH or postgresql://USER@HOST/DATABASE")
    }

    // MARK: Parts

    private static let secondsOfUnit = ["s": 1, "m": 60, "h": 3600, "d": 86_400]

    /// ASCII digits alone; nil for a sign, a blank, or too many.
    private static func whole(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 12, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    private static func number(_ text: String) -> Double? {
        guard !text.isEmpty, text.utf8.count <= 20, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }) else {
            return nil
        }
        return Double(text)
    }

    static func isHost(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 253 && !text.hasPrefix(".") && !text.contains("..")
            && text.unicodeScalars.allSatisfy { scalar in
                scalar == "." || scalar == "-" || scalar == "_" || scalar.properties.isAlphabetic
                    || scalar.properties.numericType == .decimal
            }
    }

    private static func isFour(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { whole($0).map { $0 < 256 } ?? false }
    }

    private static func isAuthority(_ text: Substring) -> Bool {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return false }
            let rest = text[text.index(after: end)...]
            return rest.isEmpty || (rest.hasPrefix(":") && isPort(rest.dropFirst()))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, parts.count <= 2, isHost(host) else { return false }
        return parts.count == 1 || isPort(parts[1])
    }

    private static func isPort(_ text: Substring) -> Bool { whole(text).map { (1...65_535).contains($0) } ?? false }
}
