// Chat messages as they are kept, and who counts as the author of a mail.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct ChatMessageTests {
    @Test(arguments: [
        ("hello", "hello"), ("  hello \n", "hello"), ("a\u{0}b", "ab"), ("a\r\nb", "a\nb"), ("a\rb", "a\nb"),
        ("a\u{1B}[31mb", "a[31mb"), ("a\tb\nc", "a\tb\nc"), ("\u{85}\u{9F}x\u{7F}", "x"), ("", ""), (" \n\t\u{0} ", ""),
        ("日本語", "日本語"), ("👩‍👩‍👧", "👩‍👩‍👧"),
    ]) func `a text is kept without what a terminal or a database would take amiss`(text: String, kept: String) {
        #expect(ChatMessage.cleaned(text) == kept)
    }

    @Test func `the length is limited, also in marks that pile up on one letter`() {
        #expect(
            ChatMessage.cleaned(String(repeating: "a", count: 50_000)).unicodeScalars.count == ChatMessage.textLimit)
        let pile = "a" + String(repeating: "\u{301}", count: 50_000)
        #expect(ChatMessage.cleaned(pile).unicodeScalars.count == ChatMessage.textLimit)
        #expect(ChatMessage.cleaned(String(repeating: " ", count: 50_000) + "x") == "x")
    }

    private func message(_ user: ChatMessage.User?, isTrusted: Bool) -> ChatMessage {
        ChatMessage(
            text: "Hello\nthere", conversation: Sample.conversationID, user: user, isIdentityTrusted: isTrusted,
            language: .init(LanguageVerdict(language: "en", certainty: 0.9)))
    }

    @Test func `a message comes back from its bytes`() throws {
        let user = ChatMessage.User(name: "Carla", email: EmailAddress("carla@x.example"))
        let read = try ChatMessage.read(try message(user, isTrusted: true).bytes()).get()
        #expect(read.chat.conversation == Sample.conversationID)
        #expect(read.message.text == "Hello\nthere" && read.message.newText == "Hello\nthere")
        #expect(read.message.subject == "Hello")
        #expect(read.message.from == NamedAddress(name: "Carla", address: Sample.address("carla@x.example")))
        #expect(read.message.language == "en" && read.message.verification.isVerified)
    }

    @Test func `a browser's word on who writes enters nothing`() throws {
        let user = ChatMessage.User(name: "Boss", email: EmailAddress("boss@acme.example"))
        let read = try ChatMessage.read(try message(user, isTrusted: false).bytes()).get()
        #expect(read.message.from == nil)
    }

    @Test(arguments: ["", "{}", "[1]", "{\"text\":1}", "\u{0}"]) func `other bytes are no chat message`(text: String) {
        guard case .failure(let error) = ChatMessage.read(Array(text.utf8)) else {
            Issue.record("read")
            return
        }
        #expect(error.code == .notMail)
    }
}

@Suite struct SenderRuleTests {
    private func mail(from: String, replyTo: [String] = [], isVerified: Bool = true) -> Message {
        var message = Message()
        message.from = NamedAddress(name: "From", address: Sample.address(from))
        message.replyTo = replyTo.map { NamedAddress(name: "Reply", address: Sample.address($0)) }
        message.verification = Verification(isVerified: isVerified, reason: "")
        return message
    }

    private var desk: DeskProfile {
        var desk = Sample.desk
        desk.forms = [Sample.address("form@site.example")]
        return desk
    }

    @Test(
        arguments: [
            ("bob@x.example", ["other@x.example"], true, "other@x.example"),
            ("bob@x.example", ["other@X.Example"], true, "other@X.Example"),
            ("bob@x.example", ["other@x.example"], false, nil), ("bob@x.example", ["other@y.example"], true, nil),
            ("bob@x.example", ["other@sub.x.example"], true, nil), ("bob@x.example", ["Bob@x.example"], true, nil),
            ("bob@x.example", [], true, nil), ("bob@acme.example", ["support@acme.example"], true, nil),
            ("bob@acme.example", ["support+abc@acme.example"], true, nil),
            // At a mailbox provider an account proves nothing of another.
            ("bob@gmail.com", ["carla@gmail.com"], true, nil), ("bob@Yahoo.co.uk", ["carla@yahoo.co.uk"], true, nil),
            ("bob@gmail.com", ["bob+orders@gmail.com"], true, "bob+orders@gmail.com"),
        ] as [(String, [String], Bool, String?)])
    func `Reply-To counts for a verified sender within his own domain, and never is the desk`(
        from: String, replyTo: [String], isVerified: Bool, answer: String?
    ) {
        #expect(
            SenderRule.answerTo(mail(from: from, replyTo: replyTo, isVerified: isVerified), desk: desk)?.text == answer)
    }

    @Test func `a web form writes for the customer in its Reply-To, if it is verified`() {
        let form = mail(from: "form@site.example", replyTo: ["carla@x.example"])
        #expect(SenderRule.author(of: form, desk: desk).from?.address.text == "carla@x.example")
        #expect(SenderRule.answerTo(SenderRule.author(of: form, desk: desk), desk: desk) == nil)
        let forged = mail(from: "form@site.example", replyTo: ["carla@x.example"], isVerified: false)
        #expect(SenderRule.author(of: forged, desk: desk).from?.address.text == "form@site.example")
        let other = mail(from: "form@evil.example", replyTo: ["carla@x.example"])
        #expect(SenderRule.author(of: other, desk: desk).from?.address.text == "form@evil.example")
        #expect(
            SenderRule.author(of: mail(from: "form@site.example"), desk: desk).from?.address.text == "form@site.example"
        )
    }

    @Test func `a form that names the desk as its customer is not answered`() {
        let author = SenderRule.author(
            of: mail(from: "form@site.example", replyTo: ["support@acme.example"]), desk: desk)
        #expect(author.from?.address.text == "form@site.example")
        #expect(!author.answerable && !author.answerableReasons.isEmpty)
    }
}
