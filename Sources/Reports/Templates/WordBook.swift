// The words around an answer in each language: greeting, close, notice, quote line.

import Correspondence
import Mustache

/// One language of `templates/words/`.
struct Words: Sendable {
    enum Key: String, CaseIterable {
        case direction, months, greeting, greetingUnnamed, close, humanWord, notice, quoteLine, quoteLineUndated
        case handover, acknowledgement
        case answerAbove, answerHere, answerByMail, ticketsWait, ticketsMore, notSent, notSentUnknown, notSentReason
    }
    /// What the texts may name.
    static let names = ["name", "humanWord", "day", "month", "year", "time", "author", "count", "number"]

    let language: String
    let months: [String]
    let isRightToLeft: Bool
    private let texts: [String: MustacheTemplate]

    init(_ file: TemplateFile) throws(TemplateError) {
        language = String(file.key.dropFirst("words/".count))
        var texts: [String: String] = [:]
        var lines: [String: Int] = [:]
        var number = 0
        for line in file.text.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            guard line.contains(where: { !$0.isWhitespace }), !line.hasPrefix("!") else { continue }
            guard let colon = line.firstIndex(of: ":") else {
                throw TemplateError(
                    .syntax, detail: "\(file.place):\(number): a line is \"key: text\" or begins with !")
            }
            let key = String(line[..<colon])
            guard Key(rawValue: key) != nil else {
                let hint = NearestName.of(key, among: Key.allCases.map(\.rawValue)).map { "; the nearest is \"\($0)\"" }
                throw TemplateError(
                    .unknownName, detail: "\(file.place):\(number): no text is called \"\(key)\"\(hint ?? "")")
            }
            let text = line[line.index(after: colon)...].drop { $0 == " " }.filter { $0 != "\r" }
            texts[key] = text.replacing("\\n", with: "\n")
            lines[key] = number
        }
        for key in Key.allCases where texts[key.rawValue, default: ""].isEmpty {
            throw TemplateError(.missing, detail: "\(file.place): the text \"\(key.rawValue)\" is missing")
        }
        months = texts["months", default: ""].split(separator: "|").map { $0.trimmed }
        guard months.count == 12 else {
            throw TemplateError(
                .syntax, detail: "\(file.place):\(lines["months", default: 1]): twelve months, divided by |")
        }
        guard let direction = texts["direction"], direction == "ltr" || direction == "rtl" else {
            throw TemplateError(
                .syntax, detail: "\(file.place):\(lines["direction", default: 1]): the direction is ltr or rtl")
        }
        isRightToLeft = direction == "rtl"
        var compiled: [String: MustacheTemplate] = [:]
        for (key, text) in texts {
            let line = lines[key, default: 1]
            let part = TemplateFile(name: file.name, place: file.place, text: text)
            for tag in try TemplateTag.all(in: part) where !Self.names.contains(tag.name) || tag.kind != .variable {
                let hint = NearestName.of(tag.name, among: Self.names).map { "; the nearest is \"\($0)\"" } ?? ""
                throw TemplateError(
                    .unknownName, detail: "\(file.place):\(line): \"\(key)\" cannot show \"\(tag.name)\"\(hint)")
            }
            guard let template = try? MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + text) else {
                throw TemplateError(.syntax, detail: "\(file.place):\(line): the text \"\(key)\" cannot be read")
            }
            compiled[key] = template
        }
        self.texts = compiled
    }

    func text(_ key: Key, _ values: [String: Any] = [:]) -> String {
        texts[key.rawValue]?.render(values) ?? ""
    }

    var humanWord: String { text(.humanWord) }
}

/// All languages. A language that has no words of its own takes those of the fallback, then English.
struct WordBook: Sendable {
    private let books: [String: Words]
    private let english: Words

    init(shelf: TemplateShelf) throws(TemplateError) {
        var books: [String: Words] = [:]
        for file in shelf.files.values.sorted(by: { $0.name < $1.name }) where file.isWords {
            let words = try Words(file)
            books[words.language] = words
        }
        guard let english = books["en"] else {
            throw TemplateError(.missing, detail: "words/en.mustache is missing")
        }
        self.books = books
        self.english = english
    }

    /// `de-AT` takes `de`.
    func words(_ language: String, fallback: String = "en") -> Words {
        for tag in [language, fallback] {
            let lower = tag.lowercased()
            if let words = books[lower] ?? books[String(lower.prefix { $0 != "-" && $0 != "_" })] { return words }
        }
        return english
    }

    var languages: [String] { books.keys.sorted() }

    var humanWords: [String: String] { books.mapValues { $0.humanWord } }
}
