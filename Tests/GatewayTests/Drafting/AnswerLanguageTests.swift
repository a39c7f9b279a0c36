// The language to answer in: the newest text that shows one, then the conversation, then the desk.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct AnswerLanguageTests {
    @Test(
        arguments: [
            (["de"], "en", "de", nil), (["en", "de"], "en", "de", nil), (["de", "und"], "en", "de", nil),
            (["und"], "fr", "fr", nil), (["und"], "und", "en", nil), (["und"], "fi", "en", nil),
            (["fi"], "en", "en", "fi"), (["de", "fi"], "de", "en", "fi"), (["pt-BR"], "en", "pt", nil),
            ([], "de", "de", nil),
        ] as [([String], String, String, String?)])
    func `the evidence in its order`(texts: [String], conversation: String, language: String, foreign: String?) {
        let messages = texts.enumerated().map { Sample.message("m\($0.offset)", language: $0.element) }
        let chosen = AnswerLanguage.choose(
            messages: messages, conversation: Sample.conversation(language: conversation), desk: Sample.desk)
        #expect(chosen.language == language)
        #expect(chosen.foreign == foreign)
    }

    @Test func `a desk that names a region answers the plain language too`() {
        var desk = Sample.desk
        desk.languages = ["en", "pt-BR"]
        let chosen = AnswerLanguage.choose(
            messages: [Sample.message(language: "pt")], conversation: Sample.conversation(), desk: desk)
        #expect(chosen.language == "pt-BR" && chosen.foreign == nil)
    }
}
