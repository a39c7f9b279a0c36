// Which implementation stands behind which seam: the only place that names them.

import Correspondence
import Dispatch
import Knowledge
import Language
import MailFormat

enum Parts {
    /// The built-in one: where no settings are, and where they name no model.
    static let guess: any LanguageGuess = CLD2LanguageGuess()
    static let analyzer: any Analyzer = SnowballAnalyzer()
    static let cleaner: any HTMLCleaner = LibXMLCleaner()
    static let composer: any MailComposer = RFC5322Composer()
    static let mailReader = mailReader(guess)

    static func mailReader(_ guess: any LanguageGuess) -> any MailReader { GMimeMailReader(guess: guess) }

    /// The guess of a fastText model; the built-in one for an empty path. Reads the file on a thread of its own.
    static func guess(model path: String) async throws(LanguageModelError) -> any LanguageGuess {
        guard !path.isEmpty else { return guess }
        let result = await withCheckedContinuation { continuation in
            DispatchQueue(label: "deskbridge.language").async {
                continuation.resume(
                    returning: Result { () throws(LanguageModelError) in try FastTextLanguageGuess(model: path) })
            }
        }
        return try result.get()
    }

    /// What `language.model` names; a model that cannot be used is an error of the settings.
    static func guess(for settings: Settings) async throws -> any LanguageGuess {
        try settings.require(["language"])
        do {
            return try await guess(model: settings.languageModel)
        } catch {
            throw Complaint(.configuration, "language.model: \(error)")
        }
    }

    /// One for all readers: it remembers the texts of files that did not change.
    static let pdf = PDFText()

    /// `languages` restricts what articles may be found to be in; empty for any.
    static func articleReader(_ guess: any LanguageGuess, languages: [String] = []) -> any ArticleReader {
        FileArticleReader(languageGuess: guess, cleaner: cleaner, languages: languages, pdf: pdf)
    }

    /// By words alone.
    static func search() -> any PassageSearch { search(with: nil) }

    static func search(with embeddings: Embeddings?) -> MemoryPassageSearch {
        MemoryPassageSearch(analyzer: analyzer, embedder: embeddings?.embedder)
    }
}
