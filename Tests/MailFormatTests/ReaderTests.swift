// The reader as a whole: what is no mail, what is over a limit, parts taken out again, many at once.
import Correspondence
import Language
import MailFormat
import Testing

struct ReaderTests {
    private let reader = GMimeMailReader(guess: FixedGuess())

    private func read(_ text: String, _ context: ReadingContext = ReadingContext()) async throws -> Message {
        try await reader.read(Array(text.utf8), in: context)
    }

    @Test(arguments: [
        "", "\n\n", "hello world", "{\"a\": 1}", "<html><body>From: x</body></html>", "no: header of ours\n\nx",
    ])
    func `bytes without a mail header are refused as no mail`(text: String) async {
        await #expect { try await read(text) } throws: { ($0 as? MailReadingError)?.code == .notMail }
    }

    @Test
    func `a header block over its limit is refused, a long honest To is not`() async throws {
        let long =
            "From: a@x.example\n" + String(repeating: "X-Pad: \(String(repeating: "y", count: 900))\n", count: 1200)
        await #expect { try await read(long) } throws: { ($0 as? MailReadingError)?.code == .overLimit }
        let people = (0..<1500).map { "Person \($0) <person\($0)@x.example>" }.joined(separator: ",\n ")
        let message = try await read("From: a@x.example\nTo: \(people)\n\nx\n")
        #expect(message.to.count == 1500)
    }

    @Test
    func `parts are taken out by their index`() async throws {
        let mail = try Corpus.mail("clients/apple-mail-attachment.eml")
        let message = try await reader.read(mail, in: ReadingContext())
        let picture = try #require(message.attachments.first)
        let bytes = try await reader.part(picture.part, of: mail)
        #expect(bytes.count == picture.size && bytes.prefix(3) == [0, 1, 2])
        await #expect { try await reader.part(99, of: mail) } throws: { ($0 as? MailReadingError)?.code == .notMail }
    }

    @Test(arguments: [("clients/uuencode-inline", "item;count\nlamp;20\nshade;20\n"), ("clients/yenc-inline", nil)])
    func `files within the text are taken out by their index too`(name: String, content: String?) async throws {
        let mail = try Corpus.mail("\(name).eml")
        let message = try await reader.read(mail, in: ReadingContext())
        let file = try #require(message.attachments.first)
        let bytes = try await reader.part(file.part, of: mail)
        #expect(bytes.count == file.size)
        if let content { #expect(String(decoding: bytes, as: UTF8.self) == content) }
        await #expect { try await reader.part(file.part + 1, of: mail) } throws: {
            ($0 as? MailReadingError)?.code == .notMail
        }
    }

    @Test
    func `many mails at once read the same as one by one`() async throws {
        let mail = try Corpus.mail("clients/gmail-html-reply.eml")
        let alone = try await reader.read(mail, in: Corpus.context)
        let reader = reader
        let all = try await withThrowingTaskGroup(of: Message.self) { group in
            for _ in 0..<200 { group.addTask { try await reader.read(mail, in: Corpus.context) } }
            return try await group.reduce(into: [Message]()) { $0.append($1) }
        }
        #expect(all.count == 200 && all.allSatisfy { $0 == alone })
        #expect(try reader.readHere(mail, in: Corpus.context) == alone)
    }

    @Test
    func `our name, our lists and our forms change the judgement`() async throws {
        let support = try #require(EmailAddress("support@acme.example"))
        let form = try #require(EmailAddress("no-reply@forms.example"))
        let context = ReadingContext(ownAddresses: [support], lists: [support], forms: [form], requiresOwnAddress: true)
        let listed =
            "List-Id: <support.acme.example>\nPrecedence: list\nFrom: a@x.example\nTo: support+t0k3n@acme.example\n\nhi\n"
        let group = try await read(listed, context)
        #expect(group.kind == .human && group.answerable, "\(group.answerableReasons)")
        #expect(group.recipients.map(\.text) == ["support+t0k3n@acme.example"])
        #expect(try await !read(listed).answerable)
        let blind = try await read(
            "From: a@x.example\nTo: other@y.example\nDelivered-To: support@acme.example\n\nhi\n", context)
        #expect(blind.kind == .human && !blind.answerable && blind.recipients.contains(support))
        let web = try await read(
            "From: no-reply@forms.example\nReply-To: c@x.example\nTo: support@acme.example\n\nhi\n", context)
        #expect(web.kind == .human && web.answerable, "\(web.answerableReasons)")
    }

    @Test
    func `our own mark is a loop, the mark of another company's desk is not`() async throws {
        let context = ReadingContext(ownAddresses: [try #require(EmailAddress("support@acme.example"))])
        let mail = "X-Deskbridge-Loop: MARK\nFrom: help@other.example\nTo: support@acme.example\n\nhi\n"
        #expect(try await read(mail.replacing("MARK", with: "Support@acme.example"), context).kind == .loop)
        #expect(try await read(mail.replacing("MARK", with: "help@other.example"), context).kind == .human)
        #expect(try await read(mail).kind == .loop)
    }

    @Test
    func `a colleague's mail is no loop, though its Message-ID is of our domain`() async throws {
        let support = try #require(EmailAddress("support@acme.example"))
        let context = ReadingContext(ownAddresses: [support], messageIDDomain: "acme.example")
        let mail = "Message-ID: <ID@acme.example>\nFrom: bob@acme.example\nTo: support@acme.example\n\nhi\n"
        #expect(try await read(mail.replacing("<ID@", with: "<5d2a9c11.4040605@"), context).kind == .human)
        #expect(try await read(mail.replacing("<ID@", with: "<db.9vsvw215jb9g3a46@"), context).kind == .loop)
        let form = mail.replacing("bob@", with: "support@").replacing("ID@", with: "17@")
        #expect(try await read(form, context).kind == .loop)
        var forms = context
        forms.forms = [support]
        #expect(try await read(form, forms).kind == .human)
    }

    @Test(arguments: [
        ("arabic", "ar"), ("chinese-gb2312", "zh"), ("french-plain", "fr"), ("japanese-iso-2022-jp", "ja"),
        ("korean-ks-c-5601", "ko"), ("polish", "pl"), ("russian-koi8", "ru"), ("spanish", "es"),
    ])
    func `the language is that of the new words`(mail: String, language: String) async throws {
        let reader = GMimeMailReader(guess: CLD2LanguageGuess())
        let message = try await reader.read(try Corpus.mail("languages/\(mail).eml"), in: ReadingContext())
        #expect(message.language.hasPrefix(language), "\(message.language)")
    }

    @Test(arguments: [
        ("=?UTF-8?B?w6nDqQ==?= =?UTF-8?B?w6nDqQ==?=", "éééé"), ("=?utf-8?B?w6nD?= =?utf-8?B?qQ==?=", "éé"),
        ("=?utf-8?q?a_b?= c =?iso-8859-15?Q?=A4?=", "a b c €"), ("=?utf-8*en?Q?x?=", "x"),
        ("=?utf-8?Q?open", "=?utf-8?Q?open"),
        ("=?gb2312?B?6UY=?=", "镕"), ("=?iso-2022-jp?B?GyRCJDMbKEI=?= =?iso-2022-jp?B?GyRCJHMbKEI=?=", "こん"),
        ("a =?= b", "a =?= b"),
    ])
    func `encoded words are decoded`(raw: String, text: String) async throws {
        let message = try await read("From: \(raw) <a@x.example>\nSubject: \(raw)\n\nx\n")
        #expect(message.subject == text)
        #expect(message.from?.name == text)
    }

    @Test(
        arguments: [
            ("<a@x.example>", "a@x.example"), ("\"Doe, Jane\" <a@x.example>", "a@x.example"),
            ("a@x.example (Jane)", "a@x.example"),
            ("=?utf-8?Q?Doe=2C_Jane?= <a@x.example>", "a@x.example"), ("Jane <mailto:a@x.example>", nil), ("Jane", nil),
            ("<a@x.example>, <b@x.example>", nil), ("a@x.example\0", "a@x.example"),
            ("\"a b\"@x.example", "\"a b\"@x.example"),
        ] as [(String, String?)])
    func `From is one address or none`(value: String, address: String?) async throws {
        let message = try await read("From: \(value)\nTo: b@y.example\n\nx\n")
        #expect(message.from?.address.text == address)
    }

    @Test(
        arguments: [
            ("Tue, 5 Mar 2024 10:00:00 +0100", "2024-03-05T10:00:00+01:00"),
            ("5 Mar 2024 10:00 GMT", "2024-03-05T10:00:00Z"),
            ("Tue, 05 Mar 2024 10:00:00 -0330 (NDT)", "2024-03-05T10:00:00-03:30"), ("nonsense", nil), ("", nil),
        ] as [(String, String?)])
    func `dates keep their offset`(value: String, date: String?) async throws {
        #expect(try await read("From: a@x.example\nDate: \(value)\n\nx\n").date?.rfc3339 == date)
    }

    @Test(arguments: [
        (
            "text/plain; charset=utf-8; format=flowed", "one \ntwo\n> quoted \n> more\n-- \nsig\n",
            "one two\n> quoted more\n-- \nsig"
        ),
        ("text/plain; format=flowed; delsp=yes", "one \ntwo\n", "onetwo"),
        ("text/plain; format=flowed", " >stuffed\n  From\n", ">stuffed\n From"),
        ("text/plain; charset=\"utf-16le\"", "a\0b\0", "ab"), ("TEXT/PLAIN; CHARSET=US-ASCII (plain)", "x", "x"),
        ("bogus", "x", "x"),
    ])
    func `text is decoded as its type says`(type: String, body: String, text: String) async throws {
        #expect(try await read("From: a@x.example\nContent-Type: \(type)\n\n\(body)").text == text)
    }
}
