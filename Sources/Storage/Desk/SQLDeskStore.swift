// The one implementation of all store seams: shared statements over either engine.

import Correspondence

/// Each seam stands in a file of its own. A call is one transaction; the steps it is made of are `DeskTransaction`'s.
struct SQLDeskStore: Sendable {
    let database: any SQLDatabase
    let desk: String
    let surroundings: Surroundings

    @discardableResult
    func change<Value: Sendable>(_ body: @escaping @Sendable (DeskTransaction) throws -> Value)
        async throws(StoreError) -> Value
    {
        let ahead = database.clockAhead
        return try await database.write { [desk, surroundings] sql in
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

    /// Claims in one commit, then reads what was claimed without holding up writers. Work for which `read` finds
    /// nothing goes to `unclaim`; when the reading fails the leases are given back.
    func claim<Item: Sendable>(
        _ kind: WorkKind, limit: Int, byteLimit: Int = .max,
        prepare: @escaping @Sendable (DeskTransaction, ClaimedWork) throws -> Void = { _, _ in },
        unclaim: @escaping @Sendable (DeskTransaction, ClaimedWork) throws -> Void = { desk, work in
            try desk.drop(work)
        },
        read: @escaping @Sendable (DeskTransaction, ClaimedWork) throws -> Item?
    ) async throws(StoreError) -> [Lease<Item>] {
        guard limit > 0 else { return [] }
        let claimed = try await change { desk in
            var kept: [ClaimedWork] = []
            var bytes = 0
            for work in try desk.claim(kind, limit: limit) {
                if !kept.isEmpty, bytes + work.weight > byteLimit {
                    try desk.giveBack(work.id, fence: work.fence)
                    continue
                }
                bytes += work.weight
                try prepare(desk, work)
                kept.append(work)
            }
            return kept
        }
        guard !claimed.isEmpty else { return [] }
        let items: [Item?]
        do {
            items = try await look { desk in try claimed.map { try read(desk, $0) } }
        } catch {
            try await change { desk in
                for work in claimed { try desk.giveBack(work.id, fence: work.fence) }
            }
            throw error
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
