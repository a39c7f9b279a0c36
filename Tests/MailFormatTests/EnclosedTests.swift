// What is packed within a part: its words, its files and their bytes.
import Correspondence
import Foundation
import MailFormat
import Testing

struct EnclosedTests {
    private let reader = GMimeMailReader(guess: FixedGuess())

    private func read(_ mail: String) async throws -> Message {
        try await reader.read(Array(mail.utf8), in: ReadingContext())
    }

    /// MS-OXRTFCP section 4.1 and 4.2.
    static let samples: [(size: Int, packed: String, words: String)] = [
        (0x2B, "03000a007263706731323542320af32068656c090020627705b06c647d0a800fa0", "hello world"),
        (0x1C, "410004205758595a0d6e7d010eb0", "WXYZWXYZWXYZWXYZWXYZ"),
    ]

    @Test(arguments: samples)
    func `packed RTF comes out as Microsoft's own examples say`(
        size: Int, packed: String, words: String
    ) async throws {
        let digits = Array(packed.utf8)
        let bytes = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
        }
        let rtf = PackedBytes.property(0x1009, PackedBytes.packedRTF(size: size, bytes))
        let message = try await read(PackedBytes.mail("application/ms-tnef", PackedBytes.tnef(rtf)))
        #expect(message.text == words)
        #expect(message.attachments.isEmpty)
    }

    @Test
    func `a file out of a winmail.dat has the bytes it was packed with, by its number`() async throws {
        for name in ["clients/outlook-winmail-html-only.eml", "malformed/winmail-cut-off.eml"] {
            let mail = try Corpus.mail(name)
            let message = try await reader.read(mail, in: Corpus.context)
            #expect(!message.attachments.isEmpty)
            for file in message.attachments {
                #expect(try await reader.part(file.part, of: mail).count == file.size, "\(name): \(file)")
            }
        }
        let mail = try Corpus.mail("clients/outlook-winmail-html-only.eml")
        let files = try await reader.read(mail, in: Corpus.context).attachments
        #expect(try await reader.part(files[0].part, of: mail).starts(with: Array("%PDF-1.4".utf8)))
        #expect(try await reader.part(files[1].part, of: mail).starts(with: [0x89, 0x50, 0x4E, 0x47]))
        await #expect(throws: MailReadingError.self) { try await reader.part(files[1].part + 1, of: mail) }
    }

    @Test
    func `files of several winmail.dat and of a text are numbered one after the other`() async throws {
        func packed(_ name: String, _ bytes: [UInt8]) -> String {
            let file =
                PackedBytes.newFile + PackedBytes.attribute(2, 0x0001_8010, Array(name.utf8) + [0])
                + PackedBytes.attribute(2, 0x0006_800F, bytes)
            return Data(PackedBytes.tnef(file)).base64EncodedString()
        }
        let head = "\n--b\nContent-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n"
        let mail =
            "From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nWords.\nbegin 644 a.txt\n#86)C\n`\nend\n"
            + head + packed("one.csv", [1, 2, 3, 4]) + head + packed("two.csv", [5, 6]) + "\n--b--\n"
        let message = try await read(mail)
        #expect(message.attachments.map(\.name) == ["a.txt", "one.csv", "two.csv"])
        var found: [[UInt8]] = []
        for file in message.attachments { found.append(try await reader.part(file.part, of: Array(mail.utf8))) }
        #expect(found == [Array("abc".utf8), [1, 2, 3, 4], [5, 6]])
    }

    @Test
    func `a file within an opaquely signed mail is taken out of what was signed`() async throws {
        let mail = try Corpus.mail("clients/smime-opaque-signed-stream.eml")
        let message = try await reader.read(mail, in: Corpus.context)
        let file = try #require(message.attachments.first)
        #expect(try await reader.part(file.part, of: mail).starts(with: Array("%PDF-1.4".utf8)))
    }

    @Test
    func `times of a calendar are told in their own zone`() async throws {
        func when(_ lines: String) async throws -> String {
            let text = try await read(
                "From: a@x.example\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n"
                    + "SUMMARY:S\n\(lines)\nEND:VEVENT\nEND:VCALENDAR\n"
            ).text
            return text.split(separator: "\n").first { $0.hasPrefix("When: ") }.map { String($0.dropFirst(6)) } ?? ""
        }
        #expect(try await when("DTSTART:20240229T000000Z") == "Thursday, 29 February 2024, 00:00 (UTC)")
        #expect(
            try await when("DTSTART:20231231T230000\nDURATION:PT2H")
                == "Sunday, 31 December 2023, 23:00 – Monday, 1 January 2024, 01:00")
        #expect(
            try await when(
                "DTSTART;TZID=/mozilla.org/1/Europe/Paris:20240701T090000\nDTEND;TZID=Asia/Tokyo:20240701T180000")
                == "Monday, 1 July 2024, 09:00 (Europe/Paris) – Monday, 1 July 2024, 18:00 (Asia/Tokyo)")
        #expect(try await when("DTSTART;VALUE=DATE:19700101\nDTEND;VALUE=DATE:19700102") == "Thursday, 1 January 1970")
        #expect(try await when("DTSTART:2024-02-29") == "")
        #expect(try await when("DTSTART:00010101T000000") == "Monday, 1 January 1, 00:00")
    }
}
