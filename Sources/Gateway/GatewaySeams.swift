// Everything the stations are handed: the seams they work through.

package import Correspondence
package import Logging

package struct GatewaySeams: Sendable {
    package var store: any DeskStore
    package var reader: any MailReader
    package var composer: any MailComposer
    package var guess: any LanguageGuess
    package var analyzer: any Analyzer
    package var search: any PassageSearch
    package var answerer: any Answerer
    /// nil where no SMTP server is configured: replies wait in the outbox.
    package var sender: (any MailSender)?
    package var reports: any ReportMaker
    package var surroundings: Surroundings
    package var logger: Logger

    package init(
        store: any DeskStore, reader: any MailReader, composer: any MailComposer, guess: any LanguageGuess,
        analyzer: any Analyzer, search: any PassageSearch, answerer: any Answerer, sender: (any MailSender)?,
        reports: any ReportMaker, surroundings: Surroundings, logger: Logger
    ) {
        self.store = store
        self.reader = reader
        self.composer = composer
        self.guess = guess
        self.analyzer = analyzer
        self.search = search
        self.answerer = answerer
        self.sender = sender
        self.reports = reports
        self.surroundings = surroundings
        self.logger = logger
    }
}
