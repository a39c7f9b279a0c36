// Where a command's calls go: to the store itself, or to the gateway that holds it.

import Correspondence
import Foundation

/// Open for the length of one command.
struct ClerkDoor: Sendable {
    let perform: @Sendable (DeskRequest) async throws -> DeskAnswer
    let close: @Sendable () async -> Void

    /// How long a command waits for the store's lock or the gateway's socket, whichever comes first.
    static let patience = Duration.seconds(10)

    /// Runs `body` with a door for these settings, and closes it.
    static func with<Result>(
        _ settings: Settings, _ body: (ClerkDoor) async throws -> Result
    ) async throws -> Result {
        let door = try await Wiring.clerkDoor(settings)
        do {
            let result = try await body(door)
            await door.close()
            return result
        } catch {
            await door.close()
            throw error
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
