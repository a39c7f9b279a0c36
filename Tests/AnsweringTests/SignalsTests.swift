// What the search says of every question of a set: what a fit of the built-in confidence is made from.

import Correspondence
import Foundation
import Knowledge
import Language
import TestSupport
import Testing

@testable import Answering

/// `SIGNALS=OUT QUESTIONS=FILE KNOWLEDGE=DIR swift test --filter Signals` writes one JSON object a question.
struct SignalsTests {
    private struct Asked: Decodable {
        var name: String
        var question: String
        var subject: String?
        var language: String
        var article: String?
        var articles: [String]?
    }
    private struct Line: Encodable {
        var name: String
        var language: String
        var answerable: Bool
        var right: Bool
        var signals: SearchSignals
        var dayZero: Double?
        var confidence: Double
        var length: Int
        var path: String?
        var articles: Int
    }
    private static let environment = ProcessInfo.processInfo.environment

    @Test(.enabled(if: environment["SIGNALS"] != nil, "only when asked for"))
    func `the signals of a set of questions`() async throws {
        let out = try #require(Self.environment["SIGNALS"])
        let asked = try JSONDecoder().decode(
            [Asked].self, from: Data(contentsOf: URL(filePath: try #require(Self.environment["QUESTIONS"]))))
        let (files, _) = ArticleFolder.read([try #require(Self.environment["KNOWLEDGE"])])
        let articles = FileArticleReader(languageGuess: CLD2LanguageGuess(), cleaner: ExampleKnowledge.NoHTML())
            .articles(from: files).0
        let whole = MemoryPassageSearch(analyzer: SnowballAnalyzer())
        await whole.replace(with: articles)
        // Desks of one language have fewer articles, and other figures.
        var desks: [String: MemoryPassageSearch] = [:]
        if Self.environment["ONE_LANGUAGE"] == "1" {
            for language in Set(articles.map(\.language)) {
                let search = MemoryPassageSearch(analyzer: SnowballAnalyzer())
                await search.replace(with: articles.filter { $0.language == language })
                desks[language] = search
            }
        }
        var lines = ""
        for question in asked {
            let language = CLD2LanguageGuess().guess(
                question.question, among: ["en", "de", "fr", "es", "pl", "ja", "it", "ar"]
            ).language
            let subject = question.subject ?? ""
            let asked = subject.isEmpty ? question.question : "\(subject)\n\(question.question)"
            let search = desks[question.language] ?? whole
            let found = search.search(asked, language: language, limit: 5, now: SampleArticles.now)
            let expected = question.articles ?? (question.article.map { [$0] } ?? [])
            let judged = BuiltInConfidence(found.signals, title: found.hits.first?.title ?? "")
            let line = Line(
                name: question.name, language: question.language, answerable: !expected.isEmpty,
                right: found.hits.first.map { expected.contains($0.path) } ?? false, signals: found.signals,
                dayZero: found.dayZero, confidence: judged.confidence, length: question.question.count,
                path: found.hits.first?.path,
                articles: desks.isEmpty ? articles.count : articles.count { $0.language == question.language })
            lines += String(decoding: try JSONEncoder().encode(line), as: UTF8.self) + "\n"
        }
        try lines.write(toFile: out, atomically: true, encoding: .utf8)
        #expect(!lines.isEmpty)
    }
}
