// One model after the other: who is asked, who is left alone, and what the draft and the error say of it.

import Correspondence
import Language
import Synchronization
import TestSupport
import Testing

@testable import Answering

struct AnswererChainTests {
    /// A provider whose next answers a test sets.
    private final class Provider: Sendable {
        enum Mood { case answers, isDown, isSlow, refusesKey, refusesThis, talksProse, findsNothing }

        let name: String
        private let clock: TestClock
        private let state: Mutex<(mood: Mood, timeouts: [Duration])>

        init(_ name: String, _ mood: Mood, _ clock: TestClock) {
            self.name = name
            self.clock = clock
            state = Mutex((mood, []))
        }

        func set(_ mood: Mood) { state.withLock { $0.mood = mood } }
        var calls: Int { state.withLock { $0.timeouts.count } }
        var timeouts: [Duration] { state.withLock { $0.timeouts } }

        var answerer: ModelAnswerer {
            let http = FakeHTTPClient { [self] (call, _) throws(HTTPClientError) in
                let mood = state.withLock { state in
                    state.timeouts.append(call.timeout)
                    return state.mood
                }
                switch mood {
                case .answers: return ModelStage.openAI(ModelStage.reply())
                case .findsNothing: return ModelStage.openAI(ModelStage.reply("", answerable: "no"))
                case .talksProse: return ModelStage.openAI("Sure!")
                case .isDown: throw HTTPClientError(.refused, detail: "nobody there")
                case .isSlow:
                    clock.advance(by: call.timeout)
                    throw HTTPClientError(.timedOut, detail: "slow")
                case .refusesKey: return HTTPAnswer(401, "{}")
                case .refusesThis: return HTTPAnswer(400, "{}")
                }
            }
            return ModelStage.answerer(
                http, clock: clock, provider: OpenAIChat(model: name, key: nil, baseURL: "http://127.0.0.1:1"),
                price: ModelPrice(input: 1, output: 10))
        }
    }

    private let clock = TestClock()

    private func chain(_ providers: Provider..., endsBuiltIn: Bool = false) -> AnswererChain {
        AnswererChain(
            providers.map(\.answerer), last: endsBuiltIn ? BuiltInAnswerer(analyzer: SnowballAnalyzer()) : nil,
            surroundings: clock.surroundings)
    }

    @Test("the first that answers drafts, and nobody behind it is asked")
    func first() async throws {
        let (one, two) = (Provider("one", .answers, clock), Provider("two", .answers, clock))
        let chain = chain(one, two, endsBuiltIn: true)
        #expect(chain.name == "openai one, openai two, built-in" && chain.asksProvider)
        let draft = try await chain.draft(ModelStage.request())
        #expect(draft.answerer == "openai one" && draft.reply == ModelStage.goodReply && two.calls == 0)
        #expect(!draft.reasons.contains { $0.contains("instead") })
    }

    @Test("the next drafts when one fails in whatever way, says so, and counts what both cost")
    func next() async throws {
        for mood in [Provider.Mood.isDown, .isSlow, .refusesKey, .refusesThis, .talksProse] {
            let (one, two) = (Provider("one", mood, clock), Provider("two", .answers, clock))
            let draft = try await chain(one, two).draft(ModelStage.request())
            #expect(draft.answerer == "openai two" && draft.reply == ModelStage.goodReply, "\(mood)")
            #expect(draft.reasons.first?.hasPrefix("openai one ") == true, "\(mood)")
            #expect(draft.reasons.first?.hasSuffix("; openai two drafted instead") == true, "\(mood)")
            switch mood {
            // Nobody knows what a call that was given up cost.
            case .isSlow: #expect(draft.cost == nil)
            case .talksProse: #expect(abs((draft.cost ?? 0) - 0.012) < 1e-12)
            default: #expect(abs((draft.cost ?? 0) - 0.006) < 1e-12)
            }
        }
    }

    @Test("a draft that goes to a human is no failure: nobody else is asked for another one")
    func noAnswer() async throws {
        let (one, two) = (Provider("one", .findsNothing, clock), Provider("two", .answers, clock))
        let draft = try await chain(one, two, endsBuiltIn: true).draft(ModelStage.request())
        #expect(draft.answerer == "openai one" && draft.reply.isEmpty && two.calls == 0)
    }

    @Test("after all models the built-in answerer quotes")
    func builtIn() async throws {
        let (one, two) = (Provider("one", .isDown, clock), Provider("two", .refusesKey, clock))
        let draft = try await chain(one, two, endsBuiltIn: true).draft(ModelStage.request())
        #expect(draft.answerer == "built-in" && !draft.reply.isEmpty && draft.cost == 0)
        #expect(
            draft.reasons.prefix(2) == [
                "openai one could not be asked; built-in drafted instead",
                "openai two does not accept the request (its key, its limit or its model); built-in drafted instead",
            ])
    }

    @Test("where nobody drafts, the error names everybody who was asked, without a host")
    func nobody() async throws {
        let (one, two) = (Provider("one", .isSlow, clock), Provider("two", .talksProse, clock))
        let chain = chain(one, two)
        let error = await #expect(throws: AnswererError.self) { _ = try await chain.draft(ModelStage.request()) }
        #expect(error?.code == .timedOut && error?.cost == nil)
        #expect(error?.publicText == "openai one took too long; openai two gave no answer that can be used")
        #expect(error?.publicText.contains("127.0.0.1") == false)
    }

    @Test("a silent provider leaves the others their time, and all together take no more than one budget")
    func budget() async throws {
        let (one, two) = (Provider("one", .isSlow, clock), Provider("two", .isSlow, clock))
        let begun = clock.surroundings.now()
        let draft = try await chain(one, two, endsBuiltIn: true).draft(ModelStage.request())
        #expect(draft.answerer == "built-in")
        #expect(one.timeouts.first == .seconds(60))
        #expect(two.timeouts.first.map { $0 >= .seconds(60) } == true)
        #expect(clock.surroundings.now() - begun <= .seconds(120))
    }

    @Test("a provider that is down is left alone after three drafts, and probed by one after a pause")
    func breaker() async throws {
        let one = Provider("one", .isDown, clock)
        let chain = chain(one, endsBuiltIn: true)
        for _ in 0..<3 { _ = try await chain.draft(ModelStage.request()) }
        #expect(one.calls == 3 * RetryRule.tries)
        for _ in 0..<5 { #expect(try await chain.draft(ModelStage.request()).answerer == "built-in") }
        #expect(one.calls == 3 * RetryRule.tries)

        // One probe, which fails: twice the pause.
        clock.advance(by: .seconds(31))
        _ = try await chain.draft(ModelStage.request())
        #expect(one.calls == 4 * RetryRule.tries)
        clock.advance(by: .seconds(31))
        _ = try await chain.draft(ModelStage.request())
        #expect(one.calls == 4 * RetryRule.tries)

        clock.advance(by: .seconds(31))
        one.set(.answers)
        #expect(try await chain.draft(ModelStage.request()).answerer == "openai one")
        #expect(try await chain.draft(ModelStage.request()).answerer == "openai one")
        #expect(one.calls == 4 * RetryRule.tries + 2)
    }

    @Test("a key that is refused opens the breaker at once; a request that is refused, never")
    func reach() async throws {
        let key = Provider("key", .refusesKey, clock)
        let keyChain = chain(key)
        for _ in 0..<4 {
            _ = await #expect(throws: AnswererError.self) { _ = try await keyChain.draft(ModelStage.request()) }
        }
        #expect(key.calls == 1)
        let request = Provider("request", .refusesThis, clock)
        let requestChain = chain(request)
        for _ in 0..<9 {
            _ = await #expect(throws: AnswererError.self) { _ = try await requestChain.draft(ModelStage.request()) }
        }
        #expect(request.calls == 9)
    }

    @Test("only one probes while the others go on to the next, and one that was stopped leaves the probe free")
    func halfOpen() {
        var breaker = ProviderBreaker()
        for _ in 0..<3 { breaker.failed(.whileItLasts, .ask, now: .zero) }
        #expect(breaker.leave(.seconds(29)) == .wait(.seconds(1)))
        #expect(breaker.leave(.seconds(30)) == .probe)
        #expect(breaker.leave(.seconds(30)) == .wait(.seconds(1)))
        breaker.unused(.probe)
        #expect(breaker.leave(.seconds(31)) == .probe)
        // Those who were under way when it opened change nothing.
        breaker.failed(.untilMended, .ask, now: .seconds(31))
        breaker.failed(.whileItLasts, .probe, now: .seconds(32))
        #expect(breaker.leave(.seconds(91)) == .wait(.seconds(1)))
        #expect(breaker.leave(.seconds(92)) == .probe)
        breaker.answered()
        #expect(breaker.leave(.seconds(92)) == .ask && breaker.leave(.seconds(92)) == .ask)
        // Three in a row, not three in all.
        for _ in 0..<9 {
            breaker.failed(.whileItLasts, .ask, now: .zero)
            breaker.failed(.whileItLasts, .ask, now: .zero)
            breaker.answered()
        }
        #expect(breaker.leave(.zero) == .ask)
        // The pause has an end.
        for round in 0..<20 { breaker.failed(.untilMended, .probe, now: .seconds(round)) }
        #expect(breaker.leave(.seconds(19)) == .wait(ProviderBreaker.longestPause))
    }

    @Test("the settings' order makes the chain, and nothing can stand behind the built-in answerer")
    func make() throws {
        let http = FakeHTTPClient { (_, _) throws(HTTPClientError) in HTTPAnswer(500, "") }
        func made(_ choice: AnsweringChoice) throws -> String {
            try Answerers.make(choice, analyzer: SnowballAnalyzer(), http: http, languageGuess: CLD2LanguageGuess())
                .name
        }
        let openai = AnsweringChoice(provider: .openai, interface: .responses, key: Secret("k"))
        let builtIn = AnsweringChoice(provider: .builtIn)
        var choice = openai
        choice.fallback = [AnsweringChoice(provider: .ollama), builtIn]
        #expect(try made(choice) == "openai gpt-6-luna, ollama llama3.2, built-in")
        choice.fallback = [builtIn, AnsweringChoice(provider: .ollama)]
        let order = #expect(throws: AnswererError.self) { _ = try made(choice) }
        #expect(order?.detail.contains("answering.fallback[1]") == true)
        choice.fallback = [AnsweringChoice(provider: .anthropic)]
        let key = #expect(throws: AnswererError.self) { _ = try made(choice) }
        #expect(key?.detail.contains("answering.fallback[0].api-key") == true)
        choice = AnsweringChoice(provider: .anthropic, interface: .responses, key: Secret("k"))
        #expect(throws: AnswererError.self) { _ = try made(choice) }
    }

    @Test("probing asks everybody, and one that fails makes it a failure")
    func probe() async throws {
        func answerer(_ model: String) -> ModelAnswerer {
            ModelStage.answerer(
                FakeHTTPClient { (_, _) throws(HTTPClientError) in HTTPAnswer(200, #"{"data":[{"id":"one"}]}"#) },
                clock: clock, provider: OpenAIChat(model: model, key: nil, baseURL: "http://127.0.0.1:1"))
        }
        func chain(_ models: String...) -> AnswererChain {
            AnswererChain(
                models.map(answerer), last: BuiltInAnswerer(analyzer: SnowballAnalyzer()),
                surroundings: clock.surroundings)
        }
        #expect(try await chain("one").probe().hasPrefix("openai one: the provider answers and has the model."))
        let error = await #expect(throws: AnswererError.self) { _ = try await chain("one", "two").probe() }
        #expect(error?.code == .refused && error?.detail.contains("openai one") == true)
        #expect(error?.detail.contains("openai two: the provider answers but does not list") == true)
    }
}
