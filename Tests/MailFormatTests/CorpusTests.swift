// The mail corpus: every .eml is read with LF and with CRLF and must give the JSON beside it.
import Correspondence
import Foundation
import MailFormat
import Testing

/// A JSON with a `case` holds `Claims`, any other the whole view of the message. `UPDATE_CORPUS=1` writes the whole
/// views anew, never the claims; look at the diff before it is committed.
struct CorpusTests {
    static let folders = ["rfc", "clients", "languages", "malformed", "hostile", "automatic", "bounces", "replies"]

    @Test(arguments: folders)
    func `each mail of a folder reads as its JSON says, with either line end`(folder: String) async throws {
        let files = try Corpus.mails(in: folder)
        #expect(!files.isEmpty, "the folder \(folder) is empty")
        for file in files {
            let expected = file.deletingPathExtension().appendingPathExtension("json")
            let name = "\(folder)/\(file.deletingPathExtension().lastPathComponent)"
            let written = try? Data(contentsOf: expected)
            let claims = try written.flatMap { try Claims($0) }
            if let reason = KnownFailures.reasons[name] {
                await withKnownIssue("\(name): \(reason)") {
                    try await check(file, named: name, against: claims, or: written, at: expected)
                }
            } else {
                try await check(file, named: name, against: claims, or: written, at: expected)
            }
        }
    }

    @Test
    func `every known failure names a mail of the corpus`() throws {
        let names = try Set(
            Self.folders.flatMap { folder in
                try Corpus.mails(in: folder).map { "\(folder)/\($0.deletingPathExtension().lastPathComponent)" }
            })
        #expect(KnownFailures.reasons.keys.filter { !names.contains($0) }.isEmpty)
    }

    private func check(
        _ file: URL, named name: String, against claims: Claims?, or written: Data?, at expected: URL
    ) async throws {
        let reader = GMimeMailReader(guess: FixedGuess())
        let bytes = [UInt8](try Data(contentsOf: file))
        let read: Corpus.View
        if claims?.bytesMatter == true {
            read = Corpus.View(try await reader.read(bytes, in: Corpus.context))
        } else {
            let unix = bytes.filter { $0 != 13 }
            var network: [UInt8] = []
            for byte in unix {
                if byte == 10 { network.append(13) }
                network.append(byte)
            }
            read = Corpus.View(try await reader.read(network, in: Corpus.context))
            let fromUnix = Corpus.View(try await reader.read(unix, in: Corpus.context))
            #expect(read.withoutSizes == fromUnix.withoutSizes, "\(name) differs between LF and CRLF")
        }
        if let claims {
            let unmet = try claims.unmet(by: read)
            #expect(unmet.isEmpty, "\(name):\n\(unmet.joined(separator: "\n"))")
        } else if ProcessInfo.processInfo.environment["UPDATE_CORPUS"] == "1" {
            try Corpus.encoded(read).write(to: expected)
        } else {
            let wanted = try JSONDecoder().decode(Corpus.View.self, from: written ?? Data())
            #expect(read == wanted, "\(name) reads as \(String(decoding: Corpus.encoded(read), as: UTF8.self))")
        }
    }
}
