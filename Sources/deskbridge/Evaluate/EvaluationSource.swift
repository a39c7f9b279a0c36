// Where the questions of an evaluation come from: files of questions, files of mails, the desk's own conversations.

import Correspondence
import Foundation
import Knowledge

struct EvaluationSource {
    /// The largest file of questions.
    static let sizeLimit = 200_000_000

    private(set) var questions: [EvaluationQuestion] = []
    /// What was left out, each with its reason.
    private(set) var problems: [String] = []
    private let sizeLimit: Int

    init(messageLimit: Int) {
        sizeLimit = messageLimit
    }

    /// Throws where there is no such file, or nothing in it can be evaluated.
    mutating func add(_ paths: [String]) async throws {
        var mails: [String] = []
        for path in paths {
            switch (path as NSString).pathExtension.lowercased() {
            case "csv", "tsv": try addTable(path)
            case "json", "jsonl", "ndjson": try addObjects(path)
            default: mails.append(path)
            }
        }
        if !mails.isEmpty { try await addMails(mails) }
    }

    private func text(_ path: String) throws -> String {
        switch FileInput(path).content {
        case .failure(let reason): throw Complaint(.noInput, "\(path): \(reason.text)")
        case .success(let bytes): return String(decoding: bytes, as: UTF8.self)
        }
    }

    private mutating func addTable(_ path: String) throws {
        let table = CSVTable(try text(path))
        guard table.columns.contains("question") || table.columns.contains("query") else {
            throw Complaint(
                .data,
                "\(path): the first line must name the columns, and one of them \"question\"; it names: "
                    + table.columns.joined(separator: ", "))
        }
        if let line = table.openQuote {
            problems.append("\(path):\(line): a quote is never closed: it takes in the rest of the file")
        }
        for (row, line) in zip(table.rows, table.lines) {
            add(EvaluationQuestion(row: row, name: "\(path):\(line)"), from: "\(path):\(line)")
        }
    }

    /// A list of objects, or one object a line.
    private mutating func addObjects(_ path: String) throws {
        let text = try text(path)
        if let list = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]] {
            for (index, object) in list.enumerated() {
                add(EvaluationQuestion(object, name: "\(path):\(index + 1)"), from: "\(path): entry \(index + 1)")
            }
            return
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy(\.isWhitespace) { continue }
            addLine(String(line), from: "\(path):\(index + 1)")
        }
    }

    /// One JSON object, as `conversation export` writes them too.
    mutating func addLine(_ line: String, from place: String) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
            problems.append("\(place): is no JSON object")
            return
        }
        add(EvaluationQuestion(object, name: place), from: place)
    }

    private mutating func add(_ question: EvaluationQuestion?, from place: String) {
        guard let question else {
            problems.append("\(place): asks nothing (\"question\" is missing or empty)")
            return
        }
        questions.append(question)
    }

    /// People's mails; the others would get no answer, whatever the draft.
    private mutating func addMails(_ paths: [String]) async throws {
        let archive = try MailArchive(paths, sizeLimit: sizeLimit)
        var number = 0
        while true {
            let batch = await archive.next()
            if batch.isEmpty { break }
            for mail in batch {
                number += 1
                let message: Message
                do { message = try await Parts.mailReader.read(mail, in: ReadingContext()) } catch {
                    problems.append("mail \(number): \(error)")
                    continue
                }
                guard message.kind == .human, message.answerable else { continue }
                let words = message.newText.isEmpty ? message.subject : message.newText
                guard words.contains(where: { !$0.isWhitespace }) else { continue }
                questions.append(
                    EvaluationQuestion(
                        name: message.messageID?.text ?? "mail \(number)",
                        subject: message.newText.isEmpty ? "" : message.subject, question: words,
                        language: message.language == "und" ? nil : message.language))
            }
        }
        problems += archive.problems
    }
}
