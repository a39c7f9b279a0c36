// Every interface of a provider against a real model server on loopback, whose model talks nonsense.

import Correspondence
import Foundation
import Language
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Answering

/// One request after the other: the server works on one at a time, and the clock of the second must not run meanwhile.
@Suite(.serialized, .needs(.modelPeers))
struct RealModelTests {
    private static let shared = Shared { try await ModelServer.start(in: TestFolder.make("model")) }
    private static let price = ModelPrice(input: 1, output: 10)

    enum Interface: String, CaseIterable { case chat, responses, messages }

    private func provider(
        _ interface: Interface, tokens: Int, key: String = ModelServer.key
    ) async throws -> any ModelProvider {
        let base = try await Self.shared.value().baseURL
        let key = Secret(key)
        switch interface {
        case .chat: return OpenAIChat(model: ModelServer.model, key: key, baseURL: base, outputTokens: tokens)
        case .responses: return OpenAIResponses(model: ModelServer.model, key: key, baseURL: base, outputTokens: tokens)
        case .messages:
            return AnthropicMessages(model: ModelServer.model, key: key, baseURL: base, outputTokens: tokens)
        }
    }

    private func answerer(
        _ provider: any ModelProvider, http: any HTTPClient = CurlHTTPClient(), budget: Duration = .seconds(120)
    ) -> ModelAnswerer {
        ModelAnswerer(
            provider: provider, price: Self.price, http: http, languageGuess: CLD2LanguageGuess(),
            surroundings: .system, budget: budget)
    }

    @Test("the provider is there, and lists its model", arguments: Interface.allCases)
    func probe(interface: Interface) async throws {
        let said = try await answerer(provider(interface, tokens: 1)).probe()
        #expect(said.hasSuffix("the provider answers and has the model."))
    }

    @Test(
        "a real answer is read with its tokens and its cost, and nonsense reaches nobody", arguments: Interface.allCases
    )
    func nonsense(interface: Interface) async throws {
        let http = RecordingHTTPClient()
        let provider = try await provider(interface, tokens: interface == .chat ? 240 : 48)
        var spent: Double?
        do throws(AnswererError) {
            let draft = try await answerer(provider, http: http).draft(ModelStage.request())
            spent = draft.cost
            #expect(draft.reply.isEmpty || draft.confidence < 0.75, "\(draft.reply)")
        } catch {
            spent = error.cost
            #expect(error.code == .badAnswer, "\(error)")
        }
        let answer = try #require(http.answers.first)
        try #require(http.answers.count == 1 && answer.status == 200)
        let output = try provider.read(answer.body)
        let input = try #require(output.usage.input)
        let written = try #require(output.usage.output)
        #expect(input > 200 && written > 10 && written <= 240 && output.usage.cachedRead < input)
        #expect(spent == Self.price.cost(of: output.usage) && (spent ?? 0) > 0)
        #expect(!output.text.isEmpty)
    }

    @Test("a wrong key is refused in the first try, with what to do", arguments: Interface.allCases)
    func key(interface: Interface) async throws {
        let http = RecordingHTTPClient()
        let provider = try await provider(interface, tokens: 1, key: "another")
        let error = await #expect(throws: AnswererError.self) {
            _ = try await answerer(provider, http: http).draft(ModelStage.request())
        }
        #expect(error?.code == .refused && error?.detail.contains("401") == true, "\(String(describing: error))")
        #expect(error?.detail.contains("answering.api-key") == true && error?.detail.contains("another") == false)
        #expect(http.answers.count == 1)
    }

    @Test("what takes too long is given up in time, and the next goes to the built-in answerer")
    func tooSlow() async throws {
        let slow = answerer(try await provider(.chat, tokens: 4000), budget: .milliseconds(300))
        let clock = ContinuousClock()
        let begun = clock.now
        let error = await #expect(throws: AnswererError.self) { _ = try await slow.draft(ModelStage.request()) }
        #expect(error?.code == .timedOut && clock.now - begun < .seconds(5))

        let chain = AnswererChain(
            [slow], last: BuiltInAnswerer(analyzer: SnowballAnalyzer()), surroundings: .system,
            budget: .milliseconds(300))
        let draft = try await chain.draft(ModelStage.request())
        #expect(draft.answerer == "built-in" && !draft.reply.isEmpty)
        #expect(draft.reasons.first == "openai \(ModelServer.model) took too long; built-in drafted instead")
    }
}

/// The real client, which keeps what came back.
final class RecordingHTTPClient: HTTPClient {
    private let client = CurlHTTPClient()
    private let heard = Mutex<[HTTPAnswer]>([])

    var answers: [HTTPAnswer] { heard.withLock { $0 } }

    func send(_ call: HTTPCall) async throws(HTTPClientError) -> HTTPAnswer {
        let answer = try await client.send(call)
        heard.withLock { $0.append(answer) }
        return answer
    }
}
