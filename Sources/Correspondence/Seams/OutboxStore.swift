// Seam: the outbox. Rows are written by the commits that decide; here they are delivered and settled.

package enum Settlement: Sendable, Equatable {
    case sent(reply: String)
    /// Try again at `at`. `inDoubt` marks the row for good: the customer may hold a copy.
    case again(at: Instant, error: String, inDoubt: Bool)
    /// Given up. With a conversation, its ticket is opened or reopened (`ticket`), and agents are to be told of it.
    case failed(error: String, ticket: TicketID)
}

/// How long notices and reports stand behind replies at the most.
package let noticePatience = Duration.minutes(15)

/// Contract: see `ArrivalStore`.
package protocol OutboxStore: Sendable {
    /// Due rows: first what customers wait for, oldest first, then notices and reports. Those that have been due for
    /// `noticePatience` get a quarter of the turns, whatever else waits. An automatic reply whose conversation has draft work waiting is left out: that draft
    /// will withdraw it. A row that was begun under a former lease and never settled comes with `wasInDoubt` set; one
    /// that was only claimed does not, and its claim is no attempt. The first `beginning` of the leases are begun (`sending`) in the same commit.
    func claimDeliveries(limit: Int, beginning: Int) async throws(StoreError) -> [Lease<OutboxEntry>]
    /// Marks rows as `sending`: from now on nobody but their sender knows whether they went out. Durable before a
    /// dialogue may begin. Returns the works that may be sent; the others are another's by now, or taken back, and are
    /// to be forgotten: not settled, not released.
    func begin(_ works: [(work: String, fence: Int64)]) async throws(StoreError) -> [String]
    func settle(_ lease: Lease<OutboxEntry>, _ settlement: Settlement) async throws(StoreError)
    /// Gives leases that are still held another `leaseDuration`; those lost are left out of the answer.
    func renew(_ works: [(work: String, fence: Int64)]) async throws(StoreError) -> [String]
    /// Gives leases back that nothing was done under: the work is due again at once, and the claim does not count. Those
    /// that were lost meanwhile are left alone.
    /// `reason`, why nothing was done, is shown with rows of the outbox.
    func release(_ works: [(work: String, fence: Int64)], reason: String?) async throws(StoreError)
    /// Settles rows of this purpose that were written before and that nobody holds as `failed`, at most `limit`; how
    /// many. For mails that get too old while none is tried.
    func giveUp(_ purpose: OutgoingReply.Purpose, writtenBefore: Instant, error: String, limit: Int)
        async throws(StoreError) -> Int
    /// Puts a row into the outbox that belongs to no decision (reports).
    func enqueue(_ outgoing: NewOutgoing) async throws(StoreError)
    /// `state` nil means all, newest first.
    func outbox(state: OutboxState?, limit: Int) async throws(StoreError) -> [OutboxEntry]
    /// Makes a failed, pending or in-doubt row due now.
    func retry(_ id: OutboxID) async throws(StoreError)
    /// Takes back a row that is not sent.
    func drop(_ id: OutboxID) async throws(StoreError)
    /// How much work of each kind is due now or leased, for `/metrics`, readiness and the demo's end.
    func backlog() async throws(StoreError) -> [WorkKind: Int]
    /// A hint after each commit that made work due, from this process or another. Hints may be lost or doubled:
    /// whoever waits also polls.
    func wakeUps() -> AsyncStream<WorkKind>
}

extension OutboxStore {
    package func release(_ works: [(work: String, fence: Int64)]) async throws(StoreError) {
        try await release(works, reason: nil)
    }

    /// For who sends whatever is claimed at once: all are begun.
    package func claimDeliveries(limit: Int) async throws(StoreError) -> [Lease<OutboxEntry>] {
        try await claimDeliveries(limit: limit, beginning: limit)
    }
}
