// The half of the question set that nothing was fitted to: how much is sent, how much of it rightly, and how well it is found.

import Answering
import Correspondence
import Foundation
import Knowledge
import Language
import Rehearsal
import TestSupport
import Testing

/// Articles and questions of an invented company, by somebody who has not seen the code: 236 articles in seven languages,
/// each with five questions as customers ask them (written by somebody who has not seen the test questions), and 1,093
/// questions, a third of which no article answers. What is chosen or fitted is so on `open.json`. `held.json` is for this
/// test: nobody looks at its questions one by one.
struct HeldQuestionsTests {
    struct Asked: Decodable {
        var name: String
        var question: String
        var subject: String?
        var language: String
        var article: String?
        var articles: [String]?

        /// As the gateway asks for a first mail.
        var words: String { subject.map { "\($0)\n\(question)" } ?? question }
        var expected: [String] { articles ?? article.map { [$0] } ?? [] }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Questions")
    static let knowledge = folder.appending(path: "velumi/knowledge").path
    static let held = folder.appending(path: "velumi/held.json")
    private static let languages = ["en", "de", "fr", "es", "pl", "ja", "it"]

    private static func desk() async throws -> (search: MemoryPassageSearch, asked: [Asked]) {
        let (files, _) = ArticleFolder.read([knowledge])
        let articles = FileArticleReader(languageGuess: CLD2LanguageGuess(), cleaner: ExampleKnowledge.NoHTML())
            .articles(from: files).0
        try #require(articles.count == 236)
        let search = MemoryPassageSearch(analyzer: SnowballAnalyzer())
        await search.replace(with: articles)
        return (search, try JSONDecoder().decode([Asked].self, from: Data(contentsOf: held)))
    }

    @Test("of what the built-in answerer sends 95 in 100 are right, and it sends 30 of 100 that an article answers")
    func sent() async throws {
        let (search, asked) = try await Self.desk()
        let answerer = BuiltInAnswerer(analyzer: SnowballAnalyzer())
        var answers: [EvaluatedAnswer] = []
        for one in asked {
            let guessed = CLD2LanguageGuess().guess(one.question, among: Self.languages).language
            let language = Self.languages.contains(guessed) ? guessed : "en"
            let found = search.search(one.words, language: guessed, limit: 5, now: SampleArticles.now)
            let draft = try await answerer.draft(
                DraftRequest(
                    deskName: "Velumi", question: one.question, subject: one.subject ?? "", earlier: [],
                    language: language, found: found))
            let isBarred = draft.needsHuman != nil || draft.reply.isEmpty
            answers.append(
                EvaluatedAnswer(
                    name: one.name, query: one.question, language: one.language, topic: nil, expected: one.expected,
                    article: draft.sources.first?.article,
                    verdict: !isBarred && draft.confidence >= 0.75 ? .send : .ticket, confidence: draft.confidence,
                    isBarred: isBarred, reason: "", cost: 0, seconds: 0))
        }
        let evaluation = Evaluator.evaluate(answers, answerer: "built-in", threshold: 0.75)
        let all = evaluation.all
        print(
            """
            held questions: \(all.questions) asked, \(all.sent.count) sent, \(all.right.count) of them right; \
            \(all.answered.count) of \(all.answered.total) that an article answers; area for "has no answer" \
            \(evaluation.answerableCurve ?? 0), for "is right" \(evaluation.rightCurve ?? 0)
            """)
        #expect(all.questions >= 500 && all.kept.total * 3 >= all.questions - 60)
        #expect(try #require(all.right.share) >= 0.95)
        #expect(try #require(all.answered.share) >= 0.30)
        // The goal is 0.90, and it is not met: a floor against getting worse.
        #expect(try #require(evaluation.answerableCurve) >= 0.80)
    }

    @Test("the right article comes first at least 6 points more often than by SQLite's FTS5", .needs(.python))
    func found() async throws {
        let (search, asked) = try await Self.desk()
        let answerable = asked.filter { !$0.expected.isEmpty }
        var right = 0
        for one in answerable {
            let guessed = CLD2LanguageGuess().guess(one.question, among: Self.languages).language
            let found = search.search(one.words, language: guessed, limit: 1, now: SampleArticles.now)
            if let first = found.hits.first, one.expected.contains(first.path) { right += 1 }
        }
        let script = Self.folder.appending(path: "fts5.py").path
        let command = ChildCommand(try ChildCommand.locate("python3"), [script, Self.knowledge, Self.held.path])
        let output = try await FinishedProcess.run(command, within: .seconds(120)).output
        let plain = try JSONDecoder().decode([String: [String: Int]].self, from: Data(output.utf8))
        let best = try #require(plain.values.compactMap { $0["right"] }.max())
        #expect(plain.values.allSatisfy { $0["of"] == answerable.count })
        let points = Double(right - best) / Double(answerable.count) * 100
        print("right article first: ours \(right), FTS5 \(plain), of \(answerable.count): \(points) points more")
        #expect(points >= 6)
    }
}
