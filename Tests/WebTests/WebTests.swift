// A desk for the web tests: a real SQLite store in a folder of its own, a clock that moves when told, a fake chat.

import Correspondence
import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Reports
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Web

final class TestClock: Sendable {
    private let instant = Mutex(Instant(microseconds: 1_795_424_400_000_000))

    var now: Instant { instant.withLock { $0 } }

    func advance(_ duration: Duration) { instant.withLock { $0 = $0 + duration } }
}

/// Splits at blanks; German loses its -en.
struct PlainWords: Analyzer, LanguageGuess {
    func features(of text: String, language: String) -> [String] { words(of: text, language: language) }
    func words(of text: String, language: String) -> [String] {
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return language == "de" ? words.map { $0.hasSuffix("en") ? String($0.dropLast(2)) : $0 } : words
    }
    func sentences(of text: String) -> [String] { [text] }
    func guess(_ text: String, among languages: [String]) -> LanguageVerdict { .undetermined }
}

/// Answers at once, as told.
final class FakeChat: ChatDoor {
    struct Said: Sendable {
        var text: String
        var conversation: ConversationID?
        var user: ChatMessage.User?
        var isIdentityTrusted: Bool
    }
    private let all = Mutex<[Said]>([])
    private let fault = Mutex<ChatError?>(nil)
    let conversation: ConversationID

    init(_ conversation: ConversationID) {
        self.conversation = conversation
    }

    var said: [Said] { all.withLock { $0 } }

    func fail(_ error: ChatError?) { fault.withLock { $0 = error } }

    func say(
        _ text: String, conversation: ConversationID?, user: ChatMessage.User?, isIdentityTrusted: Bool,
        progress: @escaping @Sendable (ChatProgress) async -> Void
    ) async throws(ChatError) -> ChatAnswer {
        all.withLock {
            $0.append(
                Said(text: text, conversation: conversation, user: user, isIdentityTrusted: isIdentityTrusted))
        }
        await progress(.accepted)
        let id = conversation ?? self.conversation
        await progress(.drafting(id))
        if let error = fault.withLock({ $0 }) { throw error }
        return ChatAnswer(
            conversation: id, message: MessageRecordID("m1"), reply: "Within 30 days.", language: "en", confidence: 0.9,
            sources: [Source(article: "en/returns.md", title: "Returns", quote: "30 days")], isEscalated: false,
            ticket: nil)
    }
}

struct Desk: Sendable {
    let store: any DeskStore
    let clock: TestClock
    let seams: WebSeams
    let chat: FakeChat
    let server: WebServer
    let keys: Keys

    struct Keys: Sendable {
        let reader = "dk_reader"
        let agent = "dk_agent"
        let admin = "dk_admin"
        let chat = "dk_chat"
    }
    static let address = EmailAddress("support@acme.example")!
    static let profile = DeskProfile(name: "Acme Support", address: address, languages: ["en", "de"])
    static let hostile = "<script>alert(1)</script>\" onload='x'"

    /// A desk with a router's client; `body` ends, the desk is gone.
    static func with(
        _ settings: WebSettings = WebSettings(), seams change: @Sendable (inout WebSeams) -> Void = { _ in },
        _ body: @escaping @Sendable (Desk, Client) async throws -> Void
    ) async throws {
        try await open(settings, seams: change) { desk in
            let application = desk.server.application(on: .hostname("127.0.0.1", port: 0), socket: nil)
            try await application.test(.router) { client in
                try await body(desk, Client(inner: client, desk: desk))
            }
        }
    }

    static func open(
        _ settings: WebSettings, whenListening: @escaping @Sendable (WebServer) async -> Void = { _ in },
        seams change: @Sendable (inout WebSeams) -> Void = { _ in }, _ body: @Sendable (Desk) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "web-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let clock = TestClock()
        let surroundings = Surroundings(now: { clock.now }, randomBytes: Surroundings.system.randomBytes)
        let opened = try await DeskStores.open(
            url: .sqlite(path: folder + "/desk.sqlite"), desk: "desk", surroundings: surroundings)
        do {
            let desk = try await make(
                opened.store, clock: clock, surroundings: surroundings, settings: settings,
                whenListening: whenListening, seams: change)
            try await body(desk)
        } catch {
            await opened.close()
            throw error
        }
        await opened.close()
    }

    private static func make(
        _ store: any DeskStore, clock: TestClock, surroundings: Surroundings, settings: WebSettings,
        whenListening: @escaping @Sendable (WebServer) async -> Void, seams change: @Sendable (inout WebSeams) -> Void
    ) async throws -> Desk {
        let reports = try MustacheReportMaker()
        let signer = TokenSigner(secret: Array(repeating: 7, count: 32), messageIDDomain: "acme.example")
        let chat = FakeChat(surroundings.makeID())
        var logger = Logger(label: "web-tests")
        logger.logLevel = .critical
        var seams = WebSeams(
            store: store, reports: reports, pages: reports.pages, desk: profile, signer: signer,
            intake: Intake(store: store, surroundings: surroundings), chat: chat,
            tickets: TicketDesk(
                store: store, policy: GatewayPolicy(desk: profile), signer: signer, reports: reports,
                surroundings: surroundings),
            history: HistoryHub(store: store, logger: logger), analyzer: PlainWords(), guess: PlainWords(),
            reader: FakeMailReader(),
            readiness: {
                Readiness(
                    isReady: true,
                    parts: [
                        "support": .init("seen"),
                        "outgoing mail": .init("waits", reason: "535 5.7.8 bad login of desk@mx.internal"),
                    ])
            }, surroundings: surroundings,
            logger: logger)
        change(&seams)
        let keys = Keys()
        let scopes: [(String, AccessKey.Scope)] = [
            (keys.reader, .read), (keys.agent, .agent), (keys.admin, .admin), (keys.chat, .chatIdentify),
        ]
        for (key, scope) in scopes {
            try await store.addKey(
                AccessKey(
                    id: key, name: "\(scope.rawValue) key",
                    scopes: [scope], hash: CallerGuard.hash(key), createdAt: clock.now))
        }
        return Desk(
            store: store, clock: clock, seams: seams, chat: chat,
            server: WebServer(settings: settings, seams: seams, whenListening: whenListening), keys: keys)
    }

    // MARK: Records

    /// A customer's mail, filed and waiting.
    @discardableResult
    func waiting(
        _ text: String = "Where is my parcel?", subject: String = "Parcel", from: String = "anna@example.org",
        name: String = "Anna", html: String? = nil, language: String = "en", attachments: [MailAttachment] = [],
        isChat: Bool = false
    ) async throws -> ConversationID {
        let surroundings = seams.surroundings
        var message = Message()
        message.messageID = MessageID("\(UUID().uuidString)@example.org")
        message.subject = subject
        message.from = EmailAddress(from).map { NamedAddress(name: name, address: $0) }
        message.to = [NamedAddress(address: Self.address)]
        message.text = text
        message.newText = text
        message.html = html
        message.language = "en"
        message.verification = Verification(isVerified: true, reason: "dmarc=pass")
        message.attachments = attachments
        let arrival = Arrival(
            id: surroundings.makeID(), channel: isChat ? .init(.chat, "chat") : .init(.mailbox, "support"),
            key: UUID().uuidString,
            receivedAt: clock.now, bytes: message.bytes)
        _ = try await store.accept([arrival], cursor: nil)
        let lease = try #require(
            try await store.claimArrivals(limit: 10, byteLimit: 1_000_000).first { $0.item.id == arrival.id })
        let filing = Filing(
            message: message, record: surroundings.makeID(), newConversation: surroundings.makeID(), token: nil,
            number: nil,
            words: SearchWords.kept(of: message, language: language, desk: [Self.address], by: PlainWords()),
            language: language, deskAddresses: [Self.address])
        guard case .waiting(let id)? = try await store.file([(lease, filing)]).first?.get() else {
            throw Problem.notFound("conversation")
        }
        return id
    }

    /// The mail that says that a reply did not arrive, filed beside it.
    func bounced(_ reply: MessageID, to recipient: String, text: String) async throws {
        let surroundings = seams.surroundings
        var message = Message()
        message.messageID = MessageID("\(UUID().uuidString)@mx.example.org")
        message.subject = "Undelivered Mail"
        message.from = EmailAddress("mailer-daemon@mx.example.org").map { NamedAddress(name: "", address: $0) }
        message.to = [NamedAddress(address: Self.address)]
        message.text = text
        message.newText = text
        message.kind = .bounce
        message.kindReason = "multipart/report"
        message.bounce = Bounce(
            recipient: recipient, status: "5.1.1", diagnostic: "550 5.1.1 no such user here", originalMessageID: reply)
        let arrival = Arrival(
            id: surroundings.makeID(), channel: .init(.mailbox, "support"), key: UUID().uuidString,
            receivedAt: clock.now, bytes: [])
        _ = try await store.accept([arrival], cursor: nil)
        let lease = try #require(
            try await store.claimArrivals(limit: 10, byteLimit: 1_000_000).first { $0.item.id == arrival.id })
        let filing = Filing(
            message: message, record: surroundings.makeID(), newConversation: surroundings.makeID(), token: nil,
            number: nil, words: [], language: "en", deskAddresses: [Self.address])
        _ = try await store.file([(lease, filing)]).first?.get()
    }

    /// A visitor's words in the chat, filed and waiting.
    func chatting(_ text: String = "May I talk to somebody?") async throws -> ConversationID {
        try await waiting(text, subject: text, from: "", isChat: true)
    }

    /// A conversation with a ticket and a draft.
    func ticketed(
        _ text: String = "I want my money back", subject: String = "Refund", name: String = "Anna", html: String? = nil,
        reply: String = "You can have it.", verdict: Decision.Verdict = .ticket
    ) async throws -> TicketFolder {
        let id = try await waiting(text, subject: subject, name: name, html: html)
        try await conclude(id, reply: nil, draft: reply, verdict: verdict)
        let ticket = try #require(try await store.conversation(id).ticket)
        return try await store.ticket(ticket)
    }

    /// Ends the wait: with `reply` an automatic answer, else a ticket.
    func conclude(
        _ id: ConversationID, reply: String?, draft: String = "Perhaps", verdict: Decision.Verdict = .ticket
    ) async throws {
        let surroundings = seams.surroundings
        let lease = try #require(
            try await store.claimDrafting(limit: 50).first { $0.item.conversation.id == id })
        let source = Source(article: "en/returns.md", title: "Returns", quote: "within 30 days")
        var outgoing: NewOutgoing?
        if let reply {
            outgoing = NewOutgoing(
                id: surroundings.makeID(), record: surroundings.makeID(),
                reply: OutgoingReply(
                    purpose: .automaticReply, messageID: MessageID("\(UUID().uuidString)@acme.example")!,
                    to: NamedAddress(address: EmailAddress("anna@example.org")!), subject: "Parcel", language: "en",
                    body: reply), sources: [source])
        }
        let made = Draft(
            reply: reply ?? draft, sources: [source], language: "en", confidence: reply == nil ? 0.4 : 0.9,
            reasons: ["signals"], cost: 0.001, answerer: "built-in")
        let concluded = try await store.conclude(
            lease,
            Conclusion(
                seenVersion: lease.item.conversation.version, covers: lease.item.waiting,
                decision: Decision(
                    verdict: reply == nil ? verdict : .send, reasons: [reply == nil ? "a refund" : "sure"],
                    priority: reply == nil ? .high : .normal, rule: reply == nil ? "topic:refund" : "confidence"),
                draft: (surroundings.makeID(), made), reply: outgoing,
                limits: SendingLimits(repliesPerConversation: 9, perSender: [], answers: []),
                ticket: surroundings.makeID()))
        #expect(concluded == .done)
    }

    /// The session's cookie and its CSRF token.
    func signIn() async throws -> (cookie: String, csrf: String) {
        let id = try #require(try await server.sessionBook.enter(server.sessionBook.makeLinkKey()))
        let session = try #require(try await server.sessionBook.session(id))
        return ("deskbridge=\(id)", session.csrf)
    }
}

/// Calls the router, and holds every answer under `/api` and `/webhooks` to the API's description.
struct Client: Sendable {
    let inner: any TestClientProtocol
    let desk: Desk

    struct Answer: Sendable {
        var status: Int
        var headers: HTTPFields
        var text: String

        func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try JSONDecoder().decode(type, from: Data(text.utf8))
        }

        var problem: Problem? { try? json(Problem.self) }
    }

    func call(
        _ method: HTTPRequest.Method, _ path: String, key: String? = nil, cookie: String? = nil,
        headers: HTTPFields = [:], json: String? = nil, form: [String: String]? = nil, bytes: [UInt8]? = nil
    ) async throws -> Answer {
        var headers = headers
        var body: ByteBuffer?
        if let key { headers[.authorization] = "Bearer \(key)" }
        if let cookie { headers[.cookie] = cookie }
        if let json {
            headers[.contentType] = "application/json"
            body = ByteBuffer(string: json)
        }
        if let form {
            headers[.contentType] = "application/x-www-form-urlencoded"
            body = ByteBuffer(
                string: form.map { "\($0)=\(AdminRoutes.escaped($1))" }.joined(separator: "&"))
        }
        if let bytes { body = ByteBuffer(bytes: bytes) }
        let answer = try await inner.execute(uri: path, method: method, headers: headers, body: body) { response in
            Answer(
                status: response.status.code, headers: response.headers,
                text: String(buffer: response.body))
        }
        try APIDescription.shared.check(method: method.rawValue, path: path, answer)
        return answer
    }
}
