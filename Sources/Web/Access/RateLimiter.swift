// So many calls in so long from one place: the generic cell rate algorithm, one instant a key.

import Correspondence
import HTTPTypes
import Logging
import Synchronization

/// A key may spend its whole count at once and wins it back evenly. When the table is full of live keys, unknown ones
/// are refused: a flood of addresses must not become a flood of memory.
final class RateLimiter: Sendable {
    static let keyLimit = 20_000

    private let rate: Rate
    private let surroundings: Surroundings
    private let arrivals = Mutex<[String: Instant]>([:])

    init(_ rate: Rate, surroundings: Surroundings) {
        self.rate = rate
        self.surroundings = surroundings
    }

    /// nil when the call may go on, else how long to wait. Where nothing is spent it is only asked: a key that has spent
    /// nothing yet may then go on, however full the table is.
    func wait(for key: String, spends: Bool = true) -> Duration? {
        guard rate.count > 0 else { return rate.period }
        let now = surroundings.now()
        let step = Duration.microseconds(rate.period.microseconds / Int64(rate.count))
        return arrivals.withLock { arrivals in
            if !spends, arrivals[key] == nil { return nil }
            if arrivals.count >= Self.keyLimit, arrivals[key] == nil {
                arrivals = arrivals.filter { $0.value > now }
                if arrivals.count >= Self.keyLimit { return step }
            }
            let due = max(arrivals[key] ?? now, now)
            let allowed = due - rate.period + step
            if allowed > now { return allowed - now }
            if spends { arrivals[key] = due + step }
            return nil
        }
    }

    /// 429 with `Retry-After` in whole seconds.
    func require(_ key: String, spends: Bool = true) throws(Problem) {
        guard let wait = wait(for: key, spends: spends) else { return }
        throw Problem(
            .tooManyRequests, code: "tooMany", detail: "too many calls from here; please wait a moment",
            retryAfter: max(1, Int(wait.seconds.rounded(.up))))
    }

    /// `level` for the first lines of a kind, `debug` past the rate: nobody who may call can fill the log.
    func level(_ level: Logger.Level, of kind: String) -> Logger.Level { wait(for: kind) == nil ? level : .debug }
}
