// Vectors by words: what shares words, or words that a test calls alike, lies close.

package import Correspondence
import Foundation
import Synchronization

/// Each word is a direction of its own, chosen by its bytes; words of one `meanings` entry share one. Deterministic.
package final class FakeEmbedder: Embedder {
    package typealias Fault = @Sendable (_ texts: [String], _ purpose: EmbeddingPurpose) throws(EmbedderError) -> Void

    package let name: String
    private let dimension: Int
    private let meaning: [String: String]
    private let fault: Mutex<Fault>
    private let heard = Mutex<[(texts: [String], purpose: EmbeddingPurpose)]>([])

    /// `meanings`: words, in lower case, that mean the same.
    package init(
        name: String = "fake", dimension: Int = 256, meanings: [[String]] = [],
        fault: @escaping Fault = { (_, _) throws(EmbedderError) in }
    ) {
        self.name = name
        self.dimension = dimension
        var meaning: [String: String] = [:]
        for words in meanings {
            for word in words { meaning[word] = words[0] }
        }
        self.meaning = meaning
        self.fault = Mutex(fault)
    }

    /// Every question put to it, in order.
    package var asked: [(texts: [String], purpose: EmbeddingPurpose)] { heard.withLock { $0 } }

    package func fail(_ fault: @escaping Fault) { self.fault.withLock { $0 = fault } }

    package func model(within limit: Duration) async throws(EmbedderError) -> EmbeddingModel {
        guard limit > .zero else { throw EmbedderError(.timedOut, detail: "no time") }
        return EmbeddingModel(name: name, dimension: dimension)
    }

    package func vectors(of texts: [String], for purpose: EmbeddingPurpose, within limit: Duration)
        async throws(EmbedderError) -> [[Float]]
    {
        guard !texts.isEmpty else { return [] }
        guard limit > .zero else { throw EmbedderError(.timedOut, detail: "no time") }
        heard.withLock { $0.append((texts, purpose)) }
        let fault = fault.withLock { $0 }
        try fault(texts, purpose)
        return texts.map(vector)
    }

    private func vector(_ text: String) -> [Float] {
        var vector = [Float](repeating: 0.01, count: dimension)
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            let word = meaning[String(word)] ?? String(word)
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in word.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            vector[Int(hash % UInt64(dimension))] += 1
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
    }
}

/// Vectors in memory.
package final class FakeVectorStore: VectorStore {
    private let kept = Mutex<[String: [String: [Float]]]>([:])

    package init() {}

    package func vectors(of texts: [String], model: String) async throws(StoreError) -> [String: [Float]] {
        kept.withLock { kept in (kept[model] ?? [:]).filter { texts.contains($0.key) } }
    }

    package func keepVectors(_ vectors: [String: [Float]], model: String) async throws(StoreError) {
        kept.withLock { $0[model, default: [:]].merge(vectors) { _, new in new } }
    }

    package func keepVectors(onlyOf texts: Set<String>) async throws(StoreError) -> Int {
        kept.withLock { kept in
            let before = kept.values.reduce(0) { $0 + $1.count }
            kept = kept.mapValues { $0.filter { texts.contains($0.key) } }
            return before - kept.values.reduce(0) { $0 + $1.count }
        }
    }
}
