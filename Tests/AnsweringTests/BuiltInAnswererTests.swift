// The built-in answerer: what it quotes, and what it dares to send.

import Answering
import Correspondence
import Foundation
import Knowledge
import Language
import TestSupport
import Testing

/// A question with the article that answers it; nil where none does and nothing may be sent.
struct LabelledQuestion: Codable {
    var name: String
    var question: String
    var language: String
    var article: String?

    static func load(_ file: String, from source: String = #filePath) throws -> [LabelledQuestion] {
        let url = URL(fileURLWithPath: source).deletingLastPathComponent().appendingPathComponent("Questions/\(file)")
        return try JSONDecoder().decode([LabelledQuestion].self, from: Data(contentsOf: url))
    }
}

/// The articles of `examples/knowledge`.
enum ExampleKnowledge {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../examples/knowledge").standardizedFileURL.path
    static var isHere: Bool { FileManager.default.fileExists(atPath: folder) }

    struct NoHTML: HTMLCleaner {
        func safeHTML(_ html: String) -> String { html }
        func text(_ html: String) -> String { html }
    }

    static func articles() -> [Article] {
        let (files, _) = ArticleFolder.read([folder])
        return FileArticleReader(languageGuess: CLD2LanguageGuess(), cleaner: NoHTML()).articles(from: files).0
    }
}

struct BuiltInAnswererTests {
    private let answerer = BuiltInAnswerer(analyzer: SnowballAnalyzer())
    private static let threshold = 0.75

    private func draft(
        _ question: String, language: String, among articles: [Article], asked: String? = nil
    ) async throws -> Draft {
        let search = MemoryPassageSearch(analyzer: SnowballAnalyzer())
        await search.replace(with: articles)
        let found = search.search(question, language: language, limit: 5, now: SampleArticles.now)
        return try await answerer.draft(
            DraftRequest(
                deskName: "Acme", question: question, subject: "", earlier: [], language: asked ?? language,
                found: found))
    }

    @Test("it keeps the contract of an answerer, and so does the fake")
    func contract() async throws {
        try await AnswererContract.check(answerer, search: MemoryPassageSearch(analyzer: SnowballAnalyzer()))
        try await AnswererContract.check(FakeAnswerer(), search: FakePassageSearch())
    }

    @Test(
        "on the example desk clear questions are sent with the right article, and nothing that no article answers",
        .enabled(if: ExampleKnowledge.isHere, "examples/knowledge is not here"))
    func exampleDesk() async throws {
        let search = MemoryPassageSearch(analyzer: SnowballAnalyzer())
        await search.replace(with: ExampleKnowledge.articles())
        var answerable = 0
        var sent = 0
        let questions = try LabelledQuestion.load("rehearsal.json") + LabelledQuestion.load("unanswerable.json")
        for labelled in questions {
            let found = search.search(
                labelled.question, language: labelled.language, limit: 5, now: SampleArticles.now)
            let draft = try await answerer.draft(
                DraftRequest(
                    deskName: "Acme Support", question: labelled.question, subject: "", earlier: [],
                    language: labelled.language, found: found))
            let isSent = draft.confidence >= Self.threshold && draft.needsHuman == nil && !draft.reply.isEmpty
            if let article = labelled.article {
                answerable += 1
                if isSent {
                    sent += 1
                    #expect(draft.sources.first?.article == article, "\(labelled.name)")
                }
            } else {
                #expect(!isSent, "\(labelled.name): \(draft.reply)")
            }
            for source in draft.sources {
                let text = found.hits[0].passages.map(\.text).joined(separator: "\n")
                #expect(text.contains(source.quote) || source.quote.split(separator: "\n").allSatisfy(text.contains))
            }
        }
        let share = Double(sent) / Double(max(1, answerable))
        print(
            "built-in answerer: \(sent) of \(answerable) answerable questions sent, \(questions.count - answerable) kept"
        )
        #expect(share >= 0.8)
    }

    @Test(
        "with its article taken away hardly any question is answered from another one",
        .enabled(if: ExampleKnowledge.isHere, "examples/knowledge is not here"))
    func articleTakenAway() async throws {
        let articles = ExampleKnowledge.articles().filter { $0.language == "en" }
        var asked = 0
        var sent: [String] = []
        for gone in articles {
            let search = MemoryPassageSearch(analyzer: SnowballAnalyzer())
            await search.replace(with: articles.filter { $0.path != gone.path })
            for passage in gone.passages where passage.purpose == .questions {
                for question in passage.text.split(separator: "\n").map(String.init) {
                    let found = search.search(question, language: gone.language, limit: 5, now: SampleArticles.now)
                    let draft = try await answerer.draft(
                        DraftRequest(
                            deskName: "Acme", question: question, subject: "", earlier: [], language: gone.language,
                            found: found))
                    asked += 1
                    if draft.confidence >= Self.threshold { sent.append(question) }
                }
            }
        }
        print("article taken away: \(sent.count) of \(asked) sent: \(sent)")
        #expect(asked > 40)
        #expect(sent.count * 40 <= asked)
    }

    @Test(
        "an article that lacks a word of the question which others have is not sent, however long its other words are",
        .enabled(if: ExampleKnowledge.isHere, "examples/knowledge is not here"),
        arguments: [
            "Can I pay by invoice?", "Is descaling covered by warranty?", "Can I track my invoice?",
            "Can I return my subscription?",
        ])
    func lacksAWord(question: String) async throws {
        let all = ExampleKnowledge.articles()
        for articles in [all, all.filter { $0.language == "en" }] {
            let draft = try await draft(question, language: "en", among: articles)
            #expect(draft.confidence < Self.threshold)
            #expect(draft.reasons.contains { $0.contains("lacks a word") })
        }
    }

    @Test(
        "on a desk of one language clear questions are sent with the right article, too",
        .enabled(if: ExampleKnowledge.isHere, "examples/knowledge is not here"))
    func oneLanguage() async throws {
        let all = ExampleKnowledge.articles()
        var answerable = 0
        var sent = 0
        for language in Set(all.map(\.language)).sorted() {
            let search = MemoryPassageSearch(analyzer: SnowballAnalyzer())
            await search.replace(with: all.filter { $0.language == language })
            for labelled in try LabelledQuestion.load("rehearsal.json") where labelled.language == language {
                guard let article = labelled.article else { continue }
                let found = search.search(labelled.question, language: language, limit: 5, now: SampleArticles.now)
                let draft = try await answerer.draft(
                    DraftRequest(
                        deskName: "Acme", question: labelled.question, subject: "", earlier: [], language: language,
                        found: found))
                answerable += 1
                if draft.confidence >= Self.threshold, draft.needsHuman == nil {
                    sent += 1
                    #expect(draft.sources.first?.article == article, "\(labelled.name)")
                }
            }
        }
        print("one language: \(sent) of \(answerable) sent")
        #expect(Double(sent) >= 0.8 * Double(answerable))
    }

    @Test(
        "where words alone prefer another article, the reason names it",
        .enabled(if: ExampleKnowledge.isHere, "examples/knowledge is not here"))
    func namesTheOther() async throws {
        let articles = ExampleKnowledge.articles()
        let draft = try await draft("Can I pay by invoice?", language: "en", among: articles)
        let reason = try #require(draft.reasons.first { $0.hasPrefix("by words alone") })
        let others = articles.filter { $0.path != draft.sources.first?.article }
        #expect(others.contains { reason == "by words alone \"\($0.title)\" comes first" })
    }

    @Test(
        "a question that stands in an article word for word is sent, though another article has its words more often",
        .enabled(if: ExampleKnowledge.isHere, "examples/knowledge is not here"))
    func wordForWord() async throws {
        let draft = try await draft(
            "How long does delivery take?", language: "en", among: ExampleKnowledge.articles())
        #expect(draft.confidence >= Self.threshold, "\(draft.reasons)")
        #expect(draft.sources.first?.article == "en/delivery.md")
    }

    @Test(
        "the articles' own questions are answered from their own article, most of them by themselves",
        .enabled(if: ExampleKnowledge.isHere, "examples/knowledge is not here"))
    func ownQuestions() async throws {
        let articles = ExampleKnowledge.articles()
        let search = MemoryPassageSearch(analyzer: SnowballAnalyzer())
        await search.replace(with: articles)
        var asked = 0
        var sent = 0
        for article in articles {
            for passage in article.passages where passage.purpose == .questions {
                for question in passage.text.split(separator: "\n").map(String.init) {
                    let found = search.search(
                        question, language: article.language, limit: 5, now: SampleArticles.now)
                    let draft = try await answerer.draft(
                        DraftRequest(
                            deskName: "Acme", question: question, subject: "", earlier: [], language: article.language,
                            found: found))
                    asked += 1
                    guard draft.confidence >= Self.threshold, draft.needsHuman == nil else { continue }
                    sent += 1
                    #expect(draft.sources.first?.article == article.path, "\(question)")
                }
            }
        }
        print("own questions: \(sent) of \(asked) sent")
        #expect(Double(sent) >= 0.88 * Double(asked))
    }

    @Test("where a second article fits nearly as well, the reason names it")
    func namesTheSecond() async throws {
        var other = try #require(SampleArticles.all.first)
        (other.id, other.path, other.title) = (
            ArticleID("en/old-returns.md"), "en/old-returns.md", "Returns until 2025"
        )
        let draft = try await draft(
            "Can I return my machine?", language: "en", among: SampleArticles.all + [other])
        #expect(draft.confidence < Self.threshold)
        let titles = ["Returning a machine", "Returns until 2025"]
        #expect(draft.reasons.contains { reason in titles.contains { reason == "\"\($0)\" fits nearly as well" } })
    }

    @Test("an article in another language is never sent by itself, and the reason says so")
    func otherLanguage() async throws {
        let english = SampleArticles.all.filter { $0.language == "en" }
        let draft = try await draft("Can I return my unused machine?", language: "en", among: english, asked: "pl")
        #expect(draft.confidence < Self.threshold)
        #expect(draft.needsHuman?.contains("another language") == true)
    }

    @Test("customers' questions are found by and never quoted")
    func questionsAreNotQuoted() async throws {
        let draft = try await draft("Where do I find the return label?", language: "en", among: SampleArticles.all)
        #expect(draft.reply.contains("The return label is free."))
        #expect(!draft.reply.contains("?"))
        let only = try await self.draft("Is the espresso vegan?", language: "en", among: SampleArticles.all)
        #expect(only.reply.isEmpty && only.confidence == 0)
        #expect(only.reasons.first?.contains("only questions") == true)
    }

    @Test("of a long passage two or three fitting sentences are quoted, in reading order")
    func longPassage() async throws {
        let filler = (1...12).map { "Sentence number \($0) tells something about gardens and garden tools." }
        let text = (filler + ["The pump runs dry after 40 seconds.", "Then refill the tank at once."]).joined(
            separator: " ")
        let article = Article(
            id: ArticleID("a"), path: "en/pump.md", title: "Pump", language: "en", body: text,
            passages: [Passage(headings: [], text: text, purpose: .answer)])
        let draft = try await draft(
            "When does the pump run dry and how do I refill the tank?", language: "en",
            among: [article] + SampleArticles.all)
        #expect(draft.reply == "The pump runs dry after 40 seconds. Then refill the tank at once.")
    }

    @Test("one unanswered question among several keeps the mail from being sent")
    func oneOfSeveral() async throws {
        let articles = SampleArticles.all
        let both = try await draft(
            "Can I return my machine? And do you repair bicycles of other brands on Sundays?", language: "en",
            among: articles)
        #expect(both.confidence < Self.threshold)
    }
}
