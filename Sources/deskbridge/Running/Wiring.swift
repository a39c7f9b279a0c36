// Builds everything from the settings: the one place that knows who works for whom.

import Answering
import Correspondence
import Foundation
import Gateway
import Logging
import Mailboxes
import Reports
import ServiceLifecycle
import Storage
import Transport

/// What every process over a store has: the store, the words around answers, and the desk's rules.
struct Wiring: Sendable {
    let settings: Settings
    let store: OpenStore
    let reports: MustacheReportMaker
    let policy: GatewayPolicy
    let signer: TokenSigner
    let guess: any LanguageGuess
    let surroundings = Surroundings.system

    /// Takes `steps`, among them those that open the store and make the secret where there is none. What was opened is
    /// closed again when one fails.
    static func open(_ settings: Settings, by steps: [Preparation.Step] = Preparation.Step.ofCommands) async throws
        -> Wiring
    {
        var preparation = Preparation(settings, for: steps == Preparation.Step.allCases ? .start : .command)
        do {
            for step in steps { _ = try await preparation.take(step) }
            guard let reports = preparation.reports, let store = preparation.store else {
                throw Complaint(.software, "the store is not open; that is a fault of this program")
            }
            return Wiring(
                settings: settings, store: store, reports: reports, policy: policy(settings),
                signer: TokenSigner(secret: preparation.secret, messageIDDomain: settings.desk.address.domain),
                guess: preparation.guess)
        } catch {
            await preparation.close()
            throw error
        }
    }

    static func openStore(_ settings: Settings, schema: DeskStores.Schema) async throws -> OpenStore {
        let url: StoreURL
        switch settings.store {
        case .sqlite(let path):
            try Folders.makeParent(of: path)
            url = .sqlite(path: path)
        case .postgresql(let address): url = .postgresql(url: address)
        }
        return try await DeskStores.open(url: url, desk: settings.desk.id, surroundings: .system, schema: schema)
    }

    static func policy(_ settings: Settings) -> GatewayPolicy {
        var trust: [Channel: GatewayPolicy.ChannelTrust] = [:]
        for mailbox in settings.mailboxes {
            trust[Channel(.mailbox, mailbox.account.name)] = .init(
                authentication: mailbox.trust, answersUnverified: mailbox.answersUnverified)
        }
        for webhook in settings.webhooks {
            trust[Channel(.webhook, webhook.name)] = .init(
                authentication: webhook.trust, answersUnverified: webhook.answersUnverified)
        }
        let answering = settings.answering
        var policy = GatewayPolicy(
            desk: settings.desk, mode: GatewayPolicy.Mode(rawValue: answering.mode.rawValue) ?? .automatic,
            threshold: answering.confidence,
            limits: SendingLimits(
                repliesPerConversation: answering.repliesPerConversation, perSender: settings.limits.perSender,
                answers: settings.limits.answers),
            answerAge: settings.limits.answerAge, trust: trust, notify: settings.tickets.notify,
            acknowledges: settings.tickets.acknowledge, webURL: settings.web.url.isEmpty ? nil : settings.web.url)
        policy.usesVERP = settings.smtp?.envelopeFrom == .verp
        return policy
    }

    static func answerer(_ settings: Settings, guess: any LanguageGuess = Parts.guess) throws -> any Answerer {
        var choice = Self.choice(settings.answering.asked)
        choice.fallback = settings.answering.fallback.map(Self.choice)
        return try Answerers.make(
            choice, analyzer: Parts.analyzer, http: CurlHTTPClient(), languageGuess: guess)
    }

    private static func choice(_ asked: Settings.Answering.Asked) -> AnsweringChoice {
        AnsweringChoice(
            provider: AnsweringChoice.Provider(rawValue: asked.provider.rawValue) ?? .builtIn,
            interface: AnsweringChoice.Interface(rawValue: asked.interface.rawValue) ?? .chat, model: asked.model,
            key: asked.apiKey, baseURL: asked.baseURL,
            price: asked.price.map { ModelPrice(input: $0.input, output: $0.output, cachedInput: $0.cached) })
    }

    static func sender(_ settings: Settings) -> (any MailSender)? {
        settings.smtp.map { smtp in
            var server = smtp.server
            server.bearer = smtp.oauth2.map(tokens)
            return CurlMailSender(server)
        }
    }

    static func source(_ mailbox: Settings.Mailbox) -> any MailboxSource {
        var account = mailbox.account
        if let oauth2 = mailbox.oauth2 { account.login = .bearer(tokens(oauth2)) }
        return IMAPMailboxSource(account)
    }

    private static func tokens(_ oauth2: Settings.OAuth2) -> BearerTokens {
        let tokens = OAuthTokens(oauth2, client: CurlHTTPClient())
        return { refused in try await tokens.token(refused: refused) }
    }

    // MARK: Made of the open store

    func gateway(search: any PassageSearch, logger: Logger) throws -> GatewayServices {
        GatewayServices(
            seams: GatewaySeams(
                store: store.store, reader: Parts.mailReader(guess), composer: Parts.composer, guess: guess,
                analyzer: Parts.analyzer, search: search, answerer: try Self.answerer(settings, guess: guess),
                sender: Self.sender(settings), reports: reports, surroundings: surroundings, logger: logger),
            policy: policy, signer: signer, sources: settings.mailboxes.map(Self.source), rate: settings.smtp?.rate)
    }

    func clerk() -> Clerk {
        Clerk(
            store: store.store, desk: settings.desk,
            tickets: TicketDesk(
                store: store.store, policy: policy, signer: signer, reports: reports, surroundings: surroundings),
            intake: Intake(store: store.store, surroundings: surroundings), reports: reports,
            surroundings: surroundings, guess: guess, watched: settings.knowledge)
    }
}
