// What an answerer is asked, and what it wrote.

/// One turn of the conversation as a model sees it.
package struct ConversationTurn: Sendable, Codable, Equatable {
    package enum Author: String, Sendable, Codable {
        case customer, participant, desk, agent
    }
    package var author: Author
    /// The words themselves, without quotes and signature. Untrusted when a customer's.
    package var text: String

    package init(author: Author, text: String) {
        self.author = author
        self.text = text
    }
}

package struct DraftRequest: Sendable {
    package var deskName: String
    /// The customer's new words: all unanswered messages, oldest first, joined by blank lines.
    package var question: String
    package var subject: String
    /// What was said before `question`, oldest first.
    package var earlier: [ConversationTurn]
    /// The language to answer in; one of the desk's.
    package var language: String
    package var customerName: String?
    /// As a trusted caller told (`user.role` of the chat API); nil when unknown.
    package var customerRole: String?
    package var found: SearchResult
    /// Hosts and addresses that may always leave.
    package var links: [String]

    package init(
        deskName: String, question: String, subject: String, earlier: [ConversationTurn], language: String,
        customerName: String? = nil, customerRole: String? = nil, found: SearchResult, links: [String] = []
    ) {
        self.deskName = deskName
        self.question = question
        self.subject = subject
        self.earlier = earlier
        self.language = language
        self.customerName = customerName
        self.customerRole = customerRole
        self.found = found
        self.links = links
    }
}

/// A passage that an answer rests on.
package struct Source: Sendable, Codable, Equatable {
    /// The article's path.
    package var article: String
    package var title: String
    /// Words that stand in the article.
    package var quote: String
    /// Where customers can read the article themselves; nil where nobody said.
    package var url: String?

    package init(article: String, title: String, quote: String, url: String? = nil) {
        self.article = article
        self.title = title
        self.quote = quote
        self.url = url
    }
}

/// What a reply's language was chosen by, the strongest first: the newest words, the customer's words before them in the
/// conversation, those in former conversations, and what the desk takes where nobody knows.
package enum LanguageEvidence: String, Sendable, Codable, CaseIterable {
    case text, conversation, customer, desk
}

package struct Draft: Sendable, Codable, Equatable {
    /// The body alone: greeting, close, notice and quote are added at delivery. Empty when there is nothing to say.
    package var reply: String
    package var sources: [Source]
    package var language: String
    /// What the language was chosen by; nil for a draft of a former version, and outside a conversation.
    package var languageEvidence: LanguageEvidence?
    /// 0 to 1: the chance that a human would send this reply as it stands.
    package var confidence: Double
    /// What lowered or carried the confidence, and what the guard found, in words an agent understands.
    package var reasons: [String]
    /// Set when this must go to a human whatever the confidence: the guard refused it, or the model asked for one.
    package var needsHuman: String?
    /// USD; nil when unknown.
    package var cost: Double?
    package var tokens: TokenUse?
    /// Who drafted: `built-in`, or `openai gpt-6-luna`.
    package var answerer: String

    package init(
        reply: String, sources: [Source], language: String, confidence: Double, reasons: [String],
        needsHuman: String? = nil, cost: Double?, tokens: TokenUse? = nil, answerer: String,
        languageEvidence: LanguageEvidence? = nil
    ) {
        self.reply = reply
        self.sources = sources
        self.language = language
        self.confidence = confidence
        self.reasons = reasons
        self.needsHuman = needsHuman
        self.cost = cost
        self.tokens = tokens
        self.answerer = answerer
        self.languageEvidence = languageEvidence
    }
}

package struct TokenUse: Sendable, Codable, Equatable {
    package var input: Int?
    package var output: Int?

    package init(input: Int?, output: Int?) {
        self.input = input
        self.output = output
    }
}
