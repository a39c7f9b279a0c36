// Vectors from a server: OpenAI's interface, as many speak it, or Ollama's.

package import Correspondence
import Synchronization

/// `Embedder` over `HTTPClient`. What the server is and which model it has is asked at the first use and remembered.
/// A private address is allowed: the admin names it.
package final class HTTPEmbedder: Embedder {
    /// What OpenAI's own address means without a model's name.
    static let usualModel = "text-embedding-3-small"
    static let connectLimit = Duration.seconds(5)

    private struct Known: Sendable {
        var address: EmbeddingAddress
        var kind: EmbeddingAddress.Kind
        /// Empty where nobody names one.
        var model: String
        var prefix: EmbeddingPrefix
        /// From the first answer on.
        var dimension: Int?
    }
    private let address: EmbeddingAddress
    private let key: Secret?
    private let http: any HTTPClient
    private let uptime: @Sendable () -> Duration
    private let known = Mutex<Known?>(nil)

    /// Throws `refused` for what is no http(s) address; asks nobody.
    package init(
        url: String, key: Secret? = nil, http: any HTTPClient, surroundings: Surroundings = .system
    ) throws(EmbedderError) {
        guard let address = EmbeddingAddress(url) else {
            throw EmbedderError(.refused, detail: "answering.embeddings is no http or https address")
        }
        self.address = address
        self.key = key.flatMap { $0.revealed.isEmpty ? nil : $0 }
        self.http = http
        uptime = surroundings.uptime
    }

    package func model(within limit: Duration) async throws(EmbedderError) -> EmbeddingModel {
        let end = uptime() + limit
        let server = try await server(until: end)
        if let model = Self.model(server) { return model }
        _ = try await ask(["vector"], .passage, server, until: end)
        guard let model = known.withLock({ $0 }).flatMap(Self.model) else {
            throw EmbedderError(.badAnswer, detail: "the embeddings' server did not tell its dimension")
        }
        return model
    }

    package func vectors(of texts: [String], for purpose: EmbeddingPurpose, within limit: Duration)
        async throws(EmbedderError) -> [[Float]]
    {
        guard !texts.isEmpty else { return [] }
        let end = uptime() + limit
        let server = try await server(until: end)
        var vectors: [[Float]] = []
        for batch in EmbeddingWire.batches(texts.map(EmbeddingWire.cut)) {
            vectors += try await ask(batch, purpose, server, until: end)
        }
        return vectors
    }

    private static func model(_ server: Known) -> EmbeddingModel? {
        server.dimension.map { dimension in
            let name = server.model.isEmpty ? "of \(server.address.place)" : server.model
            return EmbeddingModel(name: name + server.prefix.name, dimension: dimension)
        }
    }

    // MARK: Asking

    private func ask(_ texts: [String], _ purpose: EmbeddingPurpose, _ server: Known, until end: Duration)
        async throws(EmbedderError) -> [[Float]]
    {
        let call = HTTPCall(
            method: "POST", url: server.address.embedURL, headers: headers + [("Content-Type", "application/json")],
            body: EmbeddingWire.body(texts, model: server.model, purpose: purpose, prefix: server.prefix),
            answerLimit: EmbeddingWire.answerLimit)
        let answer = try await send(call, until: end)
        guard (200..<300).contains(answer.status) else { throw Self.refusal(answer) }
        let vectors = try EmbeddingWire.read(answer.body, kind: server.kind, count: texts.count)
        let dimension = vectors[0].count
        let agreed = known.withLock { known in
            if known?.dimension == nil { known?.dimension = dimension }
            return known?.dimension ?? dimension
        }
        guard vectors.allSatisfy({ $0.count == agreed }) else {
            // Another model may stand behind the address now: it is asked anew at the next use.
            known.withLock { $0 = nil }
            throw EmbedderError(
                .badAnswer, detail: "the embeddings' server answered with \(dimension) numbers instead of \(agreed)")
        }
        return vectors
    }

    private func send(_ call: HTTPCall, until end: Duration) async throws(EmbedderError) -> HTTPAnswer {
        let left = end - uptime()
        guard left > .zero else { throw Self.late }
        var call = call
        call.timeout = left
        call.connectTimeout = min(left, Self.connectLimit)
        do {
            return try await http.send(call)
        } catch {
            switch error.code {
            case .timedOut: throw Self.late
            case .tooLarge: throw EmbedderError(.badAnswer, detail: "the embeddings' server answered with too much")
            case .badRequest, .tls:
                throw EmbedderError(.refused, detail: "the embeddings' server could not be asked: \(error.detail)")
            case .unknownHost, .refused, .cutOff, .cancelled, .other:
                throw EmbedderError(.unavailable, detail: "the embeddings' server could not be asked: \(error.detail)")
            }
        }
    }

    private static var late: EmbedderError {
        EmbedderError(.timedOut, detail: "the embeddings' server took longer than it might")
    }

    private var headers: [(name: String, value: String)] {
        [("Accept", "application/json")] + (key.map { [("Authorization", "Bearer \($0.revealed)")] } ?? [])
    }

    private static func refusal(_ answer: HTTPAnswer) -> EmbedderError {
        let words = EmbeddingWire.fault(answer.body)
        let what = "the embeddings' server answered \(answer.status)" + (words.isEmpty ? "" : " (\(words))")
        switch answer.status {
        case 408, 409, 425, 429, 500...: return EmbedderError(.unavailable, detail: what)
        case 401, 403: return EmbedderError(.refused, detail: "\(what): check answering.embeddings-key")
        case 404:
            return EmbedderError(
                .refused, detail: "\(what): no such address or model; check answering.embeddings (URL#model)")
        default: return EmbedderError(.refused, detail: what)
        }
    }

    // MARK: What the server is

    private func server(until end: Duration) async throws(EmbedderError) -> Known {
        if let known = known.withLock({ $0 }) { return known }
        let kind: EmbeddingAddress.Kind
        if let told = address.kind { kind = told } else { kind = try await ollamaOrOthers(until: end) }
        let settled = address.settled(as: kind)
        let models = try await models(settled, kind, until: end)
        let named = models.first { $0.name == settled.model || $0.name == settled.model + ":latest" }
        var model = settled.model
        var owner = named?.owner ?? ""
        if model.isEmpty, let choice = EmbeddingWire.choice(of: models) {
            model = choice.name
            owner = choice.owner
        }
        // A server that serves one model under any name.
        if owner.isEmpty, models.count == 1 { owner = models[0].owner }
        if model.isEmpty, kind == .ollama || settled.place.hasPrefix("api.openai.com") {
            guard kind == .openAI else {
                throw EmbedderError(
                    .refused,
                    detail: "Ollama has no embedding model: pull one, and name it behind the URL: URL#nomic-embed-text")
            }
            model = Self.usualModel
        }
        let server = Known(
            address: settled, kind: kind, model: model, prefix: EmbeddingPrefix(model: model, owner: owner))
        known.withLock { $0 = $0 ?? server }
        return server
    }

    private func ollamaOrOthers(until end: Duration) async throws(EmbedderError) -> EmbeddingAddress.Kind {
        let answer = try await send(
            HTTPCall(url: address.versionURL, headers: headers, answerLimit: 100_000), until: end)
        return answer.status == 200 && String(decoding: answer.body, as: UTF8.self).contains("\"version\"")
            ? .ollama : .openAI
    }

    /// Empty where the server does not tell; not every one does.
    private func models(_ address: EmbeddingAddress, _ kind: EmbeddingAddress.Kind, until end: Duration)
        async throws(EmbedderError) -> [(name: String, owner: String)]
    {
        let answer = try await send(
            HTTPCall(url: address.modelsURL, headers: headers, answerLimit: 4_000_000), until: end)
        // Not implemented is an answer of its own; any other fault may pass, and the model must not be guessed meanwhile.
        if answer.status == 429 || answer.status >= 500 && answer.status != 501 { throw Self.refusal(answer) }
        return (200..<300).contains(answer.status) ? EmbeddingWire.models(answer.body, kind: kind) : []
    }
}
