// The table of hostile mails: each in a process of its own, held to time and to memory.
import Foundation
import Testing

/// At most a second of processor time for a MiB of mail, and at most three times the mail and 64 MiB of memory: of the
/// whole process, from its start. Unoptimised code is given ten times the time, and the same memory.
@Suite(.serialized)
struct HostileTableTests {
    #if DEBUG
        private static let patience = 10.0
    #else
        private static let patience = 1.0
    #endif
    /// What starting the process and making its tables takes.
    private static let start = 0.25

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let make: @Sendable () -> String
        var isRefused = false
        /// Bytes of text that must come out at least: nothing is dropped in silence.
        var text = 0

        init(_ name: String, isRefused: Bool = false, text: Int = 0, make: @escaping @Sendable () -> String) {
            testDescription = name
            (self.make, self.isRefused, self.text) = (make, isRefused, text)
        }
    }

    private static func mail(_ headers: String, _ body: String = "x\n") -> String {
        "From: a@x.example\nTo: b@y.example\nMessage-ID: <1@x>\n\(headers)\n\n\(body)"
    }

    private static func html(_ body: String) -> String { mail("Content-Type: text/html; charset=utf-8", body) }

    private static func times(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    /// In the order of the table, then what was found since.
    static let rows: [Row] = [
        Row("nested groups in To, 10 KB") { mail("Cc: \(times("g:", 5_000))") },
        Row("nested groups in From, 100 KB") { "From: \(times("g:", 50_000))\nTo: b@y.example\n\nx\n" },
        Row("nested groups in To, 900 KB") { mail("Cc: \(times("g:", 450_000))") },
        Row("30,000 attributes in one tag", text: 5) { html("<p \(times("a=b ", 30_000))>words</p>") },
        Row("60,000 attributes in one tag", text: 5) {
            html("<p \((0..<60_000).map { "a\($0)=b" }.joined(separator: " "))>words</p>")
        },
        Row("HTML nested 300 deep", text: 5) { html("\(times("<div>", 300))words") },
        Row("HTML nested 100,000 deep", text: 5) { html("\(times("<div>", 100_000))words") },
        Row("HTML nested 100,000 deep of names nobody knows", text: 5) {
            html("\((0..<100_000).map { "<x\($0)>" }.joined())words")
        },
        Row("200,000 empty parts") { mail("Content-Type: multipart/mixed; boundary=b", times("--b\n\n", 200_000)) },
        Row("400,000 empty parts") { mail("Content-Type: multipart/mixed; boundary=b", times("--b\n\n", 400_000)) },
        Row("multipart nested 20,000 deep") { nested(20_000) },
        Row("multipart nested 200,000 deep") { nested(200_000) },
        Row("mails nested 400,000 deep") {
            mail("Content-Type: message/rfc822", times("Content-Type: message/rfc822\n\n", 400_000))
        },
        Row("200,000 headers", isRefused: true) {
            mail((0..<200_000).map { "X-\($0): b" }.joined(separator: "\n"))
        },
        Row("80,000 headers below the limit") { mail(times("X-A: b\n", 80_000) + "X-B: c") },
        Row("a Subject of 50 MB", isRefused: true) { mail("Subject: \(times("subject ", 50 << 17))") },
        Row("a Subject below the limit") { mail("Subject: \(times("subject ", 130_000))") },
        Row("300,000 encoded words", isRefused: true) { mail("Subject: \(times("=?utf-8?Q?a?= ", 300_000))") },
        Row("70,000 encoded words") { mail("Subject: \(times("=?utf-8?Q?a?= ", 70_000))") },
        Row("200,000 addresses", isRefused: true) { mail("Cc: \(times("a@b.example, ", 200_000))") },
        Row("75,000 addresses") { mail("Cc: \(times("a@b.example, ", 75_000))") },
        Row("100,000 parameters") { mail("Content-Type: text/plain\(times("; a=b", 100_000))") },
        Row("200,000 open comments") { mail("Cc: \(times("(", 200_000))") },
        Row("200,000 open brackets") { mail("Cc: \(times("<", 200_000))") },
        Row("12 MB of HTML paragraphs", text: 100_000) { html(times("<p>Some words.</p>\n", 660_000)) },
        Row("10 MB of HTML links", text: 100_000) { html(times("<a href=\"https://x.example/p\">link</a> ", 270_000)) },
        Row("690,000 open paragraphs", text: 5) { html(times("<p>", 690_000) + "words") },
        Row("400,000 line breaks", text: 100_000) { html(times("<br>x", 400_000)) },
        Row("100,000 links of two letters", text: 100_000) { html(times("<a href=http:x>y</a> ", 100_000)) },
        Row("2 MB of escaped quotes", text: 1_000_000) { html(times("\"", 2_000_000)) },
        Row("2 MB of lines in twenty quotes", text: 1_000_000) {
            html(times("<blockquote>", 20) + times("x<br>", 400_000))
        },
        Row("2 MB of list items within lists", text: 100_000) { html(times("<ol>", 20) + times("<li>x", 400_000)) },
        Row("2 MB of empty cells", text: 5) { html("<table><tr>" + times("<td>", 500_000) + "words") },
        Row("attributes on each of 100,000 tags", text: 100_000) { html(times("<b a=1 c=2 e=3>x</b>", 100_000)) },
        Row("a charset nobody knows", text: 1_000_000) {
            mail("Content-Type: text/plain; charset=x-nobody", times("words\u{FC} of mine\n", 100_000))
        },
        Row("bad base64, 8 MB") { mail("Content-Transfer-Encoding: base64", times("=A=", 2_800_000)) },
        Row("a text of 50 MB", text: 1 << 20) { mail("Subject: s", times("Words of a customer.\n", 2_500_000)) },
        Row("an attachment of 50 MB") {
            mail(
                "Content-Type: multipart/mixed; boundary=b",
                "--b\n\nwords\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n"
                    + times("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=\n", 1_400_000) + "--b--\n")
        },
        Row("an attachment of 20 MB in quoted-printable") {
            mail(
                "Content-Type: multipart/mixed; boundary=b",
                "--b\n\nwords\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: quoted-printable\n\n"
                    + times("=41=42=43=44=45=46=47=48=49\n", 750_000) + "--b--\n")
        },
        Row("20 MB of uuencode in a text") {
            mail("Subject: s", "begin 644 a.bin\n" + times("M" + times("A", 60) + "\n", 330_000) + "`\nend\n")
        },
        Row("8 MB of quoted lines", text: 1 << 20) { mail("In-Reply-To: <q@x>", times("> > quoted words\n", 500_000)) },
        Row("8 MB of one line", text: 1 << 20) { mail("In-Reply-To: <q@x>", times("words ", 1_400_000)) },
        Row("8 MB of empty lines and one word", text: 1) { mail("Subject: s", times("\n", 8_000_000) + "word\n") },
        Row("2,000 parts of HTML") {
            mail(
                "Content-Type: multipart/mixed; boundary=b",
                times("--b\nContent-Type: text/html\n\n<p>\(times("words ", 700))</p>\n", 1_990))
        },
        Row("a winmail.dat of 500,000 files") {
            let files = [[UInt8]](repeating: PackedBytes.newFile, count: 500_000).joined()
            return PackedBytes.mail("application/ms-tnef", PackedBytes.tnef(Array(files)))
        },
        Row("a winmail.dat whose RTF unpacks to 16 MB", text: 1_000_000) {
            let line = Array("\\par words ".utf8)
            // A literal line, then references to what stands 17 bytes before, each of 17 bytes.
            let start: [UInt8] = [0] + line.prefix(8) + [0] + line.prefix(8)
            let more = (0..<1_000_000).flatMap { index -> [UInt8] in
                let from = (207 + 16 + index * 17 - 17 + 4096 * 5000) % 4096
                return index % 8 == 0
                    ? [0xFF, UInt8(from >> 4), UInt8(from & 15) << 4 | 15]
                    : [UInt8(from >> 4), UInt8(from & 15) << 4 | 15]
            }
            return PackedBytes.mail(
                "application/ms-tnef",
                PackedBytes.tnef(PackedBytes.property(0x1009, PackedBytes.packedRTF(size: 20_000_000, start + more))))
        },
        Row("RTF of 4 MB of braces and characters", text: 100_000) {
            let rtf = Array("{\\rtf1 \(times("{\\u8364 ?\\'e4}", 250_000))".utf8)
            let plain =
                PackedBytes.little(rtf.count + 12, 4) + PackedBytes.little(rtf.count, 4) + Array("MELA".utf8) + [
                    0, 0, 0, 0,
                ]
            return PackedBytes.mail("application/ms-tnef", PackedBytes.tnef(PackedBytes.property(0x1009, plain + rtf)))
        },
        Row("a calendar of 10 MB", text: 5) {
            mail(
                "Content-Type: text/calendar; method=REQUEST",
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:S\n" + times("ATTENDEE;CN=A:mailto:a@b.example\n ", 330_000))
        },
        Row("20 MB signed opaquely", text: 1 << 20) {
            let words = Array("Content-Type: text/plain\n\n\(times("Words of mine.\n", 1_300_000))".utf8)
            let pieces = stride(from: 0, to: words.count, by: 30_000).flatMap { start -> [UInt8] in
                let piece = words[start..<min(start + 30_000, words.count)]
                return [0x04, 0x82, UInt8(piece.count >> 8), UInt8(piece.count & 255)] + piece
            }
            return PackedBytes.mail("application/pkcs7-mime; smime-type=signed-data", PackedBytes.signed(pieces))
        },
        Row("octet strings opened four million times") {
            PackedBytes.mail(
                "application/pkcs7-mime",
                PackedBytes.signed(Array([[UInt8]](repeating: [0x24, 0x80], count: 4_000_000).joined())))
        },
        Row("2 MB of marked signatures", text: 70_000) {
            html("words" + times("<div id=\"Signature\">x</div>", 75_000))
        },
        Row("one marked signature of 2 MB", text: 1_000_000) {
            html("words<div class=\"gmail_signature\">" + times("word<br>", 250_000))
        },
        Row("a marked signature that stands nearly everywhere", text: 1_000_000) {
            mail(
                "Content-Type: multipart/alternative; boundary=b",
                "--b\n\n\(times("a\n", 190_000))\(times("a", 1_000_000))\n--b\nContent-Type: text/html\n\n"
                    + "<div id=Signature>\(times("a", 4_000))b</div>\n--b--\n")
        },
        Row("8 MB of rules, names and notices", text: 1 << 20) {
            mail(
                "Reply-To: Ann Lee <a@x.example>",
                "Words.\n"
                    + times(
                        "________________________\n\nThis e-mail is confidential\n\nAnn\n\nAnn Lee 123456\n\n", 18_000))
        },
        Row("8 MB of stuffed lines", text: 1 << 20) {
            mail(
                "Content-Type: text/plain; format=flowed\nIn-Reply-To: <q@x>",
                times(" > own words\n> old ones\n", 90_000))
        },
        Row("comments that never close", text: 5) {
            mail(
                "Auto-Submitted: \(times("(", 200_000))\nPrecedence: \(times("(\\", 100_000))\n"
                    + "Content-Transfer-Encoding: \(times("()", 100_000))7bit", "words of mine\n")
        },
        Row("a mail of lone carriage returns, 8 MB", text: 100_000) {
            mail("Subject: s", times("words of mine\n", 600_000)).replacingOccurrences(of: "\n", with: "\r")
        },
    ]

    private static func nested(_ depth: Int) -> String {
        mail(
            "Content-Type: multipart/mixed; boundary=b0",
            (0..<depth).map { "--b\($0)\nContent-Type: multipart/mixed; boundary=b\($0 + 1)\n\n" }.joined())
    }

    @Test(arguments: rows)
    func `a hostile mail costs little time and little memory`(row: Row) async throws {
        let mail = row.make()
        let bytes = mail.utf8.count
        let found = try await Self.probe(mail)
        #expect(found.isRefused == row.isRefused, "\(row): \(found)")
        #expect(found.text >= row.text, "\(row): \(found)")
        let seconds = (Self.start + Double(bytes) / 1_048_576) * Self.patience
        #expect(found.seconds <= seconds, "\(row), \(bytes) bytes: \(found)")
        #expect(found.peak <= 3 * bytes + 64 << 20, "\(row), \(bytes) bytes: \(found)")
        if ProcessInfo.processInfo.environment["HOSTILE_FIGURES"] != nil {
            print("| \(row.testDescription) | \(bytes / 1024) KiB | \(found.seconds) s | \(found.peak >> 20) MiB |")
        }
    }

    private struct Found {
        var isRefused: Bool
        var seconds: Double
        var peak: Int
        var text: Int
    }

    /// Beside the test program, where the build puts it.
    private static let program: URL = {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: own).deletingLastPathComponent().appending(path: "ReadingProbe")
    }()

    private static func probe(_ mail: String) async throws -> Found {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deskbridge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "mail")
        try Data(mail.utf8).write(to: file)
        let process = Process()
        process.executableURL = program
        process.arguments = [file.path(percentEncoded: false)]
        let output = Pipe()
        process.standardOutput = output
        let (end, continuation) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
        for await _ in end {}
        let said = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        try #require(
            process.terminationReason == .exit && process.terminationStatus == 0,
            "the process ended by signal or code \(process.terminationStatus)")
        let words = said.split { $0 == " " || $0 == "\n" }
        try #require(words.count == 5, "it said: \(said)")
        return Found(
            isRefused: words[0] == "refused", seconds: Double(words[1]) ?? .infinity,
            peak: (Int(words[2]) ?? .max) * 1024,
            text: Int(words[3]) ?? 0)
    }
}
