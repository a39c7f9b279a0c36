// Which server an embeddings URL means, as users write it.

import Correspondence
import Foundation

/// `https://host/v1/embeddings`, `https://host/v1`, `http://host:11434/api/embed`, or the bare host, which is asked once
/// what it is. What stands behind `#` is the model's name; it is never sent as a part of the address.
struct EmbeddingAddress: Equatable {
    enum Kind: Equatable {
        /// `POST …/embeddings` as OpenAI has it, and many others.
        case openAI
        /// `POST /api/embed`.
        case ollama
    }
    /// nil for a bare host.
    var kind: Kind?
    /// Without a slash at the end: for OpenAI's what stands before `/embeddings`, for the others the host.
    var base: String
    /// Behind the base, `?` included: some gateways want a version there.
    var query: String
    /// Empty where the user names none.
    var model: String

    /// nil for what is no http(s) address.
    init?(_ text: String) {
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        var rest = parts.first.map(String.init) ?? ""
        let name = parts.count > 1 ? String(parts[1]) : ""
        model = name.removingPercentEncoding ?? name
        let scheme = rest.lowercased()
        guard scheme.hasPrefix("https://") || scheme.hasPrefix("http://") else { return nil }
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[mark...])
            rest = String(rest[..<mark])
        } else {
            query = ""
        }
        while rest.hasSuffix("/") { rest.removeLast() }
        let afterScheme = rest.range(of: "://").map { rest[$0.upperBound...] } ?? ""
        guard !afterScheme.isEmpty else { return nil }
        if let suffix = ["/api/embed", "/api/embeddings", "/api"].first(where: rest.hasSuffix) {
            kind = .ollama
            base = String(rest.dropLast(suffix.count))
        } else if rest.hasSuffix("/embeddings") {
            kind = .openAI
            base = String(rest.dropLast("/embeddings".count))
        } else if afterScheme.contains("/") {
            kind = .openAI
            base = rest
        } else {
            kind = nil
            base = rest
        }
    }

    /// What tells Ollama from others.
    var versionURL: String { base + "/api/version" + query }

    /// Once the server has said what it is.
    func settled(as kind: Kind) -> EmbeddingAddress {
        guard self.kind == nil else { return self }
        var settled = self
        settled.kind = kind
        if kind == .openAI { settled.base += "/v1" }
        return settled
    }

    var embedURL: String { base + (kind == .ollama ? "/api/embed" : "/embeddings") + query }
    var modelsURL: String { base + (kind == .ollama ? "/api/tags" : "/models") + query }

    /// For people and for the name that vectors are kept under where a server does not tell its model.
    var place: String { base.range(of: "://").map { String(base[$0.upperBound...]) } ?? base }
}
