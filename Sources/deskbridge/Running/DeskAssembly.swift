// A whole desk from its settings: store, knowledge, answerer, mailboxes, stations. What `serve` and `demo` run.

import Correspondence
import Foundation
import Gateway
import Logging
import Mailboxes
import Reports
import ServiceLifecycle
import Storage
import Transport

struct DeskAssembly: Sendable {
    let settings: Settings
    let open: OpenStore
    let seams: GatewaySeams
    let policy: GatewayPolicy
    let signer: TokenSigner
    let gateway: GatewayServices

    var store: any DeskStore { open.store }

    /// Opens the store (which takes its lock), makes the secret where there is none, checks every template, and reads
    /// the knowledge. Throws what is wrong, with the setting's name; nothing runs yet.
    static func make(_ settings: Settings, surroundings: Surroundings = .system) async throws -> DeskAssembly {
        try settings.require(["mailboxes", "smtp", "webhooks", "secret", "answering.api-key"])
        var logger = Logger(label: "deskbridge")
        logger.logLevel = Logger.Level(rawValue: settings.logLevel.rawValue) ?? .info
        let reports = try MustacheReportMaker(folder: settings.templates)
        let secret = try SigningSecret.key(settings.secret, mayMake: true, surroundings: surroundings)
        let answerer = try Wiring.answerer(settings)
        let open = try await Self.open(settings, surroundings)
        do {
            let client = CurlHTTPClient()
            let seams = GatewaySeams(
                store: open.store, reader: Parts.mailReader, composer: Parts.composer, guess: Parts.guess,
                analyzer: Parts.analyzer, search: Parts.search(), answerer: answerer,
                sender: settings.smtp.map { CurlMailSender($0.server) }, reports: reports, surroundings: surroundings,
                logger: logger)
            try await takeInKnowledge(settings, seams)
            let policy = Self.policy(settings)
            let signer = TokenSigner(secret: secret, messageIDDomain: settings.desk.address.domain)
            let sources = settings.mailboxes.map { mailbox in
                IMAPMailboxSource(Self.account(mailbox, client, surroundings), surroundings: surroundings)
            }
            let gateway = GatewayServices(
                seams: seams, policy: policy, signer: signer, sources: sources, rate: settings.smtp?.rate)
            return DeskAssembly(
                settings: settings, open: open, seams: seams, policy: policy, signer: signer, gateway: gateway)
        } catch {
            await open.close()
            throw error
        }
    }

    /// The store of `settings`, for commands as well.
    static func open(_ settings: Settings, _ surroundings: Surroundings) async throws -> OpenStore {
        let url: StoreURL
        switch settings.store {
        case .sqlite(let path):
            try Folders.makeParent(of: path)
            url = .sqlite(path: path)
        case .postgresql(let address): url = .postgresql(url: address)
        }
        return try await DeskStores.open(url: url, desk: settings.desk.id, surroundings: surroundings)
    }

    /// The folders of the settings are the articles of origin `settings`; what cannot be read is told and left out.
    static func takeInKnowledge(_ settings: Settings, _ seams: GatewaySeams) async throws {
        let files = await KnowledgeFiles.read(settings.knowledge, languages: settings.desk.languages)
        for problem in files.problems { seams.logger.warning("knowledge: \(problem)") }
        _ = try await seams.store.replaceArticles(origin: "settings", with: files.articles)
        await seams.search.replace(with: try await seams.store.articles())
    }

    private static func account(
        _ mailbox: Settings.Mailbox, _ client: any HTTPClient, _ surroundings: Surroundings
    ) -> MailboxAccount {
        var account = mailbox.account
        if let oauth2 = mailbox.oauth2 {
            let tokens = BearerTokens(oauth2, client: client, surroundings: surroundings)
            account.login = .bearer { try await tokens.token() }
        }
        return account
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
        var policy = GatewayPolicy(
            desk: settings.desk, mode: GatewayPolicy.Mode(rawValue: settings.answering.mode.rawValue) ?? .review,
            threshold: settings.answering.confidence,
            limits: SendingLimits(
                repliesPerConversation: settings.answering.repliesPerConversation,
                perSender: settings.limits.perSender, answers: settings.limits.answers),
            answerAge: settings.limits.answerAge, trust: trust, notify: settings.tickets.notify,
            acknowledges: settings.tickets.acknowledge,
            webURL: settings.web.url.isEmpty ? nil : settings.web.url)
        policy.usesVERP = settings.smtp?.envelopeFrom == .verp
        return policy
    }
}
