// Which addresses may stand in cleaned HTML and in text made of it.

enum SafeLink {
    static let lengthLimit = 4096

    /// A link that may be followed: http, https, mailto. Control characters and blanks, which browsers overlook, are
    /// taken out before the scheme is read.
    static func target(_ value: String) -> String? {
        guard let cleaned = cleaned(value) else { return nil }
        let start = cleaned.prefix(8).lowercased()
        guard start.hasPrefix("http://") || start.hasPrefix("https://") || start.hasPrefix("mailto:") else {
            return nil
        }
        return cleaned
    }

    /// A part of the same mail (RFC 2392).
    static func partReference(_ value: String) -> String? {
        guard let cleaned = cleaned(value), cleaned.prefix(4).lowercased() == "cid:" else { return nil }
        return cleaned
    }

    private static func cleaned(_ value: String) -> String? {
        guard value.utf8.count <= lengthLimit else { return nil }
        var scalars = String.UnicodeScalarView()
        for scalar in value.unicodeScalars where scalar.value > 0x20 && !(0x7F...0xA0).contains(scalar.value) {
            scalars.append(scalar)
        }
        return String(scalars)
    }
}
