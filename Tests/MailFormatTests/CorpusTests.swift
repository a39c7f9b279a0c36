// The mail corpus: every .eml is read with LF and with CRLF and must give the JSON beside it.
import Correspondence
import Foundation
import MailFormat
import Testing

/// `UPDATE_CORPUS=1` writes the JSON instead; look at the diff before it is committed.
struct CorpusTests {
    static let folders = ["clients", "languages", "malformed", "hostile", "automatic", "bounces", "replies"]

    @Test(arguments: folders)
    func `each mail of a folder reads as its JSON says, with either line end`(folder: String) async throws {
        let files = try Corpus.mails(in: folder)
        #expect(!files.isEmpty, "the folder \(folder) is empty")
        let reader = GMimeMailReader(guess: FixedGuess())
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: file))
            let unix = bytes.filter { $0 != 13 }
            var network: [UInt8] = []
            for byte in unix {
                if byte == 10 { network.append(13) }
                network.append(byte)
            }
            let context = Corpus.context
            let read = Corpus.View(try await reader.read(unix, in: context))
            let fromNetwork = Corpus.View(try await reader.read(network, in: context))
            #expect(read == fromNetwork, "\(file.lastPathComponent) differs between LF and CRLF")
            let expected = file.deletingPathExtension().appendingPathExtension("json")
            if ProcessInfo.processInfo.environment["UPDATE_CORPUS"] == "1" {
                try Corpus.encoded(read).write(to: expected)
            } else {
                let wanted = try JSONDecoder().decode(Corpus.View.self, from: Data(contentsOf: expected))
                #expect(
                    read == wanted,
                    "\(file.lastPathComponent) reads as \(String(decoding: Corpus.encoded(read), as: UTF8.self))")
            }
        }
    }
}
