// A process that writes into a store from several tasks until it kills itself.

import Correspondence
import Foundation
import Synchronization

@testable import Storage

/// Each acknowledged arrival's id goes into a file before the next is accepted: the kernel keeps it when we die.
final class KilledWriter: Sendable {
    private let folder: String
    private let count = Mutex(0)

    init(folder: String) { self.folder = folder }

    func run() async throws {
        let opened = try await DeskStores.open(
            url: .sqlite(path: folder + "/desk.sqlite"), desk: "desk", surroundings: .system)
        let file = open(folder + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { while true { try await self.write(into: opened.store, file) } } }
            try await group.waitForAll()
        }
    }

    private func write(into store: any DeskStore, _ file: Int32) async throws {
        let arrival = Arrival(
            id: Surroundings.system.makeID(), channel: Channel(.mailbox, "support"), key: UUID().uuidString,
            receivedAt: Instant(microseconds: 1), bytes: Array(UUID().uuidString.utf8))
        _ = try await store.accept([arrival], cursor: nil)
        let line = Array((arrival.id.text + "\n").utf8)
        _ = line.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
        let isLast = count.withLock { count in
            count += 1
            return count == 300
        }
        if isLast { kill(getpid(), SIGKILL) }
    }
}
