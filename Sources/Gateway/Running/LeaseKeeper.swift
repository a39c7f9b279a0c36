// Keeps the leases of work under way alive, and gives them back at a stop.

import Correspondence
import Logging
import ServiceLifecycle
import Synchronization

/// Long work (a model that thinks for a minute) outlives a lease of 30 s. Every `heartbeat` the held leases are renewed;
/// one that was lost meanwhile is dropped here, and the write that ends its work will be refused by its fence.
final class LeaseKeeper: Service {
    static let heartbeat = Duration.seconds(10)

    private let store: any DeskStore
    private let logger: Logger
    private let held = Mutex<[String: Int64]>([:])

    init(store: any DeskStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    func hold<Item>(_ leases: [Lease<Item>]) {
        held.withLock { held in
            for lease in leases { held[lease.work] = lease.fence }
        }
    }

    func forget<Item>(_ lease: Lease<Item>) {
        held.withLock { held in
            if held[lease.work] == lease.fence { held[lease.work] = nil }
        }
    }

    /// Leases whose work was not done, through no fault of its own: due again at once, and the claim does not count.
    func giveBack<Item>(_ leases: [Lease<Item>]) async {
        guard !leases.isEmpty else { return }
        do {
            try await store.release(leases.map { (work: $0.work, fence: $0.fence) })
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
        let works = held.withLock { $0.map { (work: $0.key, fence: $0.value) } }
        guard !works.isEmpty else { return }
        do {
            let kept = Set(try await store.renew(works))
            held.withLock { held in
                for (work, fence) in works where !kept.contains(work) && held[work] == fence { held[work] = nil }
            }
        } catch {
            logger.warning("leases could not be renewed", metadata: ["error": "\(error)"])
        }
    }

    /// At a stop, so that the next start need not wait for leases to run out.
    func releaseAll() async {
        let works = held.withLock { held in
            defer { held = [:] }
            return held.map { (work: $0.key, fence: $0.value) }
        }
        guard !works.isEmpty else { return }
        do {
            try await store.release(works)
        } catch {
            logger.warning("leases could not be given back; they run out", metadata: ["error": "\(error)"])
        }
    }
}
