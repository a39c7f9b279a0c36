// Inputs made to crash or to stall a reader: each ends soon, with a message or a plain refusal.
import Correspondence
import Foundation
import MailFormat
import Testing

/// Processor time is measured, so that a busy machine is no fault; the limit is many times what is needed: it tells
/// linear from quadratic, not fast from slow. Unoptimised code gets a tenth of each input.
@Suite(.serialized)
struct HostileInputTests {
    #if DEBUG
        private static let share = 10
    #else
        private static let share = 1
    #endif

    struct Input: CustomTestStringConvertible, Sendable {
        let name: String
        let make: @Sendable () -> String
        var isRefused = false
        var limit = Duration.seconds(4)
        var testDescription: String { name }
    }

    private static func mail(_ headers: String, _ body: String = "x\n") -> String {
        "From: a@x.example\nTo: b@y.example\nMessage-ID: <1@x>\n\(headers)\n\n\(body)"
    }

    private static func answer(_ body: String) -> String { mail("In-Reply-To: <q@x>", body) }

    private static func html(_ html: String) -> String { mail("Content-Type: text/html; charset=utf-8", html) }

    private static func times(_ text: String, _ count: Int) -> String {
        String(repeating: text, count: count >= 50_000 ? count / share : count)
    }

    static let inputs: [Input] = [
        Input(name: "nested groups in To") { mail("Cc: \(times("g:", 50_000))") },
        Input(name: "nested groups in From of a mail within") {
            mail("Content-Type: message/rfc822", "From: \(times("g:", 400_000))\n\nx")
        },
        Input(name: "200,000 addresses") { mail("Cc: \(times("a@b.example, ", 70_000))") },
        Input(name: "brackets and comments") { mail("Cc: \(times("<", 100_000))\nReply-To: \(times("(", 100_000))") },
        Input(name: "a header block without end", make: { mail(times("X-A: b\n", 2_000_000)) }, isRefused: true),
        Input(
            name: "a subject of 50 MB", make: { mail("Subject: \(times("subject ", 60_000_000 / 10))") },
            isRefused: true),
        Input(name: "encoded words") { mail("Subject: \(times("=?utf-8?Q?a?= ", 60_000))") },
        Input(name: "encoded words that never end") { mail("Subject: \(times("=?utf-8?Q?", 90_000))") },
        Input(name: "parameters") { mail("Content-Type: text/plain\(times("; a=b", 150_000))") },
        Input(name: "numbered parameters") {
            mail("Content-Type: text/plain; \((0..<20_000).map { "name*\($0)=a;" }.joined(separator: " "))")
        },
        Input(name: "references") {
            mail("References: \(times("<a@b> ", 150_000))\nIn-Reply-To: \(times("<", 100_000))")
        },
        Input(name: "400,000 empty parts") {
            mail("Content-Type: multipart/mixed; boundary=b", times("--b\n\n", 400_000))
        },
        Input(name: "multipart in multipart") {
            mail(
                "Content-Type: multipart/mixed; boundary=b0",
                (0..<20_000).map { "--b\($0)\nContent-Type: multipart/mixed; boundary=b\($0 + 1)\n\n" }.joined())
        },
        Input(name: "one boundary for all depths") {
            mail(
                "Content-Type: multipart/mixed; boundary=b",
                times("--b\nContent-Type: multipart/mixed; boundary=b\n\n", 100_000))
        },
        Input(name: "mails in mails") {
            mail("Content-Type: message/rfc822", times("Content-Type: message/rfc822\n\n", 400_000))
        },
        Input(name: "headers of a part") {
            mail("Content-Type: multipart/mixed; boundary=b", "--b\n\(times("X-A: b\n", 400_000))\n\nx\n--b--\n")
        },
        Input(name: "lines of dashes") { mail("Content-Type: multipart/mixed; boundary=b", times("--c\n", 1_000_000)) },
        Input(name: "one tag with 60,000 attributes") {
            html("<a \((0..<60_000).map { "a\($0)=1" }.joined(separator: " "))>x</a>after")
        },
        Input(name: "many tags with many attributes") {
            html(times("<a \((0..<250).map { "a\($0)=1" }.joined(separator: " "))>x</a>", 800))
        },
        Input(name: "attributes without blanks") {
            html("<a \((0..<60_000).map { "a\($0)=\"1\"" }.joined())>x</a>after")
        },
        Input(name: "100,000 levels of HTML") { html(times("<div>", 100_000) + "deep") },
        Input(name: "HTML end tags that close nothing") { html(times("<b>", 500) + times("</i>", 300_000)) },
        Input(name: "HTML end tags behind a wall") {
            html(times("<i>", 200) + "<div>" + times("<b>", 300) + times("</i><i>", 200_000))
        },
        Input(name: "crossed formatting") { html(times("<b><i><u></b></i></u>", 80_000)) },
        Input(name: "tables in tables") { html(times("<table><tr><td>", 50_000)) },
        Input(name: "comments that never end") { html(times("<!--", 400_000)) },
        Input(name: "scripts that never end") { html(times("<script>", 200_000)) },
        Input(name: "svg that never ends") { html(times("<svg>", 300_000)) },
        Input(name: "entities") { html(times("&amp;", 400_000)) },
        Input(name: "12 MB of paragraphs") { html(times("<p>paragraph of text</p>", 500_000)) },
        Input(name: "2,000 links") { html(times("<a href=\"https://x.example/p\">link</a> ", 2_000)) },
        Input(name: "links that never close") { html(times("<a href=\"https://x.example/p\">", 50_000)) },
        Input(name: "an unclosed quote in a tag") { html(times("<a href=\"", 200_000)) },
        Input(name: "quoted text") { mail("In-Reply-To: <q@x>", times("> > quoted\n", 500_000)) },
        Input(name: "attributions") {
            mail("In-Reply-To: <q@x>", times("On 4 March 2024 16:12, A <a@b.example> wrote:\n", 100_000))
        },
        Input(name: "lines that end in a colon", make: { answer(times("x:\n", 350_000)) }, limit: .seconds(1)),
        Input(name: "lines that end in a star", make: { answer(times("x:*\n", 250_000)) }, limit: .seconds(1)),
        Input(name: "years that end in a colon", make: { answer(times("x 2026:\n", 130_000)) }, limit: .seconds(1)),
        Input(
            name: "addresses that end in a colon", make: { answer(times("a 2026 b@c:\n", 87_000)) }, limit: .seconds(1)),
        Input(name: "indented colons", make: { answer(times(" x 12 a:   \n", 87_000)) }, limit: .seconds(1)),
        Input(
            name: "indented colons in one line", make: { answer(times(" x 12 wrote:   ", 70_000)) }, limit: .seconds(1)),
        Input(name: "header blocks") { mail("In-Reply-To: <q@x>", times("From: a\n", 500_000)) },
        Input(name: "signatures") { mail("", times("-- \n", 1_000_000)) },
        Input(name: "flowed lines") { mail("Content-Type: text/plain; format=flowed", times("a \n", 1_000_000)) },
        Input(name: "bad base64") { mail("Content-Transfer-Encoding: base64", times("=A=", 2_000_000)) },
        Input(name: "bad quoted-printable") {
            mail("Content-Transfer-Encoding: quoted-printable", times("=   ", 1_000_000))
        },
        Input(name: "broken UTF-7") { mail("Content-Type: text/plain; charset=utf-7", times("+", 1_000_000)) },
        Input(name: "escapes of ISO-2022-JP") {
            mail("Content-Type: text/plain; charset=iso-2022-jp", times("\u{1B}$B!", 500_000))
        },
        Input(name: "results without end") { mail("Authentication-Results: mx; \(times("dkim=pass (", 50_000))") },
        Input(name: "files in a text") { mail("", times("begin 644 a\n`\nend\n", 400_000)) },
        Input(name: "files in a text that never end") { mail("", times("begin 644 a\n#86)C\n", 400_000)) },
        Input(name: "yEnc that never ends") { mail("", times("=ybegin line=1 size=1 name=a\n", 200_000)) },
        Input(name: "header lines that are none") { mail(times("no field\nX-A: b\n", 50_000)) },
        Input(name: "no empty line below the header") { mail(times("no field\nNote: b\n", 50_000)) },
        Input(name: "parameters of many names") {
            mail("Content-Type: text/plain; \((0..<5_000).map { "p\($0)=a;" }.joined(separator: " "))")
        },
        Input(name: "styles that hide") {
            html(times("<p style=\"max-height:0;color:#fff;background:#fff0\">x</p>", 70_000))
        },
        Input(name: "bounce words") {
            "Return-Path: <>\n" + mail("Subject: failure notice", times("5.1.1 550 a@b.example ", 200_000))
        },
    ]

    @Test(arguments: inputs)
    func `it ends in time`(input: Input) async throws {
        let bytes = Array(input.make().utf8)
        let reader = GMimeMailReader(guess: FixedGuess())
        let context = ReadingContext(trust: .servers(["mx"]))
        let (result, spent) = await ProcessorTime.measure { () -> Result<Message, MailReadingError> in
            do throws(MailReadingError) {
                return .success(try reader.readHere(bytes, in: context))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let message):
            #expect(!input.isRefused)
            #expect(message.messageID != nil)
            #expect(message.attachments.count <= 2_000)
        case .failure(let error):
            #expect(input.isRefused && error.code == .overLimit)
        }
        #expect(spent < input.limit, "\(input.name): \(spent) for \(bytes.count) bytes")
    }

    /// `FUZZ_ROUNDS=1000` breaks each mail of the corpus that often.
    private let rounds = Int(ProcessInfo.processInfo.environment["FUZZ_ROUNDS"] ?? "") ?? 10

    @Test
    func `random bytes are no mail, and broken mails are read or refused`() async throws {
        let reader = GMimeMailReader(guess: FixedGuess())
        var generator = SeededGenerator(seed: UInt64(rounds))
        for count in [0, 1, 2, 100, 5_000] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            await #expect { try await reader.read(bytes, in: ReadingContext()) } throws: {
                ($0 as? MailReadingError)?.code == .notMail
            }
        }
        for folder in CorpusTests.folders {
            for file in try Corpus.mails(in: folder) {
                let mail = [UInt8](try Data(contentsOf: file))
                for _ in 0..<rounds {
                    var broken = mail
                    for _ in 0..<Int.random(in: 1...20, using: &generator) where !broken.isEmpty {
                        let at = Int.random(in: 0..<broken.count, using: &generator)
                        switch Int.random(in: 0..<4, using: &generator) {
                        case 0: broken[at] = UInt8.random(in: 0...255, using: &generator)
                        case 1: broken.remove(at: at)
                        case 2: broken.insert(contentsOf: broken[at...].prefix(40), at: at)
                        default: broken.removeSubrange(at..<min(broken.count, at + 10))
                        }
                    }
                    do {
                        let message = try await reader.read(broken, in: Corpus.context)
                        #expect(!message.text.utf8.contains(0) && !message.text.utf8.contains(13))
                        #expect(try await reader.read(broken, in: Corpus.context) == message)
                    } catch {
                        #expect(error.code == .notMail || error.code == .overLimit)
                    }
                }
            }
        }
    }
}
