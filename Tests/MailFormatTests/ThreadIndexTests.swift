// The Thread-Index header as it stands in mails: folded, broken, hostile.
import Correspondence
import MailFormat
import Testing

struct ThreadIndexTests {
    private let reader = GMimeMailReader(guess: FixedGuess())

    private func read(_ header: String) async throws -> ThreadIndex? {
        let mail = "From: a@x.example\r\n\(header)\r\nSubject: x\r\n\r\nWords\r\n"
        return try await reader.read(Array(mail.utf8), in: ReadingContext()).threadIndex
    }

    @Test(arguments: [
        ("Thread-Index: AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg==", 0),
        ("thread-index:AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg==", 0),
        ("Thread-Index:\r\n AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg==", 0),
        ("THREAD-INDEX: AQHabjbCR9/kPqXz\r\n\tTUyNvL3s5W1ZyoABAgME", 1),
        ("Thread-Index: AQHabjbCR9/kPqXzTUyNvL3s5W1ZyoABAgMEgAECAwQ=  ", 2),
        // The first of two.
        ("Thread-Index: AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg==\r\nThread-Index: AQHabjCdR9/kPqXzTUyNvL3s5W1Zyg==", 0),
    ])
    func `an index is read with blanks and folds inside`(header: String, depth: Int) async throws {
        let index = try #require(try await read(header))
        #expect(index.root == "AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg==")
        #expect(index.depth == depth)
    }

    @Test(arguments: [
        "X-Other: AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg==", "Thread-Index:", "Thread-Index: \r\n ", "Thread-Index: ====",
        "Thread-Index: AQHaabc==", "Thread-Index: AQHabk+1pQVb2mX0rT3yLxUqkE9m3cJtZbA==",
        "Thread-Index: <a@x.example>", "Thread-Index: =?utf-8?B?AQHabjbC?=", "Thread-Index: AQHa\u{0}\u{1}\u{FFFD}",
        "Thread-Index: " + String(repeating: "AQHa", count: 60_000),
        "Thread-Index: " + Array(repeating: "AQHabjbCR9/k", count: 20_000).joined(separator: "\r\n "),
    ])
    func `what is no index is none, and the mail is read`(header: String) async throws {
        #expect(try await read(header) == nil)
    }
}
