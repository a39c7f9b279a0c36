// Waiting for a condition with a deadline, and work that may block.

import Dispatch
import Foundation

/// Returns as soon as `condition` says true; throws `notInTime`, naming `what`, once `deadline` has passed.
package func waitUntil(
    _ what: String, within deadline: Duration = .seconds(30), every pause: Duration = .milliseconds(10),
    _ condition: @Sendable () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + deadline
    while true {
        if try await condition() { return }
        guard ContinuousClock.now < end else {
            throw RehearsalFailure(.notInTime, "waited \(deadline) for: \(what)")
        }
        try await Task.sleep(for: pause)
    }
}

/// Runs what may block on a queue of its own, never on Swift's threads.
package func offThePool<Value: Sendable>(
    _ name: String = "rehearsal", _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: name).async { continuation.resume(with: Result(catching: body)) }
    }
}
