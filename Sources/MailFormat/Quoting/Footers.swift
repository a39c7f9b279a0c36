// What machines put below a mail: the footer of a mailing list, the lawyers' paragraph, the line of an app.

/// Each function looks at the end of the words and gives where that begins which nobody typed; nil where the words end
/// in words. The lines looked at are few, however long the mail is.
struct Footers {
    let lines: TextLines

    // MARK: Mailing lists

    private static let listLines = 10
    private static let listEnds = Phrases([
        " mailing list", " mailingliste", " mailinglist", " maillist", " 邮件列表", "メーリングリスト",
    ])
    private static let listStarts = Phrases([
        "to unsubscribe, e-mail: ", "to unsubscribe send an email to ", "to unsubscribe from this list",
        "to unsubscribe from this group", "to unsubscribe from the ", "groups.io links:",
    ])

    /// Mailman, ezmlm, LISTSERV and groups.io: a rule, below it the name of the list and an address or a link.
    func list(_ words: [Int]) -> Int? {
        guard var at = lastLine(words) else { return nil }
        var seen: [Int] = []
        while seen.count <= Self.listLines, at >= 0 {
            if !lines.isBlank(words[at]) {
                if Self.isLongRule(lines.raw(words[at])) { return isList(seen) ? at : nil }
                guard lines.length(of: words[at]) <= 200, !lines.isQuestion(words[at]) else { return nil }
                seen.insert(words[at], at: 0)
            }
            guard at > 0, words[at - 1] + 1 == words[at] else { return nil }
            at -= 1
        }
        return nil
    }

    /// What a person writes below a rule speaks of itself, and no list is called as its address is.
    private func isList(_ seen: [Int]) -> Bool {
        guard let first = seen.first else { return false }
        let texts = seen.map { lines.lowered($0) }
        guard let head = texts.first, texts.allSatisfy({ !Self.persons.occur(in: [32] + $0 + [32]) }) else {
            return false
        }
        if head.withUnsafeBytes({ $0.has(" mailing list -- ") && $0.has("@") }) { return true }
        if Self.listStarts.begin(head) {
            // What goes on behind the link or the address is a sentence of somebody's.
            guard head.split(separator: 32).count <= 12, !seen.contains(where: { Wishes.matter(in: lines.lowered($0)) })
            else { return false }
            return seen.prefix(2).contains { index in
                lines.raw(index).withUnsafeBytes { $0.has("://") || $0.has("@") }
            }
        }
        // "Users mailing list", and below it users@…
        guard texts.count > 1, Self.listEnds.occur(in: Array(head.suffix(24))), lines.length(of: first) <= 100,
            let name = head.split(separator: 32).first
        else { return false }
        return texts[1].starts(with: name + [64])
    }

    /// Twenty marks of one kind, or of two by turns.
    private static func isLongRule(_ line: ArraySlice<UInt8>) -> Bool {
        let line = TextLines.trimmed(line)
        guard line.count >= 20, line.count <= 200, let first = line.first, let second = line.dropFirst().first,
            [95, 45, 61, 35, 126].contains(first), [95, 45, 61, 35, 126].contains(second)
        else { return false }
        return zip(line.indices, line).allSatisfy { ($0 - line.startIndex) % 2 == 0 ? $1 == first : $1 == second }
    }

    // MARK: Disclaimers

    private static let openings = Phrases([
        "this e-mail", "this email", "this message", "this communication", "this transmission", "this electronic",
        "the information contained", "the information in this", "the content of this", "the contents of this",
        "confidentiality", "disclaimer", "legal notice", "important notice",
        "e-mail disclaimer",
        "email disclaimer", "diese e-mail", "diese email", "diese nachricht", "diese mail", "der inhalt dieser",
        "die information", "die in dieser", "vertraulichkeit", "wichtiger hinweis", "ce message",
        "ce courriel",
        "ce courrier", "cet e-mail", "cet email", "ce mail", "les informations contenues", "l'information contenue",
        "avis de confidentialité", "este mensaje", "este correo", "esta comunicación", "la información contenida",
        "la información incluida", "aviso legal", "aviso de confidencialidad", "esta mensagem", "este e-mail",
        "este email", "as informações contidas", "aviso de confidencialidade", "questo messaggio", "questa e-mail",
        "questa mail", "questa comunicazione", "le informazioni contenute", "il contenuto di questa",
        "avviso di riservatezza", "ai sensi del", "dit bericht", "deze e-mail", "deze email", "dit e-mailbericht",
        "de informatie", "ta wiadomość", "niniejsza wiadomość", "treść tej wiadomości", "informacje zawarte",
        "detta e-post", "detta meddelande", "denna e-post", "denne e-mail", "denne e-post", "denne meddelelse",
        "denne mail", "tämä viesti", "tento e-mail", "tato zpráva", "táto správa", "это сообщение",
        "данное сообщение", "настоящее сообщение", "це повідомлення", "bu e-posta", "bu mesaj", "ez az üzenet",
        "ez az e-mail", "acest mesaj", "acest e-mail", "本邮件", "此邮件", "本電子郵件", "此電子郵件", "このメール", "本メール",
        "이 메일", "본 메일", "*confidentiality", "*disclaimer",
    ])
    private static let secrets = Phrases([
        "confiden", "privileged", "proprietary", "vertraulich", "riservat", "vertrouwelijk", "poufn", "konfiden",
        "luottamuksel", "důvěrn", "dôvern", "конфиденц", "конфіденц", "gizli", "bizalmas", "εμπιστευτικ", "机密",
        "保密", "機密", "기밀",
    ])
    private static let receivers = Phrases([
        "intended", "addressee", "recipient", "in error", "addressed", "empfänger", "adressat", "irrtümlich",
        "destinataire", "destinatario", "destinatário", "par erreur", "por error", "per errore", "por engano",
        "geadresseerde", "bestemd", "ten onrechte", "adresat", "odbiorc", "mottagare", "avsedd", "modtager",
        "mottaker", "vastaanottaja", "příjemc", "adresát", "адресат", "получател", "одержувач", "alıcı", "címzett",
        "destinatar", "παραλήπτη", "收件人", "受信者", "宛先", "수신",
    ])
    /// Neither lawyers nor lists speak so.
    private static let persons = Phrases([
        " please take me ", " please remove me ", " me off ", " i ", " i'm ", " i’m ", " i've ", " my ", " ich ",
        " mein", " mir ", " je ", " j'ai ", " j’ai ", " mon ",
    ])
    /// What companies must tell, and what else stands beside a disclaimer.
    private static let imprints = Phrases([
        "registered in", "registered office", "registered number", "company no", "company number",
        "company registration", "vat no", "vat number", "vat reg", "scanned by", "scanned for virus", "virus-free",
        "virenfrei", "amtsgericht",
        "handelsregister", "registergericht", "sitz der gesellschaft", "geschäftsführ", "ust-id", "aufsichtsrat",
        "siège social", "siret", "partita iva", "p.iva", "the environment before printing", "think before you print",
        "umwelt", "l'environnement", "medio ambiente", "kvk", "krs ",
    ])
    private static let disclaimerBytes = 120
    private static let paragraphLimit = 8
    private static let lineLimit = 60

    /// Below a rule, which goes with it: a paragraph that begins as disclaimers do and speaks of secrets and of receivers,
    /// to the end of the words. Below it may stand its kind and imprints, nothing else.
    func ruledDisclaimer(_ words: [Int]) -> Int? {
        disclaimer(words).flatMap { start in
            let rule = withRule(words, start)
            return rule < start ? rule : nil
        }
    }

    /// The same where no rule parts it from the words: only something else may say that nobody typed it.
    func disclaimer(_ words: [Int]) -> Int? {
        guard let last = lastLine(words) else { return nil }
        var start: Int?
        var end = last
        for _ in 0..<Self.paragraphLimit {
            guard let top = top(of: words, from: end, limit: last - Self.lineLimit) else { break }
            if let opening = opening(words, top...end) {
                start = opening
                // Somebody's words stand in the lines above.
                if opening > top { break }
            } else if !isRule(words, top...end), !isImprint(words, top...end) {
                break
            }
            guard let next = blankAbove(words, top) else { break }
            end = next
        }
        return start
    }

    /// The first line of the paragraph that ends at `end`; nil where it is longer than any, or where a quote parts it from
    /// the words below.
    private func top(of words: [Int], from end: Int, limit: Int) -> Int? {
        var top = end
        while top > 0, !lines.isBlank(words[top - 1]), words[top - 1] + 1 == words[top] {
            top -= 1
            if top < limit { return nil }
        }
        return top
    }

    /// The last line above the blank ones above `top`.
    private func blankAbove(_ words: [Int], _ top: Int) -> Int? {
        var at = top - 1
        while at >= 0, lines.isBlank(words[at]), words[at] + 1 == words[at + 1] { at -= 1 }
        return at >= 0 && words[at] + 1 == words[at + 1] ? at : nil
    }

    private func opening(_ words: [Int], _ range: ClosedRange<Int>) -> Int? {
        guard let first = range.first(where: { Self.openings.begin(lines.lowered(words[$0], limit: 48)) }) else {
            return nil
        }
        var text: [UInt8] = [32]
        for index in first...range.upperBound {
            guard text.count < 16 << 10, !lines.isQuestion(words[index]) else { return nil }
            text += lines.lowered(words[index])
            text.append(32)
        }
        guard text.count >= Self.disclaimerBytes, Self.secrets.occur(in: text), Self.receivers.occur(in: text),
            !Self.persons.occur(in: text), !Wishes.matter(in: text)
        else { return nil }
        return first
    }

    private func isRule(_ words: [Int], _ range: ClosedRange<Int>) -> Bool {
        range.count == 1 && Separators.isRule(lines, words[range.lowerBound])
    }

    private func isImprint(_ words: [Int], _ range: ClosedRange<Int>) -> Bool {
        range.allSatisfy {
            lines.length(of: words[$0]) <= 300 && !lines.isQuestion(words[$0]) && isImprint(words[$0])
                && !Wishes.matter(in: lines.lowered(words[$0]))
        }
    }

    func isImprint(_ line: Int) -> Bool { Self.imprints.occur(in: lines.lowered(line)) }

    /// With the rule above, or the bare `--`.
    func withRule(_ words: [Int], _ start: Int) -> Int {
        guard let above = blankAbove(words, start), start - above <= 3 else { return start }
        let raw = lines.raw(words[above])
        let isMark = raw.count <= 3 && raw.count >= 2 && raw.starts(with: [45, 45])
        return isMark || Separators.isRule(lines, words[above]) ? above : start
    }

    // MARK: Apps

    /// The lines an app added, down to the last: it may write two, and a link below.
    func app(_ words: [Int]) -> Int? {
        guard let last = lastLine(words) else { return nil }
        var seen = 0
        var index = last
        var start: Int?
        while index >= 0, seen < 3 {
            if !lines.isBlank(words[index]) {
                seen += 1
                if AppLine.stands(lines, words[index]) {
                    start = index
                } else if start != nil || !isLink(words[index]) {
                    break
                }
            }
            index -= 1
        }
        // An app begins a paragraph of its own; a sentence of the writer may begin with the same words.
        guard let start, start == 0 || lines.isBlank(words[start - 1]) || words[start - 1] + 1 < words[start]
        else { return nil }
        return start
    }

    private func isLink(_ index: Int) -> Bool {
        lines.raw(index).withUnsafeBytes { $0.has("://") || $0.has("www.") }
    }

    func lastLine(_ words: [Int]) -> Int? { words.lastIndex { !lines.isBlank($0) } }
}
