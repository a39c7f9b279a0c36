// Frames, responses and the small parts of the wire, in every slicing and at every limit.

import Correspondence
import Foundation
import TestSupport
import Testing

@testable import Mailboxes

struct WireTests {
    private static let stream = Array(
        ("* OK [CAPABILITY IMAP4rev1 IDLE] ready {5}\r\n* 3 EXISTS\r\n"
            + "* 1 FETCH (FLAGS (\\Seen \"odd) name\") UID 12 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" "
            + "RFC822.SIZE 11 BODY[]<0> {11}\r\nA1 OK no\r\n))\r\n"
            + "* 2 FETCH (BODY[HEADER.FIELDS (A B)] {0}\r\n UID 13 BODY[] ~{3+}\r\n\r\n) RFC822.SIZE 3)\r\n"
            + "* 3 FETCH (UID 14 BODY[] NIL)\r\n* 4 FETCH (UID 15 BODY[] \"a \\\"b\\\" \\\\\")\n"
            + "* SEARCH\r\n* garbage {x}\r\n*\r\n"
            + "+ idling {3}\r\nA1 NO [TRYCREATE] text [x] {7}\r\n* 2 EXPUNGE\r\n* BYE so long\r\n").utf8)

    private func read(_ bytes: [UInt8], slices: () -> Int) throws -> [Response] {
        var framer = ResponseFramer(literalLimit: 1000)
        var responses: [Response] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = min(max(1, slices()), rest.count)
            responses += try framer.feed(Array(rest.prefix(count))).map { try ResponseParser.parse($0) }
            rest = rest.dropFirst(count)
        }
        return responses
    }

    @Test func `A stream of responses is read as what it says`() throws {
        let responses = try read(Self.stream) { .max }
        let date = Instant(microseconds: 837_596_665_000_000)
        #expect(
            responses == [
                .untagged(.ok, StatusText(code: "CAPABILITY", arguments: "IMAP4rev1 IDLE", text: "ready {5}")),
                .exists(3),
                .fetch(FetchItems(uid: 12, size: 11, receivedAt: date, body: Array("A1 OK no\r\n)".utf8))),
                .fetch(FetchItems(uid: 13, size: 3, body: Array("\r\n)".utf8))),
                .fetch(FetchItems(uid: 14, body: [])),
                .fetch(FetchItems(uid: 15, body: Array("a \"b\" \\".utf8))),
                .other, .other, .other, .continuation,
                .tagged(tag: "A1", .no, StatusText(code: "TRYCREATE", text: "text [x] {7}")),
                .expunge(2),
                .untagged(.bye, StatusText(text: "so long")),
            ])
    }

    @Test(arguments: 0..<200)
    func `Any slicing of the stream gives the same responses`(_ seed: Int) throws {
        var generator = SeededGenerator(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        let whole = try read(Self.stream) { .max }
        let widest = seed == 0 ? 1 : Int.random(in: 1...60, using: &generator)
        #expect(try read(Self.stream) { Int.random(in: 1...widest, using: &generator) } == whole)
    }

    @Test(arguments: 0..<300)
    func `Damaged bytes end in responses or in a violation, never in a trap`(_ seed: Int) {
        var generator = SeededGenerator(state: UInt64(seed) &+ 77)
        var bytes = Self.stream
        for _ in 0...Int.random(in: 0...20, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0...2, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            case 1: bytes.remove(at: place)
            default: bytes.insert(Array("(){}[]\"\\ \r\n*+~<>0".utf8).randomElement(using: &generator) ?? 0, at: place)
            }
        }
        let first = Result { try read(bytes) { .max } }
        let second = Result { try read(bytes) { Int.random(in: 1...9, using: &generator) } }
        switch (first, second) {
        case (.success(let one), .success(let other)): #expect(one == other)
        case (.failure(let one as IMAPViolation), .failure(let other as IMAPViolation)): #expect(one == other)
        default: Issue.record("the outcome hangs on the slicing: \(first), \(second)")
        }
    }

    @Test(arguments: [
        "* 1 FETCH (UID 1 BODY[] {2000000000}\r\n", "* 1 FETCH (UID 1 BODY[] {1001}\r\n",
        "* 1 FETCH (UID 1 BODY[] {99999999999999999999999999}\r\n", "A1 NOISE\r\n", "hello\r\n", "\r\n",
        "* 1 FETCH (UID 0)\r\n", "* 1 FETCH (UID 99999999999)\r\n", "* 1 FETCH (UID\r\n", "* 1 FETCH UID 1\r\n",
        "* 1 FETCH (UID 1 BODY[] \"open)\r\n", "* 1 FETCH (X " + String(repeating: "(", count: 40) + "\r\n",
        "* " + String(repeating: "x", count: 70_000),
        String(repeating: "* 1 FETCH (X {0}\r\n", count: 1) + String(repeating: " {0}\r\n", count: 100),
    ])
    func `What is too large or makes no sense is a violation`(_ text: String) {
        #expect(throws: IMAPViolation.self) { try read(Array(text.utf8)) { .max } }
    }

    @Test func `Reading takes time in proportion to the bytes`() {
        func time(_ count: Int) -> Duration {
            let mail = "* 1 FETCH (UID 5 RFC822.SIZE 20 BODY[] {20}\r\n" + String(repeating: "y", count: 20) + ")\r\n"
            let nested = "* 1 FETCH (X (((a b) \"c\") d) UID 4)\r\n"
            let bytes = Array(String(repeating: mail + nested, count: count).utf8)
            // A quoted string and a line of the largest size, where looking twice would show.
            let long = Array("* 1 FETCH (X \"\(String(repeating: "\\\\", count: count))\")\r\n".utf8)
            return ProcessorTime.least {
                _ = try? read(bytes) { 1000 }
                _ = try? read(long) { 10 }
            }
        }
        _ = time(500)
        // Twice the bytes twice: 4 where it is linear, 16 where it is not.
        #expect(time(16_000) / time(4000) < 8)
    }

    @Test func `Sets of UIDs are joined`() {
        #expect(UIDSet.text([]) == "")
        #expect(UIDSet.text([7]) == "7")
        #expect(UIDSet.text([1, 2, 3, 5, 7, 8, UInt32.max]) == "1:3,5,7:8,4294967295")
    }

    @Test func `Dates are read with their zone, and nothing else is`() {
        #expect(InternalDate.parse(Array(" 1-Jan-1970 00:00:00 +0000".utf8)) == Instant(microseconds: 0))
        #expect(
            InternalDate.parse(Array("29-Feb-2024 23:59:59 +0530".utf8))
                == Instant(microseconds: 1_709_231_399_000_000))
        for wrong in ["", "now", "1-Foo-1970 00:00:00 +0000", "1-Jan-1970 00:00 +0000", "99-Jan-1970 00:00:00 +0000"] {
            #expect(InternalDate.parse(Array(wrong.utf8)) == nil)
        }
    }

    @Test func `Names of mailboxes become modified UTF-7`() {
        #expect(MailboxName.quoted("inbox") == "\"INBOX\"")
        #expect(MailboxName.quoted("A \"b\" \\c") == "\"A \\\"b\\\" \\\\c\"")
        #expect(MailboxName.quoted("Tom & Jerry") == "\"Tom &- Jerry\"")
        #expect(MailboxName.quoted("~peter/mail/台北/日本語") == "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\"")
        #expect(MailboxName.quoted("a\r\nb") == nil)
        #expect(MailboxName.quoted("") == nil)
    }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
