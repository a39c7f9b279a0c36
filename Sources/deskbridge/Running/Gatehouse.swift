// The running gateway: every service in one group, stopped in reverse order.

import Correspondence
import Foundation
import Gateway
import Logging
import ServiceLifecycle
import Storage
import UnixSignals

struct Gatehouse: Sendable {
    /// What is not done by then is left to the next start: nothing kept is lost.
    static let stopWithin = Duration.seconds(15)

    let wiring: Wiring
    let logger: Logger

    /// Everything that runs, in the order it starts.
    struct Running: Sendable {
        var gateway: GatewayServices
        var services: [any Service]
    }

    /// Reads the knowledge and makes the services; nothing runs yet.
    func prepare() async throws -> Running {
        let settings = wiring.settings
        let search = Parts.search()
        let gateway = try wiring.gateway(search: search, logger: logger)
        let sync = KnowledgeSync(
            paths: settings.knowledge, languages: settings.desk.languages, store: wiring.store.store, logger: logger)
        // Before the first draft: a question must not meet an empty index.
        if await !sync.sync() { logger.error("starting with the articles of the last time") }
        await search.replace(with: try await wiring.store.store.articles())
        return Running(gateway: gateway, services: gateway.services + [sync])
    }

    func group(_ running: Running) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(
            services: running.services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.stopWithin
        return ServiceGroup(configuration: configuration)
    }

    func run() async throws {
        warn()
        let group = group(try await prepare())
        logger.info("serving", metadata: ["version": "\(DeskbridgeVersion.text)"])
        try await group.run()
        logger.info("stopped")
    }

    /// What an operator must know though nothing is wrong.
    private func warn() {
        for finding in Findings.quiet(wiring.settings) { logger.warning("\(finding)") }
    }
}

/// Settings that are allowed and seldom meant.
enum Findings {
    static func quiet(_ settings: Settings) -> [String] {
        var found: [String] = []
        for mailbox in settings.mailboxes {
            if case .nobody = mailbox.trust, !mailbox.answersUnverified {
                found.append(
                    "mailbox \(mailbox.account.name): no authentication-results are trusted, so no sender is verified "
                        + "and nobody gets an automatic answer; name your mail server there")
            }
            if mailbox.answersUnverified {
                found.append("mailbox \(mailbox.account.name): unverified senders are answered; forged mails are too")
            }
        }
        if settings.smtp == nil, !settings.mailboxes.isEmpty {
            found.append("smtp is not set: answers stay in the outbox")
        }
        if settings.knowledge.isEmpty { found.append("knowledge is not set: only articles added by command are known") }
        return found
    }
}
