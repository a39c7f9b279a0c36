// That what must last is told after its flush, that the writer goes on meanwhile, and that a failed flush is final.

import Correspondence
import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite struct FlushingTests {
    /// A disk that flushes when it is let, and fails when it is told to.
    private final class Disk: Sendable {
        private struct State {
            var isHeld = false
            var fails = false
            var flushes = 0
        }
        private let state = Mutex(State())
        private let door = DispatchSemaphore(value: 0)

        var flushes: Int { state.withLock { $0.flushes } }

        func hold() { state.withLock { $0.isHeld = true } }

        func fail() { state.withLock { $0.fails = true } }

        func release() {
            state.withLock { $0.isHeld = false }
            door.signal()
        }

        func sync(_ descriptor: Int32) -> Int32 {
            let (isHeld, fails) = state.withLock { state in
                state.flushes += 1
                return (state.isHeld, state.fails)
            }
            // Not for ever: a test that failed must end.
            if isHeld { _ = door.wait(timeout: .now() + 120) }
            return fails ? -1 : fdatasync(descriptor)
        }
    }

    private final class Told: Sendable {
        private let numbers = Mutex<[Int]>([])

        var all: [Int] { numbers.withLock { $0 } }

        func add(_ number: Int) { numbers.withLock { $0.append(number) } }
    }

    private func open(_ disk: Disk) async throws -> SQLiteDatabase {
        let path = try TestFolder.make("flush") + "/desk.sqlite"
        let database: Result<SQLiteDatabase, any Error> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { try SQLiteDatabase(path: path, sync: disk.sync) })
            }
        }
        let opened = try database.get()
        try await opened.write { _ = try $0.execute("CREATE TABLE t (n INTEGER NOT NULL)", []) }
        return opened
    }

    private func put(_ number: Int, _ database: SQLiteDatabase, mustLast: Bool = true) async throws {
        try await database.write(mustLast: mustLast) { _ = try $0.execute("INSERT INTO t (n) VALUES (?)", [number]) }
    }

    private func numbers(_ database: SQLiteDatabase) async throws -> Int {
        try await database.read { try $0.count("SELECT COUNT(*) FROM t", []) }
    }

    private func eventually(_ isTrue: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !isTrue() {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    @Test func `nobody is told before the flush, but for those who need not wait; the next group is written meanwhile`()
        async throws
    {
        let disk = Disk()
        let database = try await open(disk)
        disk.hold()
        let told = Told()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await put(1, database)
                told.add(1)
            }
            try await eventually { disk.flushes == 2 }
            try await put(2, database, mustLast: false)
            #expect(told.all == [])
            group.addTask {
                try await put(3, database)
                told.add(3)
            }
            try await eventually { try await numbers(database) == 3 }
            #expect(told.all == [])
            disk.release()
            try await group.waitForAll()
        }
        #expect(told.all.sorted() == [1, 3])
        await database.close()
    }

    @Test func `many writes behind one flush share the next`() async throws {
        let disk = Disk()
        let database = try await open(disk)
        disk.hold()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await put(0, database) }
            try await eventually { disk.flushes == 2 }
            for number in 1...50 { group.addTask { try await put(number, database) } }
            try await eventually { try await numbers(database) > 1 }
            disk.release()
            try await group.waitForAll()
        }
        #expect(try await numbers(database) == 51)
        #expect(disk.flushes <= 5, "51 writes took \(disk.flushes) flushes")
        await database.close()
    }

    @Test func `where many write at once, the next gather through the whole flush`() async throws {
        let disk = Disk()
        let database = try await open(disk)
        let door = DispatchSemaphore(value: 0)
        let entered = Told()
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { door.signal() }
            // The writer is held until the others stand in line: they are one group then.
            group.addTask {
                try await database.write { _ in
                    entered.add(1)
                    door.wait()
                }
            }
            try await eventually { !entered.all.isEmpty }
            for number in 1...8 { group.addTask { try await put(number, database) } }
            try await eventually { database.waiting >= 8 }
            disk.hold()
            let before = disk.flushes
            door.signal()
            try await eventually { try await numbers(database) == 8 && disk.flushes > before }
            group.addTask { try await put(9, database, mustLast: false) }
            try await eventually { database.waiting == 1 }
            try await Task.sleep(for: .milliseconds(50))
            #expect(try await numbers(database) == 8)
            disk.release()
            disk.release()
            try await group.waitForAll()
        }
        #expect(try await numbers(database) == 9)
        await database.close()
    }

    @Test func `after a flush that failed nothing is taken any more, in words that say so`() async throws {
        let disk = Disk()
        let database = try await open(disk)
        try await put(1, database)
        disk.fail()
        for _ in 1...2 {
            await #expect {
                try await put(2, database)
            } throws: { error in
                let error = error as? StoreError
                return error?.code == .unavailable && error?.detail.contains("look at the disk") == true
            }
        }
        // The second was refused without being written.
        #expect(try await numbers(database) == 2)
        await database.close()
    }
}
