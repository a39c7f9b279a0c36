// What the team knows: an article of the knowledge base and the passages it is made of.

package struct Article: Sendable, Codable, Equatable {
    package var id: ArticleID
    /// Path within the knowledge folder: `de/rueckgabe.md`. Unique on a desk.
    package var path: String
    package var title: String
    /// BCP 47; `und` where neither front matter, name nor content tells.
    package var language: String
    package var tags: [String]
    /// Who may be told, as written; nil is everyone. `isFor` reads it.
    package var audience: String?
    /// After this moment the article is not used.
    package var validUntil: Instant?
    /// Where customers can read it themselves, http or https; nil where nobody said.
    package var url: String?
    /// When its page says that it was last changed.
    package var changedAt: Instant?
    /// Markdown as written, without the front matter.
    package var body: String
    package var passages: [Passage]

    package init(
        id: ArticleID, path: String, title: String, language: String, tags: [String] = [], audience: String? = nil,
        validUntil: Instant? = nil, url: String? = nil, changedAt: Instant? = nil, body: String, passages: [Passage]
    ) {
        self.id = id
        self.path = path
        self.title = title
        self.language = language
        self.tags = tags
        self.audience = audience
        self.validUntil = validUntil
        self.url = url
        self.changedAt = changedAt
        self.body = body
        self.passages = passages
    }
}

/// A piece of an article that can stand alone.
package struct Passage: Sendable, Codable, Equatable {
    package enum Purpose: String, Sendable, Codable {
        /// Text that may be quoted to a customer.
        case answer
        /// Questions as customers ask them: found by, never quoted.
        case questions
    }
    /// The headings above it, outermost first.
    package var headings: [String]
    /// Plain text, Markdown marks removed, paragraphs and list items on lines of their own.
    package var text: String
    package var purpose: Purpose

    package init(headings: [String], text: String, purpose: Purpose) {
        self.headings = headings
        self.text = text
        self.purpose = purpose
    }
}

/// Where an article came from, before it is one. Seam-crossing input of `ArticleReader`.
package struct ArticleFile: Sendable {
    package var path: String
    package var bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}
