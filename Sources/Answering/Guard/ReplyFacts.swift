// Numbers, amounts and dates of a text, in a form that can be compared across languages.

import Foundation

/// `4,90 EUR`, `4.90 €` and `€4.9` are one amount; `1.248` may be a thousand or a decimal, so both readings count.
struct ReplyFacts: Equatable {
    /// Every reading of every number.
    private(set) var numbers: Set<String> = []
    /// `4.9 EUR`, `20 %`: a number with its unit, every reading.
    private(set) var amounts: Set<String> = []
    /// Months beside a number, and weekdays: `month 5`, `day 1`.
    private(set) var dates: Set<String> = []
    /// One entry a number as written, with its readings: what must be found.
    private var claims: [Claim] = []

    private struct Claim: Equatable {
        var written: String
        var readings: [String]
        var unit: String?
    }

    init() {}

    init(_ text: String) {
        let tokens = Self.tokens(Self.asciiDigits(text))
        for (index, token) in tokens.enumerated() {
            switch token {
            case .number(let written, let startsLine):
                // 1. 2. 3. at the beginning of lines are the reply's own order of steps.
                if startsLine, let value = Int(written), value <= 20, index + 1 < tokens.count,
                    case .mark(let mark) = tokens[index + 1], mark == "." || mark == ")"
                {
                    continue
                }
                let readings = Self.readings(written)
                let unit = Self.unit(tokens, beside: index)
                claims.append(Claim(written: written, readings: readings, unit: unit))
                numbers.formUnion(readings)
                if let unit { amounts.formUnion(readings.map { "\($0) \(unit)" }) }
            case .word(let word):
                if let value = NumberWords.value(of: word) {
                    // "zwei Euro" is an amount like "2 EUR".
                    let unit = Self.unit(tokens, beside: index)
                    claims.append(Claim(written: word, readings: [String(value)], unit: unit))
                    numbers.insert(String(value))
                    if let unit { amounts.insert("\(value) \(unit)") }
                }
                if let day = NumberWords.weekday(word) { dates.insert("day \(day)") }
                if let month = NumberWords.month(word),
                    Self.isNumber(tokens, index - 1) || Self.isNumber(tokens, index + 1)
                {
                    dates.insert("month \(month)")
                }
            case .mark: continue
            }
        }
    }

    mutating func formUnion(_ other: ReplyFacts) {
        numbers.formUnion(other.numbers)
        amounts.formUnion(other.amounts)
        dates.formUnion(other.dates)
    }

    /// What is claimed here and stands nowhere in `known`, in words.
    func missing(from known: ReplyFacts) -> [String] {
        var missing: [String] = []
        for claim in claims {
            if let unit = claim.unit {
                if !claim.readings.contains(where: { known.amounts.contains("\($0) \(unit)") }) {
                    missing.append("the amount \"\(claim.written.prefix(40)) \(unit)\"")
                }
            } else if !claim.readings.contains(where: { known.numbers.contains($0) }) {
                missing.append("the number \"\(claim.written.prefix(40))\"")
            }
        }
        // A month may stand as a number in the source: 31.12. for 31 December.
        for date in dates.subtracting(known.dates).sorted() {
            if date.hasPrefix("month "), known.numbers.contains(String(date.dropFirst(6))) { continue }
            missing.append("a date (\(date))")
        }
        return missing
    }

    // MARK: Tokens

    private enum Token: Equatable {
        case number(String, startsLine: Bool)
        case word(String)
        case mark(Character)
    }

    private static func tokens(_ text: String) -> [Token] {
        let characters = Array(text)
        var tokens: [Token] = []
        var index = 0
        var startsLine = true
        while index < characters.count {
            let character = characters[index]
            if isDigit(character) {
                let start = index
                index += 1
                while index < characters.count {
                    if isDigit(characters[index]) {
                        index += 1
                    } else if ".,'’\u{A0}\u{202F}\u{2009}٫٬".contains(characters[index]), index + 1 < characters.count,
                        isDigit(characters[index + 1])
                    {
                        index += 2
                    } else {
                        break
                    }
                }
                tokens.append(.number(String(characters[start..<index]), startsLine: startsLine))
                startsLine = false
            } else if character.isLetter {
                let start = index
                while index < characters.count, characters[index].isLetter { index += 1 }
                tokens.append(.word(String(characters[start..<index]).lowercased()))
                startsLine = false
            } else {
                index += 1
                if character == "\n" {
                    startsLine = true
                } else if !character.isWhitespace {
                    tokens.append(.mark(character))
                    if character != "-" && character != "*" && character != "•" { startsLine = false }
                }
            }
        }
        return tokens
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private static func isNumber(_ tokens: [Token], _ index: Int) -> Bool {
        var index = index
        // "3. Mai", "May 3,", "3 de mayo": a mark or a short word may stand between.
        if tokens.indices.contains(index), case .mark = tokens[index] { index -= 1 }
        if tokens.indices.contains(index), case .word("de") = tokens[index] { index -= 1 }
        guard tokens.indices.contains(index), case .number = tokens[index] else { return false }
        return true
    }

    /// Digits of every script, raised and circled ones too, as ASCII ones; Chinese and Japanese numerals become digits where they stand together.
    private static func asciiDigits(_ text: String) -> String {
        var out = ""
        for character in text {
            if !character.isASCII, let scalar = character.unicodeScalars.first,
                [.decimalNumber, .otherNumber].contains(scalar.properties.generalCategory),
                let value = character.wholeNumberValue
            {
                out += String(value)
            } else {
                out.append(character)
            }
        }
        return NumberWords.numerals(in: out)
    }

    // MARK: Readings and units

    /// All numbers a written one may mean, without leading and trailing zeros.
    private static func readings(_ written: String) -> [String] {
        let parts = written.split(omittingEmptySubsequences: false) { !isDigit($0) }.map(String.init)
        guard parts.count > 1, let last = parts.last else { return [plain(written)] }
        var readings: [String] = []
        // Thousands: every group but the first has three digits.
        if parts.dropFirst().allSatisfy({ $0.count == 3 }) { readings.append(plain(parts.joined())) }
        let head = parts.dropLast()
        let marks = written.filter { !isDigit($0) }
        // A decimal: the last mark differs from the others, or is the only one.
        if head.count == 1
            || head.dropFirst().allSatisfy({ $0.count == 3 }) && marks.dropLast().allSatisfy({ $0 != marks.last })
        {
            let fraction = String(last.reversed().drop { $0 == "0" }.reversed())
            let whole = plain(head.joined())
            readings.append(fraction.isEmpty ? whole : whole + "." + fraction)
        }
        // Dates and versions: each part for itself as well, when nothing else fits.
        if readings.isEmpty { readings.append(parts.map(plain).joined(separator: "-")) }
        return readings
    }

    private static func plain(_ digits: String) -> String {
        let short = digits.drop { $0 == "0" }
        return short.isEmpty ? "0" : String(short)
    }

    private static func unit(_ tokens: [Token], beside index: Int) -> String? {
        for other in [index + 1, index - 1] where tokens.indices.contains(other) {
            switch tokens[other] {
            case .mark(let mark): if let unit = NumberWords.unit(String(mark)) { return unit }
            case .word(let word): if let unit = NumberWords.unit(word) { return unit }
            case .number: continue
            }
        }
        // "2 to 3 EUR", "2–3 %": the unit stands behind the second number.
        guard index + 3 < tokens.count, case .number = tokens[index + 2] else { return nil }
        switch tokens[index + 1] {
        case .mark(let mark) where "-–—~〜～".contains(mark): break
        case .word(let word)
        where ["to", "bis", "à", "a", "y", "e", "do", "tot", "até", "and", "und", "et"].contains(word):
            break
        default: return nil
        }
        switch tokens[index + 3] {
        case .mark(let mark): return NumberWords.unit(String(mark))
        case .word(let word): return NumberWords.unit(word)
        case .number: return nil
        }
    }
}
