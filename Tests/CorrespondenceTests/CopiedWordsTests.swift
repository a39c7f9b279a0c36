// Which texts count as copies of each other, where Message-ID and sender are the same.

import Correspondence
import Testing

@Suite struct CopiedWordsTests {
    private static let words = "Where is my parcel?\n\nIt was due on Monday."
    private static let footer =
        "_______________________________________________\nHelp mailing list\nhelp@lists.acme.example\n"

    private func areSame(_ one: String, _ other: String) -> Bool {
        let there = CopiedWords(one).areSame(as: CopiedWords(other))
        #expect(there == CopiedWords(other).areSame(as: CopiedWords(one)))
        return there
    }

    @Test(arguments: [
        words, words + "\n\n", words + " \r\n", words + "\n" + footer,
        words + "\n\n-- \nYou received this message because you are subscribed to the group \"help\".",
        words + "\n\n====================\nLeave: x\n", words + "\0",
    ]) func `white space at the end and a footer make no other mail`(copy: String) {
        #expect(areSame(Self.words, copy))
    }

    @Test func `a signature stays where a list writes its footer below it`() {
        let signed = Self.words + "\n-- \nCarla"
        #expect(areSame(signed, signed + "\n" + Self.footer))
    }

    @Test(arguments: [
        "", "Where is my parcel?", words + "\nPlease answer.", "> " + words, words.uppercased(), footer, "\n" + words,
        words + "\n--\nP.S. Please cancel contract 4711 as well.", words + "\n=====\nNew question: where is my refund?",
        words + "\n-\nsomething", words + "\n_______ x\nsomething",
    ]) func `other words are another mail`(other: String) {
        #expect(!areSame(Self.words, other))
    }

    @Test func `what stands below two lines of signs is compared: forms write there what they are told`() {
        #expect(!areSame("Order form\n-----\nOne lamp", "Order form\n-----\nTwo lamps"))
        #expect(!areSame("-----\nOne lamp", "-----\nTwo lamps"))
    }

    @Test func `nothing at all is a copy of nothing`() {
        #expect(areSame("", " \n"))
        #expect(!areSame("", "-- \nCarla"))
    }

    @Test func `a footer is looked for at the end alone`() {
        let long = Self.words + "\n-----\n" + String(repeating: "more words\n", count: 25)
        #expect(!areSame(Self.words, long))
    }

    @Test func `long texts of one sort of sign end soon`() {
        for unit in ["\n", "-", "-\n", " ", "\0"] { _ = CopiedWords(String(repeating: unit, count: 1_000_000)) }
    }
}
