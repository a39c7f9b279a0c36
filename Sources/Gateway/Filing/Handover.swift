// Mails that were just kept and go straight on to filing, claimed by the commit that kept them.

import Correspondence
import Synchronization

/// Spares each mail a claim, a way back from the disk and the wait for a hint. What does not fit (the station is
/// behind) is only kept, and claimed from the store later.
///
/// Order: a follow-up must not be filed before the mail it follows. So once something was only kept, everything after
/// it is, until the station has found nothing more to claim. When filing failed, all that stands in line is given back
/// together with what failed, before anything is taken or claimed again: the store then hands out the oldest first.
/// After a crash the handed mails' leases run out, or are freed by the next opening (SQLite).
final class Handover: Sendable {
    /// Mails, and about as many bytes, that may stand in line.
    static let limit = 512
    static let byteLimit = 24_000_000

    private struct State {
        var line: [Lease<Arrival>] = []
        var count = 0
        var bytes = 0
        /// Closed until the station has looked for what an earlier run left.
        var isOpen = false
        /// Commits under way that only keep.
        var keeping = 0
        /// Counts what was only kept, and failures.
        var kept = 0
        /// Counts failures alone: what was on its way into the line then is owed too.
        var failures = 0
        /// To be given back before anything else is filed.
        var owed: [Lease<Arrival>] = []
    }
    private let store: any DeskStore
    private let keeper: LeaseKeeper
    private let state = Mutex(State())
    /// A call for each batch that was put in line.
    let calls: AsyncStream<Void>
    private let call: AsyncStream<Void>.Continuation

    init(store: any DeskStore, keeper: LeaseKeeper) {
        self.store = store
        self.keeper = keeper
        (calls, call) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: Intake

    /// As `ArrivalStore.accept`.
    func accept(_ arrivals: [Arrival], cursor: (mailbox: String, cursor: MailboxCursor)?) async throws(StoreError)
        -> [Acceptance]
    {
        let bytes = arrivals.reduce(0) { $0 + $1.bytes.count }
        guard let failures = reserve(arrivals.count, bytes) else {
            defer { state.withLock { $0.keeping -= 1 } }
            return try await store.accept(arrivals, cursor: cursor)
        }
        let accepted: (acceptances: [Acceptance], leases: [Lease<Arrival>])
        do {
            accepted = try await store.acceptClaimed(arrivals, cursor: cursor)
        } catch {
            state.withLock { state in
                state.count -= arrivals.count
                state.bytes -= bytes
            }
            throw error
        }
        keeper.hold(accepted.leases)
        let handed = accepted.leases.reduce(0) { $0 + $1.item.bytes.count }
        let news = accepted.acceptances.count { if case .new = $0 { true } else { false } }
        state.withLock { state in
            // Another node has older ones to read: these were only kept.
            if accepted.leases.count < news {
                state.isOpen = false
                state.kept += 1
            }
            state.count -= arrivals.count - accepted.leases.count
            state.bytes -= bytes - handed
            state.line += accepted.leases
            // Opened again since, the line is in order; closed still, what comes later is only kept, and claimed.
            if state.failures != failures, !state.isOpen { Self.oweLine(&state) }
        }
        if !accepted.leases.isEmpty { call.yield() }
        return accepted.acceptances
    }

    /// Room for all, and how many failures there were so far; or nil, and a note that these are only kept.
    private func reserve(_ count: Int, _ bytes: Int) -> Int? {
        state.withLock { state in
            guard state.isOpen, state.count + count <= Self.limit,
                state.count == 0 || state.bytes + bytes <= Self.byteLimit
            else {
                state.isOpen = false
                state.keeping += 1
                state.kept += 1
                return nil
            }
            state.count += count
            state.bytes += bytes
            return state.failures
        }
    }

    // MARK: Filing

    func take(limit: Int, byteLimit: Int) -> [Lease<Arrival>] {
        state.withLock { state in
            var taken = 0
            var bytes = 0
            for lease in state.line.prefix(limit) {
                if taken > 0, bytes + lease.item.bytes.count > byteLimit { break }
                taken += 1
                bytes += lease.item.bytes.count
            }
            let leases = Array(state.line.prefix(taken))
            state.line.removeFirst(taken)
            state.count -= taken
            state.bytes -= bytes
            return leases
        }
    }

    /// To be asked before a claim, and given to `open` when it found nothing.
    var mark: Int { state.withLock { $0.kept } }

    /// Nothing is left to claim: mails may be handed over again, unless some were only kept meanwhile, or filing
    /// failed.
    func open(_ mark: Int) {
        state.withLock { state in
            if state.kept == mark, state.keeping == 0, state.owed.isEmpty { state.isOpen = true }
        }
    }

    // MARK: Failure

    /// Filing failed: what was not filed is owed, and so is all that came after it.
    func fail(_ unfiled: [Lease<Arrival>]) {
        state.withLock { state in
            state.isOpen = false
            state.kept += 1
            state.failures += 1
            state.owed += unfiled
            Self.oweLine(&state)
        }
    }

    /// These are to be claimed again, before what comes after them.
    func owe(_ leases: [Lease<Arrival>]) { state.withLock { $0.owed += leases } }

    var owes: Bool { state.withLock { !$0.owed.isEmpty } }

    private static func oweLine(_ state: inout State) {
        state.count -= state.line.count
        state.bytes -= state.line.reduce(0) { $0 + $1.item.bytes.count }
        state.owed += state.line
        state.line = []
    }

    /// Gives back what is owed. Asked for before anything is taken or claimed, by the station's loop alone; while it
    /// throws, nothing may be filed. Until then the keeper holds the leases on.
    func settle() async throws(StoreError) {
        let owed = state.withLock { $0.owed }
        guard !owed.isEmpty else { return }
        do {
            try await store.release(owed.map { (work: $0.work, fence: $0.fence) })
        } catch {
            // Leases that the store will never take back run out: no mail is held up by them for longer.
            if error.isTemporary { throw error }
        }
        for lease in owed { keeper.forget(lease) }
        state.withLock { $0.owed.removeFirst(owed.count) }
    }
}
