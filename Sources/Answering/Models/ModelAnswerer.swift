// Drafts by a model: asks within one budget, reads the agreed shape, and lets the guard have the last word.

package import Correspondence
import Foundation

/// One call path for all providers. Without passages nobody is asked. What the guard refuses goes to a human with the
/// reason and without the text.
package struct ModelAnswerer: Answerer {
    package typealias Sleep = @Sendable (Duration) async throws -> Void

    package let asksProvider = true
    private let provider: any ModelProvider
    private let price: (input: Double, output: Double)?
    private let http: any HTTPClient
    private let languageGuess: any LanguageGuess
    private let surroundings: Surroundings
    private let sleep: Sleep

    init(
        provider: any ModelProvider, price: (input: Double, output: Double)?, http: any HTTPClient,
        languageGuess: any LanguageGuess, surroundings: Surroundings,
        sleep: @escaping Sleep = { try await Task.sleep(for: $0) }
    ) {
        self.provider = provider
        self.price = price
        self.http = http
        self.languageGuess = languageGuess
        self.surroundings = surroundings
        self.sleep = sleep
    }

    package var name: String { provider.name }

    package func draft(_ request: DraftRequest) async throws(AnswererError) -> Draft {
        let prompt = Prompt(request, surroundings: surroundings)
        guard !prompt.passages.isEmpty else {
            return draft(
                request, reasons: ["no passage of the knowledge base fits, so the model was not asked"], cost: 0)
        }
        let answer = try await send(provider.call(prompt))
        var cost: Double?
        do throws(AnswererError) {
            let output = try provider.read(answer.body)
            cost = self.cost(of: output.usage)
            let reply = try ModelReply.read(output.text, from: name)
            return judged(reply, request: request, prompt: prompt, usage: output.usage, cost: cost)
        } catch {
            // The tokens were spent whatever came of them.
            throw AnswererError(error.code, detail: error.detail, cost: cost ?? (provider.isFree ? 0 : nil))
        }
    }

    package func probe() async throws(AnswererError) -> String {
        let answer = try await send(provider.probeCall())
        guard let models = provider.models(answer.body) else { return "\(name): the provider answers." }
        if models.contains(provider.model) { return "\(name): the provider answers and has the model." }
        throw AnswererError(
            .refused, detail: "\(name): the provider answers but does not list the model; check answering.model")
    }

    // MARK: Asking

    private func send(_ call: HTTPCall) async throws(AnswererError) -> HTTPAnswer {
        let start = surroundings.now()
        var attempt = 0
        while true {
            attempt += 1
            let left = ModelLimits.budget - (surroundings.now() - start)
            guard left > .zero else {
                throw AnswererError(.timedOut, detail: "\(name) took longer than the whole budget", cost: nil)
            }
            var call = call
            call.timeout = left
            let step: RetryRule.Step
            do throws(HTTPClientError) {
                let answer = try await http.send(call)
                if (200..<300).contains(answer.status) { return answer }
                step = RetryRule.after(
                    status: answer.status, headers: answer.headers, fault: provider.fault(answer.body), name: name,
                    attempt: attempt, left: self.left(since: start), chance: chance(), now: surroundings.now())
            } catch {
                step = RetryRule.after(
                    error, name: name, attempt: attempt, left: self.left(since: start), chance: chance())
            }
            switch step {
            case .fail(let code, let detail):
                // A call that broke off may have been paid.
                let mayCost = !provider.isFree && (code == .timedOut || code == .badAnswer)
                throw AnswererError(code, detail: detail, cost: mayCost ? nil : 0)
            case .retry(let wait):
                do {
                    try await sleep(wait)
                } catch {
                    throw AnswererError(.unavailable, detail: "asking \(name) was cancelled")
                }
            }
        }
    }

    private func left(since start: Instant) -> Duration { ModelLimits.budget - (surroundings.now() - start) }

    private func chance() -> Double { Double(surroundings.randomBytes(1).first ?? 0) / 255 }

    private func cost(of usage: ModelUsage) -> Double? {
        if provider.isFree { return 0 }
        if let price {
            guard let input = usage.input, let output = usage.output else { return nil }
            return (Double(input) * price.input + Double(output) * price.output) / 1_000_000
        }
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
