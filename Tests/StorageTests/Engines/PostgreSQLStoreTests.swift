// What only the shared store promises: several nodes, restarts, hints between nodes.

import Correspondence
import Foundation
import Rehearsal
import TestSupport
import Testing

@testable import Storage

@Suite(.needs(.postgreSQL)) struct PostgreSQLStoreTests {
    @Test(arguments: [Duration.seconds(-40), .seconds(40)])
    func `a node whose wall clock is set while it runs neither loses nor steals leases`(_ step: Duration) async throws {
        try await Bench.with(.postgresql) { bench in
            let otherClock = TestClock()
            let other = try await DeskStores.open(
                url: bench.url, desk: Bench.desk, surroundings: otherClock.surroundings)
            _ = try await bench.answered()
            _ = try await bench.answered(bench.message(subject: "Two"))
            bench.clock.step(step)
            #expect(try await bench.store.claimDeliveries(limit: 1).count == 1)
            #expect(try await other.store.claimDeliveries(limit: 1).count == 1)
            #expect(try await bench.store.claimDeliveries(limit: 2).isEmpty)
            #expect(try await other.store.claimDeliveries(limit: 2).isEmpty)
            await other.close()
        }
    }

    @Test func `a node whose time stood still is put right by the server's clock`() async throws {
        try await Bench.with(.postgresql) { bench in
            let otherClock = TestClock()
            let other = try await DeskStores.open(
                url: bench.url, desk: Bench.desk, surroundings: otherClock.surroundings)
            // The same as if all others had stood still for an hour.
            otherClock.advance(.hours(1))
            let database = try #require(other.database as? PostgreSQLDatabase)
            try await database.compareClocks()
            _ = try await bench.answered()
            #expect(try await bench.store.claimDeliveries(limit: 1).count == 1)
            #expect(try await other.store.claimDeliveries(limit: 1).isEmpty)
            await other.close()
        }
    }

    @Test func `only what may be lost is committed without the server's flush`() async throws {
        try await Bench.with(.postgresql) { bench in
            var seen: [SQLValue?] = []
            for mustLast in [true, false, true] {
                seen.append(
                    try await bench.opened.database.write(mustLast: mustLast) {
                        try $0.first("SHOW synchronous_commit", [])?.values.first
                    })
            }
            #expect(seen == [.text("on"), .text("off"), .text("on")])
        }
    }

    @Test func `no node reads a mail behind one that another holds, until it ended or its lease ran out`() async throws
    {
        try await Bench.with(.postgresql) { bench in
            let other = try await DeskStores.open(
                url: bench.url, desk: Bench.desk, surroundings: bench.clock.surroundings)
            func claim(_ store: any DeskStore) async throws -> [Lease<Arrival>] {
                try await store.claimArrivals(limit: 1, byteLimit: 1_000)
            }
            let mails = (0..<3).map { _ in bench.arrival() }
            _ = try await bench.store.accept(mails, cursor: nil)
            let first = try await claim(bench.store)
            #expect(first.map(\.item.id) == [mails[0].id])
            #expect(try await claim(other.store).isEmpty)
            // What comes in at the other node is kept, and waits with the rest.
            let late = bench.arrival()
            let accepted = try await other.store.acceptClaimed([late], cursor: nil)
            #expect(accepted.acceptances == [.new(late.id)] && accepted.leases.isEmpty)
            _ = try await bench.store.file([(first[0], bench.filing(bench.message()))])[0].get()
            let second = try await claim(other.store)
            #expect(second.map(\.item.id) == [mails[1].id])
            #expect(try await claim(bench.store).isEmpty)
            // That node dies: the first goes on where it was, in the order in which they came. Each node's time begins
            // with the server's at its opening, which lie as far apart as the machine is busy.
            bench.clock.advance(leaseDuration + .minutes(1))
            var order: [ArrivalID] = []
            for _ in 0..<3 { order += try await claim(bench.store).map(\.item.id) }
            #expect(order == [mails[1].id, mails[2].id, late.id])
            #expect(try await claim(other.store).isEmpty)
            await other.close()
        }
    }

    @Test func `what is kept where nothing waits and nobody reads is claimed at once`() async throws {
        try await Bench.with(.postgresql) { bench in
            let arrivals = [bench.arrival(), bench.arrival()]
            #expect(try await bench.store.acceptClaimed([arrivals[0]], cursor: nil).leases.count == 1)
            // One's own leases are in nobody's way.
            #expect(try await bench.store.acceptClaimed([arrivals[1]], cursor: nil).leases.count == 1)
            _ = try await bench.store.accept([bench.arrival()], cursor: nil)
            #expect(try await bench.store.acceptClaimed([bench.arrival()], cursor: nil).leases.isEmpty)
        }
    }

    @Test func `two nodes claim each piece of work once`() async throws {
        try await Bench.with(.postgresql) { bench in
            let other = try await DeskStores.open(
                url: bench.url, desk: Bench.desk, surroundings: bench.clock.surroundings)
            _ = try await bench.store.accept((0..<200).map { _ in bench.arrival() }, cursor: nil)
            let claimed = try await withThrowingTaskGroup(of: [ArrivalID].self) { group in
                for node in [bench.store, other.store] {
                    for _ in 0..<3 {
                        group.addTask {
                            var ids: [ArrivalID] = []
                            while true {
                                let leases = try await node.claimArrivals(limit: 7, byteLimit: .max)
                                if leases.isEmpty { return ids }
                                ids += leases.map(\.item.id)
                            }
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            // A claim may find rows that another locks and leave them: the rest is claimed now.
            let rest = try await bench.store.claimArrivals(limit: 200, byteLimit: .max).map(\.item.id)
            #expect((claimed + rest).count == 200)
            #expect(Set(claimed + rest).count == 200)
            await other.close()
        }
    }

    @Test func `two nodes filing parts of the same conversations lose nothing`() async throws {
        try await Bench.with(.postgresql) { bench in
            let other = try await DeskStores.open(
                url: bench.url, desk: Bench.desk, surroundings: bench.clock.surroundings)
            var ids: [ConversationID] = []
            for number in 0..<4 { ids.append(try await bench.waiting(bench.message(subject: "Case \(number)"))) }
            _ = try await bench.store.accept((0..<120).map { _ in bench.arrival() }, cursor: nil)
            try await withThrowingTaskGroup(of: Void.self) { [ids] group in
                for (number, node) in [bench.store, other.store, bench.store, other.store].enumerated() {
                    group.addTask {
                        while true {
                            let leases = try await node.claimArrivals(limit: 5, byteLimit: .max)
                            if leases.isEmpty { return }
                            // Each node in another order, so that they meet.
                            let results = try await node.file(
                                leases.enumerated().map { index, lease in
                                    let id = ids[(number % 2 == 0 ? index : 5 - index) % ids.count]
                                    return (lease, bench.filing(bench.message(UUID().uuidString), token: id))
                                })
                            for result in results { _ = try result.get() }
                        }
                    }
                }
                try await group.waitForAll()
            }
            var counted = 0
            for id in ids {
                let conversation = try await bench.store.conversation(id)
                #expect(conversation.messageCount == conversation.version)
                #expect(try await bench.store.messages(of: id).count == conversation.messageCount)
                counted += conversation.messageCount
            }
            let left = try await bench.store.claimArrivals(limit: 200, byteLimit: .max).count
            #expect(counted + left == 124)
            await other.close()
        }
    }

    @Test func `a row that another node claims while it is dropped is not dropped`() async throws {
        try await Bench.with(.postgresql) { bench in
            guard case .postgresql(let url) = bench.url else { throw Missing("a database") }
            _ = try await bench.answered()
            let row = try await bench.store.outbox(state: nil, limit: 5)[0]
            let clock = EngineClock(bench.clock.surroundings)
            let other = SQLDeskStore(
                database: try await PostgreSQLDatabase.open(url: url, clock: clock), desk: Bench.desk,
                surroundings: bench.clock.surroundings, clock: clock)
            let isClaimed = AsyncStream<Void>.makeStream()
            let claim = Task {
                try await other.change { desk in
                    let claimed = try desk.claim(.deliver, limit: 5)
                    isClaimed.continuation.finish()
                    // Not committed until the one who drops waits for it.
                    let deadline = ContinuousClock.now + .seconds(10)
                    while ContinuousClock.now < deadline {
                        let waiters = try desk.sql.count(
                            """
                            SELECT COUNT(*) FROM pg_locks w JOIN pg_locks h ON h.transactionid = w.transactionid
                            WHERE h.granted AND h.pid = pg_backend_pid() AND NOT w.granted
                            """, [])
                        if waiters > 0 { break }
                    }
                    return claimed.map(\.subject)
                }
            }
            for await _ in isClaimed.stream {}
            await #expect { try await bench.store.drop(row.id) } throws: { ($0 as? StoreError)?.code == .stale }
            #expect(try await claim.value == [row.id.text])
            #expect(try await bench.store.outbox(state: .withdrawn, limit: 5).isEmpty)
            await other.database.close()
        }
    }

    @Test func `a hint reaches the other node`() async throws {
        try await Bench.with(.postgresql) { bench in
            let other = try await DeskStores.open(
                url: bench.url, desk: Bench.desk, surroundings: bench.clock.surroundings)
            let heard = Task {
                // The first hints are those of starting to listen, one of each kind; what follows is heard.
                var counts: [WorkKind: Int] = [:]
                for await kind in other.store.wakeUps() {
                    counts[kind, default: 0] += 1
                    if counts[.read, default: 0] >= 2 { return true }
                }
                return false
            }
            let deadline = ContinuousClock.now + .seconds(20)
            let done = Task {
                let result = await heard.value
                return result
            }
            while ContinuousClock.now < deadline {
                _ = try await bench.store.accept([bench.arrival()], cursor: nil)
                try await Task.sleep(for: .milliseconds(50))
                if try await bench.store.backlog()[.read, default: 0] > 20 { break }
            }
            await other.close()
            #expect(await done.value)
        }
    }

    @Test func `while the server is away calls fail as temporary, and go on by themselves afterwards`() async throws {
        let server = try PrivatePostgreSQL(in: TestFolder.make("restarted"))
        try await server.start()
        let url = StoreURL.postgresql(url: try await server.createDatabase().revealed)
        let opened = try await DeskStores.open(url: url, desk: "desk", surroundings: .system)
        func arrival() -> Arrival {
            Arrival(
                id: Surroundings.system.makeID(), channel: Channel(.mailbox, "support"), key: UUID().uuidString,
                receivedAt: Instant(microseconds: 1), bytes: [1])
        }
        _ = try await opened.store.accept([arrival()], cursor: nil)
        await server.stop()
        await #expect { try await opened.store.accept([arrival()], cursor: nil) } throws: { error in
            let error = error as? StoreError
            return error?.code == .unavailable && error?.isTemporary == true
        }
        try await server.start()
        let deadline = ContinuousClock.now + .seconds(20)
        var accepted = false
        while !accepted, ContinuousClock.now < deadline {
            accepted = (try? await opened.store.accept([arrival()], cursor: nil)) != nil
        }
        #expect(accepted)
        #expect(try await opened.store.ledger(outcome: nil, limit: 9, before: nil).count == 2)
        await opened.close()
        await server.stop()
    }

    @Test func `a statement that was cut off says that it may be tried again`() async throws {
        try await Bench.with(.postgresql) { bench in
            await #expect {
                _ = try await bench.opened.database.write { sql in
                    try sql.execute("SET LOCAL statement_timeout = 50", [])
                    _ = try sql.query("SELECT pg_sleep(5)", [])
                }
            } throws: { ($0 as? StoreError)?.code == .unavailable }
            await #expect {
                _ = try await bench.opened.database.write { sql in
                    _ = try sql.query("SELECT pg_terminate_backend(pg_backend_pid())", [])
                }
            } throws: { ($0 as? StoreError)?.code == .unavailable }
            let sequence = try await bench.store.lastSequence()
            #expect(sequence == 0)
        }
    }

    @Test func `a deadlock is solved inside`() async throws {
        try await Bench.with(.postgresql) { bench in
            let database = bench.opened.database
            _ = try await database.write { sql in
                for name in ["a", "b"] {
                    try sql.execute("INSERT INTO counters (desk, name, value) VALUES ('x', ?, 0)", [name])
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for order in [["a", "b"], ["b", "a"], ["a", "b"], ["b", "a"]] {
                    group.addTask {
                        _ = try await database.write { sql in
                            for name in order {
                                try sql.execute(
                                    "UPDATE counters SET value = value + 1 WHERE desk = 'x' AND name = ?", [name])
                                _ = try sql.query("SELECT pg_sleep(0.05)", [])
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let sum = try await database.read { try $0.count("SELECT SUM(value) FROM counters WHERE desk = 'x'", []) }
            #expect(sum == 8)
        }
    }

    @Test func `bytes travel whole`() async throws {
        try await Bench.with(.postgresql) { bench in
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            var arrival = bench.arrival()
            arrival.bytes = bytes
            var empty = bench.arrival()
            empty.bytes = []
            _ = try await bench.store.accept([arrival, empty], cursor: nil)
            #expect(try await bench.store.mail(arrival.id) == bytes)
            #expect(try await bench.store.mail(empty.id) == [])
        }
    }
}

@Suite struct StoreURLTests {
    @Test func `a store is a file or a PostgreSQL, and nothing else`() throws {
        #expect(try StoreURL("sqlite:var/desk.sqlite") == .sqlite(path: "var/desk.sqlite"))
        #expect(try StoreURL("postgresql://u@h/d") == .postgresql(url: "postgresql://u@h/d"))
        for text in ["", "sqlite:", "mysql://secret@x", "var/desk.sqlite"] {
            #expect { try StoreURL(text) } throws: { error in
                let error = error as? StoreError
                return error?.code == .invalid && error?.detail.contains("secret") == false
            }
        }
    }

    @Test(arguments: [
        ("postgresql://u@db.example/d", "verify-full"), ("postgresql://u@127.0.0.1/d", "prefer"),
        ("postgresql://u@localhost:5433/d", "prefer"), ("postgresql://u@[::1]/d", "prefer"),
        ("postgresql://u@/d?host=/run/postgresql", "prefer"), ("postgresql:///d", "prefer"),
        ("postgresql://u@127.0.0.1,db.example/d", "verify-full"), ("postgresql://u@127.0.0.1.example/d", "verify-full"),
        ("postgresql://u@db.example/d?sslmode=disable", "disable"),
        ("postgresql://u@db.example/d?hostaddr=10.0.0.1", "verify-full"),
    ])
    func `TLS with a checked name unless near or told otherwise`(_ url: String, _ mode: String) throws {
        #expect(try PostgreSQLSettings(url: url).words["sslmode"] == mode)
    }

    @Test func `the URL's own words win, and errors show no password`() throws {
        let settings = try PostgreSQLSettings(
            url: "postgresql://u:secret@db.example/d?connect_timeout=1&options=-c%20search_path%3Dx")
        #expect(settings.words["connect_timeout"] == "1")
        #expect(settings.words["options"]?.hasSuffix("-c search_path=x") == true)
        #expect(!settings.place.contains("secret"))
        #expect { try PostgreSQLSettings(url: "postgresql://u:secret@h/d?nonsense=1") } throws: { error in
            (error as? StoreError)?.detail.contains("secret") == false
        }
    }

    @Test func `placeholders are numbered in order`() {
        #expect(PostgreSQLConnection.numbered("a ? b ?, ?") == "a $1 b $2, $3")
        #expect(PostgreSQLConnection.numbered("none") == "none")
    }
}
