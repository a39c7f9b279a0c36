// Addresses: what may reach an SMTP command line, and how two of them are compared.

import Correspondence
import Foundation
import Testing

@Suite struct EmailAddressTests {
    @Test(arguments: [
        "a@b", "support@acme.example", "o'hara@acme.example", "x+y+z@acme.example", "a.b-c_d@sub.acme.example",
        "!#$%&'*/=?^`{|}~@acme.example", "\"a@b\"@acme.example", "\"a\\\"b\"@acme.example", "\"a,b\"@acme.example",
        "\"a b\"@acme.example", "\"ray o'neil@home\"@acme.example",
        "user@[192.0.2.1]", "user@[IPv6:2001:db8::1]", "grå@example.se", "用户@例え.jp", "a..b@docomo.example",
        "a.@docomo.example", "user@host_name.example",
    ]) func `odd but usable ones are taken as they stand`(text: String) throws {
        let address = try #require(EmailAddress(text))
        #expect(address.text == text)
        #expect(EmailAddress(address.text) == address)
        #expect(try JSONDecoder().decode(EmailAddress.self, from: JSONEncoder().encode(address)) == address)
    }

    @Test(arguments: [
        "", "@", "a@", "@b", "a", "a@.b", "a@b.", "a@b..c", "a@b>c", "<a@b>", "a@b\r\nRCPT TO:<c@d>", "a\nb@c",
        "a\rb@c", "a\0b@c",
        "a b@c", "a@b c", "\"a b@c", "\"a\" b@c", "a \"b\"@c", "\"a\"@b c", "\"a\u{A0}b\"@c", "\"a> SIZE=1\"@c",
        " \"a\"@c", "\"a\tb\"@c", "a\tb@c", "a\u{7F}@b", "a\u{85}b@c", "a\u{A0}b@c", "a\u{2028}@b", "a\u{2029}@b",
        "a\u{FEFF}@b", "a@b,c@d", "a,b@c", "a;b@c", "a:b@c", "a(c)@b", "a\\b@c", "a[b@c", "a@b@c", "a\"b@c", "\"a@b",
        "a\"@b",
        "\"a\"b\"@c", "\"a\\\"@b", "a@b;c", "a@\"b\"", "a@b(c)", "a@b:25", "a@[1.2.3.4", "a@[1.2.3.4]x", "a@[]",
        "a@[a@b]",
        "a@b\\c", "a@b/c", "a@b%c", "a\u{202E}b@c", "a\u{2066}@b", "x@\u{301}b@c", "bob\u{212A}@c",
    ]) func `whatever could carry a command, a header or a second address is refused`(text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test func `the length is limited`() {
        #expect(EmailAddress(String(repeating: "a", count: 318) + "@b") != nil)
        #expect(EmailAddress(String(repeating: "a", count: 319) + "@b") == nil)
    }

    @Test func `case does not count`() {
        #expect(EmailAddress("Bob@ACME.example") == EmailAddress("bob@acme.Example"))
        #expect(Set([EmailAddress("Bob@ACME.example"), EmailAddress("bob@acme.example")]).count == 1)
        #expect(EmailAddress("Bob@ACME.example")?.text == "Bob@ACME.example")
    }

    @Test(
        arguments: [
            ("support+abc@x", "support@x", "abc"), ("support@x", "support@x", nil), ("a+b+c@x", "a@x", "b+c"),
            ("a+@x", "a@x", ""), ("+a@x", "+a@x", nil),
        ] as [(String, String, String?)])
    func `a detail can be taken off`(text: String, plain: String, detail: String?) {
        #expect(EmailAddress(text)?.withoutDetail == EmailAddress(plain))
        #expect(EmailAddress(text)?.detail == detail)
    }

    @Test func `decoding refuses what cannot be made`() {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(EmailAddress.self, from: Data(#""a@b\r\nX: y""#.utf8))
        }
    }
}

@Suite struct MessageIDTests {
    @Test(arguments: [
        ("<a@b>", "a@b"), ("a@b", "a@b"), ("<no-at-sign>", "no-at-sign"), ("<a@b", "a@b"),
        ("<a@[10.0.0.1]>", "a@[10.0.0.1]"),
        ("<20261123.\"x\"@b>", "20261123.\"x\"@b"),
    ]) func `the inside is kept`(text: String, kept: String) {
        #expect(MessageID(text)?.text == kept)
    }

    @Test(arguments: [
        "", "<>", "<a b@c>", "<a\r\nX: y@b>", "<a\u{0}@b>", "<<a@b>>", "<a@b> <c@d>", "a@b\u{7F}", "a\u{85}b@c",
        "a\u{2028}@b", "<a\u{A0}b@c>",
    ]) func `what could carry a header or a second id is refused`(text: String) {
        #expect(MessageID(text) == nil)
    }

    @Test func `the length is limited`() {
        #expect(MessageID(String(repeating: "a", count: 998)) != nil)
        #expect(MessageID(String(repeating: "a", count: 999)) == nil)
    }

    @Test func `ancestors come nearest first and once`() throws {
        func id(_ text: String) throws -> MessageID { try #require(MessageID(text)) }
        var message = Message()
        message.inReplyTo = [try id("c@x")]
        message.references = [try id("a@x"), try id("b@x"), try id("c@x")]
        #expect(message.ancestors.map(\.text) == ["c@x", "b@x", "a@x"])
    }
}
