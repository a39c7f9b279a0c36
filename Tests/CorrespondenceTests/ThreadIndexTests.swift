// Thread-Index: what is read of it, and what is not.

import Correspondence
import Foundation
import Testing

@Suite struct ThreadIndexTests {
    private static let root: [UInt8] = [1] + Array(repeating: 0xDA, count: 5) + Array(1...16)

    private static func header(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    private func read(_ text: String) -> ThreadIndex? { ThreadIndex(text.utf8) }

    @Test(arguments: [0, 1, 2, 3, 30, ThreadIndex.depthLimit]) func `each answer is five bytes longer than its parent`(
        depth: Int
    ) throws {
        let bytes = Self.root + Array(repeating: 0x80, count: depth * 5)
        let index = try #require(read(Self.header(bytes)))
        #expect(index.depth == depth)
        #expect(index.root == Self.header(Self.root))
    }

    @Test(arguments: [
        "AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg==", " AQHabjbCR9/kPqXz\r\n\tTUyNvL3s5W1Zyg==\r\n",
        "AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg",
        "AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg=", "AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg = =", "AQHabjbCR9/kPqXzTUyNvL3s5W1Zyh==",
    ]) func `blanks, folds and lost padding change nothing`(text: String) {
        #expect(read(text)?.root == "AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg==")
    }

    @Test func `another conversation has another root, whatever it begins with`() {
        var other = Self.root
        other[21] ^= 1
        #expect(read(Self.header(Self.root))?.root != read(Self.header(other))?.root)
        // As Zimbra writes it: no reserved 1 at the beginning.
        #expect(read("8rZ0Yk3QmN1xVwL5tHsJ2bDfGcEaUw==")?.depth == 0)
    }

    @Test(arguments: [
        "", " ", "=", "====", "AQHaabc==", "not base64 at all!", "AQHabjbC?9/kPqXzTUyNvL3s5W1Zyg==",
        "AQHabjbC=R9/kPqXzTUyNvL3s5W1Zyg", "AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg===", "=?utf-8?Q?AQHabjbCR9?=",
        "AQHabjbCR9\u{0}/kPqXzTUyNvL3s5W1Zyg==", "Ünïcödé", String(repeating: "A", count: 32),
        // 21, 23 and 26 bytes.
        "AQHabjbCR9/kPqXzTUyNvL3s5W1Z", "AQHabjbCR9/kPqXzTUyNvL3s5W1ZygE=", "AQHabk+1pQVb2mX0rT3yLxUqkE9m3cJtZbA=",
        // No identifier: what a broken program writes under every mail.
        header([1, 0xDA, 1, 2, 3, 4] + Array(repeating: 0, count: 16)),
        header(root + Array(repeating: 1, count: (ThreadIndex.depthLimit + 1) * 5)),
        String(repeating: "AQHa", count: 100_000), String(repeating: "=", count: 300_000),
    ]) func `anything else is none`(text: String) {
        #expect(read(text) == nil)
    }

    @Test func `an index counts only where a mail names no other`() throws {
        var message = Message()
        message.threadIndex = read(Self.header(Self.root))
        #expect(message.threadRoot == Self.header(Self.root))
        let id = try #require(MessageID("a@x.example"))
        message.references = [id]
        #expect(message.threadRoot == nil)
        (message.references, message.inReplyTo) = ([], [id])
        #expect(message.threadRoot == nil)
    }

    @Test func `a message with an index keeps it in JSON`() throws {
        var message = Message()
        message.threadIndex = read(Self.header(Self.root + [1, 2, 3, 4, 5]))
        #expect(try JSONDecoder().decode(Message.self, from: JSONEncoder().encode(message)) == message)
    }
}
