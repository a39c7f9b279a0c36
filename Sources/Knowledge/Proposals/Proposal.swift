// What a ticket that a human answered could teach the knowledge base.

package import Correspondence
import Foundation

/// Never knowledge by itself: a file made of it says `proposal: yes`, which no reader takes for an article.
package struct Proposal: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// An article holds the answer, but the customer's question does not find it well: add the question there.
        case question
        /// No article holds the answer.
        case article
    }
    package var kind: Kind
    package var ticket: Int
    package var conversation: ConversationID
    package var answeredAt: Instant
    /// The article that the question belongs to; nil for a new one.
    package var article: String?
    package var title: String
    package var language: String
    /// One line; what may be personal stands in `[[ ]]`.
    package var question: String
    /// The human's words; the same.
    package var answer: String
    /// What was marked, each once.
    package var marked: [String]

    package var fileName: String { "ticket-\(ticket).md" }

    /// A Markdown file to look over.
    package var markdown: String {
        let day = answeredAt.rfc3339.prefix(10)
        let look =
            marked.isEmpty
            ? "Nothing in it looks like a person's own; look for names all the same."
            : "What stands in [[ ]] may be a person's own: write it so that it is true for everyone."
        let place =
            switch (kind, article) {
            case (.question, .some(let article)):
                """
                It fits \(Self.comment(article)), which did not come up for these words: add the question to that file, under
                "Questions customers ask", and delete this one.
                """
            default:
                "Then take the line \"proposal: yes\" and this comment out, and move the file into the knowledge folder."
            }
        var lines = ["---", "proposal: yes"]
        if kind == .article {
            lines.append("title: \"\(title.replacingOccurrences(of: "\"", with: "'"))\"")
            if language != "und" { lines.append("language: \(language)") }
        }
        lines += ["---", "<!-- From ticket #\(ticket), answered on \(day). \(look)", place + " -->", ""]
        if kind == .article { lines += ["# \(title)", "", answer, ""] }
        lines += ["## Questions customers ask", "", "- \(question)", ""]
        if kind == .question { lines += ["<!-- The answer was:", Self.comment(answer), "-->", ""] }
        return lines.joined(separator: "\n")
    }

    private static func comment(_ text: String) -> String { text.replacingOccurrences(of: "--", with: "- -") }
}
