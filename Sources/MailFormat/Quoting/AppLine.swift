// What phones and mail programs write of themselves below a mail: "Sent from my iPhone".

enum AppLine {
    private static let starts = Phrases([
        "sent from my ", "sent from mail for", "sent from outlook", "sent from yahoo",
        "yahoo mail: search, organize, conquer", "von meinem/meiner ",
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
    private static let ends = Phrases(["から送信", "에서 보냄", "gönderildi", "から送られました", "에서 보냈습니다"])

    /// Programs that name themselves, in whatever language they are told to speak.
    private static let programs = Phrases([
        "proton mail", "protonmail", "aqua mail", "aquamail", "airmail", "canary mail", "blue mail", "bluemail",
        "k-9 mail", "fairemail", "tutanota", "mailbird", "em client", "superhuman", "mimestream", "edison mail",
        "newton mail", "fastmail", "zoho mail", "mailspring", "typemail", "libero mail", "yandex", "mail.ru", "mymail",
        "hushmail", "mailfence", "mailo", "seznam", "k-9 dog walker",
    ])
    private static let sending = Phrases([
        "sent ", "gesendet ", "verschickt ", "envoyé ", "enviado ", "enviada ", "enviat ", "inviato ", "inviata ",
        "verzonden ", "verstuurd ", "wysłan", "sendt ", "skickat ", "lähetetty ", "odesláno ", "odoslané ", "posláno ",
        "отправлено ", "надіслано ", "відправлено ", "изпратено ", "trimis ", "küldve ", "στάλθηκε ", "gönderil",
        "dikirim ", "đã gửi ", "poslano ", "išsiųsta ", "nosūtīts ", "saadetud ", "使用", "通过", "透過", "由",
    ])
    private static let sendingLast = Phrases([
        "送信", "보냄", "보냈", "gönderil", "发送", "傳送", "寄出", "küldve", "lähetetty",
    ])
    private static let whole: Set<String> = ["sent with spark", "sent from spark", "sent with tuta"]
    private static let lengthLimit = 160
    private static let wordLimit = 12

    static func stands(_ lines: TextLines, _ index: Int) -> Bool {
        guard lines.length(of: index) <= lengthLimit, !lines.isQuestion(index) else { return false }
        let text = lines.lowered(index)
        // Who sent something by a carrier names the parcel's number.
        guard text.count(where: { $0 &- 48 < 10 }) < 8, !Wishes.matter(in: text) else { return false }
        return starts.begin(text) || ends.occur(in: text) || isProgram(text)
    }

    /// "Envoyé avec la messagerie sécurisée Proton Mail": short, without a comma, as no sentence of a writer is.
    private static func isProgram(_ text: [UInt8]) -> Bool {
        if sending.begin(text) {
            guard programs.occur(in: text) || whole.contains(String(decoding: text, as: UTF8.self)) else {
                return false
            }
        } else {
            guard programs.begin(text), sendingLast.occur(in: text) else { return false }
        }
        return !text.contains(44) && text.split(separator: 32).count <= wordLimit
    }
}
