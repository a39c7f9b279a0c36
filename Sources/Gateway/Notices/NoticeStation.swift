// Telling: tickets that wait for a person become mails to the agents, one by one or many in one mail.

import Correspondence
import Logging

/// Takes: tickets that agents are still to be told of. Promises: each is told to every agent in a mail, in the commit
/// that ends its work; in a busy while many tickets share a mail (`NoticePace`), so that a flood of tickets is no flood
/// of mails. A ticket that was answered meanwhile is told to nobody. After a crash: the lease runs out and the ticket is
/// told then; a mail that was written is in the outbox and not written again.
struct NoticeStation: Station {
    let name = "telling"
    let kind = WorkKind.tell
    let seams: GatewaySeams
    let policy: GatewayPolicy
    let keeper: LeaseKeeper
    private let maker: NoticeMaker

    init(seams: GatewaySeams, policy: GatewayPolicy, signer: TokenSigner, keeper: LeaseKeeper) {
        self.seams = seams
        self.policy = policy
        self.keeper = keeper
        maker = NoticeMaker(policy: policy, signer: signer, surroundings: seams.surroundings, reports: seams.reports)
    }

    func round(_: inout DiscardingTaskGroup, whenFree: @escaping @Sendable () -> Void)
        async throws(StoreError) -> Bool
    {
        let store = seams.store
        let leases = try await store.claimNotices(limit: NoticePace.named)
        guard !leases.isEmpty else { return false }
        do throws(StoreError) {
            try await store.tell(try await telling(leases))
        } catch {
            await keeper.giveBack(leases)
            // Somebody else tells one of them, or it was erased: the rest is claimed anew.
            if error.code == .stale { return true }
            throw error
        }
        return true
    }

    private func telling(_ leases: [Lease<DueNotice>]) async throws(StoreError) -> Telling {
        let now = seams.surroundings.now()
        guard let agent = policy.notify.first else {
            return Telling(told: leases, notices: [], later: [], nextAt: now)
        }
        // All agents get the same mails: one stands for all.
        let sent = try await seams.store.noticeTimes(to: agent, since: now - NoticePace.hour)
        let opensAt = NoticePace.next(after: sent, now: now)
        guard opensAt <= now else { return Telling(told: [], notices: [], later: leases, nextAt: opensAt) }
        let waiting = leases.count < NoticePace.named ? 0 : try await seams.store.untold() - leases.count
        return Telling(
            told: leases, notices: maker.notices(leases.map(\.item), more: max(0, waiting)), later: [],
            nextAt: NoticePace.next(after: sent + [now], now: now))
    }
}
