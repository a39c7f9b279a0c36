// Drafts by a model: asks within one budget, reads the agreed shape, and lets the guard have the last word.

package import Correspondence
import Foundation

/// One call path for all providers. Without passages nobody is asked. What the guard refuses goes to a human with the
/// reason and without the text.
package struct ModelAnswerer: Answerer {
    package typealias Sleep = @Sendable (Duration) async throws -> Void

    package let asksProvider = true
    private let provider: any ModelProvider
    private let price: ModelPrice?
    private let http: any HTTPClient
    private let languageGuess: any LanguageGuess
    private let surroundings: Surroundings
    private let budget: Duration
    private let sleep: Sleep

    init(
        provider: any ModelProvider, price: ModelPrice?, http: any HTTPClient, languageGuess: any LanguageGuess,
        surroundings: Surroundings, budget: Duration = ModelLimits.budget,
        sleep: @escaping Sleep = { try await Task.sleep(for: $0) }
    ) {
        self.provider = provider
        self.price = price
        self.http = http
        self.languageGuess = languageGuess
        self.surroundings = surroundings
        self.budget = budget
        self.sleep = sleep
    }

    package var name: String { provider.name }

    package func draft(_ request: DraftRequest) async throws(AnswererError) -> Draft {
        do throws(ModelFailure) {
            return try await attempt(request, within: budget).draft
        } catch {
            throw error.error
        }
    }

    /// As `draft`, in less time, and with what `AnswererChain` must know: whether the provider was asked at all, and whom
    /// a failure will meet next.
    func attempt(
        _ request: DraftRequest, within budget: Duration
    ) async throws(ModelFailure) -> (draft: Draft, wasAsked: Bool) {
        let prompt = Prompt(request, surroundings: surroundings)
        guard !prompt.passages.isEmpty else {
            let reason = "no passage of the knowledge base fits, so the model was not asked"
            return (draft(request, reasons: [reason], cost: 0), false)
        }
        let answer = try await send(provider.call(prompt), within: budget)
        // The tokens were spent whatever came of them.
        var cost: Double? = provider.isFree ? 0 : nil
        do throws(AnswererError) {
            let output = try provider.read(answer.body)
            cost = self.cost(of: output.usage)
            if let fault = output.fault { throw AnswererError(.badAnswer, detail: "\(name) \(fault)") }
            let reply = try ModelReply.read(output.text, from: name)
            return (judged(reply, request: request, prompt: prompt, usage: output.usage, cost: cost), true)
        } catch {
            throw ModelFailure(AnswererError(error.code, detail: error.detail, cost: cost), .thisRequest)
        }
    }

    package func probe() async throws(AnswererError) -> String {
        let answer: HTTPAnswer
        do throws(ModelFailure) {
            answer = try await send(provider.probeCall(), within: budget)
        } catch {
            throw error.error
        }
        guard let models = provider.models(answer.body) else { return "\(name): the provider answers." }
        if models.contains(provider.model) { return "\(name): the provider answers and has the model." }
        throw AnswererError(
            .refused, detail: "\(name): the provider answers but does not list the model; check answering.model")
    }

    // MARK: Asking

    private func send(_ call: HTTPCall, within budget: Duration) async throws(ModelFailure) -> HTTPAnswer {
        let start = surroundings.uptime()
        func left() -> Duration { budget - (surroundings.uptime() - start) }
        var attempt = 0
        while true {
            attempt += 1
            guard left() > .zero else {
                let detail = "\(name) took longer than its time"
                throw ModelFailure(AnswererError(.timedOut, detail: detail, cost: nil), .whileItLasts)
            }
            var call = call
            call.timeout = left()
            let step: RetryRule.Step
            do throws(HTTPClientError) {
                let answer = try await http.send(call)
                if (200..<300).contains(answer.status) { return answer }
                step = RetryRule.after(
                    status: answer.status, headers: answer.headers, fault: provider.fault(answer.body), name: name,
                    attempt: attempt, left: left(), chance: chance(), now: surroundings.now())
            } catch {
                step = RetryRule.after(error, name: name, attempt: attempt, left: left(), chance: chance())
            }
            switch step {
            case .fail(let code, let detail, let reach):
                // A call that broke off may have been paid.
                let mayCost = !provider.isFree && (code == .timedOut || code == .badAnswer)
                throw ModelFailure(AnswererError(code, detail: detail, cost: mayCost ? nil : 0), reach)
            case .retry(let wait):
                do {
                    try await sleep(wait)
                } catch {
                    let detail = "asking \(name) was cancelled"
                    throw ModelFailure(AnswererError(.unavailable, detail: detail), .thisRequest)
                }
            }
        }
    }

    private func chance() -> Double { Double(surroundings.randomBytes(1).first ?? 0) / 255 }

    private func cost(of usage: ModelUsage) -> Double? {
        if provider.isFree { return 0 }
        if let price { return price.cost(of: usage) }
        return PriceTable.cost(of: usage, model: provider.model, at: surroundings.now())
    }

    // MARK: Judging

    private func judged(
        _ reply: ModelReply, request: DraftRequest, prompt: Prompt, usage: ModelUsage, cost: Double?
    ) -> Draft {
        let tokens = TokenUse(input: usage.input, output: usage.output)
        let text = reply.reply.trimmingCharacters(in: .whitespacesAndNewlines)
        if reply.answerable == .no || text.isEmpty {
            var draft = draft(request, reasons: ["the model finds no answer in the passages"], cost: cost)
            if !reply.missingInformation.isEmpty { draft.reasons.append("the model misses something in the passages") }
            draft.needsHuman = reply.humanReason
            draft.tokens = tokens
            return draft
        }
        let guardian = DraftGuard(request: request, prompt: prompt, languageGuess: languageGuess)
        let (sources, findings) = guardian.check(reply: text, language: reply.language, citations: reply.citations)
        if let first = findings.first {
            var draft = draft(request, reasons: findings, cost: cost)
            draft.needsHuman = "the draft was held back: \(first)"
            draft.tokens = tokens
            return draft
        }
        let judged = ModelConfidence(reply, request: request, isCut: prompt.isCut)
        return Draft(
            reply: text, sources: sources, language: request.language, confidence: judged.confidence,
            reasons: judged.reasons, needsHuman: reply.humanReason, cost: cost, tokens: tokens, answerer: name)
    }

    private func draft(_ request: DraftRequest, reasons: [String], cost: Double?) -> Draft {
        Draft(
            reply: "", sources: [], language: request.language, confidence: 0, reasons: reasons, cost: cost,
            answerer: name)
    }
}
