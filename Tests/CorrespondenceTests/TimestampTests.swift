// RFC 3339 out of instants: offsets, years before 1970, the ends of what a number can say.

import Correspondence
import Foundation
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, 0, "1970-01-01T00:00:00Z"),
            (1_763_884_800, 0, "2025-11-23T08:00:00Z"),
            (1_763_884_800, 60, "2025-11-23T09:00:00+01:00"),
            (1_763_884_800, -570, "2025-11-22T22:30:00-09:30"),
            (1_763_884_800, 845, "2025-11-23T22:05:00+14:05"),
            (-1, 0, "1969-12-31T23:59:59Z"),
            (-86_400, 0, "1969-12-31T00:00:00Z"),
            (-86_401, 0, "1969-12-30T23:59:59Z"),
            (951_782_400, 0, "2000-02-29T00:00:00Z"),
            (-2_203_891_200, 0, "1900-03-01T00:00:00Z"),
            (-62_167_219_200, 0, "0000-01-01T00:00:00Z"),
            (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
            (253_402_300_799, 0, "9999-12-31T23:59:59Z"),
            (-62_167_219_201, 0, "-0001-12-31T23:59:59Z"),
            (-93_724_128_000, 0, "-1000-01-01T00:00:00Z"),
        ] as [(Int64, Int, String)])
    func `seconds and offset give the text`(seconds: Int64, offset: Int, text: String) {
        #expect(Timestamp(Instant(microseconds: seconds * 1_000_000), offsetMinutes: offset).rfc3339 == text)
    }

    @Test func `fractions are dropped downwards, also before 1970 and far from it`() {
        #expect(Instant(microseconds: -1).rfc3339 == "1969-12-31T23:59:59Z")
        #expect(Instant(microseconds: 999_999).rfc3339 == "1970-01-01T00:00:00Z")
        #expect(Instant(microseconds: 253_402_300_799_999_999).rfc3339 == "9999-12-31T23:59:59Z")
    }

    @Test func `no instant traps`() {
        for microseconds in [Int64.min, Int64.min + 1, Int64.max] {
            #expect(!Instant(microseconds: microseconds).rfc3339.isEmpty)
        }
    }

    @Test func `Foundation reads the same moment back`() throws {
        var seconds: Int64 = -62_000_000_000
        while seconds < 250_000_000_000 {
            let text = Timestamp(Instant(microseconds: seconds * 1_000_000), offsetMinutes: 90).rfc3339
            let date = try #require(try? Date.ISO8601FormatStyle().parse(text), "\(text)")
            if seconds > -12_000_000_000 { #expect(Int64(date.timeIntervalSince1970) == seconds, "\(text)") }
            seconds += 7_777_777_777
        }
    }

    @Test func `durations and instants add up`() {
        let start = Instant(microseconds: 5)
        #expect((start + .seconds(2)) - start == .seconds(2))
        #expect((start - .hours(1)) - start == .hours(-1))
        #expect(Duration.days(2).seconds == 172_800)
        #expect(Instant(start.date) == start)
    }
}
