// The running gateway: every service in one group, stopped in reverse order.

import Correspondence
import Foundation
import Gateway
import Knowledge
import Logging
import Rehearsal
import Reports
import ServiceLifecycle
import Storage
import Synchronization
import UnixSignals
import Web

struct Gatehouse: Sendable {
    /// What is not done by then is left to the next start: nothing kept is lost.
    static let stopWithin = Duration.seconds(15)
    /// How long cancelled work may take to end before the program ends without it.
    static let endWithin = Duration.seconds(3)

    let wiring: Wiring
    let logger: Logger
    /// Tells people where the pages are, once they are there.
    var announce: @Sendable (String) -> Void = { Terminal.note($0) }
    /// Whether a link to the pages is among it.
    var announcesLink = true

    /// Everything that runs, in the order it starts.
    struct Running: Sendable {
        var gateway: GatewayServices
        var services: [any Service]
        var web: WebServer
    }

    /// Reads the knowledge and makes the services; nothing runs yet.
    func prepare() async throws -> Running {
        let settings = wiring.settings
        let embeddings = try Embeddings.make(settings.answering.embeddings, for: settings)
        let search = Parts.search(with: embeddings)
        let gateway = try wiring.gateway(search: search, logger: logger)
        let sync = KnowledgeSync(
            paths: settings.knowledge, languages: settings.desk.languages, guess: wiring.guess,
            store: wiring.store.store, logger: logger)
        // Before the first draft: a question must not meet an empty index.
        if await !sync.sync() { logger.error("starting with the articles of the last time") }
        await search.replace(with: try await wiring.store.store.articles())
        let schedules = settings.reports.map { report in
            ReportSchedule(
                report: report, desk: settings.desk, store: wiring.store.store, reports: wiring.reports,
                messageID: { wiring.signer.messageID(for: nil, random: $0) }, surroundings: wiring.surroundings,
                logger: logger)
        }
        let web = try webServer(gateway)
        let vectors = try await vectorServices(embeddings, search)
        return Running(gateway: gateway, services: gateway.services + [sync] + vectors + schedules + [web], web: web)
    }

    /// Without embeddings no vectors are kept.
    private func vectorServices(_ embeddings: Embeddings?, _ search: MemoryPassageSearch) async throws -> [any Service]
    {
        guard let embeddings else {
            try await wiring.store.vectors.keepVectors(onlyOf: [])
            return []
        }
        let keeper = VectorKeeper(search: search, embedder: embeddings.embedder, store: wiring.store.vectors)
        let local = embeddings.local
        let service = VectorService(
            search: search, keeper: keeper, isReady: { local?.server.isReady ?? true }, logger: logger)
        return (local.map { [EmbeddingsService(local: $0, logger: logger)] } ?? []) + [service]
    }

    /// `more` is told of a stop first.
    func group(_ running: Running, with more: [any Service] = []) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(
            services: (running.services + more).map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.stopWithin
        return ServiceGroup(configuration: configuration)
    }

    func run() async throws {
        warn()
        let limit = StopLimit(stopWithin: Self.stopWithin, endWithin: Self.endWithin, logger: logger)
        let group = group(try await prepare(), with: [limit])
        logger.info("serving", metadata: ["version": "\(DeskbridgeVersion.text)"])
        defer { limit.isOver() }
        try await group.run()
        logger.info("stopped")
    }

    private func webServer(_ gateway: GatewayServices) throws -> WebServer {
        let settings = wiring.settings
        let socket = CommandSocket(settings)
        if socket == nil, case .sqlite = settings.store {
            logger.warning(
                "the store's path is too long for a socket beside it: commands work only while this is stopped")
        }
        let server = Mutex<WebServer?>(nil)
        var seams = WebSeams(
            store: wiring.store.store, reports: wiring.reports, pages: wiring.reports.pages, desk: settings.desk,
            signer: wiring.signer, intake: gateway.intake, chat: gateway.chat, tickets: gateway.tickets,
            history: gateway.history, analyzer: Parts.analyzer, guess: wiring.guess,
            reader: Parts.mailReader(wiring.guess), readiness: { Self.readiness(gateway) },
            surroundings: wiring.surroundings, logger: logger)
        var clerk = wiring.clerk()
        clerk.entryLink = { server.withLock { $0?.entryLink() ?? "" } }
        clerk.forgetLinks = { server.withLock { $0?.forgetLinks() } }
        clerk.sending = {
            guard let outgoing = gateway.outgoing else { return .notSet }
            return outgoing.pause.map { .waits($0.reason, until: $0.until) } ?? .goesOut
        }
        seams.commands = { [clerk] in await CommandSocket.answer($0, by: clerk) }
        var web = WebSettings(
            host: settings.web.listen.host, port: settings.web.listen.port,
            url: settings.web.url.isEmpty ? nil : settings.web.url, chatOrigins: settings.web.chatOrigins,
            chatRate: settings.web.chatRate, trustedProxies: settings.web.trustedProxies,
            webhooks: settings.webhooks.map { .init(name: $0.name, secret: $0.secret) },
            messageSize: settings.limits.messageSize, socket: socket?.path)
        web.sendsMail = settings.smtp != nil
        let made = WebServer(
            settings: web,
            seams: seams,
            whenListening: { [announce, announcesLink] server in
                announce("Deskbridge \(DeskbridgeVersion.text) serves \(server.address)")
                if !settings.web.url.isEmpty {
                    announce("Listening on \(settings.web.listen.host):\(server.port ?? settings.web.listen.port)")
                }
                if announcesLink { announce("Admin pages, once: \(server.entryLink())") }
            })
        server.withLock { $0 = made }
        return made
    }

    private static func readiness(_ gateway: GatewayServices) -> Readiness {
        var parts: [String: Readiness.Part] = [:]
        for (name, door) in gateway.mailboxes {
            parts[name] =
                switch door.state {
                case .connecting: .init("connecting")
                case .caughtUp: .init("seen")
                case .failed(let reason): .init("failed", reason: reason)
                }
        }
        // Red for nobody: what comes in is kept and answered all the same, and goes out later.
        if let outgoing = gateway.outgoing {
            parts["outgoing mail"] = outgoing.pause.map { .init("waits", reason: $0.reason) } ?? .init("goes out")
        }
        return Readiness(isReady: gateway.isReady, parts: parts)
    }

    /// What an operator must know though nothing is wrong.
    private func warn() {
        for finding in Findings.warnings(wiring.settings) { logger.warning("\(finding)") }
    }
}
