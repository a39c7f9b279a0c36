// The language to answer in: the newest text that shows one, then the conversation, the customer, and the desk.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct AnswerLanguageTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var asked: [String]
        var before: [String] = []
        var customer: String?
        var language: String
        var evidence: LanguageEvidence
        var foreign: String?
        var testDescription: String { "\(before) \(asked) \(customer ?? "-")" }
    }

    @Test(
        arguments: [
            Row(asked: ["de"], language: "de", evidence: .text),
            Row(asked: ["en", "de"], language: "de", evidence: .text),
            Row(asked: ["de", "und"], before: ["fr"], language: "de", evidence: .text),
            Row(asked: ["fi"], before: ["de"], language: "en", evidence: .text, foreign: "fi"),
            Row(asked: ["de", "fi"], language: "en", evidence: .text, foreign: "fi"),
            Row(asked: ["pt-BR"], language: "pt", evidence: .text),
            Row(asked: ["und"], before: ["fr"], customer: "de", language: "fr", evidence: .conversation),
            Row(asked: ["und"], before: ["fr", "und"], language: "fr", evidence: .conversation),
            Row(asked: ["und"], before: ["fr", "de"], language: "de", evidence: .conversation),
            Row(asked: ["und"], before: ["und"], customer: "de", language: "de", evidence: .customer),
            Row(asked: ["und"], before: ["fi"], customer: "de", language: "de", evidence: .customer),
            Row(asked: ["und"], customer: "fi", language: "en", evidence: .desk),
            Row(asked: ["und"], language: "en", evidence: .desk), Row(asked: [], language: "en", evidence: .desk),
        ])
    func `the evidence in its order`(row: Row) {
        let before = row.before.enumerated().map {
            Sample.message("b\($0.offset)", language: $0.element, outcome: .answered)
        }
        let asked = row.asked.enumerated().map { Sample.message("m\($0.offset)", language: $0.element) }
        var item = Sample.item(before + asked)
        item.customerLanguage = row.customer
        #expect(
            AnswerLanguage.choose(asked: asked, of: item, desk: Sample.desk)
                == .init(
                    language: row.language, evidence: row.evidence, foreign: row.foreign,
                    isCustomers: row.evidence != .desk))
    }

    @Test func `someone in Cc does not turn the customer's language`() {
        let asked = [
            Sample.message("m1", language: "de"), Sample.message("m2", kind: .participant, language: "fr"),
        ]
        let choice = AnswerLanguage.choose(asked: asked, of: Sample.item(asked), desk: Sample.desk)
        #expect(choice.language == "de" && choice.isCustomers)
        let alone = AnswerLanguage.choose(asked: [asked[1]], of: Sample.item([asked[1]]), desk: Sample.desk)
        // It tells how to answer him, and nothing of the conversation's customer.
        #expect(alone.language == "fr" && !alone.isCustomers)
    }

    @Test func `what the desk wrote is no evidence`() {
        let before = Sample.message("b", kind: .desk, direction: .outgoing, language: "fr")
        let asked = [Sample.message("m", language: "und")]
        let choice = AnswerLanguage.choose(asked: asked, of: Sample.item([before] + asked), desk: Sample.desk)
        #expect(choice == .init(language: "en", evidence: .desk))
    }

    @Test func `a desk that names a region answers the plain language too`() {
        var desk = Sample.desk
        desk.languages = ["en", "pt-BR"]
        let asked = [Sample.message(language: "pt")]
        let choice = AnswerLanguage.choose(asked: asked, of: Sample.item(asked), desk: desk)
        #expect(choice.language == "pt-BR" && choice.foreign == nil)
    }
}
