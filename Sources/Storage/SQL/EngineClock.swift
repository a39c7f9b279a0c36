// The clock that due times and leases are told in: the engine's, carried on by one that nobody sets.

import Correspondence
import Synchronization

/// Nodes whose wall clocks differ agree by it, and a wall clock that is set back or forward meanwhile (a time service, a
/// machine that was resumed) neither ends leases early nor lets work wait. What people see is told by the wall clock.
final class EngineClock: Sendable {
    private let uptime: @Sendable () -> Duration
    /// The engine's time when `uptime` was zero.
    private let zero: Mutex<Instant>

    /// An engine without a clock of its own begins with the wall clock's time.
    init(_ surroundings: Surroundings) {
        uptime = surroundings.uptime
        zero = Mutex(surroundings.now() - surroundings.uptime())
    }

    var now: Instant { zero.withLock { $0 } + uptime() }

    /// Asks the engine; its answer is taken to be of the middle of the time that it took.
    func compare<Refusal: Error>(with ask: () throws(Refusal) -> Instant) throws(Refusal) {
        let before = uptime()
        let answer = try ask()
        let middle = before + (uptime() - before) / 2
        zero.withLock { $0 = answer - middle }
    }
}
