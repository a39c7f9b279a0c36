// The contracts of Embedder and VectorStore as suites that run against every implementation and its fake.

package import Correspondence
import Testing

package enum EmbedderContract {
    package static func check(_ embedder: any Embedder) async throws {
        let limit = Duration.seconds(60)
        let model = try await embedder.model(within: limit)
        #expect(!model.name.isEmpty)
        #expect((1...4_096).contains(model.dimension))
        #expect(try await embedder.model(within: limit) == model)
        for purpose in EmbeddingPurpose.allCases {
            #expect(try await embedder.vectors(of: [], for: purpose, within: .zero).isEmpty)
        }

        // More than a batch, in order: each text has the vector that it has alone.
        let texts =
            (1...100).map { "Article \($0) tells of \(["returns", "delivery", "coffee", "steam"][$0 % 4])" }
            + ["Rückgabe \n\t\"quoted\\\" 返品 🙂"]
        let vectors = try await embedder.vectors(of: texts, for: .passage, within: limit)
        #expect(vectors.count == texts.count)
        for vector in vectors {
            #expect(vector.count == model.dimension)
            #expect(vector.allSatisfy { $0.isFinite })
            #expect(abs(dot(vector, vector) - 1) < 0.001)
        }
        for place in [0, 63, 64, texts.count - 1] {
            let alone = try await embedder.vectors(of: [texts[place]], for: .passage, within: limit)
            #expect(dot(alone[0], vectors[place]) > 0.999, "\(place)")
        }

        let long = String(repeating: "The machine makes coffee. ", count: 2_000)
        #expect(try await embedder.vectors(of: [long], for: .passage, within: limit).count == 1)

        let near = try await embedder.vectors(
            of: ["How do I return my machine?", "Returning a machine: how do I return my machine"], for: .question,
            within: limit)
        let far = try await embedder.vectors(of: ["Whales sing below the ice"], for: .question, within: limit)
        #expect(dot(near[0], near[1]) > dot(near[0], far[0]))

        await #expect(throws: EmbedderError.self) {
            _ = try await embedder.vectors(of: ["late"], for: .question, within: .zero)
        }
        try await withThrowingTaskGroup(of: Float.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let again = try await embedder.vectors(of: [texts[1]], for: .passage, within: limit)
                    return dot(again[0], vectors[1])
                }
            }
            for try await likeness in group { #expect(likeness > 0.999) }
        }
    }

    package static func dot(_ one: [Float], _ other: [Float]) -> Float {
        zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
    }
}

package enum VectorStoreContract {
    /// `store` begins empty.
    package static func check(_ store: any VectorStore) async throws {
        let one: [Float] = [0.6, -0.8, 0]
        let two: [Float] = [1, 0, .leastNormalMagnitude]
        let texts = ["Return it", "Rückgabe \u{0} 返品", "not kept", ""]
        #expect(try await store.vectors(of: texts, model: "a").isEmpty)
        #expect(try await store.vectors(of: [], model: "a").isEmpty)
        try await store.keepVectors([texts[0]: one, texts[1]: two], model: "a")
        try await store.keepVectors([:], model: "a")
        #expect(try await store.vectors(of: texts, model: "a") == [texts[0]: one, texts[1]: two])
        #expect(try await store.vectors(of: [texts[1]], model: "a") == [texts[1]: two])
        // Another model's are others; the same text again is the newer one.
        #expect(try await store.vectors(of: texts, model: "b").isEmpty)
        try await store.keepVectors([texts[0]: two], model: "b")
        try await store.keepVectors([texts[0]: two], model: "a")
        #expect(try await store.vectors(of: texts, model: "a")[texts[0]] == two)

        // More than a statement can take.
        let many = (0..<1_500).map { "line \($0)" }
        try await store.keepVectors(Dictionary(uniqueKeysWithValues: many.map { ($0, one) }), model: "a")
        #expect(try await store.vectors(of: many + texts, model: "a").count == 1_502)

        // What stands in no article goes, of all models.
        #expect(try await store.keepVectors(onlyOf: [texts[1], "line 7", "line 1499"]) == 1_500)
        #expect(
            try await store.vectors(of: many + texts, model: "a").keys.sorted()
                == ["line 1499", "line 7", texts[1]].sorted())
        #expect(try await store.vectors(of: texts, model: "b").isEmpty)
        #expect(try await store.keepVectors(onlyOf: [texts[1], "line 7", "line 1499"]) == 0)
        #expect(try await store.keepVectors(onlyOf: []) == 3)
    }
}
