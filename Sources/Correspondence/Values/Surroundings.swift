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
