// The line above a quote that says who wrote it and when: "On … wrote:" in the languages mail programs speak.

struct Attribution {
    let lines: Range<Int>
    let isFollowedByQuote: Bool
    /// Names a time and has a verb of writing: what follows is a quote even where no `>` says so.
    let isStrong: Bool

    /// How many lines an attribution may be wrapped over, and how long it may be.
    private static let lineLimit = 4
    private static let lengthLimit = 500

    private static let verbs = [
        "wrote", "writes", "schrieb", "geschrieben", "a écrit", "écrit", "a ecrit", "escribió", "escribio", "escrito",
        "escreveu", "ha scritto", "scrisse", "scritto", "schreef", "geschreven", "napisał", "pisze", "napisal",
        "napísal", "píše", "написал", "пишет", "написав", "пише", "написа", "skrev", "kirjoitti", "yazdı", "yazmış",
        "írta", "a scris", "έγραψε", "γράφει", "書きました", "書いた", "のメール", "写道", "寫道", "写到", "작성", "썼습니다",
        "كتب", "كتابة", "כתב", "כתבה", "נכתב", "نوشت", "đã viết", "menulis", "เขียน", "ने लिखा", "napisao", "napisala",
        "je napisal", "rašė", "parašė", "rakstīja", "kirjutas", "va escriure", "skrifaði", "shkroi",
    ]
    private static let starts = [
        "on ", "am ", "le ", "el ", "w dniu", "dnia ", "il ", "op ", "em ", "den ", "dne ", "pe ", "в ", "il giorno",
        "a las", "in data", "på ", "ons", "tir", "man", "tor", "fre", "pon", "wt", "śr", "czw", "pt", "sob", "niedz",
        "в", "вт", "ср", "чт", "пт", "сб", "вс", "пн", "στις", "la data", "dňa", "2024年", "2025年", "2026年", "في",
        "בתאריך", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "na ", "van ", "von ", "from ", "vào", "pada",
        "de ", "a(z)", "tarihinde", "u ",
    ]

    static func find(in lines: TextLines) -> [Attribution] {
        var found: [Attribution] = []
        for index in 0..<lines.count {
            guard endsLikeOne(lines, index), !lines.isQuoted(index) else { continue }
            let floor = found.last?.lines.upperBound ?? 0
            if let attribution = match(lines, index, floor: floor) { found.append(attribution) }
        }
        return found
    }

    /// A colon at the end, also a full-width one, also with a mark of direction behind it.
    private static func endsLikeOne(_ lines: TextLines, _ index: Int) -> Bool {
        guard lines.length(of: index) <= lengthLimit, let last = lines.last(index) else { return false }
        if last == 58 || last == 42 { return last == 58 || lines.text(index).hasSuffix(":") }
        if last == 45 { return isRuled(lines, index) }
        if isRunOn(lines, index) { return true }
        guard last >= 0x80 else { return false }
        let text = lines.text(index)
        return text.hasSuffix("：") || text.hasSuffix(":")
    }

    /// Zoho's way: the attribution between dashes, without a colon.
    private static func isRuled(_ lines: TextLines, _ index: Int) -> Bool {
        let raw = lines.raw(index)
        return raw.starts(with: [45, 45, 45, 45, 32])
            && raw.reversed().drop { $0 == 32 }.starts(with: [45, 45, 45, 32])
    }

    /// Yahoo's phones: indented, with the first quoted line behind the colon and three blanks.
    private static func isRunOn(_ lines: TextLines, _ index: Int) -> Bool {
        guard lines.first(index) == 32 else { return false }
        return lines.raw(index).withUnsafeBytes { $0.has(":   ") }
    }

    private static func match(_ lines: TextLines, _ last: Int, floor: Int) -> Attribution? {
        var start = last
        var text = lines.text(last).lowercased()
        while last - start < lineLimit - 1, start > floor, !lines.isBlank(start - 1), !lines.isQuoted(start - 1),
            lines.length(of: start - 1) <= 120
        {
            let before = lines.text(start - 1).lowercased()
            // Go on while the time is missing, where the line above is plainly the beginning, or holds the name of the
            // address this one begins with.
            let isBeginning = !beginsLikeOne(text) && beginsLikeOne(before) && digits(before) > 0
            let isName = text.hasPrefix("<") && before.utf8.count <= 60
            // The time in brackets behind the verb, as Hungarian has it.
            let isTime = text.hasPrefix("(") && verbs.contains { before.contains($0) }
            guard digits(text) < 4 || isBeginning || isName || isTime else { break }
            start -= 1
            text = before + " " + text
        }
        let hasVerb = verbs.contains { text.contains($0) }
        let hasAddress = text.contains("@")
        var hasTime = digits(text) >= 4
        if !hasTime || !(hasVerb || hasAddress), start < last {
            // The lines above were no part of it.
            start = last
            text = lines.text(last).lowercased()
            hasTime = digits(text) >= 4
        }
        let ownVerb = verbs.contains { text.contains($0) }
        // Without a verb and an address: the time in brackets, as mutt and XEmacs are told to write it.
        let isBracketed = hasTime && text.hasSuffix("]:")
        guard ownVerb || isBracketed || (text.contains("@") && hasTime) else { return nil }
        var next = last + 1
        while next < lines.count, next - last <= 3, lines.isBlank(next) { next += 1 }
        let isFollowed = next < lines.count && next - last <= 3 && lines.isQuoted(next)
        let isStrong = hasTime && ownVerb
        // "She writes this and stops:" introduces somebody's own words; "Anna wrote:" introduces a quote.
        let saysWho = hasTime || text.contains("@") || endsWithVerb(text)
        guard isStrong || (isFollowed && saysWho) else { return nil }
        return Attribution(lines: start..<(last + 1), isFollowedByQuote: isFollowed, isStrong: isStrong)
    }

    private static func endsWithVerb(_ text: String) -> Bool {
        let words = text.utf8.reversed().drop { $0 == 58 || $0 == 32 || $0 == 0x9A || $0 == 0xBC || $0 == 0xEF }
        let bytes = Array(words.reversed())
        return verbs.contains { bytes.count >= $0.utf8.count && bytes.suffix($0.utf8.count).elementsEqual($0.utf8) }
    }

    private static func beginsLikeOne(_ text: String) -> Bool { starts.contains { text.hasPrefix($0) } }

    private static func digits(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + (isDigit($1) ? 1 : 0) } }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar) || (0x660...0x669).contains(scalar.value) || (0x6F0...0x6F9).contains(scalar.value)
    }
}
