// Topics for humans: whole words where blanks are written, amounts as people write them.

import Correspondence
import Testing

@testable import Gateway

@Suite struct TopicRuleTests {
    private let refund = DeskProfile.Topic(
        name: "refund", words: ["refund", "Rückerstattung", "remboursement", "返金", "استرداد", "money back"], over: 100)
    private let legal = DeskProfile.Topic(name: "legal", words: ["lawyer", "Anwalt", "avocat"])

    private func topic(_ text: String) -> String? { TopicRule.topic(in: text, of: [refund, legal])?.name }

    @Test(
        arguments: [
            ("649", [649]), ("1.299,00", [1299]), ("1,299.00", [1299]), ("1 299", [1299]), ("1\u{A0}299,50", [1299.5]),
            ("1\u{202F}299", [1299]), ("100 EUR", [100]), ("€649", [649]), ("649€", [649]), ("649,-", [649]),
            ("1.299,-", [1299]), ("1'299.50", [1299.5]), ("12 345 678", [12_345_678]), ("0,5", [0.5]), ("1.5", [1.5]),
            ("1.299", [1299]), ("99 and 12", [99, 12]), ("2 100g", [2100]), ("12 34", [12, 34]),
            ("12 3456", [12, 3456]),
            ("1234 567", [1234, 567]), ("٦٤٩", [649]), ("６４９円", [649]), ("三百", []), ("½", []), ("", []), ("...,,,", []),
            ("20.11.2026", [20_112_026]), ("3.50 - 4.20", [3.5, 4.2]),
        ] as [(String, [Double])])
    func `amounts are read as people write them`(text: String, amounts: [Double]) {
        #expect(TopicRule.amounts(in: FoldedText(text).text) == amounts)
    }

    @Test func `a long row of digits neither traps nor is small`() {
        #expect(TopicRule.amounts(in: String(repeating: "9", count: 5_000)).allSatisfy { $0 > 100 })
        #expect(!TopicRule.amounts(in: String(repeating: "1.", count: 5_000)).isEmpty)
    }

    @Test(
        arguments: [
            ("I want a refund of 649 EUR", "refund"), ("I want a REFUND of 100.01", "refund"),
            ("I want a refund", "refund"),
            ("I want a refund of 100 EUR", nil), ("I want a refund of 12,50 €", nil), ("Rueckerstattung bitte", nil),
            ("Ich bitte um Ruckerstattung", "refund"), ("Bitte um Rückerstattung!", "refund"),
            ("Rückerstattungen dauern wie lange?", nil), ("prerefunded", nil), ("返金してください", "refund"),
            ("refundを希望します", "refund"), ("أريد الاسترداد", "refund"), ("I want my money-back guarantee", "refund"),
            ("My lawyer will write, about 5 EUR", "legal"), ("Anwalt", "legal"), ("Anwaltskanzlei Müller", nil),
            ("l'avocat", "legal"), ("where is my order?", nil), ("", nil),
        ] as [(String, String?)])
    func `a topic is its words, and an amount above its own or none at all`(text: String, name: String?) {
        #expect(topic(text) == name)
    }

    @Test func `without topics nothing is looked for, and an empty word fits nothing`() {
        #expect(TopicRule.topic(in: "refund", of: []) == nil)
        #expect(TopicRule.topic(in: "refund", of: [.init(name: "x", words: ["", " "])]) == nil)
    }

    @Test func `words in thousands take time in proportion`() {
        func time(_ count: Int) -> Duration {
            let text = String(repeating: "refunds ", count: count)
            return (0..<3).map { _ in ContinuousClock().measure { _ = topic(text) } }.min() ?? .zero
        }
        #expect(time(2_000) < time(200) * 40 + .milliseconds(50))
    }
}
