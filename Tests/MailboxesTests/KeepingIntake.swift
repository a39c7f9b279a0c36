// An intake that keeps what it gets in memory, and waits for what a test expects.

import Correspondence
import Mailboxes
import Synchronization

/// Keeps the contract: a batch and its cursor are taken together or, when `refuseAfter` is reached, not at all.
final class KeepingIntake: MailboxIntake {
    struct State: Sendable {
        var cursor: MailboxCursor?
        var mails: [FetchedMail] = []
        var batches: [[UInt32]] = []
        var events: [MailboxEvent] = []
        var takesAllowed = Int.max
    }
    struct Refused: Error {}

    private let state: Mutex<State>

    init(cursor: MailboxCursor? = nil, takesAllowed: Int = .max) {
        state = Mutex(State(cursor: cursor, takesAllowed: takesAllowed))
    }

    var now: State { state.withLock { $0 } }
    func allowTakes() { state.withLock { $0.takesAllowed = .max } }

    func cursor() async throws -> MailboxCursor? { now.cursor }

    func take(_ mails: [FetchedMail], cursor: MailboxCursor) async throws {
        try state.withLock { state in
            guard state.takesAllowed > 0 else { throw Refused() }
            state.takesAllowed -= 1
            state.mails += mails
            state.batches.append(mails.map(\.uid))
            state.cursor = cursor
        }
    }

    func report(_ event: MailboxEvent) async { state.withLock { $0.events.append(event) } }

    var hasCaughtUp: Bool {
        now.events.contains { if case .caughtUp = $0 { true } else { false } }
    }
}

struct NotInTime: Error, CustomStringConvertible {
    let description: String
}

/// Asks again and again until it holds.
func wait(
    for what: String, within limit: Duration = .seconds(10), until condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard .now < deadline else { throw NotInTime(description: "\(what) did not come within \(limit)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}

extension MailboxSource {
    /// Runs the session beside `work` and cancels it afterwards; gives back how it ended.
    @discardableResult
    func run(_ intake: KeepingIntake, while work: () async throws -> Void) async throws -> MailboxError? {
        let session = Task { () -> MailboxError? in
            do throws(MailboxError) {
                try await self.run(intake)
                return nil
            } catch {
                return error
            }
        }
        do {
            try await work()
        } catch {
            session.cancel()
            throw NotInTime(description: "\(error); the session: \(String(describing: await session.value))")
        }
        session.cancel()
        return await session.value
    }

    /// How a session ends that ends by itself.
    func ending(_ intake: KeepingIntake = KeepingIntake()) async -> MailboxError? {
        do throws(MailboxError) {
            try await run(intake)
            return nil
        } catch {
            return error
        }
    }
}
