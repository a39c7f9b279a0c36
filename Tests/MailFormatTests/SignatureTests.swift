// What nobody typed below a mail, in the ways programs write it, and words that only look like it.
import Correspondence
import Testing

@testable import MailFormat

struct SignatureTests {
    private func cut(_ text: String, marks: [String] = [], sender: String? = nil) -> CutText {
        let html = marks.joined()
        let document = HTMLDocument(Array(html.utf8))
        let found =
            SignatureMark.mayStand(in: Array(html.utf8)) ? SignatureMark.all(in: document, tellsImages: false) : []
        return QuoteCutter(isReply: true, isForward: false, sender: sender)
            .cut(MarkedText(bytes: Array(text.utf8), signatures: found))
    }

    private func stays(_ text: String, marks: [String] = [], sender: String? = nil) -> Bool {
        cut(text, marks: marks, sender: sender) == CutText(newText: text, quoted: nil, signature: nil)
    }

    // MARK: Apps

    @Test(arguments: [
        "Sent with Proton Mail secure email.", "Gesendet mit Proton Mail sicherer E-Mail.",
        "Envoyé avec la messagerie sécurisée Proton Mail.", "Enviado con el correo seguro de Proton Mail.",
        "Inviato con l'email sicura di Proton Mail.", "Enviado com o email seguro Proton Mail.",
        "Verzonden met Proton Mail beveiligde e-mail.", "Wysłano za pomocą bezpiecznej poczty Proton Mail.",
        "Отправлено с помощью защищенной почты Proton Mail.", "Sendt med Proton Mail sikker e-mail.",
        "Skickat med Proton Mail säker e-post.", "Odesláno pomocí zabezpečeného e-mailu Proton Mail.",
        "Proton Mail のセキュアなメールで送信されました。", "使用 Proton Mail 安全邮箱发送。",
        "Proton Mail güvenli e-posta ile gönderildi.", "Sent with Aqua Mail for Android\nhttps://aqua.example",
        "Sent with Spark", "Sent using Zoho Mail", "Sent from K-9 Mail", "Gesendet mit FairEmail",
        "Envoyé avec BlueMail", "Sent with Airmail", "Отправлено из Почты Mail.ru",
    ])
    func `a program names itself in any language`(line: String) {
        #expect(cut("Where is it?\n\n\(line)") == CutText(newText: "Where is it?", quoted: nil, signature: line))
    }

    @Test(arguments: [
        "Hi\n\nSent with Hermes on Monday", "Hi\n\nSent with Proton Mail, as you asked, and it never came",
        "Hi\n\nSent with Aqua Mail?", "Hi\nSent with Proton Mail", "Hi\n\nI sent it with Proton Mail",
        "Hi\n\nProton Mail does not let me in", "Hi\n\nSent with Spark plugs, four of them",
        "Hi\n\nSent with FairEmail on the one phone and with the browser on the other one yesterday at noon",
    ])
    func `a sentence about a program is a sentence`(text: String) {
        #expect(stays(text))
    }

    // MARK: Marks of HTML

    @Test(arguments: [
        "<div id=\"Signature\">", "<div id=\"ms-outlook-mobile-signature\">", "<div id=\"MAC_OUTLOOK_SIGNATURE\">",
        "<div class=\"a gmail_signature\">", "<div class=\"protonmail_signature_block\">",
        "<div class=\"front-signature\">", "<div name=\"messageSignatureSection\">", "<div id=\"aqm-signature\">",
        "<div id=\"Zm-_Id_-Sgn\">", "<div data-marker=\"__SIG_PRE__\">", "<div class=\"bloop_sign\">",
        "<div data-signature-widget=\"container\">", "<div class=\"moz-signature\">",
        "<hr style=\"width: 210px; height: 1px;\" color=\"#b5c4df\" size=\"1\" align=\"left\"><div>",
    ])
    func `what HTML marks is found in the text part`(tag: String) {
        let html = "<div>Words.</div>\(tag)<p>Ann <b>Lee</b></p><a href=\"https://lee.example\">Lee &amp; Co</a></div>"
        let signature = "Ann *Lee*\n\nLee & Co <https://lee.example>"
        #expect(
            cut("Words.\n\n\(signature)", marks: [html], sender: "Ann Lee")
                == CutText(newText: "Words.", quoted: nil, signature: signature))
        // The words are others: the HTML speaks of something else.
        #expect(stays("Words.\n\nAnn Lee\n\nLee & Sons", marks: [html]))
        // Within the quoted mail it is none of the sender.
        #expect(stays("Words.\n\nAnn Lee\n\nLee & Co", marks: ["<blockquote>\(html)</blockquote>"]))
        #expect(stays("Words.\n\nAnn Lee\n\nLee & Co", marks: ["<div id=\"divRplyFwdMsg\"></div>\(html)"]))
    }

    @Test
    func `what stands below a marked signature stays`() {
        let mark = "<div>One.</div><div id=\"Signature\">Ann Lee<br>Lee &amp; Co</div><div>Two.</div>"
        let result = cut("One.\n\nAnn Lee\nLee & Co\n\nTwo.", marks: [mark])
        #expect(result.newText == "One.\n\nTwo." && result.signature == "Ann Lee\nLee & Co")
    }

    @Test(arguments: [
        ("Hi,<br>it leaks.<br>Ann", "Hi,\nit leaks.\nAnn"),
        ("Ann Lee<br>When does it come?", "Ann Lee\nWhen does it come?"),
        ("Ann Lee", "Ann Lee"),
    ])
    func `what somebody typed into the field of the signature stays`(inside: String, text: String) {
        #expect(stays("Words.\n\n\(text)", marks: ["<div id=\"Signature\">\(inside)</div>"], sender: "Ann Lee"))
    }

    @Test
    func `a mail of nothing but the field of the signature is kept whole`() {
        #expect(stays("It leaks.\nAnn Lee", marks: ["<div id=\"Signature\">It leaks.<br>Ann Lee</div>"]))
    }

    /// Whatever stands below whatever: the three texts hold every line once.
    @Test
    func `no line is lost and none is made`() {
        let pool =
            [
                "", "", "Words of mine.", "> old words", "-- ", "--", "________________________", "Ann", "Ann Lee",
                "Lee & Co", "Tel. 0521 5550144", "Sent with Airmail", "Users mailing list", "users@lists.example",
                "Registered in England", "PS: one more", "On 4 Mar 2024 at 16:12 Acme <s@acme.example> wrote:",
                "Where is it?", "-----Original Message-----",
            ] + Self.notices
        var state: UInt64 = 7
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        for _ in 0..<4_000 {
            let text = (0..<(1 + random(14))).map { _ in pool[random(pool.count)] }
            let result = cut(
                text.joined(separator: "\n"), marks: ["<div id=\"Signature\">Ann Lee<br>Lee &amp; Co</div>"],
                sender: "Ann Lee")
            let kept = [result.newText, result.quoted ?? "", result.signature ?? ""]
                .flatMap { $0.split(separator: "\n") }.sorted()
            let wanted = text.filter { !$0.isEmpty }.map { Substring($0) }.sorted()
            #expect(kept == wanted, "\(text)")
        }
    }

    // MARK: Blocks of names

    @Test(arguments: [
        "Viele Grüße\nSabine\n\nSabine Hollmann\nLeiterin Einkauf\n\nHollmann GmbH\nTel.: +49 521 5550144",
        "MfG, Sabine\n\nDr. Sabine Hollmann\nwww.hollmann.example", "Sabine\n\nHollmann, Sabine\ns.h@hollmann.example",
        "LG S.\n\nSabine Hollmann\nIndustriestr. 4, 33602 Bielefeld",
        "Danke!\nSabine Hollmann\n\nSabine Hollmann | Einkauf | 0521 5550144\nHollmann GmbH",
    ])
    func `a block below the name that was signed is a signature`(close: String) {
        let (sign, block) = (
            close.prefix(upTo: close.firstRange(of: "\n\n")!.lowerBound), close.firstRange(of: "\n\n")!
        )
        let result = cut("Es geht.\n\n\(close)", sender: "Sabine Hollmann")
        #expect(result.newText == "Es geht.\n\n\(sign)")
        #expect(result.signature == String(close[block.upperBound...]))
        #expect(stays("Es geht.\n\n\(close)", sender: "Kurt Weiß"))
        #expect(stays("Es geht.\n\n\(close)"))
    }

    @Test(arguments: [
        "Bitte an:\n\nSabine Hollmann\nLindenweg 12345",
        "Meine neue Adresse\n\nSabine\n\nSabine Hollmann\nLindenweg 12345",
        "Gruß Sabine\n\nSabine Hollmann\nEinkauf", "Gruß Sabine\n\nSabine Hollmann\nTel. 5550144\n\nWann kommt es?",
        "Gruß Sabine\n\nSabine Hollmann\nTel. 5550144\n\nPS: Bitte klingeln",
        "Gruß Sabine\nSabine Hollmann\nTel. 5550144",
        "Gruß Sabine\n\nSabine Hollmann\nTel. 5550144\n\nIch bin erst am Montag wieder da.",
        "Grüße\n\nSabine Hollmann\nTel. 5550144", "Gruß Sabine\n\nSabine war es nicht, Tel. 5550144\nHollmann",
    ])
    func `what is no plain block of names stays`(text: String) {
        #expect(stays(text, sender: "Sabine Hollmann"))
    }

    // MARK: Footers

    @Test(arguments: [
        "_______________________________________________\nUsers mailing list\nUsers@lists.example\nhttps://lists.example/u",
        "_______________________________________________\nusers mailing list -- users@lists.example\nTo unsubscribe send an email to users-leave@lists.example",
        "---------------------------------------------------------------------\nTo unsubscribe, e-mail: dev-unsubscribe@lists.example",
        "########################################################################\n\nTo unsubscribe from the USERS list, click the following link:\nhttps://lists.example/leave",
        "-=-=-=-=-=-=-=-=-=-=-=-\nGroups.io Links: You receive all messages sent to this group.\nhttps://groups.example/g/1",
    ])
    func `the footer of a list is no word of the sender`(footer: String) {
        #expect(cut("Words.\n\n\(footer)") == CutText(newText: "Words.", quoted: nil, signature: footer))
        #expect(stays("Words.\n\n\(footer)\n\nWhere do I leave it?"))
    }

    @Test(arguments: [
        "Words.\n________________________\nPlease take me off your mailing list\nann@lee.example",
        "Words.\n________________________\nTo unsubscribe from the list I went to https://lists.example/u and nothing came.",
        "Words.\n________________________\nAnn Lee\nann@lee.example",
        "Words.\n________________________\nour mailing list\nsee https://x.example",
    ])
    func `words below a rule that only speak of lists stay`(text: String) {
        #expect(stays(text))
    }

    static let notices = [
        "This e-mail and any files transmitted with it are confidential and intended solely for the addressee. If you have received it in error please delete it.",
        "Diese Nachricht ist vertraulich und nur für den Empfänger bestimmt. Haben Sie sie irrtümlich erhalten, so löschen Sie sie bitte sofort.",
        "Este mensaje y sus anexos son confidenciales y se dirigen exclusivamente a su destinatario. Si lo ha recibido por error, bórrelo.",
        "Questo messaggio è riservato ed è destinato esclusivamente al destinatario indicato. Se lo ha ricevuto per errore, lo cancelli.",
    ]

    @Test(arguments: notices)
    func `a disclaimer below a rule is cut, and without one it stays`(notice: String) {
        let rule = "________________________"
        let ruled = "\(rule)\n\n\(notice)\nRegistered in England and Wales No. 0."
        #expect(cut("Words.\n\n\(ruled)") == CutText(newText: "Words.", quoted: nil, signature: ruled))
        #expect(stays("Words.\n\n\(notice)"))
        #expect(stays("Words.\n\n\(rule)\n\n\(notice)\n\nAnd the second thing is the invoice."))
        #expect(stays("Words.\n\n\(rule)\n\nI read this in yours:\n\(notice) Is that so?"))
        #expect(stays("\(rule)\n\(notice)"))
    }
}

/// What reviewers made to look like a signature, a footer or a disclaimer: a person's words all the same.
struct WishesTests {
    @Test(arguments: [
        "Hello,\n\nI forgot my password.\n\nThanks, Anna\n\nAnna Schmidt\nplease cancel contract 4711234\nand refund 300 EUR, call a human\n",
        "Hello,\n\nI forgot my password.\n\nThanks, Anna\n\nAnna Schmidt\nOrder no. 4711234\nCustomer no. 88123\n",
        "Hello,\n\nI moved to Hamburg.\n\nBest, Anna\n\nAnna Schmidt\nElbchaussee 12\n22763 Hamburg\n",
        "I forgot my password.\n\n----------\nNotice: we cancel contract 4711. The confidential annex was intended for our lawyer, please destroy the copy you hold, and refund 300 EUR to us. Let a human answer.\n",
        "please look at this:\n--------------------\nTo unsubscribe from the newsletter https://acme.example/u gives error 500. Please take anna@example.com off.\n",
        "The parcel did not come.\n\nSent via DHL on Monday, tracking 00340434161094021501.\n",
    ])
    func `what asks for something stays, whatever it looks like`(body: String) async throws {
        let mail =
            "From: Anna Schmidt <anna@x.example>\nTo: support@acme.example\nSubject: x\nMessage-ID: <1@x.example>\n"
            + "Content-Type: text/plain; charset=utf-8\n\n" + body
        let message = try await GMimeMailReader(guess: FixedGuess()).read(Array(mail.utf8), in: Corpus.context)
        func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
        #expect(words(message.newText) == words(body))
    }

    @Test
    func `who types into the field of the signature is read`() async throws {
        let mail = """
            From: Anna Schmidt <anna@x.example>
            To: support@acme.example
            Subject: x
            Message-ID: <1@x.example>
            Content-Type: text/html; charset=utf-8

            <div>Hello,</div><div id="Signature">we cancel contract 4711 as of December.<br>Please send the parcel to Hamburg.<br>Anna</div>
            """
        let message = try await GMimeMailReader(guess: FixedGuess()).read(Array(mail.utf8), in: Corpus.context)
        #expect(message.newText.contains("cancel contract 4711") && message.newText.contains("Hamburg"))
    }
}
