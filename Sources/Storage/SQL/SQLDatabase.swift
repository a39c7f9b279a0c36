// The seam between the stores' statements and the two engines.

import Correspondence

/// One open database. Everything that differs between the engines is behind this and `SQLDialect`.
///
/// Contract: `write` runs `body` in one transaction and returns after the durable commit; when `body` throws, nothing
/// of it stays. `body` may run more than once (a group that could not be committed as a whole, a deadlock), so it must
/// change nothing but the transaction. `read` sees one consistent state and changes nothing. Neither blocks the
/// caller's thread.
protocol SQLDatabase: Sendable {
    var dialect: SQLDialect { get }
    var hints: StoreHints { get }
    /// Without `mustLast` the commit may return before it is on the disk: a power failure of the engine's machine may
    /// take it back, the end of this process may not, and no later commit is kept without it. For claims: see
    /// `SQLDeskStore.claim`.
    func write<Result: Sendable>(
        mustLast: Bool, _ body: @escaping @Sendable (any SQLTransaction) throws -> Result
    ) async throws(StoreError) -> Result
    func read<Result: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Result)
        async throws(StoreError) -> Result
    /// After an erasure: gives freed pages and the log back, so that nothing of what was removed stays in a file.
    func scrub() async throws(StoreError)
    func close() async
}

extension SQLDatabase {
    func write<Result: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Result)
        async throws(StoreError) -> Result
    {
        try await write(mustLast: true, body)
    }
}

/// One transaction, used on one thread only. `?` stands for the parameters in order.
protocol SQLTransaction: AnyObject {
    var dialect: SQLDialect { get }
    /// Returns how many rows were changed.
    @discardableResult
    func execute(_ sql: String, _ parameters: [any SQLBindable]) throws(StoreError) -> Int
    func query(_ sql: String, _ parameters: [any SQLBindable]) throws(StoreError) -> [SQLRow]
    /// Waits until no other transaction holds `key`, and holds it until the end of this one.
    func exclude(_ key: String) throws(StoreError)
    /// A hint to be given after the commit.
    func wake(_ kind: WorkKind)
    /// Written at the end of the transaction, in this order: see `SQLDialect.historyGate`.
    func record(_ event: NewEvent)
    /// Makes a message findable by its terms (`SearchTerms.text`), from the commit on.
    func index(_ terms: NewTerms)
}

extension SQLTransaction {
    /// The only row, nil when there is none.
    func first(_ sql: String, _ parameters: [any SQLBindable]) throws(StoreError) -> SQLRow? {
        try query(sql, parameters).first
    }

    func count(_ sql: String, _ parameters: [any SQLBindable]) throws(StoreError) -> Int {
        guard var row = try first(sql, parameters) else { return 0 }
        return row.values.first == .null ? 0 : try row.int()
    }
}

/// The terms of a message, for the engine's own index.
struct NewTerms: Sendable {
    var desk: String
    var conversation: ConversationID
    var text: String
}

/// A line of history before it has its sequence.
struct NewEvent: Sendable {
    var desk: String
    var at: Instant
    var kind: HistoryEvent.Kind
    var conversation: ConversationID?
    var ticket: TicketID?
    var message: MessageRecordID?
    var actor: String
    var detail: String

    static let insert = """
        INSERT INTO history (desk, at, kind, conversation, ticket, message, actor, detail)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """

    var parameters: [any SQLBindable] {
        [desk, at, kind.rawValue, conversation, ticket, message, actor, detail]
    }
}
