// Hints between nodes: one connection of its own that listens, and tells the others what this node wrote.

import Correspondence
import Foundation
import Glibc
import Synchronization

/// One thread: it waits on the connection's socket and on a socket by which this process wakes it. What is
/// to be told gathers meanwhile and goes out as one NOTIFY, outside the transactions that it tells of: NOTIFY inside
/// them would make their commits wait for each other, and a hint may be lost anyway.
final class PostgreSQLListener: Sendable {
    private struct State {
        var work: Set<WorkKind> = []
        var history = false
        var isStopped = false
    }
    private static let channel = "deskbridge"
    /// Notices go out at most this often.
    private static let pauseMicroseconds: UInt32 = 5_000
    private static let retryMilliseconds: Int32 = 2_000
    private static let lookMilliseconds: Int32 = 5_000

    private let settings: PostgreSQLSettings
    private let hints: StoreHints
    /// Tells our own notices from others'.
    private let node: String
    /// Two ends of a socket: what is written into `bell` wakes the thread.
    private let wake: Int32
    private let bell: Int32
    private let state = Mutex(State())

    init(settings: PostgreSQLSettings, hints: StoreHints) {
        self.settings = settings
        self.hints = hints
        node = String(UInt64.random(in: .min ... .max), radix: 36)
        var ends: [Int32] = [-1, -1]
        // Without descriptors nobody is woken: then the poll's time-out does it, and waiters poll anyway.
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        socketpair(AF_UNIX, Int32(kind), 0, &ends)
        wake = ends[0]
        bell = ends[1]
    }

    deinit {
        Glibc.close(wake)
        Glibc.close(bell)
    }

    func start() {
        let thread = Thread { self.run() }
        thread.name = "deskbridge.listener"
        thread.start()
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        ring()
    }

    func tell(work: Set<WorkKind>, history: Bool) {
        state.withLock { state in
            state.work.formUnion(work)
            state.history = state.history || history
        }
        ring()
    }

    private func ring() {
        var byte: UInt8 = 1
        // Fails only when the socket is full: then it rings already.
        _ = write(bell, &byte, 1)
    }

    private func run() {
        while !state.withLock({ $0.isStopped }) {
            do throws(StoreError) {
                let connection = try PostgreSQLConnection(settings)
                // Losing a hint in a crash of the server harms nothing.
                try connection.run("SET synchronous_commit = off")
                try connection.run("LISTEN \(Self.channel)")
                // What was said while nobody listened.
                hints.publish(work: Set(WorkKind.allCases), history: true)
                try serve(connection)
            } catch {
                // Hints may be lost: waiters poll. Tried again after a while.
                var descriptor = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
                poll(&descriptor, state.withLock { $0.isStopped } ? 0 : 1, Self.retryMilliseconds)
                if !state.withLock({ $0.isStopped }) { usleep(100_000) }
            }
        }
    }

    private func serve(_ connection: PostgreSQLConnection) throws(StoreError) {
        while true {
            let told = state.withLock { state in
                defer {
                    state.work = []
                    state.history = false
                }
                return state
            }
            if told.isStopped { return }
            if !told.work.isEmpty || told.history {
                _ = try connection.run(
                    "SELECT pg_notify('\(Self.channel)', CAST(? AS TEXT))", [text(told.work, told.history)])
                usleep(Self.pauseMicroseconds)
            }
            guard connection.notifications(hear) else {
                throw StoreError(.unavailable, detail: "the listening connection was lost")
            }
            var descriptors = [
                pollfd(fd: connection.socket, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            ]
            poll(&descriptors, 2, Self.lookMilliseconds)
            var rung = [UInt8](repeating: 0, count: 512)
            if descriptors[1].revents != 0 { _ = read(wake, &rung, rung.count) }
        }
    }

    private func text(_ work: Set<WorkKind>, _ history: Bool) -> String {
        ([node] + work.map(\.rawValue).sorted() + (history ? ["history"] : [])).joined(separator: " ")
    }

    private func hear(_ text: String) {
        let words = text.split(separator: " ")
        guard let sender = words.first, sender != node else { return }
        hints.publish(
            work: Set(words.dropFirst().compactMap { WorkKind(rawValue: String($0)) }),
            history: words.contains("history"))
    }
}
