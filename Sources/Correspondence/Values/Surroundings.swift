// Clock and chance as parameters, so that tests can hold them still.

import Foundation

/// What a decision may need from outside: the time and random bytes. Handed in at the top, never reached for.
package struct Surroundings: Sendable {
    /// The wall clock, which may be set back or forward at any time: what people see.
    package var now: @Sendable () -> Instant
    /// How long ago some fixed moment was, by a clock that nobody sets: what leases and delays are measured by.
    package var uptime: @Sendable () -> Duration
    package var randomBytes: @Sendable (_ count: Int) -> [UInt8]

    /// Without `uptime` the wall clock is taken for one that nobody sets, as a test's is.
    package init(
        now: @escaping @Sendable () -> Instant, uptime: (@Sendable () -> Duration)? = nil,
        randomBytes: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.now = now
        self.uptime = uptime ?? { .microseconds(now().microseconds) }
        self.randomBytes = randomBytes
    }

    private static let start = ContinuousClock.now

    /// The machine's clocks and its cryptographic random source.
    package static let system = Surroundings(
        now: { Instant(Date()) },
        uptime: { start.duration(to: .now) },
        randomBytes: { count in
            // Eight bytes a call: the generator asks the kernel each time.
            var generator = SystemRandomNumberGenerator()
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count + 7)
            while bytes.count < count {
                var word = generator.next()
                for _ in 0..<8 {
                    bytes.append(UInt8(truncatingIfNeeded: word))
                    word >>= 8
                }
            }
            bytes.removeLast(bytes.count - count)
            return bytes
        })

    package func makeID<Kind>() -> Identifier<Kind> {
        Identifier(at: now(), random: randomBytes(10))
    }
}
