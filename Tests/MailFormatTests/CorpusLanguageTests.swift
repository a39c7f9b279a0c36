// The language of each mail of the corpus that claims one, by the guess the gateway uses.
import Correspondence
import Foundation
import Language
import MailFormat
import Testing

struct CorpusLanguageTests {
    @Test
    func `the language is the one a person sees, or none where the text is too short`() async throws {
        let reader = GMimeMailReader(guess: CLD2LanguageGuess())
        var claimed = 0
        var undecided: [String] = []
        var wrong: [String] = []
        for folder in CorpusTests.folders {
            for file in try Corpus.mails(in: folder) {
                let json = try? Data(contentsOf: file.deletingPathExtension().appendingPathExtension("json"))
                guard let claims = try json.flatMap({ try Claims($0) }),
                    case .string(let wanted) = claims.fields["language"]
                else { continue }
                claimed += 1
                let mail = [UInt8](try Data(contentsOf: file))
                let found = try await reader.read(mail, in: Corpus.context).language
                let name = "\(file.lastPathComponent): \(found), not \(wanted)"
                if found == "und" {
                    undecided.append(name)
                } else if !LanguageCode.same(found, wanted) {
                    wrong.append(name)
                }
            }
        }
        #expect(claimed > 0)
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
        // Conversation, customer and desk decide for these.
        #expect(undecided.count * 10 <= claimed, "\(undecided.joined(separator: "\n"))")
    }
}
