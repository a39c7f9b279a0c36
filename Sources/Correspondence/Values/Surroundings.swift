// Clock and chance as parameters, so that tests can hold them still.

import Foundation

/// What a decision may need from outside: the time and random bytes. Handed in at the top, never reached for.
package struct Surroundings: Sendable {
    package var now: @Sendable () -> Instant
    package var randomBytes: @Sendable (_ count: Int) -> [UInt8]

    package init(now: @escaping @Sendable () -> Instant, randomBytes: @escaping @Sendable (Int) -> [UInt8]) {
        self.now = now
        self.randomBytes = randomBytes
    }

    /// The machine's clock and its cryptographic random source.
    package static let system = Surroundings(
        now: { Instant(Date()) },
        randomBytes: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        })

    package func makeID<Kind>() -> Identifier<Kind> {
        Identifier(at: now(), random: randomBytes(10))
    }
}
