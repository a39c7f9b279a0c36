// A table of questions and answers (CSV): each row an article.

import Correspondence
import Foundation

struct QuestionTable {
    struct Row {
        /// What stands behind `#` in the article's path: the row's `id`, or its number from 1.
        var name: String
        var question: String
        var answer: String
        var matter: FrontMatter
    }

    private(set) var rows: [Row] = []
    /// Each begins with the line: `:12: …`, or with a space.
    private(set) var problems: [String] = []

    private static let keys = ["title", "language", "tags", "audience", "valid-until", "url"]
    private static let nameLimit = 80

    init(_ text: String) {
        let table = CSVTable(text)
        guard table.columns.contains("question"), table.columns.contains("answer") else {
            let named = table.columns.prefix(ArticleLimits.shown).map { $0.prefix(30) }.joined(separator: ", ")
            problems.append(
                ": the first line must name the columns \"question\" and \"answer\"; it names: "
                    + (named.isEmpty ? "none" : named))
            return
        }
        if let line = table.openQuote {
            problems.append(":\(line): a quote is opened and never closed: close it")
            return
        }
        var names: Set<String> = []
        for (index, row) in table.rows.enumerated() {
            guard index < ArticleLimits.rows else {
                problems.append(": only \(ArticleLimits.rows) rows are read: split it")
                return
            }
            let line = table.lines[index]
            let question = Self.field("question", row)
            let answer = Self.field("answer", row)
            guard !question.isEmpty, !answer.isEmpty else {
                problems.append(":\(line): the \(question.isEmpty ? "question" : "answer") is empty: write it")
                continue
            }
            var matter = FrontMatter()
            do {
                for key in Self.keys { try matter.take(key, Self.field(key, row), line: line) }
                if matter.validUntil == nil {
                    try matter.take("valid-until", Self.field("valid until", row), line: line)
                }
            } catch {
                problems.append(":\(error.line): \(error.message)")
                continue
            }
            let id = Self.field("id", row).filter { !$0.isWhitespace && $0 != "#" && $0 != "/" }
            let name = id.isEmpty ? "\(index + 1)" : String(id.prefix(Self.nameLimit))
            guard names.insert(name).inserted else {
                problems.append(":\(line): two rows bear the id \(name); the first is used: change the other")
                continue
            }
            rows.append(Row(name: name, question: question, answer: answer, matter: matter))
        }
        if rows.isEmpty, problems.isEmpty { problems.append(": holds no row: write questions and answers") }
    }

    private static func field(_ name: String, _ row: [String: String]) -> String {
        (row[name] ?? "").replacingOccurrences(of: "\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
