// Where a command's calls go: to the store itself, or to the gateway that holds it.

import Correspondence
import Foundation
import Storage

/// Open for the length of one command.
struct ClerkDoor: Sendable {
    let perform: @Sendable (DeskRequest) async throws -> DeskAnswer
    let close: @Sendable () async -> Void

    /// How long a command waits for the store's lock or the gateway's socket, whichever comes first.
    static let patience = Duration.seconds(10)

    /// Runs `body` with a door for these settings, and closes it. Where there is no desk yet, one is made only for
    /// commands that bring something in (`makesDesk`); the others say so and leave no trace.
    static func with<Result>(
        _ settings: Settings, makesDesk: Bool = false, _ body: (ClerkDoor) async throws -> Result
    ) async throws -> Result {
        if case .sqlite(let path) = settings.store, !makesDesk, !FileManager.default.fileExists(atPath: path) {
            throw Complaint(
                .noInput,
                """
                \(path): there is no desk here yet. `deskbridge serve` makes one, `deskbridge import` makes one of \
                stored mail, and --config names the settings of a desk elsewhere.
                """)
        }
        let door = try await open(settings)
        do {
            let result = try await body(door)
            await door.close()
            return result
        } catch {
            await door.close()
            throw error
        }
    }

    /// The store itself where its lock is free, else the gateway that holds it. Both are tried until one is there.
    private static func open(_ settings: Settings) async throws -> ClerkDoor {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while true {
            do {
                let wiring = try await Wiring.open(settings)
                var clerk = wiring.clerk()
                if case .sqlite = settings.store { clerk.sending = { .stopped } }
                return ClerkDoor(
                    perform: { [clerk] in try await clerk.perform($0) }, close: { await wiring.store.close() })
            } catch let error as StoreError where error.code == .locked {
                if let socket = CommandSocket(settings), await socket.isOpen() {
                    return ClerkDoor(perform: { try await socket.perform($0) }, close: {})
                }
                if clock.now >= deadline { throw error }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Prints what a call gives, page after page where `next` makes another.
    func show(
        _ request: DeskRequest, limit: Int = .max, next: ((String) -> DeskCall)? = nil
    ) async throws {
        try await each(request, limit: limit, next: next) { Terminal.print($0) }
    }

    func each(
        _ request: DeskRequest, limit: Int = .max, next: ((String) -> DeskCall)? = nil, _ body: (String) throws -> Void
    ) async throws {
        var request = request
        var left = limit
        while left > 0 {
            let answer = try await perform(request)
            for line in answer.lines.prefix(left) { try body(line) }
            left -= answer.lines.count
            guard let cursor = answer.next, let next else { return }
            request.call = next(cursor)
        }
    }
}
