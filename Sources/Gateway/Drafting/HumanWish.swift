// Whether a customer asks for a person, in the languages desks answer in.

import Foundation

/// A deterministic net under the model's own judgement. A phrase counts anywhere in the text; a lone word only when it
/// is the whole message, because our notice tells customers to write it.
enum HumanWish {
    static let loneWords: Set<String> = [
        "human", "person", "agent", "mensch", "mitarbeiter", "humain", "conseiller", "humano", "persona", "agente",
        "umano", "mens", "medewerker", "pessoa", "czlowiek", "konsultant", "担当者", "人間", "オペレーター", "انسان", "موظف",
        "clovek", "menneske", "manniska", "оператор", "человек", "temsilci", "人工",
    ]

    /// Folded as `fold` does.
    static let phrases: [String] = [
        // English
        "talk to a human", "talk to a person", "talk to a real", "talk to someone", "talk to an agent",
        "speak to a human", "speak to a person", "speak to a real", "speak to someone", "speak to an agent",
        "speak with a human", "speak with a person", "speak with a real", "speak with someone", "speak with an agent",
        "talk with a human", "talk with a person", "talk with someone", "a real person", "a human being", "real human",
        "human agent", "human to answer", "customer service representative", "not a bot", "not a robot",
        "stop sending me automatic", "someone call me", "please call me", "a person, please", "a human, please",
        "a human please", "a person please", "connect me to", "have someone contact me",
        // German
        "mit einem menschen", "mit einer person", "mit einem mitarbeiter", "mit einer mitarbeiterin",
        "echten menschen", "echte person", "echten person", "menschlichen ansprechpartner", "personlich sprechen",
        "kein roboter", "keine automatische antwort", "rufen sie mich", "bitte um ruckruf", "um einen ruckruf",
        "mit jemandem sprechen", "jemanden sprechen",
        // French
        "parler a un humain", "parler a une personne", "parler avec une personne", "parler a quelqu'un",
        "parler avec quelqu'un", "parler a un conseiller", "parler avec un conseiller", "une vraie personne",
        "un etre humain", "pas un robot", "parler a un agent", "rappelez-moi", "me rappeler par telephone",
        // Spanish
        "hablar con una persona", "hablar con un humano", "hablar con alguien", "hablar con un agente",
        "persona real", "persona de verdad", "agente humano", "no un robot", "que me llamen",
        // Italian, Dutch, Portuguese
        "parlare con una persona", "parlare con un operatore", "parlare con qualcuno", "persona reale",
        "operatore umano", "met een mens", "met een medewerker", "echt persoon", "iemand spreken",
        "falar com uma pessoa", "falar com um humano", "falar com alguem", "falar com um atendente",
        // Polish
        "z czlowiekiem", "z konsultantem", "z pracownikiem", "z zywa osoba", "prawdziwa osoba", "porozmawiac z kims",
        "rozmawiac z osoba",
        // Japanese, Arabic
        "担当者と", "担当の方と", "担当者に", "人間と", "人と話", "オペレーターと", "オペレーターに", "有人対応", "スタッフと話", "直接お話",
        "التحدث مع شخص", "التحدث الى شخص", "التحدث مع موظف", "التحدث الى موظف", "مع انسان", "شخص حقيقي", "موظف بشري",
    ]

    static func isIn(_ text: String) -> Bool {
        let folded = fold(text)
        let lone = folded.trimmingCharacters(in: .whitespacesAndNewlines.union(.punctuationCharacters))
        return loneWords.contains(lone) || phrases.contains { folded.contains($0) }
    }

    /// Lower case, no accents, Arabic hamza forms joined, runs of blanks as one.
    static func fold(_ text: String) -> String {
        let folded = text.prefix(20_000).folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
            .replacingOccurrences(of: "’", with: "'").replacingOccurrences(of: "ł", with: "l")
            .replacingOccurrences(of: "أ", with: "ا").replacingOccurrences(of: "إ", with: "ا")
        return folded.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
