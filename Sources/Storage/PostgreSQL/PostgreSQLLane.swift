// A lane: one connection with the one queue that its blocking calls run on, and how transactions run on it.

import Correspondence
import Dispatch
import Foundation
import Glibc

/// `@unchecked Sendable`: everything but `queue` is touched on `queue` alone.
final class PostgreSQLLane: @unchecked Sendable {
    let queue: DispatchQueue
    private let settings: PostgreSQLSettings
    private var connection: PostgreSQLConnection?
    private var failures = 0
    private var silentUntil = ContinuousClock.now

    /// With what is waited in between, some ten seconds.
    private static let conflictLimit = 40
    /// After failed attempts to connect, calls fail at once for this long, at most.
    private static let longestSilence = Duration.seconds(5)

    init(number: Int, settings: PostgreSQLSettings) {
        queue = DispatchQueue(label: "deskbridge.postgresql.\(number)")
        self.settings = settings
    }

    func disconnect() { connection = nil }

    /// What a transaction is for.
    enum Kind: String {
        case reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case lasting = "BEGIN"
        /// May be lost with the server's power, and then no later commit is kept either.
        case passing = "BEGIN; SET LOCAL synchronous_commit = off"
    }

    /// The commit has happened when this returns a success, and is durable unless it is `passing`; a conflict with
    /// another transaction is solved by running `body` again.
    func run<Value>(
        _ kind: Kind, _ body: (PostgreSQLTransaction) throws -> Value
    ) -> Result<(Value, PostgreSQLTransaction), StoreError> {
        var attempt = 0
        while true {
            do throws(StoreError) {
                return .success(try once(kind, body))
            } catch {
                attempt += 1
                guard error.isConflict, attempt < Self.conflictLimit else { return .failure(error) }
                // Apart from each other, or they meet again.
                usleep(UInt32.random(in: 0...(1_000 << UInt32(min(attempt, 6)))))
            }
        }
    }

    /// Sets `clock` by the server's.
    func compare(_ clock: EngineClock) -> Result<Void, StoreError> {
        run(.reading) { transaction in
            try clock.compare { () throws(StoreError) in
                let row = try transaction.first(
                    "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)", [])
                guard var row else { throw StoreError(.other, detail: "the server tells no time") }
                return try row.instant()
            }
        }.map { _ in }
    }

    private func once<Value>(
        _ kind: Kind, _ body: (PostgreSQLTransaction) throws -> Value
    ) throws(StoreError) -> (Value, PostgreSQLTransaction) {
        let connection = try begin(kind.rawValue)
        do {
            let transaction = PostgreSQLTransaction(connection)
            let value = try body(transaction)
            try transaction.finish()
            try connection.run("COMMIT")
            return (value, transaction)
        } catch {
            let failure = error as? StoreError ?? StoreError(.other, detail: "\(error)")
            rollBack(connection, after: failure)
            throw failure
        }
    }

    /// An idle connection may have died unseen: nothing is lost by trying once on a new one.
    private func begin(_ sql: String) throws(StoreError) -> PostgreSQLConnection {
        if let connection {
            do throws(StoreError) {
                try connection.run(sql)
                return connection
            } catch {
                self.connection = nil
            }
        }
        let connection = try connect()
        try connection.run(sql)
        return connection
    }

    private func connect() throws(StoreError) -> PostgreSQLConnection {
        guard ContinuousClock.now >= silentUntil else {
            throw StoreError(.unavailable, detail: "\(settings.place) could not be reached a moment ago")
        }
        do throws(StoreError) {
            let connection = try PostgreSQLConnection(settings)
            self.connection = connection
            failures = 0
            return connection
        } catch {
            failures += 1
            let silence = Duration.milliseconds(50 << min(failures, 8))
            silentUntil = ContinuousClock.now + min(silence, Self.longestSilence)
            throw error
        }
    }

    /// A connection that cannot roll back is of no use any more.
    private func rollBack(_ connection: PostgreSQLConnection, after failure: StoreError) {
        guard connection.isAlive, !failure.isFormerPrimary else {
            self.connection = nil
            return
        }
        do {
            try connection.run("ROLLBACK")
        } catch {
            self.connection = nil
        }
    }
}
