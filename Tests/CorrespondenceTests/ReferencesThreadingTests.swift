// RFC 5256: base subjects, and which messages REFERENCES puts together.

import Correspondence
import Testing

private func item(
    _ id: String?, _ references: String = "", inReplyTo: String = "", subject: String = "", at seconds: Int64? = nil
) -> ReferencesThreading.Item {
    func ids(_ text: String) -> [MessageID] { text.split(separator: " ").compactMap { MessageID($0) } }
    return .init(
        messageID: id.flatMap { MessageID($0) }, references: ids(references), inReplyTo: ids(inReplyTo),
        subject: subject, sentAt: seconds.map { Instant(microseconds: $0 * 1_000_000) })
}

@Suite struct ReferencesThreadingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var items: [ReferencesThreading.Item]
        var firsts: [Int]

        init(_ what: String, _ items: [ReferencesThreading.Item], _ firsts: [Int]) {
            (testDescription, self.items, self.firsts) = (what, items, firsts)
        }
    }

    @Test(
        "Messages are put together as the RFC says",
        arguments: [
            Row("nothing", [], []),
            Row("strangers stay apart", [item("a"), item("b"), item(nil)], [0, 1, 2]),
            Row("an answer by References", [item("a"), item("b", "a")], [0, 0]),
            Row("an answer that came first", [item("b", "a"), item("a")], [0, 0]),
            Row("a chain", [item("a"), item("b", "a"), item("c", "a b"), item("x")], [0, 0, 0, 3]),
            Row("two answers to a missing mail", [item("b", "a"), item("c", "a")], [0, 0]),
            Row("cousins over two missing mails", [item("c", "a b"), item("d", "a")], [0, 0]),
            Row("In-Reply-To where there are no References", [item("a"), item("b", inReplyTo: "a")], [0, 0]),
            Row(
                "only the first id of In-Reply-To counts", [item("a"), item("b"), item("c", inReplyTo: "a b")],
                [0, 1, 0]),
            Row(
                "In-Reply-To is not looked at beside References",
                [item("a"), item("b"), item("c", "a", inReplyTo: "b")], [0, 1, 0]),
            Row("a message that names itself", [item("a", "a")], [0]),
            Row("a loop of two", [item("a", "b"), item("b", "a")], [0, 0]),
            Row("a loop of three", [item("a", "b"), item("b", "c"), item("c", "a")], [0, 0, 0]),
            Row(
                "an id borne twice belongs to the first",
                [item("a", subject: "x"), item("a", subject: "y"), item("b", "a")],
                [0, 1, 0]),
            Row(
                "an own word wins over another's References", [item("a"), item("c", "a b"), item("x"), item("b", "x")],
                [0, 1, 1, 1]),
            Row(
                "a missing mail that comes last holds its answers", [item("b", "a"), item("c", "a"), item("a")],
                [0, 0, 0]),
            Row("names that nobody bears make no thread", [item("a", "x y z"), item("b", "u v")], [0, 1]),
            Row(
                "missing mails that one message puts in a row join their answers",
                [item("b", "x"), item("c", "y"), item("d", "x y")], [0, 0, 0]),
            Row(
                "References that know different parts of one row meet",
                [item("b", "w x y"), item("c", "y z"), item("d", "w")], [0, 0, 0]),
            Row(
                "a mail without References is torn from what others say stands above it",
                [item("a"), item("c", "a b"), item("b")], [0, 1, 1]),
            Row(
                "the only answer to a missing mail stands for it with its subject",
                [item("b", "a", subject: "Re: One"), item("c", subject: "One"), item("d", "x y", subject: "one")],
                [0, 0, 0]),
            Row(
                "a missing mail below a missing mail gives its answers up: the earliest of all names the thread",
                [
                    item("b", "x", subject: "Late", at: 30), item("c", "x y", subject: "Early", at: 10),
                    item("d", "x y", subject: "Middle", at: 20), item("e", subject: "Early"),
                    item("f", subject: "Middle"),
                ],
                [0, 0, 0, 0, 4]),
            Row(
                "an answer below an answer does not name a missing mail's thread",
                [
                    item("b", "a", subject: "One", at: 20), item("c", "a b", subject: "Two", at: 10),
                    item("d", subject: "Two"), item("e", subject: "Re: One"),
                ],
                [0, 0, 2, 0]),
            Row(
                "two threads of missing mails meet by their subjects",
                [
                    item("b", "a", subject: "One", at: 1), item("c", "a", subject: "x", at: 2),
                    item("d", "z", subject: "Fwd: one", at: 3), item("e", "z", subject: "y", at: 4),
                ],
                [0, 0, 0, 0]),
            Row("the same subject", [item("a", subject: "Hello"), item("b", subject: "Re: hello")], [0, 0]),
            Row(
                "the same subject without any prefix", [item("a", subject: "Hello"), item("b", subject: "HELLO ")],
                [0, 0]),
            Row("empty subjects do not meet", [item("a", subject: "Re:"), item("b", subject: "")], [0, 1]),
            Row(
                "a subject joins whole threads",
                [
                    item("a", subject: "One"), item("b", "a", subject: "Two"), item("c", subject: "Re: One"),
                    item("d", "c"),
                ],
                [0, 0, 0, 0]),
            Row(
                "the subject of an answer inside a thread joins nothing",
                [item("a", subject: "One"), item("b", "a", subject: "Two"), item("c", subject: "Two")], [0, 0, 2]),
            Row(
                "a missing mail's thread has its earliest answer's subject",
                [
                    item("b", "a", subject: "Late", at: 20), item("c", "a", subject: "Early", at: 10),
                    item("d", subject: "Re: Early"), item("e", subject: "Re: Late"),
                ],
                [0, 0, 0, 3]),
        ])
    func rows(_ row: Row) {
        #expect(ReferencesThreading.firsts(of: row.items) == row.firsts)
    }

    @Test func `A long chain told backwards ends soon`() {
        let ids = (0..<3000).map { "m\($0)" }
        let items = ids.indices.reversed().map { index in
            item(ids[index], index == 0 ? "" : ids[index - 1], subject: "s\(index)")
        }
        #expect(Set(ReferencesThreading.firsts(of: items)) == [0])
    }
}

@Suite struct BaseSubjectTests {
    @Test(
        "Base subjects (RFC 5256 section 2.1)",
        arguments: [
            ("Hello", "HELLO"), ("Re: Hello", "HELLO"), ("re  : hello", "HELLO"), ("RE: Fwd: FW: Hello", "HELLO"),
            ("Re[2]: Hello", "HELLO"), ("Re [x]: Hello", "HELLO"), ("[list] Re: Hello", "HELLO"),
            ("[a] [b] Hello", "HELLO"), ("[only]", "[ONLY]"), ("Hello (fwd)", "HELLO"), ("Hello (FWD) (fwd) ", "HELLO"),
            ("[Fwd: Hello]", "HELLO"), ("[fwd: Re: Hello (fwd)]", "HELLO"), ("Re:", ""), ("  ", ""), ("Reply", "REPLY"),
            ("Regards: x", "REGARDS: X"), ("a\t\n b", "A B"), ("Aw: Hallo", "AW: HALLO"), ("Straße", "STRASSE"),
            ("[unclosed Re: x", "[UNCLOSED RE: X"),
        ])
    func base(_ subject: String, _ base: String) {
        #expect(BaseSubject.of(subject) == base)
    }

    @Test func `Hostile subjects end soon`() {
        for unit in ["[a]", "Re: ", "(fwd)", "[fwd: ", "[", " "] {
            _ = BaseSubject.of(String(repeating: unit, count: 100_000))
        }
    }
}
