// Letters without case and accents, so that "Rückgabe", "RÜCKGABE" and "ruckgabe" are one word.

import Foundation

enum Folding {
    /// Lower case, composed, compatibility forms undone (full-width digits, half-width kana).
    static func lowercase(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        return text.precomposedStringWithCompatibilityMapping.lowercased()
    }

    /// A lower-case word without accents. Marks are dropped where they are accents (Latin, Greek, Cyrillic, Arabic and
    /// Hebrew points), never where they are vowels (Thai, Devanagari).
    static func withoutAccents(_ word: String) -> String {
        guard let highest = word.unicodeScalars.lazy.map(\.value).max(), highest >= 0x80 else { return word }
        let mayDecompose = word.unicodeScalars.contains { scalar in
            let value = scalar.value
            return (0xC0...0x52F).contains(value) || (0x1E00...0x1FFF).contains(value)
        }
        var out = String.UnicodeScalarView()
        for scalar in (mayDecompose ? word.decomposedStringWithCanonicalMapping : word).unicodeScalars {
            switch scalar.value {
            case 0x0300...0x036F, 0x0591...0x05C7, 0x0640, 0x064B...0x065F, 0x0670: continue
            case 0xDF: out.append(contentsOf: "ss".unicodeScalars)
            case 0xE6: out.append(contentsOf: "ae".unicodeScalars)
            case 0x153: out.append(contentsOf: "oe".unicodeScalars)
            case 0xF8: out.append("o")
            case 0x142: out.append("l")
            case 0x111, 0xF0: out.append("d")
            case 0x131: out.append("i")
            case 0x0622, 0x0623, 0x0625: out.append("\u{0627}")
            case 0x0649: out.append("\u{064A}")
            case 0x03C2: out.append("\u{03C3}")
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}
