// Base 32 and the ids made of it: there and back, and in the order of making.

import Correspondence
import Testing

@Suite struct Base32Tests {
    @Test(arguments: 0...40) func `bytes come back whatever their number`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        let text = Base32.encode(bytes)
        #expect(text.utf8.count == (count * 8 + 4) / 5)
        #expect(Base32.decode(text) == bytes)
        #expect(Base32.decode(text.uppercased()) == bytes)
    }

    @Test(arguments: ["i", "l", "o", "u", "a!", "a ", "ä", "0\u{0}", "a-b", "٣٣", "00\u{301}"])
    func `what is not of the alphabet is refused`(text: String) {
        #expect(Base32.decode(text) == nil)
    }

    @Test func `a text has one spelling: spare bits must be zero and no character may be left over`() {
        #expect(Base32.decode("00") == [0])
        #expect(Base32.decode("01") == nil)
        #expect(Base32.decode("0") == nil)
        #expect(Base32.decode("000") == nil)
        #expect(Base32.decode("") == [])
    }
}

@Suite struct IdentifierTests {
    private func id(_ microseconds: Int64, _ filler: UInt8 = 0) -> TicketID {
        TicketID(at: Instant(microseconds: microseconds), random: Array(repeating: filler, count: 10))
    }

    @Test func `ids sort by the time they were made`() {
        let times: [Int64] = [
            0, 999, 1_000, 1_000_000, 1_763_884_800_000_000, 1_763_884_800_001_000, 4_000_000_000_000_000,
        ]
        let ids = times.map { id($0, 7) }
        #expect(ids.sorted() == ids)
        #expect(ids.map(\.text).sorted() == ids.map(\.text))
        #expect(
            Array(ids.map(\.text).sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
                == ids.map(\.text))
        #expect(ids.allSatisfy { $0.text.utf8.count == 26 })
    }

    @Test func `a clock before 1970 makes ids all the same`() {
        #expect(id(-5_000_000) == id(0))
    }

    @Test func `random bytes tell ids of one millisecond apart`() {
        #expect(id(1_000, 1) != id(1_999, 2))
        #expect(id(1_000, 1) == id(1_999, 1))
        #expect(id(1_000, 1) < id(1_000, 2))
    }

    @Test func `the system's ids differ`() {
        let ids: Set<ConversationID> = Set((0..<1_000).map { _ in Surroundings.system.makeID() })
        #expect(ids.count == 1_000)
    }
}
