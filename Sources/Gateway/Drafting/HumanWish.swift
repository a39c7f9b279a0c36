// Whether a customer asks for a person, in the languages desks answer in.

/// A deterministic net under the model's own judgement. A phrase counts anywhere in the text. The lone word, which our
/// notice tells customers to write (`humanWord` of templates/words), counts as the whole message, as its first word, as
/// a sentence of its own and in a short clause that asks (`HumanTongue`): a promise that is kept however it is taken up.
enum HumanWish {
    private static let loneWords: Set<String> = folded([
        "human", "a human", "human please", "person", "a person", "agent", "operator", "representative", "mensch",
        "mitarbeiter", "mensch bitte", "humain", "conseiller", "humano", "persona", "agente", "umano", "operatore",
        "mens",
        "medewerker", "pessoa", "atendente", "człowiek", "konsultant", "担当者", "人間", "オペレーター", "انسان", "موظف",
        "člověk", "menneske", "människa", "оператор", "человек", "temsilci", "人工", "人工客服",
    ])

    private static let phrases: [FoldedText] = (english + others).map { FoldedText($0) }

    /// Phrases that a customer may say of himself (“I'm not a robot”), with the word before that shows it.
    private static let ofOneself: [(phrase: FoldedText, before: Set<Substring>)] = [
        (FoldedText("not a robot"), ["m", "im", "am"]), (FoldedText("not a bot"), ["m", "im", "am"]),
        (FoldedText("kein roboter"), ["bin"]), (FoldedText("pas un robot"), ["suis"]),
    ]

    private static let english: [String] =
        [
            "talk to", "talk with", "speak to", "speak with", "chat with", "connect me to", "connect me with",
            "transfer me to", "put me through to", "hand me over to", "be contacted by", "reply from", "answer from",
        ].flatMap { verb in
            [
                "a human", "a person", "a real", "a live", "an actual", "a human being", "someone", "somebody",
                "an agent", "an operator", "a representative", "a customer service", "a member of staff",
                "one of your staff", "a colleague",
            ].map { "\(verb) \($0)" }
        } + [
            "a real person", "a real human", "real human being", "an actual person", "a live person", "human agent",
            "live agent", "human to answer", "stop sending me automatic", "no more automatic", "someone call me",
            "is there a human", "any human there",
            "please call me", "a person please", "a human please", "have someone contact me", "have someone call",
        ]

    private static let others: [String] = [
        // German
        "mit einem menschen", "mit einem echten", "mit einer echten", "echten menschen", "echte person",
        "echten person",
        "menschlichen ansprechpartner", "menschlicher ansprechpartner", "persönlich sprechen",
        "keine automatische antwort", "keine automatischen antworten", "rufen sie mich", "bitte um rückruf",
        "um einen rückruf", "mit jemandem sprechen", "mit jemandem reden", "jemanden sprechen",
        "mit einer person sprechen", "mit einer person reden", "mit einem mitarbeiter sprechen",
        "mit einem mitarbeiter reden", "mit einem mitarbeiter verbinden", "mit einem mitarbeiter verbunden",
        "mit einer mitarbeiterin sprechen", "sprechen mit einem mitarbeiter",
        // French
        "parler à un humain", "parler à une personne", "parler avec une personne", "parler à quelqu'un",
        "parler avec quelqu'un", "parler à un conseiller", "parler avec un conseiller", "une vraie personne",
        "un être humain", "parler à un agent", "rappelez-moi", "me rappeler par téléphone",
        // Spanish
        "hablar con una persona", "hablar con un humano", "hablar con alguien", "hablar con un agente",
        "una persona real", "persona de verdad", "agente humano", "no un robot", "que me llamen",
        // Italian, Dutch, Portuguese
        "parlare con una persona", "parlare con un operatore", "parlare con qualcuno", "una persona reale",
        "operatore umano", "essere richiamato", "met een mens", "met een echt persoon", "een echt persoon",
        "iemand spreken", "met iemand praten", "met een medewerker spreken", "met een medewerker praten",
        "een medewerker spreken", "spreken met een medewerker", "falar com uma pessoa", "falar com um humano",
        "falar com alguém", "falar com um atendente", "uma pessoa real",
        // Polish, Czech, Danish, Swedish, Turkish, Russian
        "porozmawiać z człowiekiem", "rozmawiać z człowiekiem", "kontakt z człowiekiem", "porozmawiać z konsultantem",
        "rozmawiać z konsultantem", "połączyć z konsultantem", "kontakt z konsultantem", "porozmawiać z pracownikiem",
        "rozmawiać z pracownikiem", "z żywą osobą", "prawdziwą osobą", "porozmawiać z kimś", "rozmawiać z osobą",
        "mluvit s člověkem", "tale med et menneske", "prata med en människa", "gerçek bir kişi", "с живым человеком",
        "поговорить с человеком", "поговорить с оператором", "соедините с оператором",
        // Japanese, Chinese, Arabic
        "担当者と", "担当の方と", "担当者に代わ", "担当者につな", "人間と話", "人と話したい", "オペレーターと", "オペレーターに代わ", "オペレーターにつな",
        "有人対応", "スタッフと話", "直接お話", "转人工", "人工客服", "轉人工", "التحدث مع شخص", "التحدث إلى شخص", "التحدث مع موظف",
        "التحدث إلى موظف", "مع إنسان", "شخص حقيقي", "موظف بشري",
    ]

    private static let spaced: [Substring: [[Substring]]] = Dictionary(
        grouping: phrases.filter(\.isSpaced).map(\.words), by: { $0.first ?? "" })
    private static let unspaced: [String] = phrases.filter { !$0.isSpaced }.map(\.text)

    static func isIn(_ text: String) -> Bool {
        let folded = FoldedText(text)
        return isIn(folded) || ShortWish.isIn(text, folded: folded)
    }

    private static func isIn(_ text: FoldedText) -> Bool {
        if text.words.count <= 3, loneWords.contains(bare(text.text)) { return true }
        let words = text.words
        for index in words.indices {
            if let meant = spaced[words[index]], meant.contains(where: { words[index...].starts(with: $0) }) {
                return true
            }
            for (phrase, before) in ofOneself
            where words[index] == phrase.words.first && words[index...].starts(with: phrase.words) {
                if index == words.startIndex || !before.contains(words[index - 1]) { return true }
            }
        }
        return !text.isSpaced && unspaced.contains { text.text.contains($0) }
    }

    private static func folded(_ words: [String]) -> Set<String> { Set(words.map { bare(FoldedText($0).text) }) }

    /// Without the marks around it.
    private static func bare(_ text: String) -> String {
        func isMark(_ character: Character) -> Bool {
            character.isPunctuation || character.isSymbol || character.isWhitespace
        }
        guard let start = text.firstIndex(where: { !isMark($0) }), let end = text.lastIndex(where: { !isMark($0) })
        else { return "" }
        return String(text[start...end])
    }
}
