// Drafts by a model: the request, the answer, the cost, and every fault of a provider.

import Correspondence
import Foundation
import Knowledge
import Language
import TestSupport
import Testing
import Transport

@testable import Answering

struct ModelAnswererTests {
    private func draft(_ content: String, request: DraftRequest = ModelStage.request()) async throws -> Draft {
        let http = FakeHTTPClient { (_, _) throws(HTTPClientError) in ModelStage.openAI(content) }
        return try await ModelStage.answerer(http).draft(request)
    }

    @Test("a good answer becomes a draft with sources, confidence, tokens and cost")
    func goodDraft() async throws {
        let draft = try await draft(ModelStage.reply())
        #expect(draft.reply == ModelStage.goodReply)
        #expect(draft.needsHuman == nil)
        #expect(draft.confidence >= 0.75)
        #expect(
            draft.sources == [
                Source(
                    article: "en/returns.md", title: "Returning a machine",
                    quote: "return an unused machine within 30 days")
            ])
        #expect(draft.tokens == TokenUse(input: 3000, output: 300))
        // 2,000 plain, 1,000 cached, 300 out.
        #expect(abs((draft.cost ?? 0) - (2000 * 0.10 + 1000 * 0.01 + 300 * 0.50) / 1_000_000) < 1e-12)
        #expect(draft.answerer == "openai gpt-6-luna")
    }

    @Test("the contract of an answerer holds for a model that behaves")
    func contract() async throws {
        let text = "You can return an unused machine within 30 days of delivery."
        let http = FakeHTTPClient { (call, _) throws(HTTPClientError) in
            if call.method == "GET" { return HTTPAnswer(200, #"{"data":[{"id":"gpt-6-luna"}]}"#) }
            return ModelStage.openAI(ModelStage.reply(text, quote: "within 30 days of delivery"))
        }
        try await AnswererContract.check(
            ModelStage.answerer(http), search: MemoryPassageSearch(analyzer: SnowballAnalyzer()))
    }

    @Test("the OpenAI request is strict structured output, unstored, without sampling, with the key in its header")
    func openAIRequest() async throws {
        let http = FakeHTTPClient { (_, _) throws(HTTPClientError) in ModelStage.openAI(ModelStage.reply()) }
        _ = try await ModelStage.answerer(http).draft(ModelStage.request())
        let call = try #require(http.calls.first)
        #expect(call.method == "POST" && call.url == "https://api.openai.com/v1/chat/completions")
        #expect(call.headers.contains { $0.name == "Authorization" && $0.value == "Bearer key-1" })
        #expect(call.timeout <= .seconds(120))
        let body = try #require(JSONSerialization.jsonObject(with: Data(call.body)) as? [String: Any])
        #expect(body["store"] as? Bool == false)
        #expect(body["max_completion_tokens"] as? Int == ModelLimits.outputTokens)
        for field in ["temperature", "top_p", "top_k", "max_tokens", "logprobs", "user", "tools"] {
            #expect(body[field] == nil)
        }
        let messages = try #require(body["messages"] as? [[String: Any]])
        #expect(messages.map { $0["role"] as? String } == ["developer", "user"])
        let format = try #require(body["response_format"] as? [String: Any])
        let schema = try #require(format["json_schema"] as? [String: Any])
        #expect(format["type"] as? String == "json_schema" && schema["strict"] as? Bool == true)
        let shape = try #require(schema["schema"] as? [String: Any])
        let required = try #require(shape["required"] as? [String])
        #expect(Set(required) == Set((shape["properties"] as? [String: Any] ?? [:]).keys))
        // Decided before the reply is written.
        let text = String(decoding: call.body, as: UTF8.self)
        let first = try #require(text.range(of: "\"answerable\":{"))
        let last = try #require(text.range(of: "\"reply\":{"))
        #expect(first.lowerBound < last.lowerBound)
    }

    @Test("Anthropic and Ollama are asked in their own form and read with their own totals")
    func otherProviders() async throws {
        let anthropic = FakeHTTPClient { (_, _) throws(HTTPClientError) in ModelStage.anthropic(ModelStage.reply()) }
        let claude = try await ModelStage.answerer(
            anthropic, provider: AnthropicMessages(model: "claude-haiku-5-5", key: Secret("key-2"), baseURL: "")
        ).draft(ModelStage.request())
        #expect(claude.reply == ModelStage.goodReply && claude.tokens == TokenUse(input: 3000, output: 300))
        #expect(abs((claude.cost ?? 0) - (2000 * 0.10 + 1000 * 0.01 + 300 * 0.50) / 1_000_000) < 1e-12)
        let call = try #require(anthropic.calls.first)
        #expect(call.url == "https://api.anthropic.com/v1/messages")
        #expect(call.headers.contains { $0.name == "x-api-key" && $0.value == "key-2" })
        #expect(call.headers.contains { $0.name == "anthropic-version" && $0.value == "2026-10-21" })
        let body = try #require(JSONSerialization.jsonObject(with: Data(call.body)) as? [String: Any])
        #expect(Set(body.keys) == ["model", "max_tokens", "system", "messages", "output_config"])

        let ollama = FakeHTTPClient { (_, _) throws(HTTPClientError) in ModelStage.ollama(ModelStage.reply()) }
        let local = try await ModelStage.answerer(
            ollama, provider: OllamaChat(model: "llama3.2", key: nil, baseURL: "http://127.0.0.1:1")
        ).draft(ModelStage.request())
        #expect(local.cost == 0 && local.reply == ModelStage.goodReply)
        let asked = try #require(ollama.calls.first)
        #expect(asked.url == "http://127.0.0.1:1/api/chat")
        let sent = try #require(JSONSerialization.jsonObject(with: Data(asked.body)) as? [String: Any])
        #expect(sent["stream"] as? Bool == false && sent["think"] as? Bool == false)
        #expect((sent["options"] as? [String: Any])?["num_ctx"] as? Int == 12_288)
        #expect(sent["format"] is [String: Any])
    }

    @Test("without passages nobody is asked, and nothing is spent")
    func nothingFound() async throws {
        let http = FakeHTTPClient { (_, _) throws(HTTPClientError) in ModelStage.openAI(ModelStage.reply()) }
        var request = ModelStage.request()
        request.found = .nothing
        let draft = try await ModelStage.answerer(http).draft(request)
        #expect(http.calls.isEmpty && draft.reply.isEmpty && draft.confidence == 0 && draft.cost == 0)
    }

    @Test("no answer, half an answer and a wish for a human never reach the threshold")
    func doubts() async throws {
        let none = try await draft(ModelStage.reply("", answerable: "no"))
        #expect(none.reply.isEmpty && none.confidence == 0)
        let half = try await draft(ModelStage.reply(answerable: "partly"))
        #expect(half.confidence < 0.75 && !half.reply.isEmpty)
        let human = try await draft(ModelStage.reply(human: "refund_or_legal"))
        #expect(human.needsHuman?.contains("money back") == true)
        let unsure = try await draft(ModelStage.reply(confidence: 40))
        #expect(unsure.confidence < 0.75)
        let missing = try await draft(ModelStage.reply(missing: "the price of a new box"))
        #expect(missing.confidence < 0.75)
        var blind = ModelStage.request()
        blind.found.signals = SearchSignals()
        blind.found.dayZero = 0.1
        let unfound = try await draft(ModelStage.reply(), request: blind)
        #expect(unfound.confidence < 0.75)
    }

    @Test("an unknown model costs an unknown sum, the settings' price wins, and a dated name is its model")
    func prices() async throws {
        let http = FakeHTTPClient { (_, _) throws(HTTPClientError) in ModelStage.openAI(ModelStage.reply()) }
        let strange = OpenAIChat(model: "house-model", key: nil, baseURL: "http://127.0.0.1:1")
        let unknown = try await ModelStage.answerer(http, provider: strange).draft(ModelStage.request())
        #expect(unknown.cost == nil)
        let priced = try await ModelStage.answerer(http, provider: strange, price: ModelPrice(input: 1, output: 10))
            .draft(ModelStage.request())
        #expect(abs((priced.cost ?? 0) - 0.006) < 1e-12)
        let now = SampleArticles.now
        #expect(PriceTable.price(of: "gpt-6-luna-2026-10-01", at: now)?.input == 0.10)
        #expect(PriceTable.price(of: "gpt-6-luna-mini", at: now) == nil)
        #expect(PriceTable.price(of: "gpt-5.6-luna", at: now)?.output == 6)
        #expect(PriceTable.price(of: "gpt-5.6-luna", at: Instant(microseconds: 1_790_000_000_000_000))?.output == 1.20)
        let long = ModelUsage(input: 300_000, output: 1000)
        #expect(abs((PriceTable.cost(of: long, model: "gpt-6-luna", at: now) ?? 0) - 0.06075) < 1e-9)
        #expect(PriceTable.cost(of: ModelUsage(input: nil, output: 5), model: "gpt-6-luna", at: now) == nil)
    }

    // MARK: Faults

    struct Fault: CustomTestStringConvertible, Sendable {
        var name: String
        var answer: @Sendable () -> Result<HTTPAnswer, HTTPClientError>
        var code: AnswererError.Code
        var calls: Int
        var testDescription: String { name }

        init(_ name: String, _ code: AnswererError.Code, calls: Int, _ answer: @escaping @Sendable () -> HTTPAnswer) {
            self.name = name
            self.code = code
            self.calls = calls
            self.answer = { .success(answer()) }
        }

        init(_ name: String, _ code: AnswererError.Code, calls: Int, error: HTTPClientError.Code) {
            self.name = name
            self.code = code
            self.calls = calls
            answer = { .failure(HTTPClientError(error, detail: "told so")) }
        }
    }

    private static func error(_ status: Int, _ code: String, _ headers: [(name: String, value: String)] = [])
        -> HTTPAnswer
    {
        HTTPAnswer(status, #"{"error":{"message":"m","type":"t","code":"\#(code)"}}"#, headers: headers)
    }

    static let faults = [
        Fault("400", .refused, calls: 1) { error(400, "invalid_request") },
        Fault("401", .refused, calls: 1) { error(401, "invalid_api_key") },
        Fault("403", .refused, calls: 1) { error(403, "no_access") },
        Fault("404 model", .refused, calls: 1) { error(404, "model_not_found") },
        Fault("408", .unavailable, calls: 4) { error(408, "timeout") },
        Fault("413", .refused, calls: 1) { error(413, "too_large") },
        Fault("429", .unavailable, calls: 4) { error(429, "rate_limit_exceeded") },
        Fault("429 asks for too long", .unavailable, calls: 1) {
            error(429, "rate_limit_exceeded", [("retry-after", "300")])
        },
        Fault("429 quota", .refused, calls: 1) { error(429, "insufficient_quota") },
        Fault("429 spend limit", .refused, calls: 1) { error(429, "project_spend_limit_exceeded") },
        Fault("500", .unavailable, calls: 4) { error(500, "server_error") },
        Fault("503", .unavailable, calls: 4) { error(503, "overloaded") },
        Fault("529", .unavailable, calls: 4) { error(529, "overloaded_error") },
        Fault("500 that says do not retry", .unavailable, calls: 1) { error(500, "x", [("x-should-retry", "false")]) },
        Fault("connection refused", .unavailable, calls: 4, error: .refused),
        Fault("unknown host", .unavailable, calls: 4, error: .unknownHost),
        Fault("TLS fails", .refused, calls: 1, error: .tls),
        Fault("cut off", .unavailable, calls: 4, error: .cutOff),
        Fault("5 MB and more", .badAnswer, calls: 1, error: .tooLarge),
        Fault("cancelled", .unavailable, calls: 1, error: .cancelled),
        Fault("empty body", .badAnswer, calls: 1) { HTTPAnswer(200, "") },
        Fault("cut in the middle of JSON", .badAnswer, calls: 1) { HTTPAnswer(200, #"{"choices":[{"mess"#) },
        Fault("not UTF-8", .badAnswer, calls: 1) {
            HTTPAnswer(status: 200, headers: [], body: [0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x7D])
        },
        Fault("HTML instead of JSON", .badAnswer, calls: 1) { HTTPAnswer(200, "<html>Gateway</html>") },
        Fault("wrong schema", .badAnswer, calls: 1) { ModelStage.openAI(#"{"reply":"Yes.","answerable":"yes"}"#) },
        Fault("prose instead of the schema", .badAnswer, calls: 1) { ModelStage.openAI("Sure! You can return it.") },
        Fault("an unknown verdict", .badAnswer, calls: 1) { ModelStage.openAI(ModelStage.reply(answerable: "maybe")) },
        Fault("a confidence of 900", .badAnswer, calls: 1) { ModelStage.openAI(ModelStage.reply(confidence: 900)) },
        Fault("cut off by length", .badAnswer, calls: 1) { ModelStage.openAI(ModelStage.reply(), finish: "length") },
        Fault("content filter", .badAnswer, calls: 1) {
            ModelStage.openAI(ModelStage.reply(), finish: "content_filter")
        },
        Fault("refusal", .badAnswer, calls: 1) {
            HTTPAnswer(
                200,
                #"{"choices":[{"message":{"role":"assistant","content":null,"refusal":"No."},"finish_reason":"stop"}]}"#
            )
        },
        Fault("deep nesting", .badAnswer, calls: 1) { HTTPAnswer(200, String(repeating: "[", count: 200_000)) },
    ]

    @Test(
        "every fault of a provider is an error with its code, tried again only where that may help", arguments: faults)
    func fault(_ fault: Fault) async throws {
        let http = FakeHTTPClient { (_, _) throws(HTTPClientError) in try fault.answer().get() }
        let clock = TestClock()
        let error = await #expect(throws: AnswererError.self) {
            _ = try await ModelStage.answerer(http, clock: clock).draft(ModelStage.request())
        }
        #expect(error?.code == fault.code, "\(String(describing: error))")
        #expect(http.calls.count == fault.calls)
        #expect(clock.slept.reduce(.zero, +) < .seconds(120))
        #expect(error?.description.contains("key-1") == false)
        #expect(error?.description.contains("unused machine") == false)
    }

    @Test("a fault that passes is waited out: backoff doubles, and Retry-After is the least wait")
    func recovery() async throws {
        let clock = TestClock()
        let http = FakeHTTPClient { (_, number) throws(HTTPClientError) in
            switch number {
            case 1: Self.error(503, "overloaded")
            case 2: Self.error(429, "slow_down", [("retry-after", "7")])
            case 3: Self.error(429, "slow_down", [("retry-after-ms", "1500")])
            default: ModelStage.openAI(ModelStage.reply())
            }
        }
        let draft = try await ModelStage.answerer(http, clock: clock).draft(ModelStage.request())
        #expect(draft.reply == ModelStage.goodReply)
        #expect(clock.slept.count == 3)
        #expect(clock.slept[0] >= .milliseconds(375) && clock.slept[0] <= .milliseconds(500))
        #expect(clock.slept[1] == .seconds(7))
        #expect(clock.slept[2] >= .milliseconds(1500) && clock.slept[2] <= .milliseconds(2000))
    }

    @Test("a date as Retry-After is waited for")
    func retryAfterDate() {
        let now = SampleArticles.now
        let step = RetryRule.after(
            status: 429, headers: [("retry-after", "Tue, 14 Nov 2023 22:13:30 GMT")], fault: ModelFault(), name: "x",
            attempt: 1, left: .seconds(100), chance: 0, now: now)
        #expect(step == .retry(after: .seconds(10)))
    }

    @Test("a slow provider ends with the whole budget, each try given only what is left")
    func budget() async {
        let clock = TestClock()
        let http = FakeHTTPClient { (call, _) throws(HTTPClientError) in
            clock.advance(by: min(call.timeout, .seconds(50)))
            throw HTTPClientError(.timedOut, detail: "slow")
        }
        let error = await #expect(throws: AnswererError.self) {
            _ = try await ModelStage.answerer(http, clock: clock).draft(ModelStage.request())
        }
        #expect(error?.code == .timedOut)
        #expect(error?.cost == nil)
        let timeouts = http.calls.map(\.timeout)
        #expect(timeouts.first == .seconds(120))
        #expect(timeouts.last.map { $0 < .seconds(25) } == true)
    }

    @Test("tokens spent on a bad answer are counted")
    func costOfBadAnswer() async {
        let http = FakeHTTPClient { (_, _) throws(HTTPClientError) in ModelStage.openAI("nonsense") }
        let error = await #expect(throws: AnswererError.self) {
            _ = try await ModelStage.answerer(http).draft(ModelStage.request())
        }
        #expect((error?.cost ?? 0) > 0)
    }

    @Test("probing says what is missing")
    func probe() async throws {
        let good = FakeHTTPClient { (_, _) throws(HTTPClientError) in
            HTTPAnswer(200, #"{"data":[{"id":"gpt-6-luna"}]}"#)
        }
        #expect(
            try await ModelStage.answerer(good).probe() == "openai gpt-6-luna: the provider answers and has the model.")
        #expect(good.calls.first?.url == "https://api.openai.com/v1/models")
        let other = FakeHTTPClient { (_, _) throws(HTTPClientError) in HTTPAnswer(200, #"{"data":[{"id":"other"}]}"#) }
        let error = await #expect(throws: AnswererError.self) { _ = try await ModelStage.answerer(other).probe() }
        #expect(error?.code == .refused && error?.detail.contains("answering.model") == true)
    }

    @Test("the settings' choice makes the answerer, and says what is missing")
    func make() throws {
        let http = FakeHTTPClient { (_, _) throws(HTTPClientError) in HTTPAnswer(500, "") }
        func made(_ choice: AnsweringChoice) throws -> String {
            try Answerers.make(
                choice, analyzer: SnowballAnalyzer(), http: http, languageGuess: CLD2LanguageGuess()
            ).name
        }
        #expect(try made(AnsweringChoice(provider: .builtIn)) == "built-in")
        #expect(try made(AnsweringChoice(provider: .openai, key: Secret("k"))) == "openai gpt-6-luna")
        #expect(try made(AnsweringChoice(provider: .ollama, model: "phi")) == "ollama phi")
        #expect(throws: AnswererError.self) { _ = try made(AnsweringChoice(provider: .openai)) }
        #expect(throws: AnswererError.self) { _ = try made(AnsweringChoice(provider: .anthropic, key: Secret(""))) }
        #expect(throws: AnswererError.self) { _ = try made(AnsweringChoice(provider: .ollama, baseURL: "ftp://x")) }
    }

    @Test(
        "base addresses are joined as users write them",
        arguments: [
            ("", "https://api.openai.com/v1/chat/completions"),
            ("http://h:1", "http://h:1/v1/chat/completions"), ("http://h:1/v1/", "http://h:1/v1/chat/completions"),
            ("https://gw.example/openai/x", "https://gw.example/openai/x/chat/completions"),
        ])
    func addresses(base: String, url: String) {
        #expect(ModelAddress.join(base, default: "https://api.openai.com/v1", path: "/v1/chat/completions") == url)
    }

    @Test("over a real socket the same draft comes back, and a server that hangs up is an error")
    func loopback() async throws {
        let body = String(decoding: ModelStage.openAI(ModelStage.reply()).body, as: UTF8.self)
        let server = try ScriptedServer { peer in
            // The request's last words.
            try peer.hear(until: Array("\"stream\":false}".utf8))
            try peer.say(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
                    + "Connection: close\r\n\r\n\(body)")
        }
        let answerer = try Answerers.make(
            AnsweringChoice(provider: .openai, baseURL: "http://127.0.0.1:\(server.port)"),
            analyzer: SnowballAnalyzer(), http: CurlHTTPClient(), languageGuess: CLD2LanguageGuess())
        let draft = try await answerer.draft(ModelStage.request())
        #expect(draft.reply == ModelStage.goodReply)
        #expect(draft.confidence >= 0.75)

        let broken = try ScriptedServer { peer in
            try peer.hear(until: Array("\"stream\":false}".utf8))
            try peer.say("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body.prefix(40))")
        }
        let clock = TestClock()
        let provider = OpenAIChat(model: "m", key: nil, baseURL: "http://127.0.0.1:\(broken.port)/v1")
        let error = await #expect(throws: AnswererError.self) {
            _ = try await ModelStage.answerer(CurlHTTPClient(), clock: clock, provider: provider)
                .draft(ModelStage.request())
        }
        #expect(error?.code == .unavailable)
        #expect(broken.connections == RetryRule.tries)
    }
}
