// What the web server works through: stores, doors of the gateway, pages.

package import Correspondence
package import Gateway
package import Logging
package import Reports

/// The chat as Web knows it: the gateway's `ChatDesk`, or a fake.
package protocol ChatDoor: Sendable {
    /// See `ChatDesk.say`.
    func say(
        _ text: String, conversation: ConversationID?, user: ChatMessage.User?, isIdentityTrusted: Bool,
        progress: @escaping @Sendable (ChatProgress) async -> Void
    ) async throws(ChatError) -> ChatAnswer
}

extension ChatDesk: ChatDoor {
    package func say(
        _ text: String, conversation: ConversationID?, user: ChatMessage.User?, isIdentityTrusted: Bool,
        progress: @escaping @Sendable (ChatProgress) async -> Void
    ) async throws(ChatError) -> ChatAnswer {
        try await say(
            text, conversation: conversation, user: user, isIdentityTrusted: isIdentityTrusted,
            patience: Self.patience, progress: progress)
    }
}

/// What `/readyz` says.
package struct Readiness: Sendable {
    package struct Part: Sendable {
        /// For everybody: `seen`, `connecting`, `failed`, `goes out`, `waits`.
        package var state: String
        /// For those who may read: what is wrong, in a server's own words; names of hosts and accounts may stand in it.
        package var reason: String?

        package init(_ state: String, reason: String? = nil) {
            self.state = state
            self.reason = reason
        }
    }
    package var isReady: Bool
    /// By mailbox or part.
    package var parts: [String: Part]

    package init(isReady: Bool, parts: [String: Part]) {
        self.isReady = isReady
        self.parts = parts
    }
}

package struct WebSeams: Sendable {
    package var store: any DeskStore
    package var reports: any ReportMaker
    package var pages: PageMaker
    package var desk: DeskProfile
    package var signer: TokenSigner
    package var intake: Intake
    package var chat: any ChatDoor
    package var tickets: TicketDesk
    /// Runs beside the web server.
    package var history: HistoryHub
    package var analyzer: any Analyzer
    package var guess: any LanguageGuess
    /// Takes attachments out of kept mails.
    package var reader: any MailReader
    package var readiness: @Sendable () async -> Readiness
    package var surroundings: Surroundings
    package var logger: Logger
    /// What commands ask over the unix socket, as the program's own JSON; nil where there are none.
    package var commands: (@Sendable ([UInt8]) async -> [UInt8])?

    package init(
        store: any DeskStore, reports: any ReportMaker, pages: PageMaker, desk: DeskProfile, signer: TokenSigner,
        intake: Intake, chat: any ChatDoor, tickets: TicketDesk, history: HistoryHub, analyzer: any Analyzer,
        guess: any LanguageGuess, reader: any MailReader,
        readiness: @escaping @Sendable () async -> Readiness, surroundings: Surroundings, logger: Logger
    ) {
        self.store = store
        self.reports = reports
        self.pages = pages
        self.desk = desk
        self.signer = signer
        self.intake = intake
        self.chat = chat
        self.tickets = tickets
        self.history = history
        self.analyzer = analyzer
        self.guess = guess
        self.reader = reader
        self.readiness = readiness
        self.surroundings = surroundings
        self.logger = logger
    }
}
