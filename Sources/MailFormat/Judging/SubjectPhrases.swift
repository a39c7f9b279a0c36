// What subjects say in the languages of mail programs: answers, forwards, out-of-office notes, failed deliveries.

/// Reply prefixes are `SubjectLine`'s.
enum SubjectPhrases {
    private static let forwards: Set<String> = [
        "fw", "fwd", "wg", "tr", "enc", "i", "pd", "doorst", "vb", "vl", "vid", "fs", "trs", "i̇lt", "ilt", "转发", "轉寄",
        "転送", "fwd²", "إعادة توجيه", "הועבר", "пересл", "továbbítás", "πρθ", "전달", "rv", "inoltro",
        "terusan", "chuyển tiếp", "red", "ptf",
    ]

    /// The prefix before the first colon, without a counter: `Re[2]` is `re`.
    private static func prefix(_ subject: String) -> String? {
        guard subject.utf8.prefix(24 * 8).contains(where: { $0 == 58 || $0 == 0xEF }),
            let colon = subject.prefix(24).firstIndex(where: { $0 == ":" || $0 == "：" })
        else { return nil }
        let word = subject[..<colon].lowercased().prefix { $0 != "[" && $0 != "(" && $0 != "^" }
        return String(word).trimmed
    }

    static func isForward(_ subject: String) -> Bool { prefix(subject).map { forwards.contains($0) } ?? false }

    /// What out-of-office programs and receipts put first, in some twenty languages.
    private static let automatic = Phrases([
        "automatic reply", "auto reply", "auto-reply", "autoreply", "auto response", "automated response",
        "out of office", "out of the office", "ooo:", "away from", "on vacation", "automatische antwort",
        "abwesenheit", "abwesend", "abwesenheitsnotiz", "automatische antwoord", "automatisch antwoord", "afwezig",
        "réponse automatique", "reponse automatique", "absence du bureau", "absent du bureau", "respuesta automática",
        "respuesta automatica", "fuera de la oficina", "resposta automática", "resposta automatica",
        "ausência temporária", "fora do escritório", "risposta automatica", "fuori sede", "fuori ufficio",
        "assenza dall'ufficio", "automatyczna odpowiedź", "odpowiedź automatyczna", "autoodpowiedź", "nieobecność",
        "poza biurem", "automatiskt svar", "autosvar", "frånvaro", "automatisk svar", "fraværende", "fravær",
        "automaattinen vastaus", "poissa", "automatická odpověď", "mimo kancelář", "automatická odpoveď",
        "automatikus válasz", "házon kívül", "răspuns automat", "автоответ", "автоматический ответ",
        "автоматична відповідь", "otomatik yanıt", "ofis dışında", "αυτόματη απάντηση", "自動応答", "自動返信", "不在",
        "自动回复", "自動回覆", "자동 회신", "부재중", "رد تلقائي", "الرد التلقائي", "خارج المكتب", "תשובה אוטומטית",
        "מענה אוטומטי", "trả lời tự động", "balasan otomatis", "automatski odgovor", "samodejni odgovor",
        "automatinis atsakymas", "automātiska atbilde", "automaatvastus",
    ])

    /// A weak sign alone: people write such subjects too.
    static func looksAutomatic(_ subject: String) -> Bool {
        automatic.begin(LowerCase.of(subject))
    }

    /// What programs put before the colon, each in its language and no other way.
    static let automaticHeads: Set<String> = [
        "automatic reply", "auto reply", "auto-reply", "autoreply", "out of office autoreply", "automatische antwort",
        "abwesenheitsnotiz", "automatisch antwoord", "réponse automatique", "respuesta automática",
        "resposta automática", "risposta automatica", "odpowiedź automatyczna", "automatyczna odpowiedź", "autosvar",
        "automatiskt svar", "automatisk svar", "automaattinen vastaus", "automatická odpověď", "automatická odpoveď",
        "automatikus válasz", "răspuns automat", "автоматический ответ", "автоответ", "автоматична відповідь",
        "otomatik yanıt", "αυτόματη απάντηση", "自動応答", "自動返信", "自动回复", "自動回覆", "자동 회신", "رد تلقائي",
        "תשובה אוטומטית", "trả lời tự động", "balasan otomatis", "automatski odgovor", "samodejni odgovor",
    ]

    /// The words before the first colon, in lower case; nil where it stands too far behind to part anything.
    static func head(_ subject: String) -> String? {
        let lowered = LowerCase.of(subject)
        guard let colon = lowered.prefix(80).firstIndex(where: { $0 == 58 || $0 == 0x9A }) else { return nil }
        // A full-width colon is EF BC 9A.
        let end = lowered[colon] == 58 ? colon : colon - 2
        guard end > 0, lowered[colon] == 58 || lowered[end...].starts(with: [0xEF, 0xBC]) else { return nil }
        return String(decoding: TextLines.trimmed(lowered[..<end]), as: UTF8.self)
    }

    private static let failures = Phrases([
        "undeliverable", "undelivered mail", "delivery status notification", "mail delivery failed",
        "mail delivery failure", "mail delivery system", "delivery failure", "delivery has failed", "failure notice",
        "returned mail", "mail could not be delivered", "message could not be delivered", "delivery problem",
        "warning: message", "warning: could not send", "delayed mail", "delivery delayed", "mail delivery deferred",
        "unzustellbar", "nicht zustellbar", "zustellung fehlgeschlagen", "non remis", "non distribuable",
        "échec de la remise", "échec de remise", "no se puede entregar", "no entregado", "não entregue",
        "falha na entrega", "não é possível entregar", "non recapitabile", "mancato recapito", "niet bestelbaar",
        "onbestelbaar", "niedostarczalne", "nie można dostarczyć", "niedoręczona", "недоставлено",
        "не удается доставить", "配信不能", "配信できません", "送信エラー", "送信できません", "配送できません", "配達できません", "お届けできません", "无法投递", "系统退信",
        "退信", "배달되지 않음",
        "تعذر التسليم", "لا يمكن تسليم", "kan inte levereras", "kan ikke leveres", "teslim edilemedi", "nedoručitelné",
        "kézbesíthetetlen", "delivery notification", "message delayed", "undelivered",
    ])

    static func looksLikeFailure(_ subject: String) -> Bool { failures.occur(in: LowerCase.of(subject)) }
}
