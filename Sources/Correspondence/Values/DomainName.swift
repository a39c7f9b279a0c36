// Domains as the DNS knows them: labels beyond ASCII in their `xn--` form (RFC 5890 to 5892, RFC 3492).

import Foundation

/// The one place where a domain beyond ASCII becomes an ASCII one. Whoever writes a domain on the wire takes `ascii`,
/// whoever compares two takes `key`.
package enum DomainName {
    /// Why a domain cannot be written in ASCII.
    package struct NoALabel: Error, Equatable {
        package let words: String
    }

    /// RFC 1035 section 2.3.4.
    private static let labelLimit = 63
    private static let lengthLimit = 253

    /// The domain as it stands if it is ASCII. `Bücher.example` becomes `xn--bcher-kva.example`: put into normal form C
    /// and lower case, and looked at as RFC 5891 section 5 asks before a look-up. What a reader could take for another
    /// letter (wide or circled ones) has no A-label and is not turned into that letter.
    package static func ascii(_ domain: String) throws(NoALabel) -> String {
        if domain.utf8.allSatisfy({ $0 < 0x80 }) { return domain }
        var labels: [String] = []
        for part in domain.split(omittingEmptySubsequences: false, whereSeparator: { ".。．｡".contains($0) }) {
            let label = String(part).precomposedStringWithCanonicalMapping.lowercased()
            if label.utf8.allSatisfy({ $0 < 0x80 }) {
                labels.append(label)
            } else {
                try check(label)
                labels.append("xn--\(Punycode.encode(label))")
            }
        }
        guard labels.allSatisfy({ (1...labelLimit).contains($0.utf8.count) }) else {
            throw NoALabel(words: "a label is empty or longer than \(labelLimit) octets")
        }
        let ascii = labels.joined(separator: ".")
        guard ascii.utf8.count <= lengthLimit else { throw NoALabel(words: "longer than \(lengthLimit) octets") }
        return ascii
    }

    /// What domains are compared by: A-labels in lower case. A domain that has none is equal to itself alone.
    package static func key(_ domain: String) -> String { ((try? ascii(domain)) ?? domain).lowercased() }

    // MARK: Labels

    /// RFC 5891 section 5.4, without the rule of right-to-left scripts: that one guards display, not the look-up.
    private static func check(_ label: String) throws(NoALabel) {
        let scalars = Array(label.unicodeScalars)
        guard let first = scalars.first, !isMark(first) else {
            throw NoALabel(words: "a label begins with a combining mark")
        }
        guard first != "-", scalars.last != "-", !label.hasPrefix("xn--"),
            !(scalars.count > 3 && scalars[2] == "-" && scalars[3] == "-")
        else { throw NoALabel(words: "a label has hyphens where none may stand") }
        // Letters that are another one in compatibility form are unstable (RFC 5892 section 2.2).
        guard label.precomposedStringWithCompatibilityMapping.utf8.elementsEqual(label.utf8) else {
            throw NoALabel(words: "a label holds a letter that stands for another one")
        }
        for index in scalars.indices where !isAllowed(scalars, at: index) {
            let number = String(scalars[index].value, radix: 16, uppercase: true)
            throw NoALabel(words: "the character U+\(number) may not stand in a label")
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    /// RFC 5892 section 2 and appendix A: letters, digits, marks, the exceptions, and what is allowed between certain
    /// neighbours.
    private static func isAllowed(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        let scalar = scalars[index]
        if scalar.isASCII { return scalar == "-" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) }
        let before = index > 0 ? scalars[index - 1] : nil
        let after = index + 1 < scalars.count ? scalars[index + 1] : nil
        switch scalar.value {
        case 0x06FD, 0x06FE, 0x0F0B, 0x3007: return true
        // Old Hangul letters, and marks for symbols and music.
        case 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF, 0x20D0...0x20FF, 0x1D100...0x1D24F: return false
        case 0x0640, 0x07FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
        case 0x00B7: return before == "l" && after == "l"
        case 0x0375: return after.map { (0x0370...0x03FF).contains($0.value) } ?? false
        case 0x05F3, 0x05F4: return before.map { (0x0590...0x05FF).contains($0.value) } ?? false
        case 0x30FB: return scalars.contains { (0x3041...0x30FA).contains($0.value) || isHan($0) }
        case 0x200C, 0x200D:
            if before?.properties.canonicalCombiningClass == .virama { return true }
            return scalar.value == 0x200C && [before, after].allSatisfy { $0.map(isArabic) ?? false }
        default: break
        }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber:
            return !scalar.properties.isDefaultIgnorableCodePoint
        default: return false
        }
    }

    private static func isHan(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isIdeographic && scalar.value != 0x3007
    }

    private static func isArabic(_ scalar: Unicode.Scalar) -> Bool {
        (0x0600...0x077F).contains(scalar.value) || (0x08A0...0x08FF).contains(scalar.value)
    }
}
