// The promises of every language guess: by content and by script, restricted to a desk's.

import Correspondence
import Language
import Testing

struct LanguageGuessTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        var language: String
        var text: String
        var testDescription: String { language }
    }

    static let samples = [
        Sample(language: "en", text: "Hello, I would like to know when my order is going to be delivered. Thank you!"),
        Sample(language: "de", text: "Guten Tag, ich möchte meine Bestellung gerne zurückgeben. Wie geht das bitte?"),
        Sample(language: "fr", text: "Bonjour, je souhaite modifier l'adresse de livraison de ma commande, merci."),
        Sample(
            language: "es", text: "Hola, quisiera saber cómo puedo devolver un artículo que compré la semana pasada."),
        Sample(language: "it", text: "Buongiorno, vorrei sapere quando arriverà il mio pacco, grazie mille."),
        Sample(language: "nl", text: "Goedemiddag, ik wil graag weten hoe ik mijn wachtwoord kan wijzigen."),
        Sample(language: "pt", text: "Bom dia, gostaria de saber como posso cancelar a minha encomenda."),
        Sample(language: "pl", text: "Dzień dobry, chciałbym zmienić adres dostawy mojego zamówienia."),
        Sample(language: "ja", text: "パスワードを忘れました。"),
        Sample(language: "zh", text: "我想退货，怎么办？"),
        Sample(language: "ko", text: "비밀번호를 잊었어요"),
        Sample(language: "ar", text: "أين طلبي؟"),
        Sample(language: "el", text: "Πού είναι;"),
        Sample(language: "th", text: "สวัสดีครับ"),
        Sample(language: "he", text: "איפה ההזמנה שלי"),
        Sample(language: "ru", text: "Здравствуйте, подскажите, пожалуйста, когда придёт мой заказ?"),
        Sample(language: "uk", text: "Доброго дня, підкажіть, будь ласка, коли надійде моє замовлення?"),
        Sample(language: "sv", text: "Hej, jag skulle vilja veta när min beställning kommer att levereras."),
        Sample(language: "cs", text: "Dobrý den, chtěl bych změnit dodací adresu své objednávky, děkuji."),
        Sample(language: "tr", text: "Merhaba, siparişimin ne zaman teslim edileceğini öğrenmek istiyorum."),
    ]

    @Test("a sentence is in its language, alone and among a desk's", arguments: Guesses.all, samples)
    func sentence(named: NamedGuess, sample: Sample) {
        let guess = named.guess
        let all = Self.samples.map(\.language)
        #expect(guess.guess(sample.text, among: []).language == sample.language)
        let restricted = guess.guess(sample.text, among: all)
        #expect(restricted.language == sample.language)
        #expect(restricted.certainty > 0.3 && restricted.certainty <= 1)
    }

    @Test(
        "too little text is undetermined",
        arguments: Guesses.all,
        [
            "", "   ", "ok", "Danke!", "12345 67890", "Bestellung stornieren", "support@acme.example", "a", "京",
        ])
    func tooLittle(named: NamedGuess, text: String) {
        let guess = named.guess
        #expect(guess.guess(text, among: ["de", "en", "ja"]) == .undetermined)
    }

    @Test("a language that the desk does not have is undetermined, not the nearest other", arguments: Guesses.all)
    func outsideTheSet(named: NamedGuess) {
        let guess = named.guess
        #expect(guess.guess(Self.samples[2].text, among: ["en", "de"]) == .undetermined)
        #expect(guess.guess("パスワードを忘れました。", among: ["en", "de"]) == .undetermined)
    }

    @Test(
        "sister languages answer for each other within the desk's set, and codes keep their spelling",
        arguments: Guesses.all)
    func families(named: NamedGuess) {
        let guess = named.guess
        let croatian = "Poštovani, želio bih znati kada će moja narudžba biti isporučena, hvala lijepa."
        #expect(guess.guess(croatian, among: ["sr", "en"]).language == "sr")
        let norwegian = "Hei, jeg vil gjerne vite når bestillingen min blir levert til meg."
        #expect(guess.guess(norwegian, among: ["no", "en"]).language == "no")
        #expect(["nb", "da"].contains(guess.guess(norwegian, among: []).language))
        #expect(guess.guess(Self.samples[6].text, among: ["pt-BR", "es"]).language == "pt-BR")
        #expect(guess.guess("我想退貨，請問應該怎麼辦理？謝謝您的協助。", among: ["zh", "en"]).language == "zh")
        #expect(guess.guess("איפה ההזמנה שלי", among: ["he"]).language == "he")
    }

    @Test("controls of mislabelled mail, links and addresses do not turn the language", arguments: Guesses.all)
    func cleaning(named: NamedGuess) {
        let guess = named.guess
        let text =
            "Guten Tag,\u{92} ich m\u{94}chte meine Bestellung gerne zur\u{81}ckgeben, wie geht das denn bitte?\u{0}"
        #expect(guess.guess(text, among: ["de", "en", "fr"]).language == "de")
        let links = String(repeating: "https://www.example.com/the/quick/brown/fox/this-is-an-english-page ", count: 20)
        #expect(guess.guess(Self.samples[1].text + "\n" + links, among: ["de", "en"]).language == "de")
        #expect(
            guess.guess("詳しくはhttps://example.com/the-english-page-for-youをご覧ください。", among: ["en", "ja"]).language
                == "ja")
    }

    @Test("an English signature under a foreign text does not win", arguments: Guesses.all)
    func signature(named: NamedGuess) {
        let guess = named.guess
        let mail = Self.samples[2].text + " Je l'ai passée hier soir.\n\nSent from my iPhone"
        #expect(guess.guess(mail, among: ["en", "fr"]).language == "fr")
    }

    @Test("a megabyte is looked at in part, and quickly", arguments: Guesses.all)
    func large(named: NamedGuess) {
        let guess = named.guess
        let text = String(repeating: Self.samples[1].text + "\n", count: 12_000)
        let clock = ContinuousClock()
        let took = clock.measure { #expect(guess.guess(text, among: []).language == "de") }
        #expect(took < .seconds(2))
    }
}
