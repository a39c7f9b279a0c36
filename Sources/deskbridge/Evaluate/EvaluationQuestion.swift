// A question to evaluate, and what is known of its answer.

import Correspondence
import Foundation

struct EvaluationQuestion: Sendable, Equatable {
    /// Tells it from the others, in every run.
    var name: String
    var subject = ""
    var question: String
    /// nil: it is guessed.
    var language: String?
    var topic: String?
    /// Paths of the articles that answer it; empty where none does; nil where nobody has said.
    var expected: [String]?

    /// From one object of a JSON file: `question` (or `query`), and whatever of the rest is there. An object of
    /// `conversation export` asks with the customer's first message. nil where it asks nothing.
    init?(_ object: [String: Any], name usual: String) {
        let messages = object["messages"] as? [[String: Any]]
        let first = messages?.first { $0["direction"] as? String == "in" }
        guard let question = Self.text(first?["newText"]) ?? Self.text(object["question"]) ?? Self.text(object["query"])
        else { return nil }
        // What a former run wrote: its article is the desk's choice and no label.
        if object["decision"] != nil, object["articles"] == nil || object["articles"] is NSNull { return nil }
        self.question = question
        name = Self.text(object["name"]) ?? Self.text(object["id"]) ?? usual
        subject = Self.text(object["subject"]) ?? ""
        language = Self.text(object["language"]).flatMap { $0 == "und" ? nil : $0 }
        topic = Self.text(object["topic"])
        if let several = object["articles"] as? [String] {
            expected = several
        } else if let one = object["article"] as? String {
            expected = one.isEmpty ? [] : [one]
        } else if object["article"] is NSNull {
            expected = []
        }
    }

    /// From a row of a table, by the names of its columns. An empty `article` says that none answers; several stand
    /// with `|` between them.
    init?(row: [String: String], name usual: String) {
        guard let question = Self.text(row["question"]) ?? Self.text(row["query"]) else { return nil }
        self.question = question
        name = Self.text(row["name"]) ?? usual
        subject = row["subject"] ?? ""
        language = Self.text(row["language"])
        topic = Self.text(row["topic"])
        expected = row["article"].map { cell in
            cell.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
    }

    init(name: String, subject: String, question: String, language: String?) {
        self.name = name
        self.subject = subject
        self.question = question
        self.language = language
    }

    private static func text(_ value: Any?) -> String? {
        guard let text = value as? String, text.contains(where: { !$0.isWhitespace }) else { return nil }
        return text
    }
}
