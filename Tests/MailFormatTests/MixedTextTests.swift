// Mails in more than one language: the language of the writer's own words is the mail's.

import Correspondence
import Foundation
import Language
import MailFormat
import TestSupport
import Testing

struct MixedTextTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var language: String
        var text: String
        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "a German mail that quotes an English error message", language: "de",
            text: """
                Guten Tag,

                beim Bezahlen bekomme ich immer diese Meldung: "The payment could not be processed because your bank \
                declined the transaction. Please try again later or contact your card issuer for more information."

                Was soll ich jetzt tun?
                """),
        Row(
            name: "a German mail with an English message behind a colon", language: "de",
            text: """
                Hallo, nach dem Anmelden zeigt das Programm nur noch das hier an:
                Fehlermeldung auf dem Schirm, sobald ich auf Weiter klicke: Unexpected error while loading the page, the \
                server returned an invalid response and the request was cancelled
                """),
        Row(
            name: "a French mail with guillemets around English", language: "fr",
            text: """
                Bonjour, quand je clique sur le bouton, je vois « Your session has expired, please sign in again to \
                continue with your order and do not close this window » et puis plus rien. Merci de votre aide.
                """),
        Row(
            name: "a bilingual mail, more Spanish than English", language: "es",
            text: """
                Hola, quisiera saber cuándo llega mi pedido. Lo pagué hace dos semanas y nadie me ha respondido todavía, \
                aunque ya escribí dos veces a esta dirección. Necesito los zapatos para una boda el sábado que viene.

                Hello, I would like to know when my order arrives.
                """),
        Row(
            name: "a bilingual mail, more English than Spanish", language: "en",
            text: """
                Hola, quisiera saber cuándo llega mi pedido.

                Hello, I would like to know when my order arrives. I paid for it two weeks ago and nobody has answered me, \
                although I have written to this address twice. I need the shoes for a wedding next Saturday.
                """),
        Row(
            name: "a Polish sentence over a long English disclaimer", language: "pl",
            text: """
                Dzień dobry, proszę o fakturę za ostatnie zamówienie.

                This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the \
                intended recipient, you must not copy, disclose or use its contents. Please delete it and notify the sender. \
                Northwind Trading Limited is registered in England and Wales with its registered office in Bristol.
                """),
        Row(
            name: "an Italian sentence over an English phone line", language: "it",
            text: "Vorrei restituire le scarpe che ho comprato ieri.\n\nSent from my Samsung Galaxy smartphone."),
        Row(
            name: "product names in English inside Dutch", language: "nl",
            text: "Mijn Galaxy Watch Ultra Pro verbindt niet meer met de Home Connect Smart Hub, wat moet ik doen?"),
        Row(
            name: "a Japanese mail with an English signature", language: "ja",
            text: "パスワードを忘れました。\n\nBest regards,\nKenji Tanaka\nSenior Engineer, Northwind Trading Ltd."),
    ]

    @Test(arguments: rows)
    func `the writer's own words decide`(row: Row) async throws {
        let text = CustomerTexts.Text(language: row.language, form: .three, text: row.text)
        for guess in Self.guesses {
            let message = try await GMimeMailReader(guess: guess).read(text.mail, in: Corpus.context)
            #expect(LanguageCode.same(message.language, row.language), "\(type(of: guess)) says \(message.language)")
        }
    }

    @Test(
        arguments: [
            "Danke!", "ok", "Ja bitte", "Thanks, Tom", "Merci beaucoup", "Rechnung 4711", "+1", "👍",
            "Bestellung 12345?",
        ])
    func `a mail of a few words is nobody's language`(text: String) async throws {
        let mail = CustomerTexts.Text(language: "und", form: .sentence, text: text).mail
        for guess in Self.guesses {
            let message = try await GMimeMailReader(guess: guess).read(mail, in: Corpus.context)
            #expect(message.language == "und", "\(type(of: guess)) says \(message.language)")
        }
    }

    @Test func `a desk's languages are preferred, and another one is still seen`() async throws {
        var context = Corpus.context
        context.languages = ["en", "sv"]
        for guess in Self.guesses {
            let reader = GMimeMailReader(guess: guess)
            let danish = CustomerTexts.Text(
                language: "da", form: .sentence, text: "Siden med sporing har ikke ændret sig i fem dage.")
            #expect(try await reader.read(danish.mail, in: context).language == "sv")
            let finnish = CustomerTexts.Text(
                language: "fi", form: .sentence,
                text: "Tilaukseni ei ole vieläkään saapunut, vaikka maksoin sen kaksi viikkoa sitten.")
            #expect(try await reader.read(finnish.mail, in: context).language == "fi")
        }
    }

    private static let guesses: [any LanguageGuess] =
        [CLD2LanguageGuess()]
        + ((try? FastTextLanguageGuess(model: LanguageModelFile.path)).map { [$0 as any LanguageGuess] } ?? [])
}
