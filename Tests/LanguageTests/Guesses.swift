// The guesses that one suite of promises is held to: the built-in one, and fastText where its model is here.

import Correspondence
import Language
import TestSupport
import Testing

struct NamedGuess: CustomTestStringConvertible, Sendable {
    var name: String
    var guess: any LanguageGuess
    var testDescription: String { name }
}

enum Guesses {
    static let builtIn = NamedGuess(name: "CLD2", guess: CLD2LanguageGuess())

    static let fastText: NamedGuess? = try? NamedGuess(
        name: "fastText", guess: FastTextLanguageGuess(model: LanguageModelFile.path))

    /// `FastTextLanguageGuessTests` fails where the second is demanded and absent.
    static let all = [builtIn] + (fastText.map { [$0] } ?? [])
}
