// Matters that always go to a human: words of the settings found in a message, perhaps above an amount.

import Correspondence

enum TopicRule {
    /// The first topic that the text is about.
    static func topic(in text: String, of topics: [DeskProfile.Topic]) -> DeskProfile.Topic? {
        topics.isEmpty ? nil : topic(in: FoldedText(text), of: topics)
    }

    static func topic(in text: FoldedText, of topics: [DeskProfile.Topic]) -> DeskProfile.Topic? {
        guard !topics.isEmpty else { return nil }
        let largest = topics.contains { $0.over != nil } ? amounts(in: text.text).max() : nil
        return topics.first { topic in
            let isMeant = topic.words.contains { text.contains(FoldedText($0)) }
            guard isMeant, let over = topic.over else { return isMeant }
            // No amount named is no amount known: a human looks.
            return largest.map { $0 > over } ?? true
        }
    }

    /// A longer run of digits is no amount that anybody means; it is taken in pieces, which are large all the same.
    private static let digitLimit = 20

    /// Numbers that could be amounts: `649`, `1.299,00`, `1,299.00`, `1 299`, `1'299.-`. A date or an order's number
    /// counts as well: too many go to a human rather than too few.
    static func amounts(in text: String) -> [Double] {
        let scalars = Array(text.unicodeScalars)
        var numbers: [Double] = []
        var digits = ""
        /// Digits since the last mark.
        var group = 0
        var hasGroups = false
        func flush() {
            if let value = amount(digits) { numbers.append(value) }
            digits = ""
            group = 0
            hasGroups = false
        }
        for (index, scalar) in scalars.enumerated() {
            if let digit = digit(scalar) {
                digits += String(digit)
                group += 1
                if digits.utf8.count >= digitLimit { flush() }
            } else if !digits.isEmpty, scalar == "." || scalar == "," || scalar == "'" {
                digits += scalar == "'" ? "," : String(scalar)
                group = 0
                hasGroups = true
            } else if (hasGroups ? group == 3 : (1...3).contains(group)), scalar.properties.isWhitespace,
                isGroup(scalars[(index + 1)...])
            {
                group = 0
                hasGroups = true
            } else {
                flush()
            }
        }
        flush()
        return numbers
    }

    /// Exactly three digits at the beginning.
    private static func isGroup(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        let start = scalars.prefix(4)
        return start.count >= 3 && start.prefix(3).allSatisfy { digit($0) != nil }
            && (start.count == 3 || digit(start[start.endIndex - 1]) == nil)
    }

    /// Decimal digits of any script; `½`, `②` and `百` are none.
    private static func digit(_ scalar: Unicode.Scalar) -> Int? {
        if scalar.isASCII { return scalar >= "0" && scalar <= "9" ? Int(scalar.value) - 48 : nil }
        guard scalar.properties.numericType == .decimal else { return nil }
        return scalar.properties.numericValue.map { Int($0) }
    }

    /// The last of `.` and `,` is the decimal mark when one or two digits follow it; all others group.
    private static func amount(_ text: String) -> Double? {
        guard let end = text.lastIndex(where: { $0 != "." && $0 != "," }) else { return nil }
        let trimmed = text[...end]
        guard let mark = trimmed.lastIndex(where: { $0 == "." || $0 == "," }) else { return Double(trimmed) }
        let tail = trimmed[trimmed.index(after: mark)...]
        let whole = trimmed[..<mark].filter(\.isNumber)
        return tail.count <= 2 ? Double("\(whole).\(tail)") : Double(whole + tail)
    }
}
