// The language to answer in, by the order of evidence: the text, the conversation, the desk.

import Correspondence

enum AnswerLanguage {
    /// `foreign` is set when the customer's language is certain and the desk does not answer in it.
    static func choose(
        messages: [SupportMessage], conversation: SupportConversation, desk: DeskProfile
    ) -> (language: String, foreign: String?) {
        for message in messages.reversed() where message.language != "und" {
            if let known = match(message.language, desk.languages) { return (known, nil) }
            return (desk.fallbackLanguage, message.language)
        }
        return (match(conversation.language, desk.languages) ?? desk.fallbackLanguage, nil)
    }

    /// `pt-BR` fits a desk's `pt`.
    private static func match(_ language: String, _ languages: [String]) -> String? {
        if languages.contains(language) { return language }
        let primary = language.split(separator: "-").first.map(String.init) ?? language
        return languages.first { $0 == primary || $0.hasPrefix("\(primary)-") }
    }
}
