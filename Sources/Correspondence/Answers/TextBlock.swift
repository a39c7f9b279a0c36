// A text as headings and lines: what every format of the knowledge base is read into.

package enum TextBlock: Sendable, Equatable {
    /// Level 1 to 6; 7 is a short paragraph in bold that stands like a heading.
    case heading(level: Int, text: String)
    /// A paragraph, a list item or a row of a table, without marks.
    case line(text: String, isItem: Bool)
}

/// What a page of HTML says.
package struct HTMLPage: Sendable, Equatable {
    /// Of its head; nil where there is none.
    package var title: String?
    /// The `lang` of its root, as written.
    package var language: String?
    package var blocks: [TextBlock]

    package init(title: String? = nil, language: String? = nil, blocks: [TextBlock]) {
        self.title = title
        self.language = language
        self.blocks = blocks
    }
}
