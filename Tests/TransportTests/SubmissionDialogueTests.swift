// The pure parts of sending: replies in any slicing, letters, and the dialogue's own rules.

import Correspondence
import Testing

@testable import Transport

struct SubmissionDialogueTests {
    private let letter: SubmissionLetter

    init() throws {
        letter = try SubmissionLetter(try makeMail())
    }

    private static let stream = Array(
        "220-mx ready\r\n220 now\r\n250-a\r\n250-PIPELINING\r\n250\r\n354 go\n550 5.1.1 no \u{e4}\r\n".utf8)

    @Test(arguments: 1...60)
    func `Replies are the same in any slicing`(_ width: Int) throws {
        var reader = SMTPReplyReader()
        var replies: [SMTPReply] = []
        var rest = Self.stream[...]
        while !rest.isEmpty {
            replies += try reader.feed(rest.prefix(width))
            rest = rest.dropFirst(width)
        }
        #expect(replies.map(\.code) == [220, 250, 354, 550])
        #expect(replies[1].lines == ["a", "PIPELINING", ""])
        #expect(replies[3].text == "550 5.1.1 no \u{e4}")
        #expect(!reader.isMidReply)
    }

    @Test(arguments: [
        "hello\r\n", "\r\n", "99 x\r\n", "600 x\r\n", "250_x\r\n", "250-a\r\n251 b\r\n",
        String(repeating: "2", count: 5000), String(repeating: "250-x\r\n", count: 200),
    ])
    func `What is no reply is a violation`(_ text: String) {
        var reader = SMTPReplyReader()
        #expect(throws: SMTPViolation.self) { try reader.feed(Array(text.utf8)) }
    }

    @Test func `Capabilities are those of the last EHLO`() {
        let before = SubmissionDialogue.Capabilities(dialogue: ["220 hi", "250-x", "250-PIPELINING", "250 STARTTLS"])
        #expect(before.pipelining)
        let after = SubmissionDialogue.Capabilities(
            dialogue: ["220 hi", "250-x", "250-PIPELINING", "250 STARTTLS", "220 go", "250-x", "250 size 99", "235 in"])
        #expect(!after.pipelining)
        #expect(after.size)
    }

    private func reply(_ code: Int) -> SMTPReply { SMTPReply(code: code, lines: ["x"]) }

    @Test func `354 after a refused recipient sends no empty mail`() {
        var dialogue = SubmissionDialogue(.init(dialogue: ["250 PIPELINING"]))
        _ = dialogue.begin(letter)
        #expect(dialogue.hear(reply(250), hasUnsent: false).isEmpty)
        #expect(dialogue.hear(reply(550), hasUnsent: false).isEmpty)
        #expect(
            dialogue.hear(reply(354), hasUnsent: false) == [
                .finished(.refused(isTemporary: false, code: 550, reply: "RCPT: 550 x")), .close,
            ])
    }

    @Test func `The outcome without a reply hangs on whether the dot went out whole`() {
        for (hasUnsent, isInDoubt) in [(true, false), (false, true)] {
            var dialogue = SubmissionDialogue(.init(dialogue: []))
            _ = dialogue.begin(letter)
            for code in [250, 250, 354] { _ = dialogue.hear(reply(code), hasUnsent: false) }
            #expect(
                dialogue.lost("cut", hasUnsent: hasUnsent)
                    == (isInDoubt ? .inDoubt(reason: "cut") : .interrupted(reason: "cut")))
            #expect(dialogue.lost("again", hasUnsent: false) == nil)
        }
    }

    @Test func `A reply before the body has ended decides, and the connection is given up`() {
        for code in [250, 452, 552] {
            var dialogue = SubmissionDialogue(.init(dialogue: []))
            _ = dialogue.begin(letter)
            for code in [250, 250, 354] { _ = dialogue.hear(reply(code), hasUnsent: false) }
            let steps = dialogue.hear(reply(code), hasUnsent: true)
            #expect(steps.last == .close)
            switch steps.first {
            case .finished(.refused(isTemporary: let isTemporary, code: code, _)): #expect(isTemporary == (code < 500))
            case .finished(.interrupted): #expect(code == 250)
            default: Issue.record("\(steps)")
            }
        }
    }

    @Test func `Bytes of a mail are stuffed, ended, and otherwise left alone`() throws {
        func wire(_ text: String) throws -> String {
            String(decoding: try SubmissionLetter(try makeMail(text)).body, as: UTF8.self)
        }
        #expect(try wire("") == ".\r\n")
        #expect(try wire(".") == "..\r\n.\r\n")
        #expect(try wire("a\r\n.\r\n..b\r\n") == "a\r\n..\r\n...b\r\n.\r\n")
        let longest = String(repeating: "x", count: 998)
        #expect(try wire(longest) == longest + "\r\n.\r\n")
    }

    @Test(arguments: ["\r", "\n", "\r\n.\n", "\r\n.\r", "\n.\r\n", "\r.\r\n", "a\r\r\nb"])
    func `No stray line end gets through, so no second mail can be smuggled`(_ text: String) throws {
        let mail = try makeMail("Subject: x\r\n\r\n" + text + "MAIL FROM:<evil@x.example>\r\n")
        #expect(throws: SubmissionLetter.Refusal.self) { try SubmissionLetter(mail) }
    }
}
