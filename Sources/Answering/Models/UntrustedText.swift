// Text by strangers made harmless for a prompt: nothing invisible, and nothing that closes its own mark.

import Correspondence

enum UntrustedText {
    /// Without controls (line feed and tab stay), invisible characters, bidirectional controls and tags; the mark's
    /// brackets become other characters.
    static func clean(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !isHidden(scalar) {
            // The mark opens and ends with these; no text can write them.
            switch scalar {
            case "⟦": out.append("[")
            case "⟧": out.append("]")
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    /// What a reader does not see, or what changes the order of what he sees.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if value < 0x20 { return value != 0x0A && value != 0x09 }
        if value < 0xAD { return (0x7F...0x9F).contains(value) }
        switch value {
        case 0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200F, 0x202A...0x202E,
            0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB, 0x1D173...0x1D17A,
            0xE0000...0xE0FFF:
            return true
        default: return false
        }
    }

    /// The beginning and the end of a text that has too many bytes; nil when it fits.
    static func cut(_ text: String, bytes limit: Int) -> String? {
        guard text.utf8.count > limit else { return nil }
        let half = max(0, limit / 2 - 8)
        let head = String(decoding: text.utf8.prefix(half), as: UTF8.self)
        let tail = String(decoding: text.utf8.suffix(half), as: UTF8.self)
        return head + "\n[…]\n" + tail
    }
}
