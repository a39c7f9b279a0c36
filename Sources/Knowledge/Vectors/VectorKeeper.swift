// Gives an index the vectors of its lines: those that are kept, and the rest made anew.

package import Correspondence

/// One round at a time. A search beside it goes on with what it has: without vectors until the first are there.
package struct VectorKeeper: Sendable {
    /// For the server to be asked for its model, which it may have to load first.
    static let modelLimit = Duration.seconds(120)
    /// Texts of one question to the store, and of one to the embedder.
    static let chunk = 256
    static let chunkLimit = Duration.seconds(300)
    /// Texts that are made until the index is given them: giving walks through all.
    static let portion = 4_096

    package struct Round: Sendable, Equatable {
        package var model: String
        /// Texts of the articles, each once.
        package var texts: Int
        package var fromStore = 0
        package var made = 0
        /// Vectors of lines that stand in no article any more.
        package var removed = 0
    }

    private let search: MemoryPassageSearch
    private let embedder: any Embedder
    private let store: (any VectorStore)?

    /// Without a store everything is made anew.
    package init(search: MemoryPassageSearch, embedder: any Embedder, store: (any VectorStore)?) {
        self.search = search
        self.embedder = embedder
        self.store = store
    }

    /// Until no line lacks a vector. Throws `EmbedderError` or `StoreError`; what was made before it is in the index and
    /// kept. The articles may change meanwhile: then the next round does what is left.
    package func round() async throws -> Round {
        let model = try await embedder.model(within: Self.modelLimit)
        let texts = search.lineTexts
        var round = Round(model: model.name, texts: texts.count)
        var lacking = search.lacking(model)
        if let store, !lacking.isEmpty {
            var kept: [String: [Float]] = [:]
            for part in Self.parts(lacking) {
                for (text, vector) in try await store.vectors(of: part, model: model.name)
                where vector.count == model.dimension { kept[text] = vector }
            }
            round.fromStore = kept.count
            if !kept.isEmpty { await search.adopt(kept, of: model) }
            lacking = lacking.filter { kept[$0] == nil }
        }
        var fresh: [String: [Float]] = [:]
        do {
            for part in Self.parts(lacking) {
                let vectors = try await embedder.vectors(of: part, for: .passage, within: Self.chunkLimit)
                guard vectors.count == part.count, vectors.allSatisfy({ $0.count == model.dimension }) else {
                    throw EmbedderError(.badAnswer, detail: "vectors of another number or dimension than before")
                }
                let made = Dictionary(zip(part, vectors)) { one, _ in one }
                try await store?.keepVectors(made, model: model.name)
                fresh.merge(made) { _, new in new }
                round.made += made.count
                if fresh.count >= Self.portion {
                    await search.adopt(fresh, of: model)
                    fresh = [:]
                }
            }
        } catch {
            if !fresh.isEmpty { await search.adopt(fresh, of: model) }
            throw error
        }
        if !fresh.isEmpty { await search.adopt(fresh, of: model) }
        if let store { round.removed = try await store.keepVectors(onlyOf: Set(texts)) }
        return round
    }

    private static func parts(_ texts: [String]) -> [[String]] {
        stride(from: 0, to: texts.count, by: chunk).map { Array(texts[$0..<min(texts.count, $0 + chunk)]) }
    }
}
