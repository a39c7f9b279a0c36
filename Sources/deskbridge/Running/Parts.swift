// Which implementation stands behind which seam: the only place that names them.

import Correspondence
import Knowledge
import Language
import MailFormat

enum Parts {
    static let guess: any LanguageGuess = CLD2LanguageGuess()
    static let analyzer: any Analyzer = SnowballAnalyzer()
    static let cleaner: any HTMLCleaner = LibXMLCleaner()
    static let composer: any MailComposer = RFC5322Composer()
    static let mailReader: any MailReader = GMimeMailReader(guess: CLD2LanguageGuess())

    /// `languages` restricts what articles may be found to be in; empty for any.
    static func articleReader(languages: [String] = []) -> any ArticleReader {
        MarkdownArticleReader(languageGuess: guess, cleaner: cleaner, languages: languages)
    }

    static func search() -> any PassageSearch { MemoryPassageSearch(analyzer: analyzer) }
}
