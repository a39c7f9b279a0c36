// A store that fails at one call, as a store does that cannot be reached: the call changes nothing.

package import Correspondence
import Synchronization

/// Counts the calls that may fail, over all seams. `failsAt` n fails the n-th of them; a test sweeps n until a run ends
/// without a failure.
package final class FaultyStore: Sendable {
    private let store: any DeskStore
    private let code: StoreError.Code
    private let byName = Mutex<[String: Int]>([:])
    private let state: Mutex<(calls: Int, failures: Set<Int>, met: String?, isDead: Bool)>

    private let deed = Mutex<Deed?>(nil)

    package init(_ store: any DeskStore, failsAt failures: Set<Int> = [], code: StoreError.Code = .unavailable) {
        self.store = store
        self.code = code
        state = Mutex((0, failures, nil, false))
    }

    /// The last call that failed, nil when none did.
    package var failed: String? { state.withLock { $0.met } }

    package var calls: Int { state.withLock { $0.calls } }

    /// How often one of them was called, by its name.
    package func calls(of name: String) -> Int { byName.withLock { $0[name, default: 0] } }

    /// The program that works with this store ends here: nothing it does reaches the store any more.
    package func die() { state.withLock { $0.isDead = true } }

    package var isDead: Bool { state.withLock { $0.isDead } }

    /// What happens in the world between the end of a transaction and its word: of claims of deliveries and settlements.
    package typealias Deed = @Sendable (_ call: String, _ error: StoreError?) async -> Void

    package func afterwards(_ deed: @escaping Deed) { self.deed.withLock { $0 = deed } }

    private func tell(_ call: String, _ error: StoreError?) async {
        await deed.withLock { $0 }?(call, error)
    }

    private func meet(_ call: String) throws(StoreError) {
        byName.withLock { $0[call, default: 0] += 1 }
        let mustFail = state.withLock { state in
            state.calls += 1
            guard state.isDead || state.failures.contains(state.calls) else { return false }
            state.met = call
            return true
        }
        if mustFail { throw StoreError(code, detail: "told to fail at \(call)") }
    }
}

extension FaultyStore: ArrivalStore {
    package func accept(_ arrivals: [Arrival], cursor: (mailbox: String, cursor: MailboxCursor)?)
        async throws(StoreError) -> [Acceptance]
    {
        try meet("accept")
        return try await store.accept(arrivals, cursor: cursor)
    }

    package func acceptClaimed(_ arrivals: [Arrival], cursor: (mailbox: String, cursor: MailboxCursor)?)
        async throws(StoreError) -> (acceptances: [Acceptance], leases: [Lease<Arrival>])
    {
        try meet("acceptClaimed")
        return try await store.acceptClaimed(arrivals, cursor: cursor)
    }

    package func cursor(mailbox: String) async throws(StoreError) -> MailboxCursor? {
        try meet("cursor")
        return try await store.cursor(mailbox: mailbox)
    }

    package func claimArrivals(limit: Int, byteLimit: Int) async throws(StoreError) -> [Lease<Arrival>] {
        try meet("claimArrivals")
        return try await store.claimArrivals(limit: limit, byteLimit: byteLimit)
    }

    package func file(_ batch: [(lease: Lease<Arrival>, filing: Filing)]) async throws(StoreError) -> [Result<
        Filed, StoreError
    >] {
        try meet("file")
        return try await store.file(batch)
    }

    package func postpone(_ lease: Lease<Arrival>, error: String, delay: Duration) async throws(StoreError) {
        try meet("postpone")
        return try await store.postpone(lease, error: error, delay: delay)
    }

    package func quarantine(_ lease: Lease<Arrival>, reason: String) async throws(StoreError) {
        try meet("quarantine")
        return try await store.quarantine(lease, reason: reason)
    }

    package func replay(_ arrival: ArrivalID) async throws(StoreError) {
        try meet("replay")
        return try await store.replay(arrival)
    }

    package func mail(_ arrival: ArrivalID) async throws(StoreError) -> [UInt8] {
        try meet("mail")
        return try await store.mail(arrival)
    }

    package func ledger(outcome: Outcome??, limit: Int, before: ArrivalID?) async throws(StoreError) -> [LedgerEntry] {
        try meet("ledger")
        return try await store.ledger(outcome: outcome, limit: limit, before: before)
    }

    package func ledgerEntry(_ arrival: ArrivalID) async throws(StoreError) -> LedgerEntry {
        try meet("ledgerEntry")
        return try await store.ledgerEntry(arrival)
    }
}

extension FaultyStore: ConversationStore {
    package func claimDrafting(limit: Int) async throws(StoreError) -> [Lease<DraftingCase>] {
        try meet("claimDrafting")
        return try await store.claimDrafting(limit: limit)
    }

    package func conclude(_ lease: Lease<DraftingCase>, _ conclusion: Conclusion) async throws(StoreError) -> Concluded
    {
        try meet("conclude")
        return try await store.conclude(lease, conclusion)
    }

    package func limit(_ limits: SendingLimits, on item: DraftingCase, recipient: EmailAddress, isChat: Bool)
        async throws(StoreError) -> String?
    {
        try meet("limit")
        return try await store.limit(limits, on: item, recipient: recipient, isChat: isChat)
    }

    package func postpone(_ lease: Lease<DraftingCase>, error: String, delay: Duration) async throws(StoreError) {
        try meet("postpone")
        return try await store.postpone(lease, error: error, delay: delay)
    }

    package func conversation(_ id: ConversationID) async throws(StoreError) -> SupportConversation {
        try meet("conversation")
        return try await store.conversation(id)
    }

    package func messages(of id: ConversationID) async throws(StoreError) -> [SupportMessage] {
        try meet("messages")
        return try await store.messages(of: id)
    }

    package func message(_ id: MessageRecordID) async throws(StoreError) -> SupportMessage {
        try meet("message")
        return try await store.message(id)
    }

    package func lastDraft(of id: ConversationID) async throws(StoreError) -> Draft? {
        try meet("lastDraft")
        return try await store.lastDraft(of: id)
    }

    package func conversations(_ filter: ConversationFilter, limit: Int, cursor: String?) async throws(StoreError)
        -> Page<SupportConversation>
    {
        try meet("conversations")
        return try await store.conversations(filter, limit: limit, cursor: cursor)
    }

    package func close(_ id: ConversationID, by: String) async throws(StoreError) {
        try meet("close")
        return try await store.close(id, by: by)
    }

    package func answerByMail(_ id: ConversationID, to address: EmailAddress) async throws(StoreError) {
        try meet("answerByMail")
        return try await store.answerByMail(id, to: address)
    }

    package func erase(_ id: ConversationID) async throws(StoreError) {
        try meet("erase")
        return try await store.erase(id)
    }

    package func eraseArrival(_ id: ArrivalID) async throws(StoreError) {
        try meet("eraseArrival")
        return try await store.eraseArrival(id)
    }

    package func eraseAll(of address: EmailAddress) async throws(StoreError) -> Erasure {
        try meet("eraseAll")
        return try await store.eraseAll(of: address)
    }
}

extension FaultyStore: OutboxStore {
    package func claimDeliveries(limit: Int, beginning: Int) async throws(StoreError) -> [Lease<OutboxEntry>] {
        try meet("claimDeliveries")
        let leases = try await store.claimDeliveries(limit: limit, beginning: beginning)
        await tell("claimDeliveries", nil)
        return leases
    }

    package func begin(_ works: [(work: String, fence: Int64)]) async throws(StoreError) -> [String] {
        try meet("begin")
        return try await store.begin(works)
    }

    package func settle(_ lease: Lease<OutboxEntry>, _ settlement: Settlement) async throws(StoreError) {
        try meet("settle")
        do throws(StoreError) {
            try await store.settle(lease, settlement)
        } catch {
            await tell("settle", error)
            throw error
        }
        await tell("settle", nil)
    }

    package func renew(_ works: [(work: String, fence: Int64)]) async throws(StoreError) -> [String] {
        try meet("renew")
        return try await store.renew(works)
    }

    package func release(_ works: [(work: String, fence: Int64)], reason: String?) async throws(StoreError) {
        try meet("release")
        return try await store.release(works, reason: reason)
    }

    package func giveUp(_ purpose: OutgoingReply.Purpose, writtenBefore: Instant, error: String, limit: Int)
        async throws(StoreError) -> Int
    {
        try meet("giveUp")
        return try await store.giveUp(purpose, writtenBefore: writtenBefore, error: error, limit: limit)
    }

    package func enqueue(_ outgoing: NewOutgoing) async throws(StoreError) {
        try meet("enqueue")
        return try await store.enqueue(outgoing)
    }

    package func outbox(state: OutboxState?, limit: Int) async throws(StoreError) -> [OutboxEntry] {
        try meet("outbox")
        return try await store.outbox(state: state, limit: limit)
    }

    package func retry(_ id: OutboxID) async throws(StoreError) {
        try meet("retry")
        return try await store.retry(id)
    }

    package func drop(_ id: OutboxID) async throws(StoreError) {
        try meet("drop")
        return try await store.drop(id)
    }

    package func backlog() async throws(StoreError) -> [WorkKind: Int] {
        try meet("backlog")
        return try await store.backlog()
    }

    package func wakeUps() -> AsyncStream<WorkKind> { store.wakeUps() }
}

extension FaultyStore: TicketStore {
    package func tickets(_ filter: TicketFilter, limit: Int, cursor: String?) async throws(StoreError) -> Page<
        SupportTicket
    > {
        try meet("tickets")
        return try await store.tickets(filter, limit: limit, cursor: cursor)
    }

    package func ticket(_ id: TicketID) async throws(StoreError) -> TicketFolder {
        try meet("ticket")
        return try await store.ticket(id)
    }

    package func ticket(number: Int) async throws(StoreError) -> TicketFolder {
        try meet("ticket")
        return try await store.ticket(number: number)
    }

    package func reply(_ id: TicketID, _ reply: TicketReply, version: Int?) async throws(StoreError) {
        try meet("reply")
        return try await store.reply(id, reply, version: version)
    }

    package func setStatus(_ id: TicketID, _ status: SupportTicket.Status, by: String, version: Int?)
        async throws(StoreError)
    {
        try meet("setStatus")
        return try await store.setStatus(id, status, by: by, version: version)
    }

    package func assign(_ id: TicketID, to assignee: String?, by: String, version: Int?) async throws(StoreError) {
        try meet("assign")
        return try await store.assign(id, to: assignee, by: by, version: version)
    }

    package func note(_ id: TicketID, _ note: TicketNote) async throws(StoreError) {
        try meet("note")
        return try await store.note(id, note)
    }

    package func discardDraft(_ id: TicketID, _ note: TicketNote, version: Int?) async throws(StoreError) {
        try meet("discardDraft")
        return try await store.discardDraft(id, note, version: version)
    }

    package func escalate(
        _ conversation: ConversationID, ticket: TicketID, reason: String, by: String
    ) async throws(StoreError) -> SupportTicket {
        try meet("escalate")
        return try await store.escalate(conversation, ticket: ticket, reason: reason, by: by)
    }
}

extension FaultyStore: NoticeStore {
    package func claimNotices(limit: Int) async throws(StoreError) -> [Lease<DueNotice>] {
        try meet("claimNotices")
        return try await store.claimNotices(limit: limit)
    }

    package func untold() async throws(StoreError) -> Int {
        try meet("untold")
        return try await store.untold()
    }

    package func noticeTimes(to agent: EmailAddress, since: Instant) async throws(StoreError) -> [Instant] {
        try meet("noticeTimes")
        return try await store.noticeTimes(to: agent, since: since)
    }

    package func tell(_ telling: Telling) async throws(StoreError) {
        try meet("tell")
        return try await store.tell(telling)
    }
}

extension FaultyStore: HistoryStore {
    package func events(after sequence: Int64, conversation: ConversationID?, limit: Int) async throws(StoreError)
        -> [HistoryEvent]
    {
        try meet("events")
        return try await store.events(after: sequence, conversation: conversation, limit: limit)
    }

    package func lastSequence() async throws(StoreError) -> Int64 {
        try meet("lastSequence")
        return try await store.lastSequence()
    }

    package func historyHints() -> AsyncStream<Void> { store.historyHints() }
}

extension FaultyStore: ArticleStore {
    package func replaceArticles(
        origin: String, with articles: [Article], keeping: [String]
    ) async throws(StoreError) -> Bool {
        try meet("replaceArticles")
        return try await store.replaceArticles(origin: origin, with: articles, keeping: keeping)
    }

    package func addArticle(_ article: Article, origin: String) async throws(StoreError) {
        try meet("addArticle")
        return try await store.addArticle(article, origin: origin)
    }

    package func removeArticle(path: String) async throws(StoreError) {
        try meet("removeArticle")
        return try await store.removeArticle(path: path)
    }

    package func articles() async throws(StoreError) -> [Article] {
        try meet("articles")
        return try await store.articles()
    }

    package func articleRevision() async throws(StoreError) -> Int64 {
        try meet("articleRevision")
        return try await store.articleRevision()
    }
}

extension FaultyStore: AccessStore {
    package func addKey(_ key: AccessKey) async throws(StoreError) {
        try meet("addKey")
        return try await store.addKey(key)
    }

    package func key(hash: String) async throws(StoreError) -> AccessKey? {
        try meet("key")
        return try await store.key(hash: hash)
    }

    package func keys() async throws(StoreError) -> [AccessKey] {
        try meet("keys")
        return try await store.keys()
    }

    package func removeKey(_ id: String) async throws(StoreError) {
        try meet("removeKey")
        return try await store.removeKey(id)
    }

    package func addSession(_ session: AccessSession) async throws(StoreError) {
        try meet("addSession")
        return try await store.addSession(session)
    }

    package func session(hash: String) async throws(StoreError) -> AccessSession? {
        try meet("session")
        return try await store.session(hash: hash)
    }

    package func renewSession(hash: String, until: Instant) async throws(StoreError) {
        try meet("renewSession")
        return try await store.renewSession(hash: hash, until: until)
    }

    package func endSession(hash: String) async throws(StoreError) {
        try meet("endSession")
        return try await store.endSession(hash: hash)
    }

    package func endSessions() async throws(StoreError) -> Int {
        try meet("endSessions")
        return try await store.endSessions()
    }
}

extension FaultyStore: FigureStore {
    package func figures(_ period: ReportPeriod) async throws(StoreError) -> Figures {
        try meet("figures")
        return try await store.figures(period)
    }
}
