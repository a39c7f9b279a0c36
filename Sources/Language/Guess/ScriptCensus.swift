// How many letters of which script a text has: enough to name the language where a script belongs to one.

/// Scripts that matter for telling languages apart.
enum Script: Int, CaseIterable {
    case latin, cyrillic, greek, hebrew, arabic, devanagari, thai, lao, hangul, kana, han, georgian, armenian
    case bengali, gurmukhi, gujarati, tamil, telugu, kannada, malayalam, sinhala, khmer, burmese, ethiopic, other

    private static let ranges: [(ClosedRange<UInt32>, Script)] = [
        (0x0041...0x024F, .latin), (0x0250...0x036F, .other), (0x0370...0x03FF, .greek), (0x0400...0x052F, .cyrillic),
        (0x0530...0x058F, .armenian), (0x0590...0x05FF, .hebrew), (0x0600...0x077F, .arabic),
        (0x08A0...0x08FF, .arabic), (0x0900...0x097F, .devanagari), (0x0980...0x09FF, .bengali),
        (0x0A00...0x0A7F, .gurmukhi), (0x0A80...0x0AFF, .gujarati), (0x0B80...0x0BFF, .tamil),
        (0x0C00...0x0C7F, .telugu), (0x0C80...0x0CFF, .kannada), (0x0D00...0x0D7F, .malayalam),
        (0x0D80...0x0DFF, .sinhala), (0x0E00...0x0E7F, .thai), (0x0E80...0x0EFF, .lao), (0x1000...0x109F, .burmese),
        (0x10A0...0x10FF, .georgian), (0x1100...0x11FF, .hangul), (0x1200...0x137F, .ethiopic),
        (0x1780...0x17FF, .khmer), (0x1E00...0x1EFF, .latin), (0x1F00...0x1FFF, .greek), (0x2E80...0x2FDF, .han),
        (0x3005...0x3007, .han), (0x3040...0x30FF, .kana), (0x3130...0x318F, .hangul), (0x31F0...0x31FF, .kana),
        (0x3400...0x9FFF, .han), (0xAC00...0xD7AF, .hangul), (0xF900...0xFAFF, .han), (0xFB1D...0xFB4F, .hebrew),
        (0xFB50...0xFDFF, .arabic), (0xFE70...0xFEFC, .arabic), (0xFF66...0xFF9D, .kana), (0x20000...0x3FFFF, .han),
    ]

    /// The script of a letter; `other` for letters outside the table.
    static func of(_ scalar: Unicode.Scalar) -> Script {
        let value = scalar.value
        if value < 0x250 { return .latin }
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].0.upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].0.contains(value) ? ranges[low].1 : .other
    }

    /// Written without spaces between words, so that pairs of characters are its terms.
    var hasNoSpaces: Bool {
        switch self {
        case .han, .kana, .hangul, .thai, .lao, .khmer, .burmese: true
        default: false
        }
    }
}

struct ScriptCensus {
    /// By the script's raw value.
    private var counts = [Int](repeating: 0, count: Script.allCases.count)
    private(set) var total = 0
    private(set) var words = 0
    private var persian = 0
    private var urdu = 0

    init(_ text: String) {
        var inWord = false
        var latin = 0
        for scalar in text.unicodeScalars {
            let value = scalar.value
            if value < 0x80 {
                let isLetter = (value | 0x20) &- 0x61 < 26
                if isLetter {
                    if !inWord { words += 1 }
                    latin += 1
                }
                if value != 0x27 { inWord = isLetter }
                continue
            }
            let isLetter = Self.isPlainLetter(value) || scalar.properties.isAlphabetic
            if isLetter {
                if !inWord { words += 1 }
                total += 1
                counts[Script.of(scalar).rawValue] += 1
                switch scalar.value {
                case 0x067E, 0x0686, 0x0698, 0x06AF, 0x06CC, 0x06A9: persian += 1
                case 0x0679, 0x0688, 0x0691, 0x06D2, 0x06BA, 0x06BE: urdu += 1
                default: break
                }
            }
            // An apostrophe does not end a word, a digit does not begin one.
            if value != 0x2019 { inWord = isLetter }
        }
        total += latin
        counts[Script.latin.rawValue] += latin
    }

    /// Blocks that hold nothing but letters: what they are need not be looked up.
    private static func isPlainLetter(_ value: UInt32) -> Bool {
        (0x4E00...0x9FA5).contains(value) || (0x3041...0x3096).contains(value) || (0x30A1...0x30FA).contains(value)
            || (0xAC00...0xD7A3).contains(value) || (0x0400...0x0481).contains(value)
            || (0x00F8...0x024F).contains(value)
    }

    /// How many letters are of a script.
    func letters(_ script: Script) -> Int { counts[script.rawValue] }

    /// The script most of the text is in. A character of a script without spaces says as much as two letters.
    var dominant: Script? {
        guard total > 0 else { return nil }
        return Self.byName.max { weight($0) < weight($1) }
    }

    /// Among equals the first counts.
    private static let byName = Script.allCases.sorted { String(describing: $0) < String(describing: $1) }

    /// Letters enough for a script to decide.
    static let lettersForScript = 2

    /// The one language that the script leaves possible; nil where several are written in it.
    var languageByScript: String? {
        guard let dominant, letters(dominant) >= Self.lettersForScript else { return nil }
        switch dominant {
        case .kana: return "ja"
        case .han:
            // Chinese has no kana at all; a Japanese sentence is hardly ever without.
            return letters(.kana) * 10 >= letters(.han) ? "ja" : "zh"
        case .hangul: return "ko"
        case .thai: return "th"
        case .greek: return "el"
        case .hebrew: return "he"
        case .arabic: return urdu > 0 ? "ur" : persian > 0 ? "fa" : "ar"
        case .lao: return "lo"
        case .georgian: return "ka"
        case .armenian: return "hy"
        case .bengali: return "bn"
        case .gurmukhi: return "pa"
        case .gujarati: return "gu"
        case .tamil: return "ta"
        case .telugu: return "te"
        case .kannada: return "kn"
        case .malayalam: return "ml"
        case .sinhala: return "si"
        case .khmer: return "km"
        case .burmese: return "my"
        case .ethiopic: return "am"
        case .latin, .cyrillic, .devanagari, .other: return nil
        }
    }

    /// The share of the dominant script among all letters, 0 to 1.
    var share: Double {
        guard let dominant, total > 0 else { return 0 }
        var count = letters(dominant)
        if dominant == .kana { count += letters(.han) }
        if dominant == .han { count += letters(.kana) }
        return Double(count) / Double(total)
    }

    private func weight(_ script: Script) -> Int { script.hasNoSpaces ? letters(script) * 2 : letters(script) }
}
