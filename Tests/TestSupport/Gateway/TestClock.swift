// A clock that stands still until a test moves it, and ids that differ.

package import Correspondence
import Synchronization

package final class TestClock: Sendable {
    private let time: Mutex<Instant>
    private let count = Mutex<UInt64>(0)

    package init(_ start: Instant = Sample.noon) { time = Mutex(start) }

    package var now: Instant { time.withLock { $0 } }

    package func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }

    /// Random bytes count up: no two are the same, and every run has the same ones.
    package var surroundings: Surroundings {
        Surroundings(
            now: { self.now },
            randomBytes: { count in
                let number = self.count.withLock { number in
                    number += 1
                    return number
                }
                return (0..<count).map { index in
                    let shift = 8 * (count - 1 - index)
                    return shift < 64 ? UInt8(truncatingIfNeeded: number >> UInt64(shift)) : 0
                }
            })
    }
}
