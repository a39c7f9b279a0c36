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
        // A lone word counts only where it stands alone.
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

    @Test(arguments: [
        "Please, a human. How do I return a machine? Where do I find the return label?",
        "Human. How do I return a machine?", "I need a human. How do I return a machine?",
        "How do I return a machine? Please let a human answer.", "human please, my order is late",
        "Human, my order is late.", "human\nmy order is late", "human my order is late", "HUMAN!!! Where is my parcel?",
        "not helpful. human", "not helpful, human", "human please, see my invoice", "That is no answer. Human!",
        "Hello,\n\nhuman please\n\nThanks\nCarla", "Hi, a human please.", "Can I get a human?", "I want a human now",
        "This bot is useless, give me a human", "Is there a human?", "“human”", "I would like a human to answer this.",
        "I need a human right now, this is the third mail I write about my coffee machine that leaks on the floor.",
        "Mensch, bitte. Wo ist mein Paket?", "Ich brauche einen Menschen. Wo ist mein Paket?",
        "Hilft nicht. Mensch", "Bitte ein Mensch!", "Mensch bitte, wo bleibt meine Bestellung 4711?",
        "Wie lange dauert das? Bitte lassen Sie einen Menschen antworten.",
        "Humain, s’il vous plaît. Où est mon colis ?", "Je voudrais un humain. Où est mon colis ?",
        "Persona, por favor. ¿Dónde está mi pedido?", "Necesito una persona. ¿Dónde está mi pedido?",
        "Persona, per favore. Dov'è il mio ordine?", "Vorrei una persona vera. Dov'è il mio ordine?",
        "Medewerker. Waar is mijn pakket?", "Ik wil een mens. Waar is mijn pakket?",
        "Pessoa, por favor. Onde está a minha encomenda?", "Preciso de uma pessoa. Onde está?",
        "Człowiek. Gdzie jest moja paczka?", "Proszę o człowieka. Gdzie jest moja paczka?",
        "Člověk, prosím. Kde je můj balík?", "Potřebuji člověka. Kde je můj balík?",
        "Menneske, tak. Hvor er min pakke?", "Jeg vil gerne have et menneske. Hvor er min pakke?",
        "Människa, tack. Var är mitt paket?", "Jag vill ha en människa. Var är mitt paket?",
        "Temsilci. Kargom nerede?", "Temsilci istiyorum. Kargom nerede?",
        "Оператор. Где моя посылка?", "Мне нужен оператор. Где моя посылка?",
        "担当者。荷物はどこですか？", "担当者をお願いします。荷物はどこですか？", "担当者 荷物はどこですか",
        "人工。我的包裹在哪里？", "我要人工。我的包裹在哪里？", "请给我找人工客服", "人工 我的包裹在哪里",
        "موظف. أين طلبي؟", "أريد موظفا. أين طلبي؟", "موظف من فضلك، أين طلبي؟",
    ]) func `the word our notices ask for works at the start, alone and in a short sentence`(text: String) {
        #expect(HumanWish.isIn(text))
    }

    @Test(arguments: [
        "Human resources: who do I write to?", "I need the address of human resources, please.",
        "Please forward this to human resources.", "Human error on my side, sorry. How do I change my order?",
        "It was human error. Please refund nothing.", "Is coffee good for the human body?",
        "Is this made by a human hand?", "Is this text written by a human?", "I am a human, not a number.",
        "Human hair was in the filter!", "Human and animal hair clogs it.", "I am only human, please be patient.",
        "Your answers sound human.", "Please confirm that the grinder is safe for humans and dogs.",
        "Your mail, which by the look of it was composed and corrected by a\nhuman. It helped, thank you.",
        "You say that I should answer with a word like human, what does that do?",
        "Ist das für Mensch und Tier unbedenklich?", "Menschenrechte bei den Kaffeebauern?",
        "Der Mensch im Laden hat mir geholfen. Wo ist mein Paket?", "Bitte die Anschrift der Personalabteilung.",
        "Les ressources humaines, s'il vous plaît", "C'est une erreur humaine.",
        "¿Cuántas tazas por persona, por favor?", "Recursos humanos, por favor", "È un errore umano.",
        "Quante tazze a persona?", "Hoeveel koffie per persoon?", "De medewerker in de winkel zei twee dagen.",
        "Quantas chávenas por pessoa?", "Ile kaw na człowieka dziennie?", "Kolik kávy na člověka?",
        "Hvor mange kopper pr. menneske?", "Hur många koppar per människa?", "Temsilci dün aradı, teşekkürler.",
        "Оператор вчера сказал, что посылка в пути.", "担当者に連絡しましたが返事がありません。", "人工智能是什么？", "需要人工费吗？",
        "الموظف قال إن الطلب في الطريق",
    ]) func `the word as a part of other matters is none`(text: String) {
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
            let end = ["ja", "zh"].contains(file.prefix(2)) ? "。" : "."
            for written in [
                "\(word)\(end) Order 4711", "Order 4711\(end) \(word)", "\(word), 4711", "4711\n\n\(word)\n\nX",
            ] {
                #expect(HumanWish.isIn(written), "\(file): \(written)")
            }
        }
    }

    @Test func `a long text takes time in proportion`() {
        func time(_ count: Int) -> Duration {
            let text = String(repeating: "talk to a human, body please ä. ", count: count)
            return (0..<3).map { _ in ContinuousClock().measure { _ = HumanWish.isIn(text) } }.min() ?? .zero
        }
        #expect(time(600) < time(60) * 40 + .milliseconds(50))
    }
}
