// A desk, a clock and a scripted provider for the tests of model drafts.

import Correspondence
import Foundation
import Language
import Synchronization
import TestSupport

@testable import Answering

/// A clock that only sleeping moves, and random bytes that count up.
final class TestClock: Sendable {
    private let state = Mutex((now: SampleArticles.now, slept: [Duration](), byte: UInt8(0)))

    var slept: [Duration] { state.withLock { $0.slept } }

    func advance(by duration: Duration) { state.withLock { $0.now = $0.now + duration } }

    func sleep(_ duration: Duration) {
        state.withLock { state in
            state.slept.append(duration)
            state.now = state.now + duration
        }
    }

    var surroundings: Surroundings {
        Surroundings(
            now: { self.state.withLock { $0.now } },
            randomBytes: { count in
                self.state.withLock { state in
                    (0..<count).map { _ in
                        state.byte &+= 37
                        return state.byte
                    }
                }
            })
    }
}

enum ModelStage {
    static let article = Article(
        id: ArticleID("r"), path: "en/returns.md", title: "Returning a machine", language: "en", body: "",
        passages: [
            Passage(
                headings: ["How"],
                text: "You can return an unused machine within 30 days. A return costs 4.90 EUR. "
                    + "Print the label at https://acme.example/returns or write to returns@acme.example.",
                purpose: .answer),
            Passage(headings: ["Money"], text: "We pay the money back within 14 days.", purpose: .answer),
        ])

    static func request(
        _ question: String = "Can I return my unused machine, and what does it cost?", language: String = "en",
        earlier: [ConversationTurn] = [], links: [String] = [], passages: [Passage]? = nil
    ) -> DraftRequest {
        var signals = SearchSignals()
        signals.leastCovered = 0.9
        signals.closestLine = 0.8
        signals.coverage = 0.9
        let passages = passages ?? article.passages
        let hit = SearchHit(
            article: article.id, path: article.path, title: article.title, language: "en", passage: passages[0],
            passages: passages, score: 1)
        return DraftRequest(
            deskName: "Acme Support", question: question, subject: "Return", earlier: earlier, language: language,
            customerName: "Emma Clarke", customerRole: "customer",
            found: SearchResult(hits: [hit], signals: signals, dayZero: 0.9), links: links)
    }

    static let goodReply = "You can return an unused machine within 30 days. A return costs 4.90 EUR."

    /// A reply in the agreed shape.
    static func reply(
        _ text: String = goodReply, answerable: String = "yes", passage: String = "p1",
        quote: String = "return an unused machine within 30 days", missing: String = "", human: String = "none",
        language: String = "en", confidence: Int = 95
    ) -> String {
        """
        {"answerable":"\(answerable)","citations":[{"passage":"\(passage)","quote":\(JSONText.string(quote))}],\
        "missing_information":\(JSONText.string(missing)),"needs_human_reason":"\(human)","language":"\(language)",\
        "reply":\(JSONText.string(text)),"confidence":\(confidence)}
        """
    }

    static func openAI(_ content: String, finish: String = "stop") -> HTTPAnswer {
        HTTPAnswer(
            200,
            """
            {"id":"x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant",\
            "content":\(JSONText.string(content)),"refusal":null},"finish_reason":"\(finish)"}],\
            "usage":{"prompt_tokens":3000,"completion_tokens":300,"prompt_tokens_details":{"cached_tokens":1000}}}
            """)
    }

    static func anthropic(_ content: String, stop: String = "end_turn") -> HTTPAnswer {
        HTTPAnswer(
            200,
            """
            {"type":"message","content":[{"type":"text","text":\(JSONText.string(content))}],"stop_reason":"\(stop)",\
            "usage":{"input_tokens":2000,"cache_read_input_tokens":1000,"output_tokens":300}}
            """)
    }

    static func ollama(_ content: String, done: String = "stop") -> HTTPAnswer {
        HTTPAnswer(
            200,
            """
            {"model":"llama3.2","message":{"role":"assistant","content":\(JSONText.string(content))},"done":true,\
            "done_reason":"\(done)","prompt_eval_count":2500,"eval_count":200}
            """)
    }

    static func answerer(
        _ http: any HTTPClient, clock: TestClock = TestClock(), provider: (any ModelProvider)? = nil,
        price: ModelPrice? = nil, budget: Duration = ModelLimits.budget
    ) -> ModelAnswerer {
        ModelAnswerer(
            provider: provider ?? OpenAIChat(model: "gpt-6-luna", key: Secret("key-1"), baseURL: ""), price: price,
            http: http, languageGuess: CLD2LanguageGuess(), surroundings: clock.surroundings,
            budget: budget, sleep: { clock.sleep($0) })
    }
}
