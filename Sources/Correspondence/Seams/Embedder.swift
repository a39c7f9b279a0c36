// Seams: what makes vectors of texts, and where vectors are kept.

package enum EmbeddingPurpose: String, Sendable, CaseIterable {
    /// What a customer asks.
    case question
    /// What is to be found.
    case passage
}

/// What vectors are made by: vectors of two models cannot be compared.
package struct EmbeddingModel: Sendable, Equatable {
    /// What vectors are kept under: another name, other vectors. Holds no port and no key.
    package var name: String
    /// Numbers of a vector.
    package var dimension: Int

    package init(name: String, dimension: Int) {
        self.name = name
        self.dimension = dimension
    }
}

package struct EmbedderError: Failure {
    package enum Code: String, Sendable, CaseIterable {
        /// Could not be asked, or answered with a fault that may pass.
        case unavailable
        /// Key, model or request refused: a human must change something.
        case refused
        /// Took longer than it might.
        case timedOut
        /// Answered, but not with the vectors that were asked for.
        case badAnswer
    }
    package let code: Code
    package let detail: String

    package init(_ code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    package var isTemporary: Bool { code == .unavailable || code == .timedOut }
    package var publicText: String { "no vectors could be made" }
}

/// Makes vectors of texts, so that what means the same lies close, in whatever words or language.
///
/// Contract: one vector a text, in the texts' order, each of length one and of the model's dimension, every number
/// finite. Any number of texts: implementations ask in batches. An empty list asks nobody. Texts are cut where the model
/// needs it, never refused for their length. What a model wants before a text by its purpose (e5: `query: ` and
/// `passage: `) is the implementation's to add. `limit` counts for all of the call; what is late throws `timedOut`.
/// Nothing is tried twice inside. Safe from many tasks, and cancelling the task ends the call.
package protocol Embedder: Sendable {
    /// Asked once, and again after a failure. `limit` as in `vectors`.
    func model(within limit: Duration) async throws(EmbedderError) -> EmbeddingModel
    func vectors(of texts: [String], for purpose: EmbeddingPurpose, within limit: Duration) async throws(EmbedderError)
        -> [[Float]]
}

/// Vectors of the articles' lines as they are kept, so that a restart or a second node makes only what is new.
///
/// Contract: see `ArrivalStore`. Kept by the text's SHA-256 and the model's name; the texts themselves are not kept here.
package protocol VectorStore: Sendable {
    /// Those of `texts` that are kept, by text. One that is damaged counts as not kept.
    func vectors(of texts: [String], model: String) async throws(StoreError) -> [String: [Float]]
    func keepVectors(_ vectors: [String: [Float]], model: String) async throws(StoreError)
    /// Removes the vectors, of whatever model, of all texts but these. Returns how many.
    @discardableResult
    func keepVectors(onlyOf texts: Set<String>) async throws(StoreError) -> Int
}
