// One answerer after the other, until one drafts: the settings' model, its fallbacks, the built-in one, a human.

package import Correspondence

/// Models in their order share one budget of time: each may take its part of what is left, so that a silent first one
/// leaves the next its turn. A provider that keeps failing is left alone for a while. The built-in answerer, which needs
/// nobody, can only be the last. Where nobody drafts, the error says who was asked and how each failed.
package struct AnswererChain: Answerer {
    private let models: [(answerer: ModelAnswerer, gate: ProviderGate)]
    private let last: BuiltInAnswerer?
    private let surroundings: Surroundings
    private let budget: Duration

    init(
        _ models: [ModelAnswerer], last: BuiltInAnswerer?, surroundings: Surroundings,
        budget: Duration = ModelLimits.budget
    ) {
        self.models = models.map { ($0, ProviderGate()) }
        self.last = last
        self.surroundings = surroundings
        self.budget = budget
    }

    package let asksProvider = true
    /// All of them, in their order: `openai gpt-6-luna, built-in`. A draft bears the name of the one that made it.
    package var name: String { (models.map(\.answerer.name) + (last.map { [$0.name] } ?? [])).joined(separator: ", ") }

    package func draft(_ request: DraftRequest) async throws(AnswererError) -> Draft {
        let start = surroundings.uptime()
        var failed: [(name: String, error: AnswererError)] = []
        for (index, (model, gate)) in models.enumerated() {
            let left = budget - (surroundings.uptime() - start)
            guard left > .zero else {
                failed.append((model.name, AnswererError(.timedOut, detail: "no time was left for \(model.name)")))
                continue
            }
            let leave = gate.leave(surroundings.uptime())
            if case .wait(let pause) = leave {
                let detail = "\(model.name) failed before and is left alone for \(pause) more"
                failed.append((model.name, AnswererError(.unavailable, detail: detail)))
                continue
            }
            do throws(ModelFailure) {
                let (draft, wasAsked) = try await model.attempt(request, within: left / (models.count - index))
                if wasAsked { gate.answered() } else { gate.unused(leave) }
                return Self.completed(draft, after: failed)
            } catch {
                guard !Task.isCancelled else {
                    gate.unused(leave)
                    throw error.error
                }
                gate.failed(error.reach, leave, now: surroundings.uptime())
                failed.append((model.name, error.error))
            }
        }
        if let last { return Self.completed(try await last.draft(request), after: failed) }
        throw Self.summed(failed)
    }

    /// With what the others failed at, and what they cost.
    private static func completed(_ draft: Draft, after failed: [(name: String, error: AnswererError)]) -> Draft {
        guard !failed.isEmpty else { return draft }
        var draft = draft
        draft.reasons =
            failed.map { "\($0.name) \($0.error.code.words); \(draft.answerer) drafted instead" } + draft.reasons
        draft.cost = sum(failed.map(\.error.cost) + [draft.cost])
        return draft
    }

    /// The first one's code: it is the one the desk has chosen.
    private static func summed(_ failed: [(name: String, error: AnswererError)]) -> AnswererError {
        AnswererError(
            failed.first?.error.code ?? .unavailable, detail: failed.map(\.error.detail).joined(separator: "; "),
            cost: sum(failed.map(\.error.cost)),
            told: failed.map { "\($0.name) \($0.error.code.words)" }.joined(separator: "; "))
    }

    /// What is unknown makes the sum unknown.
    private static func sum(_ costs: [Double?]) -> Double? {
        costs.reduce(0) { sum, cost in sum.flatMap { sum in cost.map { sum + $0 } } }
    }

    /// Everybody is probed; one that fails makes it a failure, with everybody's words.
    package func probe() async throws(AnswererError) -> String {
        var words: [String] = []
        var failure: AnswererError?
        for (model, _) in models {
            do throws(AnswererError) {
                words.append(try await model.probe())
            } catch {
                if failure == nil { failure = error }
                words.append(error.detail)
            }
        }
        if let last { words.append(try await last.probe()) }
        if let failure { throw AnswererError(failure.code, detail: words.joined(separator: " · ")) }
        return words.joined(separator: " ")
    }
}
