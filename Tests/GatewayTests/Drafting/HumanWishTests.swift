// Who asks for a person is found in every language of the house, and who only says the word is not.

import Foundation
import Testing

@testable import Gateway

@Suite struct HumanWishTests {
    static let wishes: [String] = [
        // English
        "I want to talk to a human.", "Please let me speak with a real person!",
        "Can somebody call? I'd like to speak to someone.",
        "HUMAN", "human!", "Get me a live agent", "Please connect me to an agent.",
        "I am tired of this, not a bot please",
        "Could you have someone contact me?", "a person, please", "Connect me with a human being now",
        // German
        "Ich möchte mit einem Menschen sprechen.", "Mensch", "„Mensch“", "Bitte rufen Sie mich an.",
        "Ich bitte um Rückruf.",
        "Kann ich mit einem Mitarbeiter sprechen?", "Bitte keine automatische Antwort mehr!", "MENSCH!!!",
        // French
        "Je voudrais parler à un humain.", "humain", "Puis-je parler à quelqu’un ?",
        "Je veux parler à une vraie personne",
        // Spanish
        "Quiero hablar con una persona.", "persona", "Necesito hablar con un agente", "¿Puedo hablar con alguien?",
        // Italian
        "Vorrei parlare con un operatore", "persona", "Posso parlare con una persona?",
        // Dutch
        "Ik wil graag met een mens praten", "medewerker", "Kan ik een medewerker spreken?",
        // Portuguese
        "Quero falar com uma pessoa", "pessoa", "Posso falar com alguém?",
        // Polish
        "Chcę porozmawiać z człowiekiem", "człowiek", "Proszę połączyć z konsultantem",
        // Japanese
        "担当者と話したいです", "担当者", "オペレーターにつないでください", "人間と話したい",
        // Arabic
        "أريد التحدث إلى موظف", "موظف", "أريد التحدث مع شخص حقيقي",
        // Chinese, Russian
        "转人工", "人工客服", "Соедините с оператором, пожалуйста", "оператор",
    ]

    @Test(arguments: wishes) func `a wish is found, whatever stands before and behind it`(text: String) {
        #expect(HumanWish.isIn(text))
        // A lone word counts only as the whole message.
        if text.split(separator: " ").count > 3 { #expect(HumanWish.isIn("Order 4711.\n\n\(text)\n\nCarla")) }
    }

    @Test(arguments: [
        "Is the price per person or per room?", "The delivery person left the parcel at the door.",
        "My agent number is 4711.", "Which user agent do you support?", "Where do I find human resources?",
        "The app does not connect me to the server.", "The captcha says I'm not a robot, but it fails.",
        "I am not a robot and still the page asks.", "What does a support agent licence cost?",
        "The customer service representative told me it takes two days.", "I talked to my brother about the warranty.",
        "How do I add a person to my account?", "Is this fit for human consumption?",
        "Ich habe für eine Person gebucht, wir kommen aber mit einer Person mehr.",
        "Ich bin kein Roboter, klicke ich dann an.",
        "Ich habe gestern mit einem Mitarbeiter gesprochen, der sagte zwei Tage.",
        "Wie viele Mitarbeiter darf ich anlegen?",
        "Der Roboter saugt nicht mehr.", "Combien coûte une personne supplémentaire ?",
        "Je ne suis pas un robot : la case ne marche pas",
        "¿Cuánto cuesta por persona?", "El agente de transporte no llegó", "Quanto costa a persona?",
        "Ik heb gisteren met een medewerker gesproken", "Hoeveel kost het per persoon, met een menselijke maat?",
        "Quanto custa por pessoa?", "Rozmawiałem wczoraj z pracownikiem sklepu", "Ile kosztuje za osobę?",
        "友人と話していて知りました", "担当者に連絡しましたが返事がありません", "一人あたりいくらですか", "كم السعر للشخص الواحد؟", "", " ", "???",
    ]) func `other sentences are no wish`(text: String) {
        #expect(!HumanWish.isIn(text))
    }

    @Test func `the word that our notices ask for counts in every language`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../templates/words")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".mustache")
        }
        #expect(files.count >= 10)
        for file in files {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("humanWord:") }, "\(file)")
            let word = line.dropFirst("humanWord:".count).trimmingCharacters(in: .whitespaces)
            for written in [
                word, word.uppercased(), "„\(word)“", " \(word).\n", word.decomposedStringWithCanonicalMapping,
            ] {
                #expect(HumanWish.isIn(written), "\(file): \(written)")
            }
        }
    }

    @Test func `a long text takes time in proportion`() {
        func time(_ count: Int) -> Duration {
            let text = String(repeating: "talk to a talk to ä ", count: count)
            return (0..<3).map { _ in ContinuousClock().measure { _ = HumanWish.isIn(text) } }.min() ?? .zero
        }
        #expect(time(1_000) < time(100) * 40 + .milliseconds(50))
    }
}
