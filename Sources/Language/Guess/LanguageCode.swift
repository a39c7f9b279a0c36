// Language codes: CLD2's to BCP 47, and which language of a desk stands for one that was found.

package enum LanguageCode {
    /// The language without script and region, lower case: `pt` of `pt-BR`. `no` and `nn` are `nb`, `iw` is `he`.
    package static func base(_ code: String) -> String {
        let head = code.prefix { $0 != "-" && $0 != "_" }.lowercased()
        return synonyms[head] ?? head
    }

    /// Whether a text in one may be read as a text in the other: `pt` and `pt-BR`, `no` and `nb`.
    package static func same(_ left: String, _ right: String) -> Bool { base(left) == base(right) }

    /// True for the codes a file name or a folder may bear: two letters known here, with script or region or without.
    package static func isKnown(_ code: String) -> Bool {
        let parts = code.split(separator: "-", omittingEmptySubsequences: false)
        guard let head = parts.first, parts.count <= 3, head == head.lowercased(), known.contains(String(head)) else {
            return false
        }
        return parts.dropFirst().allSatisfy { part in
            (2...4).contains(part.utf8.count) && part.utf8.allSatisfy { (65...90).contains($0 & 0xDF) }
        }
    }

    /// CLD2's code as BCP 47; `und` for what is no language.
    static func bcp47(_ code: String) -> String {
        switch code {
        case "un", "xxx", "zzp", "tlh", "zzb", "zze", "zzh": return "und"
        case "iw": return "he"
        case "no": return "nb"
        case "jw": return "jv"
        case "in": return "id"
        case "mo": return "ro"
        case "sr-ME": return "sr"
        case "zh-Hant", "zh-TW": return "zh-Hant"
        default: return code.hasPrefix("xx-") ? "und" : code
        }
    }

    /// The one of `languages` that `found` stands for, as it is written there; nil when none does.
    static func choose(_ found: String, among languages: [String]) -> (code: String, isSibling: Bool)? {
        if let exact = languages.first(where: { $0.lowercased() == found.lowercased() }) { return (exact, false) }
        let head = base(found)
        if let same = languages.first(where: { base($0) == head }) { return (same, false) }
        guard let family = families.first(where: { $0.contains(head) }) else { return nil }
        guard let sibling = languages.first(where: { family.contains(base($0)) }) else { return nil }
        return (sibling, true)
    }

    private static let synonyms = [
        "no": "nb", "nn": "nb", "iw": "he", "jw": "jv", "in": "id", "mo": "ro", "fil": "tl",
    ]

    /// Languages that short texts are mistaken between. A desk that has one of them means it.
    private static let families: [Set<String>] = [
        ["hr", "bs", "sr", "sh"], ["id", "ms"], ["sv", "da", "nb"], ["cs", "sk"], ["es", "ca", "gl"], ["pt", "gl"],
        ["bg", "mk"], ["ru", "be"], ["hi", "mr", "ne"], ["nl", "af"], ["fa", "tg"], ["tr", "az"],
    ]

    private static let known: Set<String> = [
        "af", "am", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "eo", "es", "et",
        "eu", "fa", "fi", "fr", "ga", "gl", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk",
        "km", "kn", "ko", "lo", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "mt", "my", "nb", "ne", "nl", "nn", "no",
        "pa", "pl", "pt", "ro", "ru", "si", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk",
        "ur", "uz", "vi", "zh",
    ]
}
