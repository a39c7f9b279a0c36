// The one implementation of all store seams: shared statements over either engine.

import Correspondence

/// Each seam stands in a file of its own. A call is one transaction; the steps it is made of are `DeskTransaction`'s.
struct SQLDeskStore: Sendable {
    let database: any SQLDatabase
    let desk: String
    let surroundings: Surroundings
    /// What due times and leases are told in.
    let clock: EngineClock
    /// This process among those that share the store.
    var node = ""

    /// `mustLast`: see `SQLDatabase.write`.
    @discardableResult
    func change<Value: Sendable>(mustLast: Bool = true, _ body: @escaping @Sendable (DeskTransaction) throws -> Value)
        async throws(StoreError) -> Value
    {
        try await database.write(mustLast: mustLast) { [self] sql in try body(transaction(sql)) }
    }

    func look<Value: Sendable>(_ body: @escaping @Sendable (DeskTransaction) throws -> Value)
        async throws(StoreError) -> Value
    {
        try await database.read { [self] sql in try body(transaction(sql)) }
    }

    private func transaction(_ sql: any SQLTransaction) -> DeskTransaction {
        let now = surroundings.now()
        return DeskTransaction(
            sql: sql, desk: desk, now: now, clockAhead: clock.now - now, surroundings: surroundings,
            node: database.dialect.engine == .postgresql ? node : nil)
    }

    /// So many claimed items are read in the claim's own transaction, which spares its way to a reader and back; more
    /// are read beside the writer.
    private static let readAtOnce = 4
    /// How long work waits that this version can neither read nor end: a later one may.
    static let unreadablePause = Duration.hours(1)

    typealias Ruin = @Sendable (DeskTransaction, ClaimedWork, _ reason: String) throws -> Void

    /// Claims in one commit, and reads what was claimed. Work for which `read` finds nothing goes to `unclaim`, what
    /// cannot be read to `ruin`, with the reason: one row that this version does not understand must not stand in the
    /// way of all others. When the reading fails otherwise the leases are given back. A claim may be lost with the
    /// power of the engine's machine: then its work is due again. On an embedded store its worker is lost too; on a
    /// server a worker elsewhere lives on, and its fence is given out a second time: its end and the other's name the
    /// same work, so that one of them ends it and the other comes too late. Where `prepare` writes what must be known
    /// afterwards, it `mustLast`. `take` says what is claimed where one kind is not all.
    func claim<Item: Sendable>(
        _ kind: WorkKind, limit: Int, byteLimit: Int = .max, mustLast: Bool = false,
        take: (@Sendable (DeskTransaction) throws -> [ClaimedWork])? = nil,
        prepare: @escaping @Sendable (DeskTransaction, ClaimedWork, _ position: Int) throws -> Void = { _, _, _ in },
        unclaim: @escaping @Sendable (DeskTransaction, ClaimedWork) throws -> Void = { desk, work in
            try desk.drop(work)
        },
        ruin: Ruin? = nil,
        read: @escaping @Sendable (DeskTransaction, ClaimedWork) throws -> Item?
    ) async throws(StoreError) -> [Lease<Item>] {
        guard limit > 0 else { return [] }
        let (claimed, early) = try await change(mustLast: mustLast) {
            desk -> (claimed: [ClaimedWork], early: [Result<Item?, StoreError>]?) in
            var kept: [ClaimedWork] = []
            var bytes = 0
            var isFull = false
            for work in try take?(desk) ?? desk.claim(kind, limit: limit) {
                // Nothing behind it either, though it may be small enough: the order would be lost.
                if !kept.isEmpty, bytes + work.weight > byteLimit { isFull = true }
                if isFull {
                    try desk.giveBack(work.id, fence: work.fence)
                    continue
                }
                bytes += work.weight
                try prepare(desk, work, kept.count)
                kept.append(work)
            }
            guard kept.count <= Self.readAtOnce else { return (kept, nil) }
            return (kept, try Self.attempt(kept, desk, by: read))
        }
        guard !claimed.isEmpty else { return [] }
        let items: [Result<Item?, StoreError>]
        if let early {
            items = early
        } else {
            do {
                items = try await look { desk in try Self.attempt(claimed, desk, by: read) }
            } catch {
                try await release(claimed.map { (work: String($0.id), fence: $0.fence) })
                throw error
            }
        }
        var leases: [Lease<Item>] = []
        var empty: [ClaimedWork] = []
        for (work, item) in zip(claimed, items) {
            switch item {
            case .success(let item?): leases.append(work.lease(item))
            case .success(nil): empty.append(work)
            case .failure(let error): await setAside(work, error.detail, by: ruin)
            }
        }
        if !empty.isEmpty {
            do {
                try await change { [empty] desk in
                    for work in empty { try unclaim(desk, work) }
                }
            } catch {
                // Their leases run out; the others must not.
            }
        }
        return leases
    }

    /// A failure is of that one row; what concerns the whole store is thrown.
    private static func attempt<Item>(
        _ claimed: [ClaimedWork], _ desk: DeskTransaction, by read: (DeskTransaction, ClaimedWork) throws -> Item?
    ) throws -> [Result<Item?, StoreError>] {
        var items: [Result<Item?, StoreError>] = []
        for work in claimed {
            do {
                items.append(.success(try read(desk, work)))
            } catch {
                guard let error = error as? StoreError, error.isOfOneRow else { throw error }
                items.append(.failure(error))
            }
        }
        return items
    }

    /// Where the store is ill just now, the lease runs out and the row is looked at again.
    private func setAside(_ work: ClaimedWork, _ reason: String, by ruin: Ruin?) async {
        if let ruin {
            do {
                try await change { desk in try ruin(desk, work, reason) }
                return
            } catch {
                if error.isTemporary { return }
            }
        }
        do {
            try await change { desk in try desk.putOff(work, until: desk.now + Self.unreadablePause, error: reason) }
        } catch {
            // As above.
        }
    }
}
