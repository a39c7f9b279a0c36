// The one implementation of all store seams: shared statements over either engine.

import Correspondence

/// Each seam stands in a file of its own. A call is one transaction; the steps it is made of are `DeskTransaction`'s.
struct SQLDeskStore: Sendable {
    let database: any SQLDatabase
    let desk: String
    let surroundings: Surroundings

    /// `mustLast`: see `SQLDatabase.write`.
    @discardableResult
    func change<Value: Sendable>(mustLast: Bool = true, _ body: @escaping @Sendable (DeskTransaction) throws -> Value)
        async throws(StoreError) -> Value
    {
        let ahead = database.clockAhead
        return try await database.write(mustLast: mustLast) { [desk, surroundings] sql in
            try body(
                DeskTransaction(
                    sql: sql, desk: desk, now: surroundings.now(), clockAhead: ahead, surroundings: surroundings))
        }
    }

    func look<Value: Sendable>(_ body: @escaping @Sendable (DeskTransaction) throws -> Value)
        async throws(StoreError) -> Value
    {
        let ahead = database.clockAhead
        return try await database.read { [desk, surroundings] sql in
            try body(
                DeskTransaction(
                    sql: sql, desk: desk, now: surroundings.now(), clockAhead: ahead, surroundings: surroundings))
        }
    }

    /// So many claimed items are read in the claim's own transaction, which spares its way to a reader and back; more
    /// are read beside the writer.
    private static let readAtOnce = 4

    /// Claims in one commit, and reads what was claimed. Work for which `read` finds nothing goes to `unclaim`; when
    /// the reading fails the leases are given back. A claim need not outlive a power failure: then its worker has not
    /// either, and what is due is claimed again. Where `prepare` writes what must be known afterwards, it `mustLast`.
    /// `take` says what is claimed where one kind is not all.
    func claim<Item: Sendable>(
        _ kind: WorkKind, limit: Int, byteLimit: Int = .max, mustLast: Bool = false,
        take: (@Sendable (DeskTransaction) throws -> [ClaimedWork])? = nil,
        prepare: @escaping @Sendable (DeskTransaction, ClaimedWork, _ position: Int) throws -> Void = { _, _, _ in },
        unclaim: @escaping @Sendable (DeskTransaction, ClaimedWork) throws -> Void = { desk, work in
            try desk.drop(work)
        },
        read: @escaping @Sendable (DeskTransaction, ClaimedWork) throws -> Item?
    ) async throws(StoreError) -> [Lease<Item>] {
        guard limit > 0 else { return [] }
        let (claimed, early) = try await change(mustLast: mustLast) { desk in
            var kept: [ClaimedWork] = []
            var bytes = 0
            for work in try take?(desk) ?? desk.claim(kind, limit: limit) {
                if !kept.isEmpty, bytes + work.weight > byteLimit {
                    try desk.giveBack(work.id, fence: work.fence)
                    continue
                }
                bytes += work.weight
                try prepare(desk, work, kept.count)
                kept.append(work)
            }
            return (kept, kept.count <= Self.readAtOnce ? try kept.map { try read(desk, $0) } : nil)
        }
        guard !claimed.isEmpty else { return [] }
        let items: [Item?]
        if let early {
            items = early
        } else {
            do {
                items = try await look { desk in try claimed.map { try read(desk, $0) } }
            } catch {
                try await change { desk in
                    for work in claimed { try desk.giveBack(work.id, fence: work.fence) }
                }
                throw error
            }
        }
        let empty = zip(claimed, items).filter { $0.1 == nil }.map(\.0)
        if !empty.isEmpty {
            try await change { desk in
                for work in empty { try unclaim(desk, work) }
            }
        }
        return zip(claimed, items).compactMap { work, item in item.map { work.lease($0) } }
    }
}
