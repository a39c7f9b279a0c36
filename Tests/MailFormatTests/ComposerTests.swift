// What is composed holds to its contract and reads back as it was meant.
import Correspondence
import Foundation
import MailFormat
import Testing

struct ComposerTests {
    static let hostile = [
        "plain words", "", "Ünïcödé – ok?", "日本語の件名はとても長いので折り返さなければなりませんし、文字が切れてはいけません。",
        "line\r\nBcc: victim@x.example", "line\nX-Evil: 1\n\nbody", "=?utf-8?Q?already?=", "a =?x",
        "tab\tand  two blanks",
        String(repeating: "long ", count: 80), String(repeating: "x", count: 400), String(repeating: "é", count: 300),
        "👩‍👩‍👧‍👦 family 👍🏽", "مرحبا بالعالم", "quote \" back\\slash (comment) <angle> , ; :", "\u{0}nul\u{1}", "😀",
        "ends with equals =", "\u{2028}separator\u{2029}", "Re: [Acme #1042] Tür",
    ]
    static let texts = [
        "Hello\n", "", "\n\nstarts empty", ".\n..\n.dot", "From here\nFrom there", "trailing blank \nand tab\t\nend",
        "Grüße\n\n-- \nAcme", String(repeating: "very long line ", count: 200), String(repeating: "ü", count: 2000),
        "--=_deskbridge_1--\n--=_deskbridge_0", "= equals =3D =\n", "日本語\r\nwindows line", "> quoted\n> lines",
        "emoji 👩‍👩‍👧‍👦\u{0}nul",
    ]

    private func mail(
        subject: String = "S", name: String? = "Acme", text: String = "T", html: String? = nil,
        origin: OutgoingMail.Origin = .automaticReply
    ) throws -> OutgoingMail {
        OutgoingMail(
            messageID: try #require(MessageID("m1.token@desk.acme.example")),
            from: NamedAddress(name: name, address: try #require(EmailAddress("support@acme.example"))),
            to: NamedAddress(name: name, address: try #require(EmailAddress("anna@x.example"))), subject: subject,
            inReplyTo: MessageID("q1@x.example"),
            references: ["q0@x.example", "q1@x.example"].compactMap { MessageID($0) },
            date: Instant(microseconds: 1_709_629_200_000_000), origin: origin, loopMark: "acme", text: text, html: html
        )
    }

    private func read(_ bytes: [UInt8]) async throws -> Message {
        try await GMimeMailReader(guess: FixedGuess()).read(bytes, in: ReadingContext())
    }

    /// What a reader may make of a header value: one line, no controls.
    private func shown(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 9, 10, 13, 0x2028, 0x2029: scalars.append(" ")
            case 0..<32, 127: continue
            default: scalars.append(scalar)
            }
        }
        return String(scalars).trimmingCharacters(in: .whitespaces)
    }

    private func holds(_ bytes: [UInt8]) -> Bool {
        var length = 0
        for (index, byte) in bytes.enumerated() {
            guard byte < 128, byte != 0 else { return false }
            if byte == 13 { guard index + 1 < bytes.count, bytes[index + 1] == 10 else { return false } }
            if byte == 10 {
                guard index > 0, bytes[index - 1] == 13 else { return false }
                length = 0
            } else if byte != 13 {
                length += 1
                if length > 998 { return false }
            }
        }
        return bytes.suffix(2) == [13, 10]
    }

    @Test(arguments: hostile)
    func `subject and names come back as they were, and add no header`(value: String) async throws {
        let bytes = RFC5322Composer().compose(try mail(subject: value, name: value))
        #expect(holds(bytes))
        let message = try await read(bytes)
        #expect(message.subject == shown(value))
        #expect(message.to.map { $0.name ?? "" } == [shown(value)])
        #expect(message.from?.address.text == "support@acme.example")
        #expect(message.cc.isEmpty)
        let head = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n\r\n")[0]
        #expect(!head.contains("\r\nBcc:") && !head.contains("\r\nX-Evil"))
        #expect(
            head.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 || !$0.dropFirst().contains(" ") })
    }

    @Test(arguments: texts)
    func `the text comes back as it was, alone, beside HTML and beside an attachment`(text: String) async throws {
        func normal(_ text: String) -> String {
            var text = text.replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\0", with: "")
            while text.hasSuffix("\n") || text.hasSuffix(" ") { text.removeLast() }
            return text
        }
        let plain = try mail(text: text)
        var rich = try mail(text: text, html: "<p>ä same words</p>")
        for mail in [plain, rich] {
            let bytes = RFC5322Composer().compose(mail)
            #expect(holds(bytes))
            let message = try await read(bytes)
            #expect(normal(message.text) == normal(text) || normal(text).isEmpty)
        }
        rich.attachments = [
            OutgoingAttachment(name: "Vertrag ü \"1\".pdf", type: "application/pdf", bytes: Array(0...255)),
            OutgoingAttachment(name: String(repeating: "長い名前", count: 20) + ".txt", type: "no type", bytes: []),
        ]
        let bytes = RFC5322Composer().compose(rich)
        #expect(holds(bytes))
        let message = try await read(bytes)
        #expect(normal(message.text) == normal(text) || normal(text).isEmpty)
        #expect(message.attachments.map(\.name) == rich.attachments.map(\.name))
        #expect(message.attachments.map(\.size) == [256, 0])
        #expect(message.attachments.map(\.type) == ["application/pdf", "application/octet-stream"])
        let file = try await GMimeMailReader(guess: FixedGuess()).part(message.attachments[0].part, of: bytes)
        #expect(file == Array(0...255))
    }

    @Test
    func `ids, date and marks are written`() async throws {
        let bytes = RFC5322Composer().compose(try mail())
        let message = try await read(bytes)
        #expect(message.messageID?.text == "m1.token@desk.acme.example")
        #expect(message.inReplyTo.map(\.text) == ["q1@x.example"])
        #expect(message.references.map(\.text) == ["q0@x.example", "q1@x.example"])
        #expect(message.date?.rfc3339 == "2024-03-05T09:00:00Z")
        #expect(message.kind == .loop)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("Date: Tue, 05 Mar 2024 09:00:00 +0000\r\n"))
        #expect(text.contains("Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\n"))
        let human = String(decoding: RFC5322Composer().compose(try mail(origin: .human)), as: UTF8.self)
        #expect(!human.contains("Auto-Submitted") && !human.contains("Suppress"))
        let notice = String(decoding: RFC5322Composer().compose(try mail(origin: .notice)), as: UTF8.self)
        #expect(notice.contains("Auto-Submitted: auto-generated\r\n"))
    }

    @Test
    func `references are trimmed to the first and the last ones`() async throws {
        var outgoing = try mail()
        outgoing.references = (0..<500).compactMap { MessageID("id\($0)@x.example") }
        let message = try await read(RFC5322Composer().compose(outgoing))
        #expect(message.references.count == RFC5322Composer.referenceLimit)
        #expect(message.references.first?.text == "id0@x.example")
        #expect(message.references.last?.text == "id499@x.example")
    }

    @Test
    func `an international domain travels in its ASCII form`() throws {
        var outgoing = try mail()
        outgoing.to.address = try #require(EmailAddress("info@bücher.example"))
        let text = String(decoding: RFC5322Composer().compose(outgoing), as: UTF8.self)
        #expect(text.contains("<info@xn--bcher-kva.example>"))
    }
}
