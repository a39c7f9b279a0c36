// What models cost, with the dates from which a price holds.

import Correspondence

/// A price of the settings, USD per million tokens; wins over the table.
package struct ModelPrice: Sendable, Equatable {
    package var input: Double
    package var output: Double
    /// What is read from the provider's cache; nil costs as other input.
    package var cachedInput: Double?

    package init(input: Double, output: Double, cachedInput: Double? = nil) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
    }

    func cost(of usage: ModelUsage) -> Double? {
        guard let input = usage.input, let output = usage.output else { return nil }
        let cached = min(usage.cachedRead, input)
        let inputs = Double(input - cached) * self.input + Double(cached) * (cachedInput ?? self.input)
        return (inputs + Double(output) * self.output) / 1_000_000
    }
}

/// USD per million tokens. A model that is not here costs *unknown*, never nothing; `answering.price` fills the gap.
/// Looked up on 2026-11-23 in genai-prices 0.2.3.
struct PriceTable {
    struct Price {
        var model: String
        var from: Instant?
        var input: Double
        var cachedRead: Double?
        var cacheWrite: Double?
        var output: Double
        /// Above so many input tokens all rates are multiplied.
        var long: (tokens: Int, input: Double, output: Double)?
    }

    static func cost(of usage: ModelUsage, model: String, at now: Instant) -> Double? {
        guard let price = price(of: model, at: now), let input = usage.input, let output = usage.output else {
            return nil
        }
        let isLong = price.long.map { input > $0.tokens } ?? false
        let inputFactor = isLong ? price.long?.input ?? 1 : 1
        let outputFactor = isLong ? price.long?.output ?? 1 : 1
        let plain = max(0, input - usage.cachedRead - usage.cacheWrite)
        let inputs =
            Double(plain) * price.input + Double(usage.cachedRead) * (price.cachedRead ?? price.input)
            + Double(usage.cacheWrite) * (price.cacheWrite ?? price.input)
        return (inputs * inputFactor + Double(output) * price.output * outputFactor) / 1_000_000
    }

    /// The newest price that holds at `now`. A name with a date behind it (`gpt-6-luna-2026-10-01`) is the model's.
    static func price(of model: String, at now: Instant) -> Price? {
        prices.filter { matches(model, $0.model) && ($0.from.map { $0 <= now } ?? true) }
            .max { ($0.from?.microseconds ?? .min) < ($1.from?.microseconds ?? .min) }
    }

    private static func matches(_ model: String, _ known: String) -> Bool {
        if model == known { return true }
        guard model.hasPrefix(known + "-") else { return false }
        let rest = model.dropFirst(known.count + 1)
        return rest.count >= 8 && rest.allSatisfy { $0.isASCII && ($0.isNumber || $0 == "-") }
    }

    private static let long = (tokens: 272_000, input: 2.0, output: 1.5)
    private static let july30 = Instant(microseconds: 1_785_369_600_000_000)

    static let prices: [Price] = [
        Price(model: "gpt-6-luna", input: 0.10, cachedRead: 0.01, cacheWrite: 0.125, output: 0.50, long: long),
        Price(model: "gpt-6.1-terra", input: 1, cachedRead: 0.05, cacheWrite: 1.25, output: 5, long: long),
        Price(model: "gpt-6-sol", input: 2, cachedRead: 0.20, cacheWrite: 2.50, output: 10, long: long),
        Price(model: "gpt-6.1-sol", input: 2, cachedRead: 0.10, cacheWrite: 2.50, output: 10, long: long),
        Price(model: "gpt-6-astra", input: 10, cachedRead: 1, cacheWrite: 12.50, output: 50, long: long),
        Price(model: "gpt-5.6-luna", input: 1, cachedRead: 0.10, cacheWrite: 1.25, output: 6, long: long),
        Price(
            model: "gpt-5.6-luna", from: july30, input: 0.20, cachedRead: 0.02, cacheWrite: 0.25, output: 1.20,
            long: long),
        Price(model: "gpt-5.4-mini", input: 0.75, cachedRead: 0.075, output: 4.50),
        Price(model: "gpt-5.4-nano", input: 0.20, cachedRead: 0.02, output: 1.25),
        Price(model: "gpt-5-mini", input: 0.25, cachedRead: 0.025, output: 2),
        Price(model: "gpt-5-nano", input: 0.05, cachedRead: 0.005, output: 0.40),
        Price(model: "gpt-4.1-mini", input: 0.40, cachedRead: 0.10, output: 1.60),
        Price(model: "gpt-4o-mini", input: 0.15, cachedRead: 0.075, output: 0.60),
        Price(
            model: "claude-haiku-5-5", input: 0.10, cachedRead: 0.01, cacheWrite: 0.125, output: 0.50,
            long: (tokens: 100_000, input: 5, output: 5)),
        Price(model: "claude-haiku-4-5", input: 1, cachedRead: 0.10, cacheWrite: 1.25, output: 5),
        Price(model: "claude-sonnet-5-5", input: 2, cachedRead: 0.10, cacheWrite: 2.50, output: 10),
        Price(model: "claude-sonnet-5", input: 2, cachedRead: 0.20, cacheWrite: 2.50, output: 10),
        Price(model: "claude-opus-5-5", input: 4, cachedRead: 0.20, cacheWrite: 5, output: 20),
        Price(model: "claude-opus-5", input: 5, cachedRead: 0.50, cacheWrite: 6.25, output: 25),
        Price(model: "claude-fable-5-2", input: 8, cachedRead: 0.20, cacheWrite: 10, output: 40),
    ]
}
