// Search with vectors: other languages, fusion, what happens without them, and what is made anew.

import Correspondence
import Language
import Synchronization
import TestSupport
import Testing

@testable import Knowledge

@Suite struct VectorSearchTests {
    private static let meanings = [
        ["return", "zurückgeben", "rückgabe"], ["machine", "maschine", "maschinen"], ["delivery", "lieferung"],
        ["delivered", "geliefert"], ["free", "kostenlos"], ["label", "etikett"], ["days", "tage", "tagen"],
    ]
    private static let english = SampleArticles.all.filter { $0.language == "en" }

    private func search(
        _ articles: [Article] = english, embedder: FakeEmbedder, store: (any VectorStore)? = nil
    ) async throws -> MemoryPassageSearch {
        let search = MemoryPassageSearch(analyzer: SnowballAnalyzer(), embedder: embedder)
        await search.replace(with: articles)
        _ = try await VectorKeeper(search: search, embedder: embedder, store: store).round()
        return search
    }

    @Test func `the fake embedder and the fake store keep their contracts`() async throws {
        try await EmbedderContract.check(FakeEmbedder())
        try await VectorStoreContract.check(FakeVectorStore())
    }

    @Test func `with an embedder the search keeps its contract`() async throws {
        let embedder = FakeEmbedder()
        await PassageSearchContract.check(MemoryPassageSearch(analyzer: SnowballAnalyzer(), embedder: embedder))
    }

    @Test func `a question in a language that no article has finds the article that means the same`() async throws {
        let embedder = FakeEmbedder(meanings: Self.meanings)
        let search = try await search(embedder: embedder)
        let question = "zurückgeben Etikett"
        #expect(search.search(question, language: "de", limit: 3, now: SampleArticles.now).hits.isEmpty)
        let found = await search.find(question, language: "de", limit: 3, now: SampleArticles.now)
        #expect(found.hits.first?.path == "en/returns.md")
        #expect(found.note == nil)
        #expect(found.hits.map(\.score) == found.hits.map(\.score).sorted(by: >))
        #expect(found.hits.allSatisfy { (0...1).contains($0.score) })
        // Judged by words it is still nothing: nobody is told that it is sure.
        #expect(found.signals.coverage == 0)
        #expect(found.signals.bestLine == 0)
        let line = try #require(found.signals.vectorLine)
        let centroid = try #require(found.signals.vectorCentroid)
        #expect((0.3...1).contains(line))
        #expect((0.3...1).contains(centroid))
        #expect(try #require(found.signals.vectorMargin) > 0)
    }

    @Test func `an article past its date is not found by vectors either`() async throws {
        let embedder = FakeEmbedder(meanings: [["christmas", "weihnachten"]])
        let search = try await search(embedder: embedder)
        let found = await search.find("Weihnachten", language: "de", limit: 5, now: SampleArticles.now)
        #expect(!found.hits.contains { $0.path == "en/christmas.md" })
    }

    @Test func `of two articles that mean the same the one in the question's language comes first`() async throws {
        let embedder = FakeEmbedder(meanings: Self.meanings)
        let search = try await search(SampleArticles.all, embedder: embedder)
        let german = await search.find("Maschine zurückgeben", language: "de", limit: 2, now: SampleArticles.now)
        #expect(german.hits.map(\.path).first == "de/rueckgabe.md")
        let english = await search.find("return a machine", language: "en", limit: 2, now: SampleArticles.now)
        #expect(english.hits.map(\.path).first == "en/returns.md")
    }

    @Test func `words and vectors have equal weight, and a candidate without a vector is a middling one`() {
        let scores = VectorFusion.scores(byWords: [0.9, 0.1], byVectors: [0.2, 0.8])
        #expect(scores.allSatisfy { abs($0 - 0.5) < 1e-9 })
        let partly = VectorFusion.scores(byWords: [0.5, 0.5, 0.5], byVectors: [0.2, 0.8, nil])
        #expect(partly[1] > partly[2] && partly[2] > partly[0])
        #expect(abs(partly[2] - 0.5) < 1e-9)
        // Where words do not part the two, vectors do, and the other way round.
        let byVectors = VectorFusion.scores(byWords: [0.5, 0.5], byVectors: [0.2, 0.8])
        #expect(byVectors[1] > byVectors[0])
        let byWords = VectorFusion.scores(byWords: [0.5, 0.6], byVectors: [0.3, 0.3])
        #expect(byWords[1] > byWords[0])
        // Words that cover next to nothing of the question say next to nothing.
        let byChance = VectorFusion.scores(byWords: [0.9, 0.1], byVectors: [0.3, 0.4], coverage: 0.05)
        #expect(byChance[1] > byChance[0])
        #expect(VectorFusion.scores(byWords: [0.4, 0.3], byVectors: [nil, nil]) == [0.4, 0.3])
        #expect(VectorFusion.scores(byWords: [], byVectors: []).isEmpty)
    }

    @Test func `of a foreign article the passage is shown whose line is closest`() async throws {
        let article = Article(
            id: ArticleID("en/machines.md"), path: "en/machines.md", title: "Machines", language: "en", body: "",
            passages: [
                Passage(headings: ["Care"], text: "Clean the steam nozzle.", purpose: .answer),
                Passage(headings: ["Sending back"], text: "Return label inside.", purpose: .answer),
            ])
        let search = try await search([article], embedder: FakeEmbedder(meanings: Self.meanings))
        let found = await search.find("Rückgabe Etikett", language: "de", limit: 1, now: SampleArticles.now)
        #expect(found.hits.first?.passage.text == "Return label inside.")
    }

    @Test func `until the vectors are there, and where the server fails, words search alone and the note says so`()
        async throws
    {
        let embedder = FakeEmbedder(meanings: Self.meanings)
        let search = MemoryPassageSearch(analyzer: SnowballAnalyzer(), embedder: embedder)
        await search.replace(with: Self.english)
        let question = "Can I return a machine?"
        let alone = search.search(question, language: "en", limit: 3, now: SampleArticles.now)
        var found = await search.find(question, language: "en", limit: 3, now: SampleArticles.now)
        #expect(found.note == "searched by words alone: the articles' vectors are not there yet")
        #expect(found.hits == alone.hits)
        #expect(found.signals == alone.signals)
        #expect(embedder.asked.isEmpty)

        _ = try await VectorKeeper(search: search, embedder: embedder, store: nil).round()
        embedder.fail { (_, _) throws(EmbedderError) in throw EmbedderError(.timedOut, detail: "slow") }
        found = await search.find(question, language: "en", limit: 3, now: SampleArticles.now)
        #expect(found.note == "searched by words alone: the embeddings' server took longer than 2 s")
        #expect(found.hits == alone.hits)
        #expect(found.signals.vectorLine == nil)
    }

    @Test func `a server that failed is left alone for a while, then asked again`() async throws {
        let time = Mutex(Duration.seconds(100))
        let surroundings = Surroundings(
            now: { SampleArticles.now }, uptime: { time.withLock { $0 } },
            randomBytes: { [UInt8](repeating: 1, count: $0) })
        let embedder = FakeEmbedder(fault: { (_, _) throws(EmbedderError) in
            throw EmbedderError(.unavailable, detail: "away")
        })
        let questions = QuestionVectors(embedder, limit: .seconds(2), surroundings: surroundings)
        let reason = QuestionVectors.Outcome.none("the embeddings' server could not be asked")
        for _ in 0..<3 { #expect(await questions.vector(of: "return") == reason) }
        #expect(embedder.asked.count == 1)
        embedder.fail { (_, _) throws(EmbedderError) in }
        time.withLock { $0 += .seconds(31) }
        guard case .vector = await questions.vector(of: "return") else { return #expect(Bool(false), "no vector") }
        #expect(embedder.asked.last?.purpose == .question)
        _ = await questions.vector(of: String(repeating: "long ", count: 10_000))
        #expect(embedder.asked.last?.texts[0].utf8.count ?? 0 <= QuestionVectors.byteLimit)
    }

    @Test func `a restart makes no vector again, a change only what is new, and what no article has goes`() async throws
    {
        let store = FakeVectorStore()
        let first = FakeEmbedder()
        let search = try await search(embedder: first, store: store)
        let texts = search.lineTexts
        #expect(first.asked.flatMap { $0.texts }.sorted() == texts.sorted())
        #expect(first.asked.allSatisfy { $0.purpose == .passage })
        #expect(search.hasAllVectors)

        let second = FakeEmbedder()
        let again = MemoryPassageSearch(analyzer: SnowballAnalyzer(), embedder: second)
        await again.replace(with: Self.english)
        #expect(!again.hasAllVectors)
        let keeper = VectorKeeper(search: again, embedder: second, store: store)
        let round = try await keeper.round()
        #expect(second.asked.isEmpty)
        #expect(round.fromStore == texts.count)
        #expect(round.made == 0)
        #expect(again.hasAllVectors)

        var changed = Self.english
        changed[0].passages[0].text = "You can return a machine within 14 days."
        await again.replace(with: changed)
        #expect(!again.hasAllVectors)
        // What stays is found by vectors at once.
        #expect(
            await again.find("delivery", language: "en", limit: 1, now: SampleArticles.now).signals.vectorLine != nil)
        let next = try await keeper.round()
        #expect(next.made == 1)
        #expect(second.asked.last?.texts == ["You can return a machine within 14 days."])
        #expect(next.removed == 1)
        #expect(try await store.vectors(of: texts, model: "fake").count == texts.count - 1)

        // Another model's vectors are others.
        let other = FakeEmbedder(name: "other", dimension: 32)
        let third = try await VectorKeeper(search: again, embedder: other, store: store).round()
        #expect(third.fromStore == 0)
        #expect(third.made == third.texts)
    }

    @Test func `a server that dies on the way loses nothing of what was made`() async throws {
        let store = FakeVectorStore()
        let embedder = FakeEmbedder()
        let lines = (0..<600).map { "This is line number \($0) of the article" }
        let articles = (0..<6).map { number in
            Article(
                id: ArticleID("\(number).md"), path: "\(number).md", title: "Title \(number)", language: "en", body: "",
                passages: [
                    Passage(
                        headings: [], text: lines[number * 100..<number * 100 + 100].joined(separator: "\n"),
                        purpose: .answer)
                ])
        }
        let calls = Mutex(0)
        embedder.fail { (_, _) throws(EmbedderError) in
            let number = calls.withLock { calls in
                calls += 1
                return calls
            }
            if number == 2 { throw EmbedderError(.unavailable, detail: "died") }
        }
        let search = MemoryPassageSearch(analyzer: SnowballAnalyzer(), embedder: embedder)
        await search.replace(with: articles)
        let keeper = VectorKeeper(search: search, embedder: embedder, store: store)
        await #expect(throws: EmbedderError.self) { _ = try await keeper.round() }
        #expect(!search.hasAllVectors)
        let round = try await keeper.round()
        #expect(round.made == round.texts - VectorKeeper.chunk)
        #expect(search.hasAllVectors)
    }

    @Test func `of a very long article the first lines have vectors, titles and questions before all`() {
        let lines = (0..<500).map { (article: 0, isPreferred: $0 >= 490, text: "line \($0)") } + [(1, true, " one\n")]
        let texts = LineTexts(lines)
        #expect(texts.texts.count == LineTexts.articleLimit + 1)
        #expect(texts.texts.first == "line 490")
        #expect(texts.texts.contains("one"))
        #expect(texts.ofLine[0] >= 0)
        #expect(texts.ofLine[400] == -1)
        #expect(LineTexts.cut(String(repeating: "ä", count: 5_000)).utf8.count == LineTexts.byteLimit)
    }

    @Test func `vectors of another dimension are refused, in the lines and in the question`() async throws {
        let embedder = FakeEmbedder(dimension: 64)
        let search = try await search(embedder: embedder)
        let found = search.search(
            "return", language: "en", limit: 1, now: SampleArticles.now, vector: [Float](repeating: 0.1, count: 32))
        #expect(found.signals.vectorLine == nil)
        let wrong = VectorKeeper(search: search, embedder: Halved(), store: nil)
        await #expect(throws: EmbedderError.self) { _ = try await wrong.round() }
    }

    @Test func `when another model stands behind the address, the articles' vectors are made anew`() async throws {
        let switching = Switching()
        let search = MemoryPassageSearch(analyzer: SnowballAnalyzer(), embedder: switching)
        await search.replace(with: Self.english)
        let keeper = VectorKeeper(search: search, embedder: switching, store: nil)
        _ = try await keeper.round()
        switching.isSwitched.withLock { $0 = true }
        let found = await search.find("Can I return it?", language: "en", limit: 1, now: SampleArticles.now)
        #expect(found.note == "searched by words alone: the question's vector does not fit the articles'")
        #expect(found.hits.first?.path == "en/returns.md")
        #expect(!search.hasAllVectors)
        _ = try await keeper.round()
        let again = await search.find("Can I return it?", language: "en", limit: 1, now: SampleArticles.now)
        #expect(again.signals.vectorLine != nil)
        #expect(again.note == nil)
    }

    /// Two models, one after the other.
    private final class Switching: Embedder {
        let isSwitched = Mutex(false)
        private var current: FakeEmbedder {
            isSwitched.withLock { $0 } ? FakeEmbedder(name: "b", dimension: 96) : FakeEmbedder(name: "a", dimension: 64)
        }
        func model(within limit: Duration) async throws(EmbedderError) -> EmbeddingModel {
            try await current.model(within: limit)
        }
        func vectors(of texts: [String], for purpose: EmbeddingPurpose, within limit: Duration)
            async throws(EmbedderError) -> [[Float]]
        {
            try await current.vectors(of: texts, for: purpose, within: limit)
        }
    }

    /// Says 64 and gives 32.
    private struct Halved: Embedder {
        func model(within limit: Duration) async throws(EmbedderError) -> EmbeddingModel {
            EmbeddingModel(name: "halved", dimension: 64)
        }
        func vectors(of texts: [String], for purpose: EmbeddingPurpose, within limit: Duration)
            async throws(EmbedderError) -> [[Float]]
        {
            try await FakeEmbedder(dimension: 32).vectors(of: texts, for: purpose, within: limit)
        }
    }
}
