// The stations over a real store, worked by hand: round by round, under a clock that a test moves.

import Correspondence
import Foundation
import Logging
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Gateway

final class GatewayRig: Sendable {
    let clock: TestClock
    let open: OpenStore
    /// What the stations see.
    let store: any DeskStore
    let answerer: ScriptedAnswerer
    let sender: FakeMailSender
    let policy: GatewayPolicy
    let signer = TokenSigner(secret: Array(repeating: 7, count: 32), messageIDDomain: "acme.example")
    let keeper: LeaseKeeper
    let handover: Handover
    let seams: GatewaySeams
    let filing: FilingStation
    let drafting: DraftingStation
    let telling: NoticeStation
    let delivery: DeliveryStation
    let history: HistoryHub
    private let handingOn: Task<Void, Never>

    /// What happens between the station and the store is `wrap`'s to change.
    init(
        clock: TestClock = TestClock(), answerer: ScriptedAnswerer = ScriptedAnswerer(),
        sender: FakeMailSender = FakeMailSender(), reader: any MailReader = FakeMailReader(),
        guess: any LanguageGuess = FakeLanguageGuess(),
        policy change: (inout GatewayPolicy) -> Void = { _ in },
        path: String? = nil, wrap: (any DeskStore) -> any DeskStore = { $0 }
    ) async throws {
        self.clock = clock
        self.answerer = answerer
        self.sender = sender
        let path = try path ?? TestFolder.make("gateway") + "/desk.sqlite"
        open = try await DeskStores.open(
            url: .sqlite(path: path), desk: Sample.desk.id, surroundings: clock.surroundings)
        store = wrap(open.store)
        var policy = GatewayPolicy(desk: Sample.desk)
        policy.notify = [Sample.address("ada@acme.example")]
        change(&policy)
        self.policy = policy
        seams = GatewaySeams(
            store: store, reader: reader, composer: FakeMailComposer(), guess: guess,
            analyzer: FakeAnalyzer(), search: FakePassageSearch(), answerer: answerer, sender: sender,
            reports: FakeReportMaker(), surroundings: clock.surroundings,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        keeper = LeaseKeeper(store: store, logger: seams.logger)
        handover = Handover(store: store, keeper: keeper)
        history = HistoryHub(store: open.store, logger: seams.logger)
        handingOn = Task { [history] in await history.run() }
        filing = FilingStation(seams: seams, policy: policy, signer: signer, keeper: keeper, handover: handover)
        drafting = DraftingStation(
            seams: seams, policy: policy, signer: signer, keeper: keeper, gate: KnowledgeGate(isOpen: true))
        telling = NoticeStation(seams: seams, policy: policy, signer: signer, keeper: keeper)
        delivery = DeliveryStation(
            seams: seams, policy: policy, signer: signer, keeper: keeper, sender: sender, pace: Pace(nil))
    }

    deinit { handingOn.cancel() }

    var tickets: TicketDesk {
        TicketDesk(
            store: store, policy: policy, signer: signer, reports: seams.reports, surroundings: clock.surroundings)
    }

    var chat: ChatDesk {
        ChatDesk(
            store: store, intake: Intake(store: store, handover: handover, surroundings: clock.surroundings),
            history: history, guess: seams.guess, desk: policy.desk, surroundings: clock.surroundings)
    }

    /// The store itself, which never fails.
    var base: any DeskStore { open.store }

    func close() async { await open.close() }

    // MARK: Mails

    /// A customer's mail to the desk, verified and answerable.
    func mail(
        _ id: String, from: String = "carla@x.example", text: String = "How long is the warranty?",
        subject: String = "Warranty", replyTo reply: OutgoingMail? = nil, change: (inout Message) -> Void = { _ in }
    ) -> Message {
        var message = Message()
        message.messageID = Sample.messageID("\(id)@x.example")
        message.from = NamedAddress(name: "Carla", address: Sample.address(from))
        message.to = [NamedAddress(address: reply?.replyTo?.address ?? policy.desk.address)]
        message.recipients = message.to.map(\.address)
        message.inReplyTo = reply.map { [$0.messageID] } ?? []
        message.references = reply.map { $0.references + [$0.messageID] } ?? []
        message.subject = reply.map { "Re: \($0.subject)" } ?? subject
        message.text = text
        message.newText = text
        message.language = "en"
        message.verification = Verification(isVerified: true, reason: "dmarc=pass")
        change(&message)
        return message
    }

    @discardableResult
    func arrive(_ message: Message, isHistory: Bool = false) async throws -> ArrivalID {
        try await arrive(message.bytes, isHistory: isHistory)
    }

    @discardableResult
    func arrive(_ bytes: [UInt8], isHistory: Bool = false) async throws -> ArrivalID {
        let id: ArrivalID = clock.surroundings.makeID()
        // The channel hands a mail over until it was kept.
        for _ in 0..<5 {
            do {
                _ = try await store.accept(
                    [
                        Arrival(
                            id: id, channel: Channel(.mailbox, "support"), key: id.text, receivedAt: clock.now,
                            bytes: bytes, isHistory: isHistory)
                    ], cursor: nil)
                return id
            } catch {
                continue
            }
        }
        throw StoreError(.other, detail: "nothing was kept")
    }

    // MARK: Work

    /// Rounds until nothing is due at this moment. Errors are what a service would sleep over.
    func work(_ kinds: Set<WorkKind> = Set(WorkKind.allCases)) async {
        for _ in 0..<200 {
            var hadWork = false
            let stations: [any Station] = [filing, drafting, telling, delivery]
            for station in stations where kinds.contains(station.kind) {
                do {
                    if try await station.round() { hadWork = true }
                } catch {
                    // A service would sleep over it.
                    continue
                }
            }
            if !hadWork || Task.isCancelled { return }
        }
        Issue.record("the work has no end")
    }

    /// Works on while time goes by: put-off work falls due, lost leases run out.
    func workOn(for duration: Duration = .minutes(3), step: Duration = .seconds(16)) async {
        var passed = Duration.zero
        await work()
        while passed < duration {
            clock.advance(step)
            passed += step
            await work()
        }
    }

    // MARK: What came of it

    func entry(_ id: ArrivalID) async throws -> LedgerEntry { try await base.ledgerEntry(id) }

    func outcome(_ id: ArrivalID) async throws -> Outcome? { try await entry(id).outcome }

    func outcomes(_ ids: [ArrivalID]) async throws -> [Outcome?] {
        var outcomes: [Outcome?] = []
        for id in ids { outcomes.append(try await outcome(id)) }
        return outcomes
    }

    func conversation(of id: ArrivalID) async throws -> SupportConversation {
        try await base.conversation(try #require(try await entry(id).conversation))
    }

    func messages(of id: ArrivalID) async throws -> [SupportMessage] {
        try await base.messages(of: try #require(try await entry(id).conversation))
    }

    func outbox(_ purpose: OutgoingReply.Purpose) async throws -> [OutboxEntry] {
        try await base.outbox(state: nil, limit: 1_000).filter { $0.reply.purpose == purpose }.reversed()
    }

    func backlog() async throws -> Int { try await base.backlog().values.reduce(0, +) }

    /// The promise of the house: no work is left, every mail has its outcome, every answered mail a reply that stands,
    /// and nobody got one reply twice.
    func expectWhole(_ note: String = "", location: SourceLocation = #_sourceLocation) async throws {
        let entries = try await base.ledger(outcome: nil, limit: 10_000, before: nil)
        for entry in entries {
            #expect(entry.outcome != nil, "no outcome: \(entry.subject ?? entry.key) \(note)", sourceLocation: location)
        }
        for conversation in Set(entries.filter { $0.outcome == .answered }.compactMap(\.conversation)) {
            let standing = try await outbox(.automaticReply).filter {
                $0.conversation == conversation && $0.state != .withdrawn
            }
            #expect(!standing.isEmpty, "answered without a reply \(note)", sourceLocation: location)
        }
        let work = try await base.backlog()
        #expect(work.values.allSatisfy { $0 == 0 }, "work is left: \(work) \(note)", sourceLocation: location)
        let ids = sender.received.map(\.mail.messageID)
        #expect(Set(ids).count == ids.count, "one mail went out twice \(note)", sourceLocation: location)
    }
}
