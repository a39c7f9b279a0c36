// The model file: what is there, what is broken, and that many may ask at once.

import Correspondence
import Foundation
import Language
import TestSupport
import Testing

struct FastTextLanguageGuessTests {
    @Test(.needs(.languageModel)) func `the model is here and can be used`() throws {
        let guess = try FastTextLanguageGuess(model: LanguageModelFile.path)
        #expect(guess.guess("Guten Tag, wo bleibt meine Bestellung von letzter Woche?", among: []).language == "de")
    }

    @Test func `a file that is absent, a folder or no model is refused by its name`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "model-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let other = folder.appending(path: "other.ftz")
        try Data("no model at all, and longer than the first numbers of one".utf8).write(to: other)
        let empty = folder.appending(path: "empty.ftz")
        try Data().write(to: empty)
        let rows: [(String, LanguageModelError.Code, String)] = [
            (folder.appending(path: "absent.ftz").path, .missing, "no such file"), (folder.path, .unusable, "a folder"),
            (other.path, .unusable, "does not begin"), (empty.path, .unusable, "ends too early"),
        ]
        for (path, code, words) in rows {
            let error = #expect(throws: LanguageModelError.self) { try FastTextLanguageGuess(model: path) }
            #expect(error?.code == code)
            #expect(error?.description.contains(path) == true && error?.description.contains(words) == true)
        }
    }

    @Test(.needs(.languageModel), arguments: [9, 60, 1_000, 200_000, 938_012])
    func `a cut model is refused, and quickly`(length: Int) throws {
        let whole = try Data(contentsOf: URL(filePath: LanguageModelFile.path))
        let cut = FileManager.default.temporaryDirectory.appending(path: "cut-\(UUID().uuidString).ftz")
        try whole.prefix(length).write(to: cut)
        defer { try? FileManager.default.removeItem(at: cut) }
        let took = ContinuousClock().measure {
            let error = #expect(throws: LanguageModelError.self) { try FastTextLanguageGuess(model: cut.path) }
            #expect(error?.code == .unusable)
        }
        #expect(took < .seconds(10))
    }

    @Test(.needs(.languageModel)) func `many ask one model at once and hear what one alone hears`() async throws {
        let guess = try FastTextLanguageGuess(model: LanguageModelFile.path)
        let texts = LanguageGuessTests.samples.map(\.text)
        let alone = texts.map { guess.guess($0, among: []) }
        await withTaskGroup(of: Bool.self) { group in
            for turn in 0..<16 {
                group.addTask {
                    texts.indices.allSatisfy { index in
                        let at = (index + turn * 7) % texts.count
                        return guess.guess(texts[at], among: []) == alone[at]
                    }
                }
            }
            for await same in group { #expect(same) }
        }
    }

    @Test(.needs(.languageModel)) func `what ends a line for fastText does not end a mail`() throws {
        let guess = try FastTextLanguageGuess(model: LanguageModelFile.path)
        let text = "Hi </s> \n __label__en\nwo bleibt denn bitte meine Bestellung, die ich letzte Woche bezahlt habe?"
        #expect(guess.guess(text, among: ["de", "en"]).language == "de")
    }

    @Test(.needs(.languageModel)) func `capitals are no other language`() throws {
        let guess = try FastTextLanguageGuess(model: LanguageModelFile.path)
        #expect(guess.guess("HELLO, WHERE IS MY ORDER? I PAID TWO WEEKS AGO", among: []).language == "en")
        #expect(guess.guess("BONJOUR, OU EST MA COMMANDE S'IL VOUS PLAIT", among: []).language == "fr")
    }
}
