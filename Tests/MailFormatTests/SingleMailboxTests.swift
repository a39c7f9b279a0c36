// A From is believed only in forms that every reader takes for the same address, in a header that hides none.
import Correspondence
import Testing

@testable import MailFormat

struct SingleMailboxTests {
    /// The server verified eve; the mail is hers, whatever she writes around it.
    private func read(_ from: [UInt8], charset: String = "utf-8", above: String = "", below: String = "")
        async throws -> Message
    {
        let head = "Authentication-Results: mx.acme.example; dkim=pass header.d=mail.example\n\(above)From: "
        let tail = "\n\(below)To: support@acme.example\nContent-Type: text/plain; charset=\(charset)\n\nx\n"
        return try await GMimeMailReader(guess: FixedGuess())
            .read(Array(head.utf8) + from + Array(tail.utf8), in: ReadingContext(trust: .servers(["mx.acme.example"])))
    }

    @Test(arguments: [
        "eve@mail.example", "<eve@mail.example>", "Eve <eve@mail.example>", "\"Eve, of Acme\" <eve@mail.example>",
        "Eve (at home) <eve@mail.example>", "eve@mail.example (Eve (of Acme))", "\"Eve \\\"E\\\" X\"<eve@mail.example>",
        "=?utf-8?Q?Z=C3=B6e?= =?utf-8?B?w7Y=?= <eve@mail.example>", "Zöe Ö. <eve@mail.example>",
        "eve@mail.example <eve@mail.example>", "\"victim@mail.example\" <eve@mail.example>",
        "=?utf-8?Q?Eve_(Sales)?= <eve@mail.example>",
        "=?utf-8?Q?=22_=3Cvictim=40mail.example=3E?= <eve@mail.example>", "\"=?utf-8?Q?Eve?=\" <eve@mail.example>",
        "\"\" <eve@mail.example>", "Eve\n <eve@mail.example>", "Eve\n\t(x)\n <eve@mail.example>",
    ])
    func `what every reader takes for the same address is believed`(from: String) async throws {
        let message = try await read(Array(from.utf8))
        #expect(message.from?.address.text == "eve@mail.example")
        #expect(message.verification.isVerified, "\(message.verification.reason)")
    }

    @Test(arguments: [
        "victim@mail.example, eve@mail.example", "victim@mail.example <eve@mail.example>",
        "<victim@mail.example> <eve@mail.example>", "<victim@mail.example>eve@mail.example",
        "\"<victim@mail.example>\" <eve@mail.example>", "(<victim@mail.example>) eve@mail.example",
        "eve@mail.example (<victim@mail.example>)", "\"a\" <victim@mail.example> (\" <eve@mail.example>)",
        "group: eve@mail.example;", "victim@mail.example: eve@mail.example;", "undisclosed:;",
        "<@mail.example:victim@mail.example>", "<eve@mail.example,victim@mail.example>",
        "=?utf-8?Q?victim?=@mail.example", "=?utf-8?Q?victim=40mail.example?=", "<=?utf-8?Q?victim?=@mail.example>",
        "=?utf-8?Q?a,_victim@mail.example,?= <eve@mail.example>",
        "\"a =?utf-8?Q?b\" <eve@mail.example> (?= \" <victim@mail.example> ?=)",
        "=?utf-8?Q?(?= <eve@mail.example> (=?utf-8?Q?)?= ) <victim@mail.example>",
        "\"a\\\" <victim@mail.example> (\" <eve@mail.example> (\\))", "\"Eve <eve@mail.example>",
        "(Eve <eve@mail.example>", "Eve) <eve@mail.example>", "Eve \\ <eve@mail.example>", "Eve <eve@mail.example",
        "Eve eve@mail.example>", "<eve@mail.example> Victim", "vic tim@mail.example", "vic(x)tim@mail.example",
        "\"victim\"@mail.example", "\"victim x\"@mail.example", "victim @mail.example", "<victim@ mail.example>",
        "victim@mail.example;", "victim@mail.example.", "eve@mail.example\u{0}, victim@mail.example",
        "eve@mail.example\u{B}From: victim@mail.example", "eve@mail.example\rFrom: victim@mail.example",
        "<\(String(repeating: "a", count: 300_000))@mail.example>",
        "\"\(String(repeating: "a", count: 300_000))\" <eve@mail.example>",
        "\(String(repeating: "g:", count: 1_100))eve@mail.example",
        "\(String(repeating: "(", count: 50_000))eve@mail.example",
    ])
    func `what two readers may take for two addresses is not believed`(from: String) async throws {
        let message = try await read(Array(from.utf8))
        #expect(!message.verification.isVerified, "\(message.verification.reason)")
    }

    @Test(arguments: ["utf-7", "shift_jis", "gbk", "big5", "iso-2022-jp", "hz-gb-2312", "utf-16", "ibm037", "johab"])
    func `no charset moves the address`(charset: String) async throws {
        let raw: [UInt8] = [0x95]
        for from in [
            Array("\"".utf8) + raw
                + Array("+ACI- +ADw-victim@mail.example+AD4- +ACg-\" <eve@mail.example> (c +ACk-)".utf8),
            Array("\"".utf8) + raw + Array("\\\" <victim@mail.example> (\" <eve@mail.example> (c ".utf8) + raw
                + Array("\\))".utf8),
            raw + Array("~{ <eve@mail.example> (".utf8) + raw + Array("~} <victim@mail.example>)".utf8),
            raw + Array("\u{1B}$B <eve@mail.example> (\u{1B}(B <victim@mail.example>)".utf8),
        ] {
            let message = try await read(from, charset: charset)
            #expect(!message.verification.isVerified || message.from?.address.text == "eve@mail.example")
            #expect(message.from?.address.text != "victim@mail.example")
        }
    }

    @Test(arguments: [
        "no field at all\n", "From victim@mail.example\n", "X-A : b\n", "X-A: a\rb\n",
        "X-A: a\u{0}b\n", String(repeating: "a:\n", count: 5_000),
    ])
    func `a header that others read otherwise proves nothing`(lines: String) async throws {
        let from = Array("eve@mail.example".utf8)
        #expect(try await read(from).verification.isVerified)
        #expect(try await !read(from, above: lines).verification.isVerified)
        #expect(try await !read(from, below: lines).verification.isVerified)
    }

    @Test
    func `the reply goes nowhere else where two Reply-To say so`() async throws {
        let from = Array("eve@mail.example".utf8)
        let one = try await read(from, below: "Reply-To: a@mail.example\n")
        #expect(one.replyTo.map(\.address.text) == ["a@mail.example"])
        let two = try await read(from, below: "Reply-To: a@mail.example\nReply-To: b@mail.example\n")
        #expect(two.replyTo.isEmpty)
    }

    @Test
    func `one address is read in one pass`() {
        for text in ["a@b.example", "A <a@b.example>", "A (x) <a@b.example> (y)", "ä <a@b.example>"] {
            #expect(SingleMailbox.address(Array(text.utf8)) == "a@b.example")
        }
        for text in ["", " ", "<>", "@", "a@", "@b", "a@b@c", "a b", "(a@b)", "\"a@b\"", "a@[192.0.2.1]", "a@b\u{7F}"] {
            #expect(SingleMailbox.address(Array(text.utf8)) == nil, "\(text)")
        }
    }
}
