// Matters that always go to a human: words of the settings found in a message, perhaps above an amount.

import Correspondence
import Foundation

enum TopicRule {
    /// The first topic that the text is about.
    static func topic(in text: String, of topics: [DeskProfile.Topic]) -> DeskProfile.Topic? {
        guard !topics.isEmpty else { return nil }
        let folded = HumanWish.fold(text)
        let largest = topics.contains { $0.over != nil } ? amounts(in: folded).max() : nil
        return topics.first { topic in
            let isMeant = topic.words.contains { contains(folded, word: HumanWish.fold($0)) }
            guard isMeant, let over = topic.over else { return isMeant }
            // No amount named is no amount known: a human looks.
            return largest.map { $0 > over } ?? true
        }
    }

    /// Whole words where the script has blanks; anywhere in a script that has none.
    private static func contains(_ text: String, word: String) -> Bool {
        guard !word.isEmpty else { return false }
        var rest = text[...]
        while let found = rest.range(of: word) {
            let before = found.lowerBound == text.startIndex ? nil : text[text.index(before: found.lowerBound)]
            let after = found.upperBound == text.endIndex ? nil : text[found.upperBound]
            if !joins(before, word.first), !joins(word.last, after) { return true }
            rest = text[found.upperBound...]
        }
        return false
    }

    private static func joins(_ left: Character?, _ right: Character?) -> Bool {
        guard let left, let right else { return false }
        return isSpacedLetter(left) && isSpacedLetter(right)
    }

    /// A letter of a script that writes blanks between words. Arabic glues its article and prepositions to words.
    private static func isSpacedLetter(_ character: Character) -> Bool {
        guard character.isLetter || character.isNumber, let scalar = character.unicodeScalars.first else {
            return false
        }
        return scalar.value < 0x0590 || (0x1E00...0x1FFF).contains(scalar.value)
    }

    /// Numbers that could be amounts: `649`, `1.299,00`, `1,299.00`, `1 299`.
    static func amounts(in text: String) -> [Double] {
        var numbers: [Double] = []
        var digits = ""
        func flush() {
            if let value = amount(digits) { numbers.append(value) }
            digits = ""
        }
        for character in text {
            if let digit = character.wholeNumberValue, character.isNumber {
                digits.append(String(digit))
            } else if character == "." || character == "," || character == "'", !digits.isEmpty {
                digits.append(character == "'" ? "," : character)
            } else {
                flush()
            }
            if digits.count > 20 { flush() }
        }
        flush()
        return numbers
    }

    /// The last of `.` and `,` is the decimal mark when one or two digits follow it; all others group.
    private static func amount(_ text: String) -> Double? {
        let trimmed = text.trimmingCharacters(in: CharacterSet(charactersIn: ".,"))
        guard let mark = trimmed.lastIndex(where: { $0 == "." || $0 == "," }) else { return Double(trimmed) }
        let tail = trimmed[trimmed.index(after: mark)...]
        let whole = trimmed[..<mark].filter(\.isNumber)
        return tail.count <= 2 ? Double("\(whole).\(tail)") : Double(whole + tail)
    }
}
