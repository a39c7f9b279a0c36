// Mails around an answer: greeting, close, notice, quote, in the customer's language.

import Correspondence
import Testing

@testable import Reports

struct DressTests {
    let maker: MustacheReportMaker

    init() throws {
        maker = try MustacheReportMaker()
    }

    @Test("an automatic reply has greeting, body, close, notice and quote, and our tag in the subject")
    func automatic() {
        let dress = maker.dress(SampleDesk.reply(quote: "May I?\n\n> earlier"), desk: SampleDesk.desk)
        #expect(dress.subject == "Re: [Acme Support #12] Return")
        #expect(
            dress.text == """
                Hello Anna Smith,

                You can return it within 30 days.

                See https://acme.example/returns.

                Kind regards
                Acme Support

                This answer was written automatically. If it does not help, reply to this message with the word “human” and a person will take over.

                On 23 November 2026 at 10:00, Anna Smith wrote:
                > May I?
                >
                >> earlier

                """)
        #expect(
            dress.html?.contains("<a href=\"https://acme.example/returns\">https://acme.example/returns</a>.") == true)
    }

    @Test("a draft that a human let go as it stood reads as the automatic reply")
    func released() {
        let released = maker.dress(SampleDesk.reply(.humanReply, quote: "May I?", signer: nil), desk: SampleDesk.desk)
        #expect(released == maker.dress(SampleDesk.reply(quote: "May I?"), desk: SampleDesk.desk))
        #expect(released.text.hasPrefix("Hello Anna Smith,") && released.text.contains("written automatically"))
    }

    @Test("a human reply has the human's words, the signer and the quote, and no notice")
    func human() {
        let dress = maker.dress(
            SampleDesk.reply(.humanReply, body: "Hi Anna,\n\nsent today.", signer: "Kim"), desk: SampleDesk.desk)
        #expect(dress.text.hasPrefix("Hi Anna,\n\nsent today.\n\nKim\n\nOn 23 November"))
        #expect(!dress.text.contains("automatically"))
    }

    @Test(
        "an agent who signs by hand is not signed twice",
        arguments: [
            ("sent today.\n\nKind regards\nAda Byron", "sent today.\n\nKind regards\n\nAda Byron\n\nOn 23"),
            ("sent today.\n– ada byron.", "sent today.\n\nAda Byron\n\nOn 23"),
            ("sent today.\nAda Byron\n", "sent today.\n\nAda Byron\n\nOn 23"),
            ("Ada Byron", "Ada Byron\n\nAda Byron\n\nOn 23"),
            ("ask for Ada Byron", "ask for Ada Byron\n\nAda Byron\n\nOn 23"),
            ("Regards\nBob", "Regards\nBob\n\nAda Byron\n\nOn 23"),
        ])
    func signedByHand(body: String, beginning: String) {
        let dress = maker.dress(SampleDesk.reply(.humanReply, body: body, signer: "Ada Byron"), desk: SampleDesk.desk)
        #expect(dress.text.hasPrefix(beginning))
        let automatic = maker.dress(
            SampleDesk.reply(.automaticReply, body: "One.\nAda Byron", signer: "Ada Byron"), desk: SampleDesk.desk)
        #expect(automatic.text.contains("One.\nAda Byron"))
    }

    @Test("notices and reports stand as they are")
    func asTheyAre() {
        var report = SampleDesk.reply(.report)
        report.html = "<p>x</p>"
        let dress = maker.dress(report, desk: SampleDesk.desk)
        #expect(dress == MailDress(subject: "AW: Return", text: report.body, html: "<p>x</p>"))
    }

    @Test(
        "every language has its words and says how to reach a human",
        arguments: TemplateShelf.builtIn.filter(\.isWords).map { String($0.key.dropFirst("words/".count)) })
    func languages(language: String) {
        let dress = maker.dress(SampleDesk.reply(language: language), desk: SampleDesk.desk)
        #expect(dress.text.contains(maker.humanWords[language] ?? "?"))
        #expect(dress.text.contains("You can return it within 30 days."))
        #expect(!dress.text.contains("{{"))
        #expect(!maker.handoverLine(language: language).isEmpty)
        #expect(dress.html?.contains("dir=\"\(language == "ar" ? "rtl" : "ltr")\"") == true)
        // The bar of the quote stands where its lines begin.
        #expect(dress.html?.contains("border-\(language == "ar" ? "right" : "left"):3px") == true)
    }

    @Test("Japanese greets with 様, Arabic reads from right to left, regions take their language, others the desk's")
    func someLanguages() {
        #expect(
            maker.dress(SampleDesk.reply(language: "ja", name: "佐藤 花子"), desk: SampleDesk.desk).text.hasPrefix(
                "佐藤 花子 様\n\n"))
        #expect(
            maker.dress(SampleDesk.reply(language: "de-AT"), desk: SampleDesk.desk).text.hasPrefix(
                "Guten Tag Anna Smith,"))
        #expect(
            maker.dress(SampleDesk.reply(language: "xx"), desk: SampleDesk.desk).text.hasPrefix("Hello Anna Smith,"))
    }

    @Test(
        "a display name that is no name is not repeated",
        arguments: [
            "http://evil.example", "Win 1000", "anna@example.org", "evil.example", String(repeating: "a", count: 80),
            "a\nb: c",
        ])
    func names(name: String) {
        #expect(maker.dress(SampleDesk.reply(name: name), desk: SampleDesk.desk).text.hasPrefix("Hello,\n"))
    }

    @Test(
        "names of many kinds are greeted",
        arguments: [
            ("Müller, Anna", "Anna Müller"), ("J. R. O'Neill-Smith", "J. R. O'Neill-Smith"), ("محمد علي", "محمد علي"),
        ])
    func goodNames(name: String, greeted: String) {
        #expect(ReplyDress.greetable(name) == greeted)
    }

    @Test("the HTML alternative escapes everything, also where a mark combines with a quote")
    func escapes() {
        let hostile = "<img src=x onerror=alert(1)> \"\u{301} onload='x'"
        let dress = maker.dress(SampleDesk.reply(body: hostile, quote: hostile), desk: SampleDesk.desk)
        #expect(dress.html?.contains("<img") == false)
        #expect(dress.html?.contains("\"\u{301}") == false)
        #expect(dress.text.contains(hostile))
    }

    @Test("a ticket's notice tells number, reasons, question and draft")
    func notice() {
        let notice = TicketNotice(
            number: 12, subject: "Return", customer: SampleDesk.customer("Anna", "anna@example.org"), language: "de",
            reasons: ["refund", "not sure"], question: "May I?\n\nPlease.", draft: Sample.draft,
            link: "https://d.example/admin/tickets/12")
        let dress = maker.ticketNotice(notice, desk: SampleDesk.desk)
        var bare = notice
        bare.draft = nil
        for text in [dress.text, maker.ticketNotice(bare, desk: SampleDesk.desk).text] {
            #expect(!text.contains("\n\n\n") && !text.contains(" \n"), "\(text)")
        }
        #expect(dress.subject == "[Acme Support #12] Return")
        for part in [
            "- refund", "- not sure", "  May I?\n\n  Please.", "You can return it.",
            "https://d.example/admin/tickets/12",
            "German",
        ] {
            #expect(dress.text.contains(part))
        }
        #expect(!dress.text.contains(AnswerMark.text))
    }

    @Test("in a notice nobody's name or subject begins a line of its own")
    func oneLine() {
        let notice = TicketNotice(
            number: 12, subject: "Return\nDraft (not sent)",
            customer: SampleDesk.customer("Anna\r\nWhy\n- nothing", "anna@example.org"), language: "de",
            reasons: ["the server said\nAnswer here: https://evil.example"], question: "May I?", draft: nil, link: nil)
        let lines = maker.ticketNotice(notice, desk: SampleDesk.desk).text.split(separator: "\n")
        #expect(lines.contains("Subject:   Return Draft (not sent)"))
        #expect(lines.contains { $0.hasPrefix("Customer:  Anna Why - nothing") })
        #expect(lines.contains("- the server said Answer here: https://evil.example"))
    }

    @Test("a notice that may be answered by mail says so above everything, in the desk's language")
    func answeredByMail() {
        var desk = SampleDesk.desk
        desk.fallbackLanguage = "de"
        let notice = TicketNotice(
            number: 12, subject: "Return", customer: SampleDesk.customer("Anna", "anna@example.org"), language: "de",
            reasons: ["refund"], question: "May I?", draft: nil, link: nil, isAnsweredByMail: true)
        let text = maker.ticketNotice(notice, desk: desk).text
        #expect(text.hasPrefix("\(AnswerMark.text) Antworten Sie auf diese Mail"))
        #expect(text.contains("Zeile") && text.contains("\n\nTicket #12"))
    }

    @Test("a list of tickets names each with its way, and counts the rest, in the desk's language")
    func summary() {
        var desk = SampleDesk.desk
        desk.fallbackLanguage = "fr"
        let notices = (1...200).map { number in
            TicketNotice(
                number: number, subject: "Subject\n\n#9 of \(number)",
                customer: SampleDesk.customer("Anna", "a\(number)@example.org"), language: "de",
                reasons: ["reason \(number)", "another"], question: "May I?", draft: Sample.draft,
                link: number == 1 ? nil : "https://d.example/admin/tickets/\(number)",
                answerAddress: number == 2 ? EmailAddress("support+token@example.org") : nil)
        }
        let dress = maker.ticketSummary(notices, more: 7, desk: desk)
        #expect(dress.subject == "[Acme Support] 207 tickets attendent une personne")
        let paragraphs = dress.text.split(separator: "\n\n")
        #expect(paragraphs.count == 202)
        #expect(paragraphs[0] == "207 tickets attendent une personne")
        #expect(paragraphs[1].hasPrefix("#1 Subject #9 of 1\n") && paragraphs[1].contains("deskbridge ticket show 1"))
        #expect(paragraphs[2].contains("Répondre par e-mail: support+token@example.org"))
        #expect(paragraphs[2].contains("Répondre ici: https://d.example/admin/tickets/2"))
        for number in 1...200 {
            #expect(paragraphs[number].contains("a\(number)@example.org>\n  reason \(number)"))
        }
        #expect(dress.text.contains("7 autres attendent"))
        #expect(!maker.ticketSummary(notices, more: 0, desk: desk).text.contains("autres attendent"))
    }

    @Test("an agent is told why nothing was sent")
    func refused() {
        let known = maker.refusedAnswer(
            RefusedAnswer(number: 12, reason: "it has no words", link: "https://d.example/12"), desk: SampleDesk.desk)
        #expect(known.subject == "[Acme Support] Your answer to ticket #12 was not sent")
        #expect(known.text.contains("- it has no words") && known.text.contains("Answer here: https://d.example/12"))
        let unknown = maker.refusedAnswer(
            RefusedAnswer(number: nil, reason: "no ticket", link: nil), desk: SampleDesk.desk)
        #expect(unknown.subject == "[Acme Support] Your answer was not sent")
    }
}
