// The last word on a model's draft: pure checks that hold with a hostile model.

import Correspondence
import Foundation
import Language

/// What may be in a reply is decided by three texts alone: the passages that were shown, this conversation, and the
/// desk's links. A finding is a reason for a human; the text of a refused draft goes nowhere.
struct DraftGuard {
    /// A longer reply is no support reply.
    static let characterLimit = 4000
    /// A quote of fewer letters proves nothing.
    static let shortestQuote = 4

    private let request: DraftRequest
    private let prompt: Prompt
    private let languageGuess: any LanguageGuess

    init(request: DraftRequest, prompt: Prompt, languageGuess: any LanguageGuess) {
        self.request = request
        self.prompt = prompt
        self.languageGuess = languageGuess
    }

    /// The sources the reply rests on, and every finding in words an agent understands; none means it may go on.
    func check(
        reply: String, language: String, citations: [ModelReply.Citation]
    ) -> (sources: [Source], findings: [String]) {
        var findings: [String] = []
        let (sources, used, quoteFinding) = quotes(citations)
        if let quoteFinding { findings.append(quoteFinding) }
        if reply.count > Self.characterLimit {
            return (sources, findings + ["the reply is longer than \(Self.characterLimit) characters"])
        }
        if reply.unicodeScalars.contains(where: { UntrustedText.isHidden($0) && !Self.isSpelling($0) }) {
            findings.append("the reply holds invisible characters")
        }
        if let mark = ReplyMarkup.finding(in: reply) { findings.append(mark) }
        findings += facts(reply, used: used)
        if PromptLeak.isLeak(reply, rules: prompt.rules, key: prompt.key, known: knownTexts(used)) {
            findings.append("the reply repeats the prompt's rules")
        }
        if let finding = languageFinding(reply, stated: language) { findings.append(finding) }
        return (sources, findings)
    }

    // MARK: Quotes

    private func quotes(
        _ citations: [ModelReply.Citation]
    ) -> (sources: [Source], used: [Prompt.Cited], finding: String?) {
        var sources: [Source] = []
        var used: [Prompt.Cited] = []
        for citation in citations {
            let id = citation.passage.trimmingCharacters(in: ["[", "]", " "])
            guard let cited = prompt.passages.first(where: { $0.id == id }) else {
                return (sources, used, "a quote names a passage that was not shown")
            }
            let quote = Self.folded(citation.quote)
            guard quote.count >= Self.shortestQuote, Self.folded(cited.passage.text).contains(quote) else {
                return (sources, used, "a quote does not stand in \"\(cited.hit.title)\"")
            }
            if !used.contains(cited) { used.append(cited) }
            sources.append(Source(article: cited.hit.path, title: cited.hit.title, quote: citation.quote, url: cited.hit.url))
        }
        return (sources, used, sources.isEmpty ? "the draft quotes no passage" : nil)
    }

    /// Case, white space and what cannot be seen do not count.
    static func folded(_ text: String) -> String {
        var view = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !UntrustedText.isHidden(scalar) { view.append(scalar) }
        return String(view).lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    // MARK: Facts

    /// The texts a fact may come from: used passages with their titles, and this conversation.
    private func knownTexts(_ used: [Prompt.Cited]) -> [String] {
        used.map { ([$0.hit.title] + $0.passage.headings + [$0.passage.text]).joined(separator: "\n") }
            + [request.subject, request.question, request.deskName, request.customerName ?? ""]
            + request.earlier.map(\.text)
    }

    private func facts(_ reply: String, used: [Prompt.Cited]) -> [String] {
        let known = knownTexts(used)
        var findings: [String] = []
        let allowed = known.reduce(into: Set<String>()) { $0.formUnion(ReplyLinks.all(in: $1)) }
        for link in ReplyLinks.all(in: reply).sorted() where !allowed.contains(link) {
            if !ReplyLinks.isAllowed(link, by: request.links) {
                findings.append("the link or address \"\(link.prefix(100))\" stands in no source")
            }
        }
        let facts = known.reduce(into: ReplyFacts()) { $0.formUnion(ReplyFacts($1)) }
        for fact in ReplyFacts(reply).missing(from: facts) { findings.append("\(fact) stands in no source") }
        return findings
    }

    // MARK: Language

    private func languageFinding(_ reply: String, stated: String) -> String? {
        guard LanguageCode.same(stated, request.language) else {
            return "the reply is in another language (\(stated.prefix(10))) than asked (\(request.language))"
        }
        let found = languageGuess.guess(reply, among: []).language
        // Too short to tell is not wrong; a sister language of the asked one is taken for it.
        if found == "und" || LanguageCode.same(found, request.language) { return nil }
        if languageGuess.guess(reply, among: [request.language]).language == request.language { return nil }
        return "the reply reads as \(found), not as \(request.language)"
    }

    /// Joiners that Persian, Indic scripts and emoji are spelt with, and the marks of emoji.
    private static func isSpelling(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x200C || scalar.value == 0x200D || scalar.value == 0xFE0F
    }
}
