// The web server as a service: guards and routes in one router, on TCP and on the commands' unix socket.

package import Correspondence
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

package struct WebError: Failure {
    package enum Code: String, Sendable {
        case cannotListen
    }
    package let code: Code
    package let detail: String
    package var isTemporary: Bool { false }
    package var publicText: String { "the web server cannot start" }
}

/// Runs until a graceful stop; open streams end then. Nothing is kept in it that a restart may not lose: links that were
/// not used yet.
package struct WebServer: Service {
    /// Where the connection before TLS ends up: header fields together (HTTP/1.1).
    static let headerLimit = 16 * 1024
    static let headerCount = 100
    /// Between the requests of one connection.
    static let idle = TimeAmount.seconds(60)
    static let backlog = 1024
    /// Webhook calls of one address whose signature does not fit.
    static let forgedRate = Rate(count: 60, period: .minutes(1))
    /// How often a customer may read for each message that they may write: the page reads again after each event.
    static let readsOfWord = 6
    /// Lines of one kind in the log that calls of anybody may cause.
    static let lineRate = Rate(count: 30, period: .minutes(1))

    private let settings: WebSettings
    private let seams: WebSeams
    private let sessions: SessionBook
    private let listening = Latest<Int>()
    private let whenListening: @Sendable (WebServer) async -> Void

    /// `whenListening` is called once the port is open: the moment to print `entryLink()`.
    package init(
        settings: WebSettings, seams: WebSeams, whenListening: @escaping @Sendable (WebServer) async -> Void = { _ in }
    ) {
        self.settings = settings
        self.seams = seams
        self.whenListening = whenListening
        sessions = SessionBook(store: seams.store, surroundings: seams.surroundings)
    }

    /// The port that is open; nil before.
    package var port: Int? { listening.value }

    /// Where people find it: the settings' address, or this machine's.
    package var address: String {
        if let url = settings.url { return url.hasSuffix("/") ? String(url.dropLast()) : url }
        let host = settings.host == "0.0.0.0" || settings.host == "::" ? "127.0.0.1" : settings.host
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(port ?? settings.port)"
    }

    /// A link that opens the admin pages once, within 15 minutes.
    package func entryLink() -> String { "\(address)/admin/enter?key=\(sessions.makeLinkKey())" }

    /// Links that were not used yet open nothing any more.
    package func forgetLinks() { sessions.forgetLinks() }

    /// A new API key: its record for `AccessStore.addKey`, and the secret that is shown once.
    package static func makeKey(
        name: String, scopes: [AccessKey.Scope], expiresAt: Instant? = nil, surroundings: Surroundings
    ) -> (key: AccessKey, secret: String) {
        let (key, secret) = KeepingRoutes.makeKey(
            name: name, scopes: scopes, expiresAt: expiresAt, surroundings: surroundings)
        return (key, secret)
    }

    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await serve(on: .hostname(settings.host, port: settings.port), socket: nil) }
            if let path = settings.socket {
                group.addTask {
                    let socket = try CommandSocket(path: path)
                    defer { socket.remove() }
                    try await serve(on: .unixDomainSocket(path: socket.nursery), socket: socket)
                }
            }
            do {
                while try await group.next() != nil {}
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    private func serve(on address: BindAddress, socket: CommandSocket?) async throws {
        do {
            try await application(on: address, socket: socket).run()
        } catch let error as IOError {
            throw WebError(
                code: .cannotListen,
                detail: socket.map { "\($0.path): \(error)" }
                    ?? "\(settings.host):\(settings.port): \(error); choose another web.listen, or stop what listens there"
            )
        }
    }

    /// With a socket: it takes its place, readable by its owner alone, once it is open.
    func application(on address: BindAddress, socket: CommandSocket?) -> some ApplicationProtocol {
        // What the server says of itself at `info` (its addresses) the program says better.
        var logger = seams.logger
        if logger.logLevel == .info { logger.logLevel = .notice }
        return Application(
            router: router(),
            server: .http1(
                configuration: .init(
                    idleTimeout: Self.idle,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Self.headerLimit, maxHeaderListSize: Self.headerLimit,
                        maxHeaderFieldCount: Self.headerCount))),
            configuration: .init(
                address: address, backlog: Self.backlog,
                availableConnectionsDelegate: MaximumAvailableConnections(settings.connectionLimit)),
            onServerRunning: { channel in
                if let socket {
                    socket.moveIn()
                } else {
                    listening.set(channel.localAddress?.port ?? settings.port)
                    await whenListening(self)
                }
            },
            logger: logger)
    }

    /// The whole of it, for the tests as well.
    func router() -> Router<WebContext> {
        let plain = Router(context: WebContext.self, options: [])
        let table = RouteTable()
        let router = NotedRouter(router: plain, table: table)
        let cookies = CookieNames(isSecure: settings.isSecure)
        let origins = OriginRule(settings.chatOrigins)
        let surroundings = seams.surroundings
        let lines = RateLimiter(Self.lineRate, surroundings: surroundings)
        router.add(middleware: EdgeGuard(settings: settings, seams: seams, lines: lines))
        router.add(middleware: HostGuard(settings: settings))
        router.add(middleware: origins)
        router.add(
            middleware: CallerGuard(
                store: seams.store, signer: seams.signer, sessions: sessions, cookies: cookies,
                proxies: ProxyTrust(settings.trustedProxies)))
        router.add(middleware: MethodGuard(table: table))
        let conversations = ConversationRoutes(
            seams: seams, events: EventStream(seams: seams, limits: settings.streams),
            limiter: RateLimiter(settings.chatRate, surroundings: surroundings),
            readLimiter: RateLimiter(
                Rate(count: settings.chatRate.count * Self.readsOfWord, period: settings.chatRate.period),
                surroundings: surroundings), sendsMail: settings.sendsMail)
        ChatRoutes(
            seams: seams, settings: settings, origins: origins, cookies: cookies,
            limiter: RateLimiter(settings.chatRate, surroundings: surroundings),
            keyLimiter: RateLimiter(Rate(count: 600, period: .minutes(1)), surroundings: surroundings)
        ).add(to: router)
        conversations.add(to: router)
        MailFiles(seams: seams, limiter: RateLimiter(settings.chatRate, surroundings: surroundings)).add(to: router)
        TicketRoutes(seams: seams).add(to: router)
        ReportRoutes(seams: seams).add(to: router)
        KeepingRoutes(seams: seams, makeLink: { entryLink() }).add(to: router)
        WebhookRoutes(
            seams: seams, settings: settings,
            limiter: RateLimiter(Self.forgedRate, surroundings: surroundings), lines: lines
        ).add(to: router)
        AdminRoutes(
            seams: seams, sessions: sessions, cookies: cookies,
            limiter: RateLimiter(Rate(count: 20, period: .minutes(5)), surroundings: surroundings),
            conversations: conversations
        ).add(to: router)
        AdminForms(seams: seams, sessions: sessions, cookies: cookies).add(to: router)
        if let perform = seams.commands { CommandDoor(perform: perform).add(to: router) }
        return plain
    }

    /// For tests that need no port.
    var sessionBook: SessionBook { sessions }
}
