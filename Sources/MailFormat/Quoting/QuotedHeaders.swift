// The block of From, Sent, To and Subject that Outlook and others put above an unmarked quote.

/// The role of each line is looked up once, when it is made.
struct QuotedHeaders {
    private enum Role { case from, date, to, subject, other }

    private let lines: TextLines
    private let roles: [Role?]

    init(_ lines: TextLines) {
        self.lines = lines
        roles = (0..<lines.count).map { Self.role(lines, $0) }
    }

    /// Lines of a block that are looked at; a long To may wrap.
    private static let lineLimit = 10

    private static let labels: [String: Role] = {
        let table: [(Role, String)] = [
            (
                .from,
                "from|von|de|da|van|od|от|від|från|fra|lähettäjä|kimden|gönderen|feladó|差出人|送信者|发件人|發件人|寄件者|보낸 사람|보낸사람|من|المرسل|από|de la|expéditeur|remitente|mittente|מאת|absender|nadawca|dari|từ|จาก|odesílatel|odosielateľ|saatja"
            ),
            (
                .date,
                "sent|date|gesendet|datum|envoyé|envoyée|enviado|enviado el|enviado em|enviada|enviada em|fecha|inviato|verzonden|wysłano|wysłane|data|отправлено|дата|надіслано|skickat|sendt|dato|lähetetty|päivämäärä|gönderildi|gönderilme tarihi|gönderme|tarih|elküldve|dátum|送信日時|日付|日時|发送时间|發送時間|發送日期|发送日期|日期|寄件日期|时间|보낸 날짜|날짜|تاريخ الإرسال|تم الإرسال|أرسلت|التاريخ|στάλθηκε|ημερομηνία|trimis|odesláno|odoslané|נשלח|תאריך|dikirim|tanggal|đã gửi|ngày|sent on|data wysłania"
            ),
            (
                .to,
                "to|an|à|para|a|aan|do|кому|komu|till|til|vastaanottaja|kime|alıcı|címzett|宛先|收件人|收件者|받는 사람|받는사람|إلى|الى|προς|către|pro|אל|destinataire|destinatario|kepada|tới|đến|ถึง"
            ),
            (
                .subject,
                "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|temat|тема|ämne|emne|aihe|konu|tárgy|件名|主题|主題|主旨|제목|الموضوع|θέμα|subiect|předmět|predmet|נושא|subjek|chủ đề|เรื่อง|teema"
            ),
            (
                .other,
                "cc|kopie|copie|kopia|копия|копія|cópia|kopi|reply-to|bcc|importance|wichtigkeit|attachments|anlagen|priority"
            ),
        ]
        var labels: [String: Role] = [:]
        for (role, words) in table {
            for word in words.split(separator: "|") where labels[String(word)] == nil { labels[String(word)] = role }
        }
        return labels
    }()

    /// Whether a block begins here, or right below a rule of underscores or dashes that stands here, also one with words
    /// in a language we do not know.
    func begin(_ index: Int) -> Bool {
        if Separators.isRule(lines, index) || Separators.isHeading(lines, index) {
            var next = index + 1
            while next < lines.count, next - index <= 2, lines.isBlank(next) { next += 1 }
            return next < lines.count && isBlock(next)
        }
        return isBlock(index)
    }

    private func isBlock(_ start: Int) -> Bool {
        // GMX puts the time first.
        guard let first = roles[start], first == .from || first == .date else { return false }
        var seen: Set<Role> = [first]
        var hasAddress = first == .from && lines.raw(start).contains(64)
        var index = start + 1
        while index < lines.count, index - start < Self.lineLimit {
            if lines.isBlank(index) {
                // HTML made text may hold an empty line between the first and the second.
                guard seen.count < 3, index - start <= 2 else { break }
            } else if let role = roles[index] {
                seen.insert(role)
                if role == .from || role == .to, lines.raw(index).contains(64) { hasAddress = true }
            } else if first == .date, index == start + 1 {
                return false
            }
            index += 1
        }
        guard seen.contains(.from), seen.contains(.to) || seen.contains(.subject) else { return false }
        if first == .from, seen.isSuperset(of: [.date, .to, .subject]) { return true }
        // Journeys, parcels and prose ("From: our side ... To: sum it up ...") have such lines too: an address must stand
        // in it.
        return seen.count >= 3 && hasAddress
    }

    private static func role(_ lines: TextLines, _ index: Int) -> Role? {
        // Only the label is made text: a line may be long.
        let head = lines.raw(index).prefix(60)
        guard let first = head.first, first != 62, let colon = colon(in: head) else { return nil }
        let label = TextLines.lowered(head[..<colon])
        guard !label.isEmpty, label.count <= longestLabel else { return nil }
        return labels[String(decoding: label, as: UTF8.self)]
    }

    private static let longestLabel = labels.keys.reduce(0) { max($0, $1.utf8.count) }

    /// The first colon, also a full-width one (EF BC 9A).
    private static func colon(in text: ArraySlice<UInt8>) -> Int? {
        for (index, byte) in zip(text.indices, text) {
            if byte == 58 { return index }
            if byte == 0x9A, index >= text.startIndex + 2, text[index - 1] == 0xBC, text[index - 2] == 0xEF {
                return index - 2
            }
        }
        return nil
    }
}
