// What the store's tests work on: an open store of either engine, a clock that stands still, and makers of records.

import Correspondence
import Foundation
import Rehearsal
import Synchronization
import TestSupport
import Testing

@testable import Storage

enum Engine: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case sqlite
    case postgresql

    var testDescription: String { rawValue }

    /// PostgreSQL where it is installed, or demanded by REQUIRE_SERVERS=1.
    static var available: [Engine] {
        let demanded = (try? ServerRule.areDemanded()) ?? true
        return PrivatePostgreSQL.isInstalled || demanded ? [.sqlite, .postgresql] : [.sqlite]
    }
}

/// A clock that moves when told.
final class TestClock: Sendable {
    private let time = Mutex((wall: Instant(microseconds: 1_780_000_000_000_000), uptime: Duration.zero))

    var now: Instant { time.withLock { $0.wall } }

    /// Time goes by.
    func advance(_ duration: Duration) { time.withLock { $0 = ($0.wall + duration, $0.uptime + duration) } }

    /// Somebody sets the wall clock.
    func step(_ duration: Duration) { time.withLock { $0.wall = $0.wall + duration } }

    var surroundings: Surroundings {
        Surroundings(
            now: { self.now }, uptime: { self.time.withLock { $0.uptime } },
            randomBytes: Surroundings.system.randomBytes)
    }
}

struct Bench: Sendable {
    let engine: Engine
    let url: StoreURL
    let clock: TestClock
    let opened: OpenStore
    var store: any DeskStore { opened.store }
    /// The path of the SQLite file.
    let path: String

    static let desk = "desk"
    static let address = EmailAddress("support@acme.example")!
    static let customer = EmailAddress("customer@home.example")!

    static func with(_ engine: Engine, _ body: (Bench) async throws -> Void) async throws {
        let path = try TestFolder.make("store") + "/desk.sqlite"
        let url: StoreURL
        switch engine {
        case .sqlite: url = .sqlite(path: path)
        case .postgresql: url = .postgresql(url: try await TestServers.database())
        }
        let clock = TestClock()
        let opened = try await DeskStores.open(url: url, desk: desk, surroundings: clock.surroundings)
        do {
            try await body(Bench(engine: engine, url: url, clock: clock, opened: opened, path: path))
        } catch {
            await opened.close()
            throw error
        }
        await opened.close()
    }

    func id<Kind>() -> Identifier<Kind> { clock.surroundings.makeID() }

    // MARK: Makers

    func arrival(
        _ text: String = UUID().uuidString, channel: Channel = Channel(.mailbox, "support"), key: String? = nil,
        isHistory: Bool = false
    ) -> Arrival {
        Arrival(
            id: id(), channel: channel, key: key ?? UUID().uuidString, receivedAt: clock.now, bytes: Array(text.utf8),
            isHistory: isHistory)
    }

    func message(
        _ text: String = "Where is my parcel?", from: EmailAddress? = Bench.customer, subject: String = "Parcel",
        id messageID: String? = nil, verified: Bool = true
    ) -> Message {
        var message = Message()
        message.messageID = MessageID(messageID ?? "\(UUID().uuidString)@home.example")
        message.subject = subject
        message.from = from.map { NamedAddress(name: "Cus Tomer", address: $0) }
        message.to = [NamedAddress(address: Self.address)]
        message.text = text
        message.newText = text
        message.language = "en"
        message.verification = Verification(isVerified: verified, reason: verified ? "dmarc=pass" : "nothing")
        return message
    }

    func filing(
        _ message: Message, token: ConversationID? = nil, number: Int? = nil, words: [String] = []
    ) -> Filing {
        Filing(
            message: message, record: id(), newConversation: id(), token: token, number: number, words: words,
            language: "en", deskAddresses: [Self.address])
    }

    func outgoing(
        _ purpose: OutgoingReply.Purpose = .automaticReply, to: EmailAddress = Bench.customer, number: Int? = nil,
        isChat: Bool = false, sources: [Source] = [], body: String = "It is on its way."
    ) -> NewOutgoing {
        let isPart = purpose != .notice && purpose != .report
        return NewOutgoing(
            id: id(), record: isPart ? id() : nil,
            reply: OutgoingReply(
                purpose: purpose, messageID: MessageID("\(UUID().uuidString)@acme.example")!,
                to: NamedAddress(address: to), subject: "Parcel", number: number, language: "en", body: body,
                signer: purpose == .humanReply ? "Ann" : nil),
            sources: sources, isChat: isChat)
    }

    static let noLimits = SendingLimits(repliesPerConversation: 100, perSender: [], answers: [])

    func sending(
        _ lease: Lease<DraftingCase>, reply: NewOutgoing? = nil, limits: SendingLimits = Bench.noLimits,
        cost: Double? = 0.25
    ) -> Conclusion {
        let reply = reply ?? outgoing(sources: [Source(article: "parcel.md", title: "Parcels", quote: "on its way")])
        let draft = Draft(
            reply: reply.reply.body, sources: reply.sources, language: "en", confidence: 0.9, reasons: ["sure"],
            cost: cost, answerer: "built-in")
        return Conclusion(
            seenVersion: lease.item.conversation.version, covers: lease.item.waiting,
            decision: Decision(verdict: .send, reasons: ["sure enough"], rule: "confidence"), draft: (id(), draft),
            reply: reply, limits: limits, ticket: id())
    }

    func ticketing(
        _ lease: Lease<DraftingCase>, verdict: Decision.Verdict = .ticket, tellsAgents: Bool = true,
        priority: SupportTicket.Priority = .normal, rule: String = "topic:refund"
    ) -> Conclusion {
        let draft = Draft(
            reply: "Perhaps", sources: [], language: "en", confidence: 0.3, reasons: ["unsure"], cost: nil,
            answerer: "built-in")
        return Conclusion(
            seenVersion: lease.item.conversation.version, covers: lease.item.waiting,
            decision: Decision(verdict: verdict, reasons: ["a refund"], priority: priority, rule: rule),
            draft: (id(), draft), reply: nil, limits: Self.noLimits, ticket: id(), tellsAgents: tellsAgents)
    }

    // MARK: Whole ways

    /// Accepts and claims one arrival.
    func claimed(_ arrival: Arrival) async throws -> Lease<Arrival> {
        _ = try await store.accept([arrival], cursor: nil)
        let leases = try await store.claimArrivals(limit: 10, byteLimit: 1_000_000)
        return try leases.first { $0.item.id == arrival.id } ?? { throw Missing("the arrival's work") }()
    }

    /// Accepts, claims and files one message.
    @discardableResult
    func filed(
        _ message: Message, arrival: Arrival? = nil, token: ConversationID? = nil, number: Int? = nil,
        words: [String] = []
    ) async throws -> Filed {
        let lease = try await claimed(arrival ?? self.arrival())
        let results = try await store.file([(lease, filing(message, token: token, number: number, words: words))])
        return try results[0].get()
    }

    /// The conversation that a new message of the customer opens or joins.
    func waiting(_ message: Message? = nil, arrival: Arrival? = nil, words: [String] = []) async throws
        -> ConversationID
    {
        let filed = try await filed(message ?? self.message(), arrival: arrival, words: words)
        guard case .waiting(let id) = filed else { throw Missing("a waiting conversation, not \(filed)") }
        return id
    }

    func drafting(_ id: ConversationID? = nil) async throws -> Lease<DraftingCase> {
        let leases = try await store.claimDrafting(limit: 10)
        return try leases.first { id == nil || $0.item.conversation.id == id } ?? { throw Missing("draft work") }()
    }

    /// A conversation whose message was answered automatically; the reply is in the outbox.
    func answered(_ message: Message? = nil, reply: NewOutgoing? = nil) async throws -> ConversationID {
        let id = try await waiting(message)
        let lease = try await drafting(id)
        let concluded = try await store.conclude(lease, sending(lease, reply: reply))
        guard concluded == .done else { throw Missing("an answer, not \(concluded)") }
        return id
    }

    /// A conversation with a ticket.
    func ticketed(_ message: Message? = nil) async throws -> (ConversationID, SupportTicket) {
        let id = try await waiting(message)
        let lease = try await drafting(id)
        _ = try await store.conclude(lease, ticketing(lease))
        let ticket = try await store.conversation(id).ticket ?? { throw Missing("a ticket") }()
        return (id, try await store.ticket(ticket).ticket)
    }
}

struct Missing: Error, CustomStringConvertible {
    let description: String

    init(_ what: String) { description = "missing: \(what)" }
}
