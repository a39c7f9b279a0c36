// What only the embedded store promises: one process, group commits, a full disk, kill -9, erased means erased.

import Correspondence
import Dispatch
import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct SQLiteStoreTests {
    private func sqlite(_ bench: Bench) throws -> SQLiteDatabase {
        try #require(bench.opened.database as? SQLiteDatabase)
    }

    @Test func `a second opening is refused within a second and says why`() async throws {
        try await Bench.with(.sqlite) { bench in
            let start = ContinuousClock.now
            await #expect {
                _ = try await DeskStores.open(url: bench.url, desk: "desk", surroundings: .system)
            } throws: { error in
                let error = error as? StoreError
                return error?.code == .locked && error?.detail.contains(bench.path) == true
                    && error?.detail.contains("process \(getpid())") == true
            }
            #expect(ContinuousClock.now - start < .seconds(1))
            _ = try await bench.store.accept([bench.arrival()], cursor: nil)
            await bench.opened.close()
            let again = try await DeskStores.open(url: bench.url, desk: "desk", surroundings: .system)
            #expect(try await again.store.ledger(outcome: nil, limit: 5, before: nil).count == 1)
            await again.close()
        }
    }

    @Test func `another process is refused too`() async throws {
        try await Bench.with(.sqlite) { bench in
            await #expect(processExitsWith: .exitCode(75)) { [path = bench.path as String] in
                do {
                    _ = try await DeskStores.open(url: .sqlite(path: path), desk: "desk", surroundings: .system)
                } catch {
                    exit((error as? StoreError)?.code == .locked ? 75 : 1)
                }
            }
        }
    }

    @Test func `who opens it after a kill goes on at once, in order, and doubts only what was begun`() async throws {
        try await Bench.with(.sqlite) { bench in
            for number in 0..<3 { _ = try await bench.answered(bench.message(subject: "Number \(number)")) }
            let sending = try await bench.store.claimDeliveries(limit: 2, beginning: 1)
            #expect(sending.count == 2)
            let first = bench.arrival()
            let second = bench.arrival()
            _ = try await bench.store.acceptClaimed([first], cursor: nil)
            _ = try await bench.store.accept([second], cursor: nil)
            #expect(try await bench.store.claimArrivals(limit: 1, byteLimit: 1_000_000).map(\.item.id) == [second.id])
            await bench.opened.close()
            let again = try await DeskStores.open(
                url: bench.url, desk: "desk", surroundings: bench.clock.surroundings)
            let arrivals = try await again.store.claimArrivals(limit: 9, byteLimit: 1_000_000)
            #expect(arrivals.map(\.item.id) == [first.id, second.id])
            // A mail that takes the program down with it is found out by these.
            #expect(arrivals.map(\.attempts) == [1, 1])
            let deliveries = try await again.store.claimDeliveries(limit: 9, beginning: 0)
            #expect(deliveries.map(\.item.wasInDoubt) == [true, false, false])
            #expect(deliveries.map(\.attempts) == [1, 0, 0])
            await again.close()
        }
    }

    @Test func `after closing every call says so`() async throws {
        try await Bench.with(.sqlite) { bench in
            await bench.opened.close()
            await #expect { try await bench.store.lastSequence() } throws: { ($0 as? StoreError)?.code == .unavailable }
            await #expect { try await bench.store.accept([bench.arrival()], cursor: nil) } throws: {
                ($0 as? StoreError)?.code == .unavailable
            }
        }
    }

    @Test func `many writes at once share few commits, and each is told its own result`() async throws {
        try await Bench.with(.sqlite) { bench in
            let database = try sqlite(bench)
            let before = database.counts
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<400 {
                    group.addTask {
                        do {
                            if number % 10 == 0 {
                                // Throws after it wrote: the whole group is run again, one by one.
                                _ = try await database.write { sql in
                                    try sql.execute(
                                        "INSERT INTO counters (desk, name, value) VALUES ('x', ?, 1)", ["\(number)"])
                                    throw StoreError(.invalid, detail: "on purpose")
                                }
                            } else {
                                _ = try await bench.store.accept([bench.arrival()], cursor: nil)
                            }
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 }.count == 360)
            #expect(try await bench.store.ledger(outcome: nil, limit: 500, before: nil).count == 360)
            let left = try await database.read { try $0.count("SELECT COUNT(*) FROM counters WHERE desk = 'x'", []) }
            #expect(left == 0)
            #expect(database.counts.writes - before.writes == 400)
        }
    }

    @Test func `writes that wait while a commit runs share the next one`() async throws {
        try await Bench.with(.sqlite) { bench in
            let database = try sqlite(bench)
            let before = database.counts
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<400 {
                    group.addTask { _ = try await bench.store.accept([bench.arrival()], cursor: nil) }
                }
                try await group.waitForAll()
            }
            let commits = database.counts.commits - before.commits
            #expect(commits <= 100, "400 writes took \(commits) commits")
        }
    }

    @Test func `a full disk refuses, loses nothing, and the store goes on when there is room`() async throws {
        try await Bench.with(.sqlite) { bench in
            let database = try sqlite(bench)
            _ = try await database.write { sql in
                let pages = try sql.count("PRAGMA page_count", [])
                _ = try sql.query("PRAGMA max_page_count = \(pages + 60)", [])
            }
            let large = String(repeating: "x", count: 20_000)
            let results = await withTaskGroup(of: (ArrivalID, StoreError.Code?).self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let arrival = bench.arrival("\(number)\(large)")
                        do throws(StoreError) {
                            _ = try await bench.store.accept([arrival], cursor: nil)
                            return (arrival.id, nil)
                        } catch {
                            return (arrival.id, error.code)
                        }
                    }
                }
                return await group.reduce(into: [(ArrivalID, StoreError.Code?)]()) { $0.append($1) }
            }
            let kept = Set(results.filter { $0.1 == nil }.map(\.0))
            #expect(!kept.isEmpty && kept.count < 60)
            #expect(Set(results.compactMap(\.1)) == [.full])
            #expect(Set(try await bench.store.ledger(outcome: nil, limit: 99, before: nil).map(\.arrival)) == kept)
            _ = try await database.write { try $0.query("PRAGMA max_page_count = 1000000", []) }
            _ = try await bench.store.accept([bench.arrival(large)], cursor: nil)
            #expect(try await bench.store.ledger(outcome: nil, limit: 99, before: nil).count == kept.count + 1)
            let check = try await database.read { sql in
                guard var row = try sql.first("PRAGMA integrity_check", []) else { return "" }
                return try row.text()
            }
            #expect(check == "ok")
        }
    }

    @Test func `kill -9 loses no acknowledged commit`() async throws {
        let folder = try TestFolder.make("killed")
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            try await KilledWriter(folder: folder).run()
        }
        let text = try String(contentsOfFile: folder + "/acknowledged", encoding: .utf8)
        let acknowledged = Set(text.split(separator: "\n").map { ArrivalID(String($0)) })
        #expect(acknowledged.count >= 300)
        let opened = try await DeskStores.open(
            url: .sqlite(path: folder + "/desk.sqlite"), desk: "desk", surroundings: .system)
        let kept = Set(try await opened.store.ledger(outcome: nil, limit: 10_000, before: nil).map(\.arrival))
        #expect(acknowledged.subtracting(kept).isEmpty)
        #expect(try await opened.store.claimArrivals(limit: 10_000, byteLimit: .max).count == kept.count)
        await opened.close()
    }

    @Test func `after a start under a clock that was set back, nothing waits for the same hour once more`() async throws
    {
        try await Bench.with(.sqlite) { bench in
            _ = try await bench.ticketed(bench.message(from: EmailAddress("t@home.example"), subject: "Ticket"))
            _ = try await bench.answered(bench.message(from: EmailAddress("l@home.example"), subject: "Later"))
            let again = try await bench.store.claimDeliveries(limit: 1)[0]
            let at = bench.clock.now + .hours(4)
            try await bench.store.settle(again, .again(at: at, error: "451", inDoubt: false))
            _ = try await bench.answered()
            _ = try await bench.waiting(bench.message(from: EmailAddress("d@home.example"), subject: "Draft"))
            _ = try await bench.store.accept([bench.arrival()], cursor: nil)
            await bench.opened.close()
            bench.clock.step(.hours(-2))
            let opened = try await DeskStores.open(
                url: bench.url, desk: Bench.desk, surroundings: bench.clock.surroundings)
            #expect(try await opened.store.claimArrivals(limit: 9, byteLimit: .max).count == 1)
            #expect(try await opened.store.claimDrafting(limit: 9).count == 1)
            #expect(try await opened.store.claimNotices(limit: 9).count == 1)
            // What was never tried; what was put off is put off for a bounded time.
            let mails = try await opened.store.claimDeliveries(limit: 9)
            #expect(Set(mails.map(\.item.lastError)) == [nil, "451"])
            await opened.close()
        }
    }

    @Test func `a closed store is whole in its one file`() async throws {
        let folder = try TestFolder.make("storage")
        let path = folder + "/desk.sqlite"
        let opened = try await DeskStores.open(url: .sqlite(path: path), desk: "desk", surroundings: .system)
        let arrival = Arrival(
            id: ArrivalID("a1"), channel: Channel(.imported, "import"), key: "k", receivedAt: Surroundings.system.now(),
            bytes: Array("From: a@b.example\n\nhello".utf8))
        _ = try await opened.store.accept([arrival], cursor: nil)
        await opened.close()
        let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
        #expect((log ?? 0) == 0)
        let copy = folder + "/copy.sqlite"
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        let reopened = try await DeskStores.open(url: .sqlite(path: copy), desk: "desk", surroundings: .system)
        #expect(try await reopened.store.mail(ArrivalID("a1")) == arrival.bytes)
        await reopened.close()
    }

    @Test func `an erased conversation stands in no file any more`() async throws {
        try await Bench.with(.sqlite) { bench in
            let canary = "canarywxyz"
            for number in 0..<40 {
                let id = try await bench.waiting(
                    bench.message(
                        "\(canary) text \(number)", from: EmailAddress("\(canary)\(number)@home.example"),
                        subject: "\(canary) subject \(number)"),
                    arrival: bench.arrival("\(canary) bytes \(number)" + String(repeating: "y", count: number * 500)),
                    words: [canary, "word\(number)"])
                let lease = try await bench.drafting(id)
                if number % 2 == 0 {
                    _ = try await bench.store.conclude(
                        lease, bench.sending(lease, reply: bench.outgoing(body: "\(canary) reply")))
                    _ = try await bench.filed(
                        bench.message("more", from: EmailAddress("x\(number)@home.example"), subject: "keep \(number)"))
                } else {
                    let conclusion = bench.ticketing(lease)
                    _ = try await bench.store.conclude(lease, conclusion)
                    let note = TicketNote(at: bench.clock.now, author: "ann", text: canary)
                    try await bench.store.note(conclusion.ticket, note)
                }
            }
            let all = try await bench.store.conversations(ConversationFilter(), limit: 200, cursor: nil).items
            #expect(try hits(canary, bench) > 0)
            for conversation in all where conversation.subject.hasPrefix(canary) {
                try await bench.store.erase(conversation.id)
            }
            #expect(try hits(canary, bench) == 0)
            let left = try await bench.store.conversations(ConversationFilter(), limit: 200, cursor: nil).items
            #expect(left.count == 20)
        }
    }

    @Test func `what a reader kept from being emptied is gone when it is erased once more`() async throws {
        try await Bench.with(.sqlite) { bench in
            let canary = "canarywxyz"
            let id = try await bench.waiting(bench.message("\(canary) text"), arrival: bench.arrival("\(canary) bytes"))
            let reading = DispatchSemaphore(value: 0)
            let database = bench.opened.database
            // Reads for as long as the eraser waits.
            let (begun, begin) = AsyncStream<Void>.makeStream()
            let reader = Task.detached {
                try await database.read { sql in
                    _ = try sql.count("SELECT COUNT(*) FROM messages", [])
                    begin.yield()
                    reading.wait()
                }
            }
            for await _ in begun { break }
            await #expect { try await bench.store.erase(id) } throws: {
                ($0 as? StoreError)?.detail.contains("erase once more") == true
            }
            reading.signal()
            try await reader.value
            #expect(try hits(canary, bench) > 0)
            await #expect { try await bench.store.erase(id) } throws: { ($0 as? StoreError)?.code == .notFound }
            #expect(try hits(canary, bench) == 0)
            let log = try FileManager.default.attributesOfItem(atPath: bench.path + "-wal")
            #expect(log[.size] as? Int == 0)
        }
    }

    /// How often the text stands in the database's files.
    private func hits(_ text: String, _ bench: Bench) throws -> Int {
        try [bench.path, bench.path + "-wal"].reduce(0) { sum, path in
            guard FileManager.default.fileExists(atPath: path) else { return sum }
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            return sum + bytes.ranges(of: Array(text.utf8)).count
        }
    }

    @Test func `the file is made as the SQLite rule says`() async throws {
        try await Bench.with(.sqlite) { bench in
            func pragma(_ name: String) async throws -> SQLValue? {
                try await bench.opened.database.write { try $0.first("PRAGMA \(name)", [])?.values.first }
            }
            var found: [SQLValue?] = []
            for name in ["journal_mode", "synchronous", "auto_vacuum", "foreign_keys"] {
                found.append(try await pragma(name))
            }
            // Flushing is `LogFlusher`'s: see FlushingTests.
            #expect(found == [.text("wal"), .integer(1), .integer(2), .integer(1)])
            await #expect(throws: StoreError.self) {
                _ = try await bench.opened.database.read { try $0.execute("DELETE FROM work", []) }
            }
        }
    }

    @Test func `all its files are for this user alone, whatever the umask`() async throws {
        try await Bench.with(.sqlite) { bench in
            _ = try await bench.store.accept([bench.arrival()], cursor: nil)
            for ending in ["", "-wal", "-shm", ".lock"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: bench.path + ending)
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(ending)")
            }
        }
    }

    @Test func `a schema newer than we know is damaged, in words`() async throws {
        try await Bench.with(.sqlite) { bench in
            _ = try await bench.opened.database.write {
                try $0.execute("INSERT INTO schema_versions (version, applied_at) VALUES (99, 0)", [])
            }
            await bench.opened.close()
            await #expect {
                _ = try await DeskStores.open(url: bench.url, desk: "desk", surroundings: .system)
            } throws: { error in
                let error = error as? StoreError
                return error?.code == .damaged && error?.detail.contains("99") == true
            }
        }
    }

    @Test func `a file that is no database is damaged, a folder that is missing unavailable`() async throws {
        let folder = try TestFolder.make("wrong")
        try Data(repeating: 7, count: 10_000).write(to: URL(fileURLWithPath: folder + "/file"))
        await #expect {
            _ = try await DeskStores.open(url: .sqlite(path: folder + "/file"), desk: "desk", surroundings: .system)
        } throws: { ($0 as? StoreError)?.code == .damaged }
        await #expect {
            _ = try await DeskStores.open(url: .sqlite(path: folder + "/no/file"), desk: "desk", surroundings: .system)
        } throws: { ($0 as? StoreError)?.code == .unavailable }
    }
}
