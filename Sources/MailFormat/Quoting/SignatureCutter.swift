// How the sender signed: below `-- ` (RFC 3676 section 4.3), and what phones write of themselves.

enum SignatureCutter {
    /// Lines a signature may have behind `-- `, and behind the `--` of programs that lose the blank.
    private static let lineLimit = 40
    private static let looseLineLimit = 12

    private static let phones = Phrases([
        "sent from my ", "sent from mail for", "sent from outlook", "sent from yahoo", "sent from proton",
        "sent with proton", "sent with [proton", "yahoo mail: search, organize, conquer", "von meinem/meiner ",
        "sent via ", "sent from samsung", "sent from gmail", "get outlook for", "von meinem ",
        "gesendet von ", "gesendet mit ", "diese nachricht wurde von meinem android", "holen sie sich outlook",
        "outlook für ", "envoyé de mon ", "envoyé depuis ", "envoyé à partir de ", "obtenez outlook", "obtenir outlook",
        "télécharger outlook", "enviado desde ", "enviado de mi ", "obtener outlook", "enviado do meu ",
        "enviado a partir do ", "enviado do ", "obter o outlook", "inviato da ", "inviato dal ", "scarica outlook",
        "ottieni outlook", "verstuurd vanaf ", "verzonden vanaf ", "verzonden met ", "outlook voor ",
        "downloaden outlook",
        "wysłane z ", "wysłano z ", "pobierz program outlook", "pobierz outlook", "отправлено с ", "отправлено из ",
        "надіслано з ", "skickat från ", "hämta outlook", "sendt fra ", "hent outlook", "lähetetty ", "odesláno z ",
        "odoslané z ", "iphone'umdan ", "iphone’umdan ", "発信元", "发自我的", "從我的 ", "从我的 ", "來自我的", "从 iphone",
        "나의 iphone", "내 iphone", "أُرسلت من", "أرسلت من", "تم الإرسال من", "נשלח מה", "dikirim dari ", "đã gửi từ ",
        "στάλθηκε από ", "trimis de pe ", "küldve ", "ส่งจาก",
    ])
    /// Japanese and Korean put the verb at the end.
    private static let phoneEnds = Phrases(["から送信", "에서 보냄", "gönderildi", "から送られました", "에서 보냈습니다"])

    /// `isEscaped` where the text is signed by PGP, which writes `- ` before a dash.
    static func split(
        _ fresh: [Int], of lines: TextLines, isEscaped: Bool = false
    ) -> (words: [Int], signature: [Int]) {
        if let at = delimiter(fresh, lines, isEscaped) {
            // Who began to type below the mark said everything there.
            guard fresh[..<at].contains(where: { !lines.isBlank($0) }) else { return (fresh, []) }
            let end = postscript(fresh[at...], lines) ?? fresh.endIndex
            // A question below the mark is asked, whatever the mark says.
            guard !fresh[at..<end].contains(where: { isQuestion(lines, $0) }) else { return (fresh, []) }
            return (Array(fresh[..<at] + fresh[end...]), Array(fresh[at..<end]))
        }
        guard let last = fresh.lastIndex(where: { !lines.isBlank($0) }) else { return (fresh, []) }
        // The lines the app added, down to the last: it may write two, and a link below.
        var seen = 0
        var index = last
        var start: Int?
        while index >= 0, seen < 3 {
            if !lines.isBlank(fresh[index]) {
                seen += 1
                if isPhone(lines, fresh[index]) {
                    start = index
                } else if start != nil || !isLink(lines, fresh[index]) {
                    break
                }
            }
            index -= 1
        }
        // An app begins a paragraph of its own; a sentence of the writer may begin with the same words.
        guard let start, start == 0 || lines.isBlank(fresh[start - 1]) || fresh[start - 1] + 1 < fresh[start]
        else { return (fresh, []) }
        return (Array(fresh[..<start]), Array(fresh[start...]))
    }

    private static func isLink(_ lines: TextLines, _ index: Int) -> Bool {
        lines.raw(index).withUnsafeBytes { $0.has("://") || $0.has("www.") }
    }

    /// Ends in a question mark, of any script.
    private static func isQuestion(_ lines: TextLines, _ index: Int) -> Bool {
        guard let last = lines.last(index), last == 63 || last >= 0x80 else { return false }
        let text = lines.lowered(index)
        return text.last == 63 || text.suffix(3).elementsEqual([0xEF, 0xBC, 0x9F])
            || text.suffix(2).elementsEqual([0xD8, 0x9F])
    }

    /// The last `-- `; a bare `--` only with few lines behind it.
    private static func delimiter(_ fresh: [Int], _ lines: TextLines, _ isEscaped: Bool) -> Int? {
        var behind = 0
        var bare: Int?
        for at in fresh.indices.reversed() {
            let raw = lines.raw(fresh[at])
            if raw.count <= 4, raw.starts(with: [45, 45]) {
                if raw.elementsEqual([45, 45, 32]), behind <= lineLimit { return at }
                if raw.elementsEqual([45, 45]), behind > 0 {
                    // Two of them part sections of the text.
                    if bare != nil { return nil }
                    if behind <= looseLineLimit { bare = at }
                }
            } else if isEscaped, raw.elementsEqual([45, 32, 45, 45, 32]) {
                return at
            }
            if !raw.isEmpty { behind += 1 }
            if behind > lineLimit { break }
        }
        return bare
    }

    /// Where, below an empty line, a postscript begins: nobody signs with one.
    private static func postscript(_ signature: ArraySlice<Int>, _ lines: TextLines) -> Int? {
        signature.indices.dropFirst().first { at in
            guard lines.isBlank(signature[at - 1]), lines.length(of: signature[at]) > 3 else { return false }
            let head = String(decoding: lines.raw(signature[at]).prefix(6), as: UTF8.self).lowercased()
            return ["p.s.", "p. s.", "ps:", "p.s:", "ps.", "ps "].contains { head.hasPrefix($0) }
        }
    }

    private static func isPhone(_ lines: TextLines, _ index: Int) -> Bool {
        guard lines.length(of: index) <= 160, !isQuestion(lines, index) else { return false }
        let text = lines.lowered(index)
        return phones.begin(text) || phoneEnds.occur(in: text)
    }
}
