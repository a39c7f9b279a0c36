// The line above a quote that says who wrote it and when: "On … wrote:" in the languages mail programs speak.

struct Attribution {
    let lines: Range<Int>
    let isFollowedByQuote: Bool
    /// Names a time and has a verb of writing: what follows is a quote even where no `>` says so.
    let isStrong: Bool

    /// How many lines an attribution may be wrapped over, and how long it may be.
    private static let lineLimit = 4
    private static let lengthLimit = 500

    private static let verbList = [
        "wrote", "writes", "schrieb", "geschrieben", "a écrit", "écrit", "a ecrit", "escribió", "escribio", "escrito",
        "escreveu", "ha scritto", "scrisse", "scritto", "schreef", "geschreven", "napisał", "pisze", "napisal",
        "napísal", "píše", "написал", "пишет", "написав", "пише", "написа", "skrev", "kirjoitti", "yazdı", "yazmış",
        "írta", "a scris", "έγραψε", "γράφει", "書きました", "書いた", "のメール", "写道", "寫道", "写到", "작성", "썼습니다",
        "كتب", "كتابة", "כתב", "כתבה", "נכתב", "نوشت", "đã viết", "menulis", "เขียน", "ने लिखा", "napisao", "napisala",
        "je napisal", "rašė", "parašė", "rakstīja", "kirjutas", "va escriure", "skrifaði", "shkroi",
        "napsal", "napísala", "napisała", "писал", "написала", "написао", "escribiu", "idatzi", "skribis", "scríobh",
    ]
    private static let verbs = Phrases(verbList)
    private static let starts = Phrases([
        "on ", "am ", "le ", "el ", "w dniu", "dnia ", "il ", "op ", "em ", "den ", "dne ", "pe ", "в ", "il giorno",
        "a las", "in data", "på ", "ons", "tir", "man", "tor", "fre", "pon", "wt", "śr", "czw", "pt", "sob", "niedz",
        "в", "вт", "ср", "чт", "пт", "сб", "вс", "пн", "στις", "la data", "dňa", "2024年", "2025年", "2026年", "في",
        "בתאריך", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "na ", "van ", "von ", "from ", "vào", "pada",
        "de ", "a(z)", "tarihinde", "u ",
    ])

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
        switch last {
        case 58: return true
        case 42: return mayEndInColon(lines, index) && lines.lowered(index).last == 58
        case 45: return isRuled(lines, index)
        default: break
        }
        if isRunOn(lines, index) { return true }
        guard last >= 0x80, mayEndInColon(lines, index) else { return false }
        let text = lines.lowered(index)
        return text.last == 58 || text.suffix(3).elementsEqual([0xEF, 0xBC, 0x9A])
    }

    /// Most lines that end in another script have no colon near their end.
    private static func mayEndInColon(_ lines: TextLines, _ index: Int) -> Bool {
        lines.raw(index).suffix(24).contains { $0 == 58 || $0 == 0x9A }
    }

    /// Zoho's way: the attribution between dashes, without a colon.
    private static func isRuled(_ lines: TextLines, _ index: Int) -> Bool {
        let raw = TextLines.trimmed(lines.raw(index))
        guard raw.starts(with: [45, 45, 45]), let end = raw.lastIndex(where: { $0 != 45 }) else { return false }
        return raw.drop { $0 == 45 }.first == 32 && raw[end] == 32 && raw.endIndex - end > 3
    }

    /// Yahoo's phones: indented, with the first quoted line behind the colon and three blanks.
    private static func isRunOn(_ lines: TextLines, _ index: Int) -> Bool {
        guard lines.first(index) == 32 else { return false }
        return lines.raw(index).withUnsafeBytes { $0.has(":   ") }
    }

    private static func match(_ lines: TextLines, _ last: Int, floor: Int) -> Attribution? {
        var next = last + 1
        while next < lines.count, next - last <= 3, lines.isBlank(next) { next += 1 }
        let isFollowed = next < lines.count && next - last <= 3 && lines.isQuoted(next)
        if isRunOn(lines, last) { return runOn(lines, last, isFollowed: isFollowed) }
        // Most lines that end in a colon are over with here.
        guard isFollowed || mayNameTime(lines, last, floor: floor) else { return nil }
        var start = last
        var isWrapped = false
        var text = lines.lowered(last)
        while last - start < lineLimit - 1, start > floor, !lines.isBlank(start - 1), !lines.isQuoted(start - 1),
            lines.length(of: start - 1) <= 120
        {
            let before = lines.lowered(start - 1)
            // Go on while the time is missing, where the line above is plainly the beginning, or holds the name of the
            // address this one begins with.
            let isBeginning = !starts.begin(text) && starts.begin(before) && digits(before) > 0
            let isName = text.first == 60 && before.count <= 60
            // The time in brackets behind the verb, as Hungarian has it.
            let isTime = text.first == 40 && verbs.occur(in: before)
            // A bracket that closes here and opened above, wherever the program broke the line.
            let isBracket = closesOnly(text) && before.contains(40)
            guard digits(text) < 4 || isBeginning || isName || isTime || isBracket else { break }
            isWrapped = isName || isTime || isBracket
            start -= 1
            text = before + [32] + text
        }
        let hasAddress = text.contains(64)
        var hasTime = digits(text) >= 4
        let isOne = hasTime && (hasAddress || (verbs.occur(in: text) && (isWrapped || starts.begin(text))))
        if start < last, !isOne || !beginsParagraph(lines, start, floor) || ownWords.occur(in: [32] + text) {
            // The lines above were no part of it, or somebody's words.
            start = last
            text = lines.lowered(last)
            hasTime = digits(text) >= 4
        }
        let ownVerb = verbs.occur(in: text)
        // Without a verb and an address: the time in brackets, as mutt and XEmacs are told to write it.
        let isBracketed = hasTime && text.suffix(2).elementsEqual([93, 58])
        guard ownVerb || isBracketed || (text.contains(64) && hasTime) else { return nil }
        let isStrong = hasTime && ownVerb && (isFollowed || introducesQuote(text))
        // "She writes this and stops:" introduces somebody's own words; "Anna wrote:" introduces a quote.
        let saysWho = hasTime || text.contains(64) || endsWithVerb(text)
        guard isStrong || (isFollowed && saysWho) else { return nil }
        return Attribution(lines: start..<(last + 1), isFollowedByQuote: isFollowed, isStrong: isStrong)
    }

    /// More brackets close than open.
    private static func closesOnly(_ text: [UInt8]) -> Bool {
        text.reduce(0) { $0 + ($1 == 41 ? 1 : $1 == 40 ? -1 : 0) } > 0
    }

    private static func beginsParagraph(_ lines: TextLines, _ start: Int, _ floor: Int) -> Bool {
        start <= floor || lines.isBlank(start - 1) || lines.isQuoted(start - 1)
    }

    /// Only the words before the colon tell, and no line above belongs to them: "   Name:   Anna" is somebody's own list.
    private static func runOn(_ lines: TextLines, _ index: Int, isFollowed: Bool) -> Attribution? {
        let raw = lines.raw(index)
        guard let colon = raw.indices.first(where: { raw[$0] == 58 && raw[$0...].starts(with: Self.runOnMark) })
        else { return nil }
        let text = TextLines.lowered(raw[...colon])
        guard digits(text) >= 4, endsWithVerb(text), introducesQuote(text) else { return nil }
        return Attribution(lines: index..<(index + 1), isFollowedByQuote: isFollowed, isStrong: true)
    }

    private static let runOnMark = Array(":   ".utf8)

    private static func mayNameTime(_ lines: TextLines, _ last: Int, floor: Int) -> Bool {
        (max(floor, last - lineLimit + 1)...last).contains { index in
            lines.raw(index).contains { $0 &- 48 < 10 || $0 == 0xD9 || $0 == 0xDB }
        }
    }

    /// Where no `>` says so, "My colleague wrote this for you in 2026:" and "On 3 May 2026 I wrote to you:" must not take
    /// what follows away. Nobody quotes by "I" or "me"; programs name the hour, or an address, or both, and end in the
    /// verb, in the name behind it, or in the address.
    private static func introducesQuote(_ line: [UInt8]) -> Bool {
        // Zoho's dashes.
        let text = Array(line.drop { $0 == 45 || $0 == 32 })
        if ownWords.occur(in: [32] + text) { return false }
        var end = text.endIndex
        while end > 0, [45, 32, 58, 0x9A, 0xBC, 0xEF].contains(text[end - 1]) { end -= 1 }
        let isClosed = end > 0 && [62, 41, 93].contains(text[end - 1])
        guard isClosed || endsWithVerb(Array(text[..<end])) || verbsBeforeName.occur(in: text) else { return false }
        let hasAddress = text.contains(64)
        let hasHour = (1..<max(1, text.count - 2)).contains { index in
            (text[index] == 58 || text[index] == 104) && text[index - 1] &- 48 < 10 && text[index + 1] &- 48 < 10
                && text[index + 2] &- 48 < 10
        }
        return hasAddress && hasHour || (hasAddress || hasHour) && starts.begin(text)
    }

    /// Verbs that the name stands behind.
    private static let verbsBeforeName = Phrases([" schrieb ", " schreef ", " skrev ", " napsal "])

    private static let ownWords = Phrases([
        " i ", " we ", " me ", " us ", " my ", " our ", " ich ", " wir ", " mir ", " uns ", " mein", " unser", " j'ai ",
        " j’ai ", " je vous ", " nous ", " yo ", " nosotros ", " eu ", " nós ", " io ", " noi ", " ik ", " wij ",
        " mij ",
        " jag ", " mig ", " jeg ", " meg ", " я ", " мне ", " мы ", " нам ",
    ])

    private static func endsWithVerb(_ text: [UInt8]) -> Bool {
        var words = text[...]
        while let last = words.last, [58, 32, 0x9A, 0xBC, 0xEF].contains(last) { words.removeLast() }
        return verbList.contains { words.count >= $0.utf8.count && words.suffix($0.utf8.count).elementsEqual($0.utf8) }
    }

    /// ASCII, Arabic-Indic (D9 A0 to D9 A9) and Persian (DB B0 to DB B9) digits.
    private static func digits(_ text: [UInt8]) -> Int {
        var count = 0
        var before: UInt8 = 0
        for byte in text {
            if byte &- 48 < 10 || (before == 0xD9 && byte &- 0xA0 < 10) || (before == 0xDB && byte &- 0xB0 < 10) {
                count += 1
            }
            before = byte
        }
        return count
    }
}
