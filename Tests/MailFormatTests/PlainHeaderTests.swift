// Header values of plain form are read by hand: they must come out as GMime reads them.
import Correspondence
import MailFormat
import Testing

/// Each value is read twice: as it stands, and with something added that means nothing but is no plain form any more.
struct PlainHeaderTests {
    private let reader = GMimeMailReader(guess: FixedGuess())

    private func read(_ header: String) async throws -> Message {
        try await reader.read(Array("From: a@x.example\n\(header)\n\nx\n".utf8), in: ReadingContext())
    }

    private func mail(_ type: String, _ disposition: String) async throws -> Message {
        let mail = """
            From: a@x.example
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: \(type)
            Content-Disposition: \(disposition)

            x
            --b--

            """
        return try await reader.read(Array(mail.utf8), in: ReadingContext())
    }

    @Test(arguments: [
        "anna@x.example", "<anna@x.example>", "Anna <anna@x.example>", "Anna Holm <anna.holm+desk@x.example>",
        "\"Holm, Anna\" <anna@x.example>", "\"Anna (Work)\" <anna@x.example>", "\"anna@x.example\" <anna@x.example>",
        "Anna <anna@x.example>, Bo <bo@y.example>", "anna@x.example, bo@y.example,\n Cy Dahl <cy@z.example>",
        "\tAnna <anna@x.example>", "Anna <ANNA@X.Example>", "\"Anna\" <anna@x.example>, \"Bo\" <bo@y.example>",
        "A1 B-2 C_3 <a@x.example>", "anna=holm@x.example", "<anna@x.example>, <bo@y.example>", "Anna <anna@x>",
        "Anna <a.b.c@d.e.f.example>", "\"A; B: C\" <a@x.example>", "Anna <a--b@x-y.example>",
    ])
    func `mailboxes`(value: String) async throws {
        let plain = try await read("To: \(value)").to
        #expect(!plain.isEmpty)
        // An empty place in the list says nothing.
        #expect(try await read("To: \(value),").to == plain)
    }

    @Test(arguments: [
        "Tue, 5 Mar 2024 10:20:00 +0100", "5 Mar 2024 10:20:00 +0100", "Tue, 05 Mar 2024 10:20 +0100",
        "Thu, 29 Feb 2024 23:59:59 -0500", "Sun, 31 Dec 2023 23:59:59 +0530", "Mon, 1 Jan 2024 00:00:00 +0000",
        "Mon, 1 Jan 2024 00:00:00 -0000", "Sat, 01 Mar 2025 12:00:00 +1400", "mon, 30 sep 2024 12:00:00 -0930",
        "Fri, 28 Feb 1997 08:00:00 +0000", "Mon, 31 Mar 2025 02:30:00 +0200",
    ])
    func `dates`(value: String) async throws {
        let plain = try #require(try await read("Date: \(value)").date)
        #expect(try await read("Date: \(value) (x)").date == plain)
    }

    @Test(arguments: ["Tue, 31 Apr 2024 10:20:00 +0100", "Thu, 30 Feb 2024 10:20:00 +0100", "5 13 2024 10:20:00 +0100"])
    func `days that no calendar has are left to GMime, or are none`(value: String) async throws {
        let day = try await read("Date: \(value)").date
        #expect(try await read("Date: \(value) (x)").date == day)
    }

    @Test(arguments: [
        ("application/pdf", "attachment; filename=a.pdf"), ("APPLICATION/PDF", "ATTACHMENT; FILENAME=\"A b.pdf\""),
        ("image/png; name=\"p 1.png\"", "inline"), ("image/png;name=p.png", "attachment"),
        ("application/x-a+b; name=\"a=b;c,d.txt\"; charset=us-ascii", "attachment;"),
        ("application/pdf", "attachment; size=3; filename=\"../../a.pdf\""),
        ("application/pdf; name=a.pdf;", "attachment; filename=b.pdf"),
        ("application/octet-stream", "attachment; filename=\"a'b`c.txt\""),
        ("application/pdf; x-unix-mode=0644; name=\"R\u{26}D.pdf\"", "attachment; filename=\"R\u{26}D.pdf\""),
    ])
    func `parameters`(type: String, disposition: String) async throws {
        let plain = try await mail(type, disposition).attachments
        #expect(plain.count == 1)
        func odd(_ value: String) -> String { value + (value.hasSuffix(";") ? "" : ";") + " x-odd=\"\\a\"" }
        #expect(try await mail(odd(type), odd(disposition)).attachments == plain)
    }
}
