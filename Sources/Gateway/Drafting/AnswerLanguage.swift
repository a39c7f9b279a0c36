// The language to answer in, by the order of evidence: the text, the conversation, the customer, the desk.

import Correspondence

enum AnswerLanguage {
    struct Choice: Equatable {
        /// One of the desk's.
        var language: String
        var evidence: LanguageEvidence
        /// Set when the customer's language is certain and the desk does not answer in it.
        var foreign: String?
        /// The customer's own words told it: the conversation is in this language from now on.
        var isCustomers = false
    }

    /// `asked` are the messages to be answered, oldest first. A text that shows no language is `und`: it was too short or
    /// too mixed when it was read ("ok" is in the language of what was said before).
    static func choose(asked: [SupportMessage], of item: DraftingCase, desk: DeskProfile) -> Choice {
        let ids = Set(asked.map(\.id))
        // Someone in Cc writes as themselves; only where nobody else does do their words tell how to answer.
        let customers = asked.filter(\.showsLanguage)
        let texts = customers.isEmpty ? asked.filter { $0.language != "und" } : customers
        if let text = texts.last?.language {
            let isCustomers = !customers.isEmpty
            if let known = match(text, desk.languages) {
                return Choice(language: known, evidence: .text, isCustomers: isCustomers)
            }
            return Choice(
                language: desk.fallbackLanguage, evidence: .text, foreign: text, isCustomers: isCustomers)
        }
        let before = item.messages.last { !ids.contains($0.id) && $0.showsLanguage }
        if let known = before.flatMap({ match($0.language, desk.languages) }) {
            return Choice(language: known, evidence: .conversation, isCustomers: true)
        }
        if let known = item.customerLanguage.flatMap({ match($0, desk.languages) }) {
            return Choice(language: known, evidence: .customer, isCustomers: true)
        }
        return Choice(language: desk.fallbackLanguage, evidence: .desk)
    }

    /// `pt-BR` fits a desk's `pt`.
    private static func match(_ language: String, _ languages: [String]) -> String? {
        if languages.contains(language) { return language }
        let primary = language.split(separator: "-").first.map(String.init) ?? language
        return languages.first { $0 == primary || $0.hasPrefix("\(primary)-") }
    }
}
