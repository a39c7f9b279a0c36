// Quotes and signatures in the languages people write, and texts that must not be cut.
import Testing

@testable import MailFormat

struct QuoteCutterTests {
    private func cut(_ text: String, isReply: Bool = true, isForward: Bool = false) -> CutText {
        QuoteCutter(isReply: isReply, isForward: isForward).cut(MarkedText(bytes: Array(text.utf8)))
    }

    @Test(arguments: [
        "On Mon, Mar 4, 2024 at 4:12 PM Acme <s@acme.example> wrote:", "On 2024-03-04 16:12, Acme wrote:",
        "Am Mo., 4. März 2024 um 16:12 Uhr schrieb Acme <s@acme.example>:", "Am 04.03.24 um 16:12 schrieb Acme:",
        "Le lun. 4 mars 2024 à 16:12, Acme <s@acme.example> a écrit :", "Le 04/03/2024 à 16:12, Acme a écrit :",
        "El lun, 4 mar 2024 a las 16:12, Acme (<s@acme.example>) escribió:",
        "Em seg., 4 de mar. de 2024 às 16:12, Acme <s@acme.example> escreveu:",
        "Il giorno lun 4 mar 2024 alle ore 16:12 Acme <s@acme.example> ha scritto:",
        "Op ma 4 mrt 2024 om 16:12 schreef Acme <s@acme.example>:",
        "pon., 4 mar 2024 o 16:12 Acme <s@acme.example> napisał(a):",
        "W dniu 04.03.2024 o 16:12, Acme pisze:", "пн, 4 мар. 2024 г. в 16:12, Acme <s@acme.example>:",
        "04.03.2024 16:12, Acme пишет:", "po 4. 3. 2024 v 16:12 odesílatel Acme <s@acme.example> napsal:",
        "Den mån 4 mars 2024 kl 16:12 skrev Acme <s@acme.example>:",
        "man. 4. mar. 2024 kl. 16.12 skrev Acme <s@acme.example>:",
        "ma 4. maalisk. 2024 klo 16.12 Acme (s@acme.example) kirjoitti:",
        "Acme <s@acme.example>, 4 Mar 2024 Pzt, 16:12 tarihinde şunu yazdı:",
        "2024年3月4日(月) 16:12 Acme <s@acme.example>:",
        "Acme <s@acme.example> 于2024年3月4日周一 16:12写道：", "2024년 3월 4일 (월) 오후 4:12, Acme <s@acme.example>님이 작성:",
        "في الاثنين، 4 مارس 2024 في 4:12 م تمت كتابة ما يلي بواسطة Acme <s@acme.example>:",
        "‫בתאריך יום ב׳, 4 במרץ 2024 ב-16:12 מאת Acme <‪s@acme.example‬‏>:‬",
        "Στις Δευ 4 Μαρ 2024 στις 16:12, Acme <s@acme.example> έγραψε:",
        "Vào Th 2, 4 thg 3, 2024 vào lúc 16:12 Acme <s@acme.example> đã viết:",
        "Acme <s@acme.example> ezt írta (2024. márc. 4., H, 16:12):",
        "În lun., 4 mar. 2024 la 16:12, Acme <s@acme.example> a scris:",
        "> On 4 Mar 2024, at 16:12, Acme <s@acme.example> wrote:",
    ])
    func `the line above a quote goes with it`(line: String) {
        let text = "New words.\n\n\(line)\n\n> Old words.\n> More.\n"
        #expect(cut(text).newText == "New words.")
        #expect(cut(text).quoted?.hasPrefix(line) == true)
        let wrapped = line.replacing(" <s@", with: "\n<s@", maxReplacements: 1)
        #expect(cut("New words.\n\n\(wrapped)\n> Old words.\n").newText == "New words.")
        // An answer below, without a word of ours lost.
        #expect(cut("\(line)\n> Old words.\n\nNew words.\n").newText == "New words.")
    }

    @Test(arguments: [
        "From: A <a@x.example>\nSent: Monday, March 4, 2024 4:12 PM\nTo: B\nSubject: S",
        "Von: A\nGesendet: Montag, 4. März 2024 16:12\nAn: B\nCc: C\nBetreff: S",
        "*Von:* A\n*Gesendet:* heute\n*An:* B\n*Betreff:* S",
        "De : A\nEnvoyé : lundi 4 mars 2024 16:12\nÀ : B\nObjet : S", "De: A\nEnviado el: lunes\nPara: B\nAsunto: S",
        "De: A\nEnviada em: segunda\nPara: B\nAssunto: S", "Da: A\nInviato: lunedì\nA: B\nOggetto: S",
        "Van: A\nVerzonden: maandag\nAan: B\nOnderwerp: S", "Od: A\nWysłano: poniedziałek\nDo: B\nTemat: S",
        "От: A\nОтправлено: понедельник\nКому: B\nТема: S", "差出人: A\n送信日時: 2024年3月4日\n宛先: B\n件名: S",
        "发件人: A\n发送时间: 2024年3月4日\n收件人: B\n主题: S", "보낸 사람: A\n보낸 날짜: 2024\n받는 사람: B\n제목: S",
        "من: A\nتم الإرسال: الاثنين\nإلى: B\nالموضوع: S", "Från: A\nSkickat: måndag\nTill: B\nÄmne: S",
        "Lähettäjä: A\nLähetetty: ma\nVastaanottaja: B\nAihe: S", "Kimden: A\nGönderildi: Pzt\nKime: B\nKonu: S",
        "-----Original Message-----\nFrom: A", "-----Ursprüngliche Nachricht-----\nVon: A",
        "-------- Message d'origine --------\nDe: A",
        "________________________________\nFrom: A\nSent: x\nTo: B\nSubject: S",
        "----- Oryginalna wiadomość -----\nOd: A",
    ])
    func `everything below a quoted header block is quote`(block: String) {
        let text = "New words.\n\n\(block)\n\nOld words.\n"
        #expect(cut(text).newText == "New words.")
        #expect(cut(text).quoted == "\(block)\n\nOld words.")
        #expect(cut(text, isForward: true).newText.contains("Old words."))
        #expect(cut("\(block)\n\nOld words.\n").newText.contains("Old words."))
    }

    @Test(arguments: [
        "I wrote to you:\nno answer came.", "The manual says:\n\nFrom: the box\nTo: the shelf\n", "a -- b\nc",
        "5 > 3\nand 3 < 5",
        "Date: tomorrow\nPlace: here", "Dear all,\n----------\nimportant\n----------\nthanks",
        "My address:\nOn the hill 12:", "Hello,\n\nDate: 12 October 2026\nFrom: Berlin\nTo: Hamburg\n\nWhere is it?",
        "Hello,\n\nFrom: Berlin\nTo: Hamburg\nDate: 12 October 2026\n\nWhere is it?",
        "Hello,\n\nOn 12 October 2026 I wrote to you:\nit is broken.",
        "My colleague wrote this in 2026:\nit is broken.",
        "Hi,\nwritten on 12 October 2026.\n  Name:   Anna\nPlease help!",
        "Hi,\nOn 12 October 2026 she wrote\n  Name:   Anna\nPlease help!",
        "Hi,\nOn 12 October 2026 at 9:30 the technician wrote to the shop:\nPlease help!",
        "Sent from my heart, this is a longer letter that goes on.\nAnd on.\nAnd on.\nAnd on.\nend",
    ])
    func `what only resembles a quote stays`(text: String) {
        let result = cut(text)
        #expect(result.newText == text.trimmed)
        #expect(result.quoted == nil && result.signature == nil)
    }

    @Test(arguments: [
        ("Hi\n-- \nTom\nAcme Inc.", "-- \nTom\nAcme Inc."), ("Hi\n--\nTom", "--\nTom"),
        ("Hi\n\nSent from my iPhone", "Sent from my iPhone"),
        ("Hallo\n\nVon meinem iPhone gesendet", "Von meinem iPhone gesendet"),
        ("Bonjour\n\nEnvoyé de mon iPhone", "Envoyé de mon iPhone"),
        ("Hola\n\nEnviado desde mi iPhone", "Enviado desde mi iPhone"),
        ("Cześć\n\nWysłane z iPhone'a", "Wysłane z iPhone'a"),
        ("こんにちは\n\niPhoneから送信", "iPhoneから送信"),
        ("Hi\n\nGet Outlook for iOS<https://aka.ms/o0ukef>", "Get Outlook for iOS<https://aka.ms/o0ukef>"),
    ])
    func `signatures part from the words`(text: String, signature: String) {
        #expect(cut(text, isReply: false).signature == signature)
        #expect(!cut(text, isReply: false).newText.contains(signature))
    }

    @Test(arguments: [
        "I ordered on 12.10.2026\nand Anna wrote:", "Hello,\nI ordered on 12 May 2026\nand Anna <a@x.example> wrote:",
        "On 12 May 2026 I ordered\nand Anna wrote:", "Hello,\nOn 12 May 2026 it broke\nand Anna wrote:",
    ])
    func `words above an attribution are no part of it`(words: String) {
        let above = words.split(separator: "\n").dropLast().joined(separator: "\n")
        #expect(cut("\(words)\n> Old words.\n").newText == above)
    }

    @Test(arguments: [
        "Hi\n\nSent from my iPhone\n\nPlease call me today.", "Where is it?\nSent via DHL on Monday, number 4711.",
        "Hi\n\nSent via DHL on Monday, where is it?", "Hi\n-- \nTom\n\nMay I return it?", "Hi\n--\nMay I return it？",
        "Hi\n\nSent from my iPhone\nThe number is 4711.",
    ])
    func `words that only stand where signatures do stay`(text: String) {
        #expect(cut(text, isReply: false) == CutText(newText: text, quoted: nil, signature: nil))
    }

    @Test
    func `answers between quoted lines keep their order`() {
        let result = cut("> one?\nfirst\n> two?\nsecond\n> three?\nthird\n")
        #expect(result.newText == "first\nsecond\nthird")
        #expect(result.quoted == "> one?\n> two?\n> three?")
    }
}
