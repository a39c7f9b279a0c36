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
        findings += HiddenWriting.findings(in: reply, known: knownTexts(used))
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
            guard let quote = Self.words(citation.quote, of: cited.passage.text) else {
                return (sources, used, "a quote does not stand in \"\(cited.hit.title)\"")
            }
            if !used.contains(cited) { used.append(cited) }
            sources.append(Source(article: cited.hit.path, title: cited.hit.title, quote: quote, url: cited.hit.url))
        }
        return (sources, used, sources.isEmpty ? "the draft quotes no passage" : nil)
    }

    /// The passage's own words that `quote` repeats; nil where it does not. Case, white space and what cannot be seen do
    /// not count, and so nothing of the model's way of writing them leaves.
    static func words(_ quote: String, of passage: String) -> String? {
        let wanted = folded(quote)
        guard wanted.count >= shortestQuote else { return nil }
        let folded = folded(passage)
        guard let found = folded.range(of: wanted, options: .literal) else { return nil }
        // The same letters counted in the passage itself: folding drops only blanks and what cannot be seen.
        let before = letters(in: folded[..<found.lowerBound])
        let length = letters(in: folded[found])
        var seen = 0
        var start: String.Index?
        for index in passage.indices {
            let count = letters(in: passage[index].lowercased())
            if count == 0 { continue }
            if start == nil, seen + count > before { start = index }
            seen += count
            if seen >= before + length, let start {
                return String(String.UnicodeScalarView(passage[start...index].unicodeScalars.filter(isSeen)))
            }
        }
        return nil
    }

    private static func letters(in text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ($1.properties.isWhitespace || !isSeen($1) ? 0 : 1) }
    }

    private static func isSeen(_ scalar: Unicode.Scalar) -> Bool { !UntrustedText.isHidden(scalar) }

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
                findings.append("the link or address \"\(Self.harmless(link))\" stands in no source")
            }
        }
        let facts = known.reduce(into: ReplyFacts()) { $0.formUnion(ReplyFacts($1)) }
        for fact in ReplyFacts(reply).missing(from: facts) { findings.append("\(fact) stands in no source") }
        return findings
    }

    /// For the agents' eyes: nothing that a mail program makes a link of.
    private static func harmless(_ link: String) -> String {
        let seen = String(
            String.UnicodeScalarView(link.unicodeScalars.prefix(60).filter { (0x21...0x7E).contains($0.value) }))
        return seen.replacingOccurrences(of: "://", with: " ").replacingOccurrences(of: ":", with: " ")
            .replacingOccurrences(of: ".", with: "[.]").replacingOccurrences(of: "@", with: "[at]")
    }

    // MARK: Language

    private func languageFinding(_ reply: String, stated: String) -> String? {
        guard LanguageCode.same(stated, request.language) else {
            let stated = String(stated.prefix(10).filter { $0.isASCII && ($0.isLetter || $0 == "-") })
            return "the reply is in another language (\(stated)) than asked (\(request.language))"
        }
        let found = languageGuess.guess(reply, among: []).language
        // Too short to tell is not wrong; a sister language of the asked one is taken for it.
        if found == "und" || LanguageCode.same(found, request.language) { return nil }
        if languageGuess.guess(reply, among: [request.language]).language == request.language { return nil }
        return "the reply reads as \(found), not as \(request.language)"
    }
}
