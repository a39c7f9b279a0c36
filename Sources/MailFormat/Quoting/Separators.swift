// Lines that part a mail from the one below it: "-----Original Message-----" and its kin.

enum Separators {
    private static let original: Set<String> = [
        "original message", "ursprüngliche nachricht", "urspruengliche nachricht", "originalnachricht",
        "original-nachricht", "message d'origine", "message d’origine", "message original", "mensaje original",
        "mensagem original", "messaggio originale", "oorspronkelijk bericht", "originalmeddelande",
        "ursprungligt meddelande", "oprindelig meddelelse", "original meddelelse", "opprinnelig melding",
        "alkuperäinen viesti", "wiadomość oryginalna", "oryginalna wiadomość", "původní zpráva", "pôvodná správa",
        "eredeti üzenet", "mesaj original", "mesajul original", "исходное сообщение", "оригинальное сообщение",
        "оригінальне повідомлення", "özgün ileti", "orijinal mesaj", "αρχικό μήνυμα", "元のメッセージ", "原始邮件",
        "原始郵件", "原邮件", "원본 메시지", "원본 메일", "الرسالة الأصلية", "رسالة أصلية", "הודעה מקורית", "pesan asli",
        "mail original", "courrier original", "courriel original", "original mail", "ursprüngliche mail",
        "correo original", "mail originale", "originele bericht", "oprindelig besked", "izvorno sporočilo",
        "original appointment", "ursprünglicher termin", "missatge original", "algne kiri", "izvorna poruka",
    ]
    private static let forwarded: Set<String> = [
        "forwarded message", "forwarded mail", "weitergeleitete nachricht", "weitergeleitete mail", "message transféré",
        "message transmis", "message réexpédié", "mensaje reenviado", "mensagem encaminhada", "mensagem reencaminhada",
        "messaggio inoltrato", "doorgestuurd bericht", "vidarebefordrat meddelande", "videresendt meddelelse",
        "videresendt melding", "wiadomość przekazana",
        "przekazana wiadomość", "przekazywana wiadomość", "přeposlaná zpráva", "preposlaná správa",
        "пересылаемое сообщение", "пересланное сообщение", "переслане повідомлення", "転送メッセージ",
        "転送されたメッセージ", "转发的邮件", "转发邮件", "轉寄郵件", "轉寄的郵件", "전달된 메시지", "전달된 메일",
        "رسالة معاد توجيهها", "الرسالة المعاد توجيهها", "رسالة محولة", "iletilen mesaj", "yönlendirilen ileti",
        "yönlendirilen mesaj", "välitetty viesti", "továbbított üzenet",
        "mesaj redirecționat", "προωθημένο μήνυμα", "הודעה שהועברה", "pesan terusan", "missatge reenviat",
    ]
    /// Without dashes, with a colon: Apple's way.
    private static let forwardStarts = Phrases([
        "begin forwarded message:", "anfang der weitergeleiteten nachricht:", "début du message réexpédié",
        "début du message transféré", "inicio del mensaje reenviado:", "inizio messaggio inoltrato:",
        "begin doorgestuurd bericht:", "início da mensagem reencaminhada:", "início da mensagem encaminhada:",
        "vidarebefordrat brev:", "początek przekazywanej wiadomości:", "転送されたメッセージ:", "下面是被转发的邮件",
        "開始轉寄郵件", "начало переадресованного сообщения:", "من الرسالة المعاد توجيهها", "başlangıç:",
    ])

    static func isOriginal(_ lines: TextLines, _ index: Int) -> Bool {
        guard let inner = ruled(lines, index) else { return false }
        return original.contains(inner)
    }

    static func isForward(_ lines: TextLines, _ index: Int) -> Bool {
        if let inner = ruled(lines, index) { return forwarded.contains(inner) }
        guard let last = lines.last(index), last == 58 || last == 42 || last >= 0x80, lines.length(of: index) < 120,
            !lines.isQuoted(index)
        else { return false }
        return forwardStarts.begin(lines.lowered(index))
    }

    /// A line of ten or more underscores, dashes or equal signs and nothing else.
    static func isRule(_ lines: TextLines, _ index: Int) -> Bool {
        guard lines.length(of: index) >= 10, let first = lines.first(index), first == 95 || first == 45 || first == 61
        else { return false }
        return lines.raw(index).allSatisfy { $0 == first || $0 == 32 }
    }

    /// Words between dashes, whatever they say: above a block of headers they part the mails.
    static func isHeading(_ lines: TextLines, _ index: Int) -> Bool {
        guard let last = lines.last(index), last == 45 || last == 95 else { return false }
        return ruled(lines, index) != nil
    }

    /// The words between dashes, lower case, without the name some programs add ("forwarded message from Anna").
    private static func ruled(_ lines: TextLines, _ index: Int) -> String? {
        let length = lines.length(of: index)
        guard length >= 8, length < 200, let first = lines.first(index), first == 45 || first == 95 || first == 42
        else {
            return nil
        }
        let raw = lines.raw(index)
        let second = raw[raw.startIndex + 1]
        guard second == 45 || second == 95, raw.contains(where: { $0 >= 0x80 || ($0 | 32 >= 97 && $0 | 32 <= 122) })
        else { return nil }
        // QQ writes its blanks as entities, in the text part too.
        var inner = withBlanks(lines.lowered(index))[...]
        while let edge = inner.first, edge == 45 || edge == 95 || edge == 32 { inner.removeFirst() }
        while let edge = inner.last, edge == 45 || edge == 95 || edge == 32 || edge == 58 { inner.removeLast() }
        for word in names {
            if let at = inner.firstIndex(of: word) { inner = inner[..<at] }
        }
        return inner.isEmpty ? nil : String(decoding: inner, as: UTF8.self)
    }

    private static let names: [[UInt8]] = [" from ", " von ", " de ", " by ", " of "].map { Array($0.utf8) }
    private static let entity = Array("&nbsp;".utf8)

    /// No-break spaces, also as entities, as blanks.
    private static func withBlanks(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(where: { $0 == 38 || $0 == 0xC2 }) else { return text }
        var output: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == 38, text[index...].starts(with: entity) {
                output.append(32)
                index += entity.count
            } else if text[index] == 0xC2, index + 1 < text.count, text[index + 1] == 0xA0 {
                output.append(32)
                index += 2
            } else {
                output.append(text[index])
                index += 1
            }
        }
        return output
    }
}

extension ArraySlice<UInt8> {
    /// Where the bytes of `wanted` first stand.
    fileprivate func firstIndex(of wanted: [UInt8]) -> Int? {
        guard count >= wanted.count else { return nil }
        return (startIndex...(endIndex - wanted.count)).first {
            self[$0] == wanted[0] && self[$0...].starts(with: wanted)
        }
    }
}
