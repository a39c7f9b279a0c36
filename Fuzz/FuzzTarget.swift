// The parts of the reading that take a stranger's bytes, each with the promises it makes.
import Correspondence

@testable import Language
@testable import MailFormat

struct FuzzTarget: Sendable {
    let run: @Sendable ([UInt8]) -> Void

    static let all: [String: FuzzTarget] = [
        "mail": FuzzTarget(run: mail), "header": FuzzTarget(run: header), "addresses": FuzzTarget(run: addresses),
        "html-text": FuzzTarget(run: htmlText), "html-safe": FuzzTarget(run: htmlSafe),
        "quotes": FuzzTarget(run: quotes), "bounce": FuzzTarget(run: bounce), "language": FuzzTarget(run: language),
        "winmail": FuzzTarget(run: winmail), "rtf": FuzzTarget(run: rtf), "calendar": FuzzTarget(run: calendar),
        "signed": FuzzTarget(run: signed),
    ]

    // MARK: Whole mails

    private static let reader = GMimeMailReader(guess: CLD2LanguageGuess())
    private static let desk = ReadingContext(
        ownAddresses: [EmailAddress("support@acme.example")].compactMap(\.self), messageIDDomain: "desk.acme.example",
        trust: .servers(["mx.acme.example"]), requiresOwnAddress: true)

    private static func mail(_ bytes: [UInt8]) {
        do throws(MailReadingError) {
            holdMessage(try reader.readHere(bytes, in: desk))
        } catch {
            hold(error.code == .notMail || error.code == .overLimit, "a refusal says why")
        }
    }

    private static func holdMessage(_ message: Message) {
        hold(!message.text.utf8.contains { $0 == 0 || $0 == 13 }, "a text has neither NUL nor CR")
        hold(!message.subject.utf8.contains { $0 < 32 }, "a subject is one line")
        hold(message.attachments.count <= 2 * MailLimits.parts, "attachments have a limit")
        for attachment in message.attachments {
            hold(!(attachment.name ?? "").utf8.contains { $0 < 32 || $0 == 47 }, "a file name is one name in one line")
            hold(attachment.size >= 0, "a size is a size")
        }
        hold(message.answerable == message.answerableReasons.isEmpty, "no is said with reasons")
    }

    /// The bytes as the delivery status of a report, and as words of a mail system.
    private static func bounce(_ bytes: [UInt8]) {
        let head = """
            Return-Path: <>\nFrom: mailer-daemon@x.example\nTo: support@acme.example\nSubject: failure notice
            Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n
            """
        let middle = "\n--b\nContent-Type: message/delivery-status\n\n"
        mail(Array(head.utf8) + Array("\nNot delivered.\n".utf8) + Array(middle.utf8) + bytes + Array("\n--b--\n".utf8))
        mail(Array("Return-Path: <>\nFrom: mailer-daemon@x.example\nSubject: failure notice\n\n".utf8) + bytes)
    }

    // MARK: Headers

    private static func header(_ bytes: [UInt8]) {
        let line = bytes.map { $0 == 0 || $0 == 10 || $0 == 13 ? 32 : $0 }
        hold(!HeaderGrammar.text(line).utf8.contains { $0 < 32 }, "header text is one line")
        hold(!EncodedWords.merged(line).contains(0), "a structured value has no NUL")
        hold(HeaderGrammar.messageIDs(line).count <= MailLimits.references, "ids have a limit")
        _ = HeaderGrammar.date(line)
        _ = ContentValue(type: line, charset: "shift_jis")
        let disposition = ContentValue(disposition: line, charset: "gb2312")
        hold(!(disposition.parameters["filename"] ?? "").utf8.contains { $0 < 32 || $0 == 47 }, "a file name is a name")
    }

    private static func addresses(_ bytes: [UInt8]) {
        let line = bytes.map { $0 == 0 || $0 == 10 || $0 == 13 ? 32 : $0 }
        let found = HeaderGrammar.addresses(line, charset: "iso-2022-jp")
        hold(found.list.count <= found.mailboxes, "every address was counted")
        for person in found.list {
            hold(!(person.name ?? "").utf8.contains { $0 < 32 }, "a name is one line")
            hold(EmailAddress(person.address.text) == person.address, "an address is read the same again")
        }
        if let single = SingleMailbox.address(line) {
            hold(!single.utf8.contains { $0 <= 32 || $0 == 0x2C }, "a single mailbox is one address")
        }
    }

    // MARK: What is packed in

    private static func winmail(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { raw in
            guard let found = TNEF(raw) else { return }
            hold(found.files.count <= MailLimits.enclosedFiles, "files have a limit")
            for file in found.files {
                hold(file.data.lowerBound >= 0 && file.data.upperBound <= raw.count, "a file lies within the bytes")
                hold(!(file.name ?? "").utf8.contains { $0 < 32 || $0 == 47 }, "a file name is a name")
                hold(found.bytes(of: file).count == file.data.count, "a file is as long as it says")
            }
            hold(!(found.text ?? []).contains { $0 == 0 || $0 == 13 }, "a text has neither NUL nor CR")
        }
    }

    private static func rtf(_ bytes: [UInt8]) {
        let unpacked = bytes.withUnsafeBytes { CompressedRTF.unpacked($0) }
        hold((unpacked ?? []).count <= MailLimits.rtf + 17, "unpacking has a limit")
        for rtf in [bytes, unpacked ?? []] {
            switch RTFText.words(of: rtf) {
            case .html(let words), .text(let words): hold(words.count <= 4 * MailLimits.rtf, "words have a limit")
            }
        }
    }

    private static func calendar(_ bytes: [UInt8]) {
        guard let item = CalendarItem(Charset.utf8(bytes, declared: nil)) else { return }
        hold(!item.words.utf8.contains { $0 == 0 || $0 == 13 }, "words have neither NUL nor CR")
        _ = item.isTold(in: item.words)
    }

    private static func signed(_ bytes: [UInt8]) {
        let content = bytes.withUnsafeBytes { BERReader(bytes: $0).signedContent() }
        hold((content ?? []).count <= bytes.count, "content is a part of the whole")
        mail(Array("From: a@b.example\nContent-Type: application/pkcs7-mime\n\n".utf8) + bytes)
    }

    // MARK: HTML

    private static func htmlText(_ bytes: [UInt8]) {
        let html = Charset.utf8(bytes, declared: nil)
        let text = HTMLText.text(of: HTMLDocument(html))
        hold(text.quoteStart.map { $0 <= text.bytes.count } ?? true, "the quote begins within the text")
        hold(!text.bytes.contains(0), "a text has no NUL")
    }

    private static func htmlSafe(_ bytes: [UInt8]) {
        let html = Charset.utf8(bytes, declared: nil)
        let once = SafeHTML.clean(HTMLDocument(html))
        hold(SafeHTML.clean(HTMLDocument(once)) == once, "cleaning what was cleaned changes nothing")
        SafetyOracle.hold(once)
    }

    // MARK: Words

    /// The first byte says what the subject and the headers would.
    private static func quotes(_ bytes: [UInt8]) {
        let flags = bytes.first ?? 0
        let words = Array(String(decoding: bytes.dropFirst().map { $0 == 0 || $0 == 13 ? 32 : $0 }, as: UTF8.self).utf8)
        let start = flags & 4 == 0 || words.isEmpty ? nil : Int(flags >> 3) * words.count / 32
        let cut = QuoteCutter(isReply: flags & 1 != 0, isForward: flags & 2 != 0)
            .cut(MarkedText(bytes: words, quoteStart: start))
        func lines(_ texts: [String]) -> [String] {
            texts.flatMap { $0.split(separator: "\n") }.map { $0.filter { $0 != " " && $0 != "\t" } }
                .filter { !$0.isEmpty }.sorted()
        }
        let kept = lines([cut.newText, cut.quoted ?? "", cut.signature ?? ""])
        hold(kept == lines([String(decoding: words, as: UTF8.self)]), "no line is lost and none is made")
    }

    private static let guess = CLD2LanguageGuess()

    private static func language(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let clean = CleanText.clean(text)
        hold(clean.utf8.count <= 2 * CleanText.byteLimit, "clean text has a limit")
        for among in [[], ["en", "de", "zh"]] {
            let verdict = guess.guess(text, among: among)
            hold((0...1).contains(verdict.certainty), "certainty is a share")
            hold(!verdict.language.isEmpty, "a language has a name")
        }
    }
}
