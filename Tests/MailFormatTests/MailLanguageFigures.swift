// How often each guess is right on customers' mails, as a table and with a floor.

import Correspondence
import Language
import MailFormat
import TestSupport
import Testing

/// The table is printed: `ONLY=MailFormatTests swift test --filter MailLanguageFigures | grep '^|'`.
struct MailLanguageFigures {
    @Test func `each guess is as often right as it was measured to be`() async throws {
        let texts = try CustomerTexts.all()
        let languages = Set(texts.map(\.language)).sorted()
        #expect(texts.count >= 120 && languages.count >= 12)
        print("| guess | languages | sentence | three sentences | with an English signature | none | wrong |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        var guesses: [(name: String, guess: any LanguageGuess, floor: Double)] = [("CLD2", CLD2LanguageGuess(), 0.96)]
        if let fastText = try? FastTextLanguageGuess(model: LanguageModelFile.path) {
            guesses.append(("fastText", fastText, 0.99))
        }
        for (name, guess, floor) in guesses {
            let reader = GMimeMailReader(guess: guess)
            for among in [[], languages] {
                var right: [CustomerTexts.Form: Int] = [:]
                var wrong: [String] = []
                var none = 0
                for text in texts {
                    var context = Corpus.context
                    context.languages = among
                    let message = try await reader.read(text.mail, in: context)
                    if LanguageCode.same(message.language, text.language) {
                        right[text.form, default: 0] += 1
                    } else if message.language == "und" {
                        none += 1
                    } else {
                        wrong.append("\(text.language) \(text.form) is \(message.language): \(message.newText)")
                    }
                }
                let shares = CustomerTexts.Form.allCases.map { form in
                    "\(right[form, default: 0]) of \(texts.count { $0.form == form })"
                }
                print(
                    "| \(name) | \(among.isEmpty ? "any" : "these \(among.count)") | "
                        + "\(shares.joined(separator: " | ")) | \(none) | \(wrong.count) |")
                let share = Double(right.values.reduce(0, +)) / Double(texts.count)
                #expect(share >= floor, "\(wrong.joined(separator: "\n"))")
            }
        }
    }
}
