// The requests for vectors as the two kinds of server want them, and their answers read with limits.

import Correspondence
import Foundation

enum EmbeddingWire {
    static let dimensionLimit = 4_096
    /// Of one request. A model on a slow machine reads some 8 KB a second, and a customer's question waits behind them.
    static let textLimit = 64
    static let byteLimit = 8_000
    /// A number takes some twenty bytes as text.
    static let answerLimit = textLimit * dimensionLimit * 24

    /// Of one text; models cut earlier still.
    static let cutAt = 8_000

    static func cut(_ text: String) -> String {
        guard text.utf8.count > cutAt else { return text }
        var cut = String(decoding: text.utf8.prefix(cutAt), as: UTF8.self)
        while cut.last == "\u{FFFD}" { cut.removeLast() }
        return cut
    }

    /// Runs of texts that go into one request each.
    static func batches(_ texts: [String]) -> [[String]] {
        var batches: [[String]] = []
        var bytes = 0
        for text in texts {
            let size = text.utf8.count
            if batches.isEmpty || batches[batches.count - 1].count == textLimit || bytes + size > byteLimit {
                batches.append([])
                bytes = 0
            }
            batches[batches.count - 1].append(text)
            bytes += size
        }
        return batches
    }

    static func body(_ texts: [String], model: String, purpose: EmbeddingPurpose, prefix: EmbeddingPrefix) -> [UInt8] {
        var fields: [String] = []
        if !model.isEmpty { fields.append("\"model\":\(JSONText.string(model))") }
        if prefix == .field { fields.append("\"input_type\":\"\(purpose == .question ? "query" : "passage")\"") }
        let input = texts.map { JSONText.string(prefix.text($0, for: purpose)) }.joined(separator: ",")
        fields.append("\"input\":[\(input)]")
        return Array("{\(fields.joined(separator: ","))}".utf8)
    }

    private struct OpenAIAnswer: Decodable {
        struct Item: Decodable {
            var index: Int?
            var embedding: [Double]
        }
        var data: [Item]
    }
    private struct OllamaAnswer: Decodable {
        var embeddings: [[Double]]
    }

    /// The vectors in the texts' order, each of length one. Throws `badAnswer` for anything else.
    static func read(_ body: [UInt8], kind: EmbeddingAddress.Kind, count: Int) throws(EmbedderError) -> [[Float]] {
        let vectors: [[Double]]?
        switch kind {
        case .openAI: vectors = JSONText.decode(OpenAIAnswer.self, from: body).flatMap(inOrder)
        case .ollama: vectors = JSONText.decode(OllamaAnswer.self, from: body)?.embeddings
        }
        guard let vectors else { throw bad("answered in another shape than embeddings have") }
        guard vectors.count == count else { throw bad("answered with \(vectors.count) vectors for \(count) texts") }
        return try vectors.map { (vector) throws(EmbedderError) in try unit(vector) }
    }

    /// By their numbers where all have one, as the documentation of OpenAI wants it.
    private static func inOrder(_ answer: OpenAIAnswer) -> [[Double]]? {
        let numbers = answer.data.compactMap(\.index)
        guard numbers.count == answer.data.count else { return answer.data.map(\.embedding) }
        guard numbers.sorted() == Array(0..<numbers.count) else { return nil }
        return answer.data.sorted { ($0.index ?? 0) < ($1.index ?? 0) }.map(\.embedding)
    }

    private static func unit(_ vector: [Double]) throws(EmbedderError) -> [Float] {
        guard (1...dimensionLimit).contains(vector.count) else {
            throw bad("answered with vectors of \(vector.count) numbers; 1 to \(dimensionLimit) can be used")
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length.isFinite, length > 1e-12 else { throw bad("answered with a vector that has no direction") }
        return vector.map { Float($0 / length) }
    }

    private static func bad(_ what: String) -> EmbedderError {
        EmbedderError(.badAnswer, detail: "the embeddings' server \(what)")
    }

    // MARK: What a server has

    private struct Models: Decodable {
        struct Model: Decodable {
            var id: String
            var ownedBy: String?
        }
        var data: [Model]
    }
    private struct Tags: Decodable {
        struct Model: Decodable { var name: String }
        var models: [Model]
    }

    /// Names and owners; empty for an answer of another shape.
    static func models(_ body: [UInt8], kind: EmbeddingAddress.Kind) -> [(name: String, owner: String)] {
        switch kind {
        case .openAI: JSONText.decode(Models.self, from: body)?.data.map { ($0.id, $0.ownedBy ?? "") } ?? []
        case .ollama: JSONText.decode(Tags.self, from: body)?.models.map { ($0.name, "") } ?? []
        }
    }

    /// Of several the first whose name is one of an embedding model; nil where none is.
    static func choice(of models: [(name: String, owner: String)]) -> (name: String, owner: String)? {
        if models.count == 1 { return models[0] }
        let marks = ["embed", "e5-", "bge", "minilm", "gte-", "arctic"]
        return models.first { model in marks.contains { model.name.lowercased().contains($0) } }
    }

    private struct Fault: Decodable {
        struct Body: Decodable { var message: String? }
        var error: Body
    }
    private struct PlainFault: Decodable { var error: String }

    /// What a server says of a refusal, cut short.
    static func fault(_ body: [UInt8]) -> String {
        let words =
            JSONText.decode(Fault.self, from: body)?.error.message
            ?? JSONText.decode(PlainFault.self, from: body)?.error
        return String((words ?? "").prefix(200))
    }
}
