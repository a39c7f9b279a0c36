// Keeps the leases of work under way alive, and gives them back at a stop.

import Correspondence
import Logging
import ServiceLifecycle
import Synchronization

/// Long work (a model that thinks for a minute) outlives a lease of 30 s. Every `heartbeat` the held leases are renewed;
/// one that was lost meanwhile is dropped here, and the write that ends its work will be refused by its fence.
final class LeaseKeeper: Service {
    static let heartbeat = Duration.seconds(10)

    /// A lease is relied on only until so long before its end.
    static let margin = Duration.seconds(5)

    private struct Held {
        var fence: Int64
        /// By the monotonic clock, which goes on while the process stands still.
        var until: ContinuousClock.Instant
        /// Something is under way that cannot be taken back: `releaseAll` leaves it to its lease's end.
        var isPinned = false
    }
    private let store: any DeskStore
    private let logger: Logger
    private let clock: @Sendable () -> ContinuousClock.Instant
    private let held = Mutex<[String: Held]>([:])

    init(
        store: any DeskStore, logger: Logger,
        clock: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.store = store
        self.logger = logger
        self.clock = clock
    }

    /// Whether the lease is certainly ours still, without asking the store: looked at before what cannot be taken back.
    func holds<Item>(_ lease: Lease<Item>) -> Bool {
        let now = clock()
        return held.withLock { held in
            guard let known = held[lease.work] else { return false }
            return known.fence == lease.fence && now < known.until
        }
    }

    /// For `hold`: to be taken before a claim is asked for. A lease runs from within the claim's transaction, which may
    /// be long over when its word arrives.
    var now: ContinuousClock.Instant { clock() }

    func hold<Item>(_ leases: [Lease<Item>], since asked: ContinuousClock.Instant? = nil) {
        let until = (asked ?? clock()) + leaseDuration - Self.margin
        held.withLock { held in
            for lease in leases {
                let isPinned = held[lease.work]?.isPinned ?? false
                held[lease.work] = Held(fence: lease.fence, until: until, isPinned: isPinned)
            }
        }
    }

    /// From now on the work's lease is not given back by `releaseAll`: the mail may be with the server, and whoever takes
    /// it next must know that.
    func pin<Item>(_ lease: Lease<Item>) {
        held.withLock { held in
            if held[lease.work]?.fence == lease.fence { held[lease.work]?.isPinned = true }
        }
    }

    func forget<Item>(_ lease: Lease<Item>) {
        held.withLock { held in
            if held[lease.work]?.fence == lease.fence { held[lease.work] = nil }
        }
    }

    /// Leases whose work was not done, through no fault of its own: due again at once, and the claim does not count.
    func giveBack<Item>(_ leases: [Lease<Item>], reason: String? = nil) async {
        guard !leases.isEmpty else { return }
        do {
            try await store.release(leases.map { (work: $0.work, fence: $0.fence) }, reason: reason)
        } catch {
            logger.warning("leases could not be given back; they run out", metadata: ["error": "\(error)"])
        }
        for lease in leases { forget(lease) }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.heartbeat)
                await self.renew()
            }
        }
    }

    /// One heartbeat.
    func renew() async {
        let works = held.withLock { $0.map { (work: $0.key, fence: $0.value.fence) } }
        guard !works.isEmpty else { return }
        let until = clock() + leaseDuration - Self.margin
        do {
            let kept = Set(try await store.renew(works))
            held.withLock { held in
                for (work, fence) in works where held[work]?.fence == fence {
                    if kept.contains(work) { held[work]?.until = until } else { held[work] = nil }
                }
            }
        } catch {
            logger.warning("leases could not be renewed", metadata: ["error": "\(error)"])
        }
    }

    /// At a stop, so that the next start need not wait for leases to run out.
    func releaseAll() async {
        let works = held.withLock { held in
            defer { held = [:] }
            return held.filter { !$0.value.isPinned }.map { (work: $0.key, fence: $0.value.fence) }
        }
        guard !works.isEmpty else { return }
        do {
            try await store.release(works)
        } catch {
            logger.warning("leases could not be given back; they run out", metadata: ["error": "\(error)"])
        }
    }
}
