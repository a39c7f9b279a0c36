// Which answerer the settings name, and the one place that makes it.

package import Correspondence

/// The settings of an answerer as plain values.
package struct AnsweringChoice: Sendable {
    package enum Provider: String, Sendable, CaseIterable {
        case builtIn = "built-in"
        case openai, anthropic, ollama
    }
    package var provider: Provider
    /// The provider's name of the model; empty takes `usualModel`.
    package var model: String
    package var key: Secret?
    /// Empty takes the provider's own address. `/v1` is added where the address has no path.
    package var baseURL: String
    /// USD per million tokens, for a model that `PriceTable` does not know; wins over the table.
    package var price: (input: Double, output: Double)?

    package init(
        provider: Provider, model: String = "", key: Secret? = nil, baseURL: String = "",
        price: (input: Double, output: Double)? = nil
    ) {
        self.provider = provider
        self.model = model
        self.key = key
        self.baseURL = baseURL
        self.price = price
    }

    /// What an empty `model` means.
    package static func usualModel(of provider: Provider) -> String {
        switch provider {
        case .builtIn: ""
        case .openai: "gpt-6-luna"
        case .anthropic: "claude-haiku-5-5"
        case .ollama: "llama3.2"
        }
    }
}

package enum Answerers {
    /// Makes the answerer. Throws `refused` when a key is missing or the address is no http(s) one; asks nobody.
    package static func make(
        _ choice: AnsweringChoice, analyzer: any Analyzer, http: any HTTPClient, languageGuess: any LanguageGuess,
        surroundings: Surroundings = .system
    ) throws(AnswererError) -> any Answerer {
        if choice.provider == .builtIn { return BuiltInAnswerer(analyzer: analyzer) }
        return ModelAnswerer(
            provider: try provider(choice), price: choice.price, http: http, languageGuess: languageGuess,
            surroundings: surroundings)
    }

    private static func provider(_ choice: AnsweringChoice) throws(AnswererError) -> any ModelProvider {
        let model = choice.model.isEmpty ? AnsweringChoice.usualModel(of: choice.provider) : choice.model
        if !choice.baseURL.isEmpty, !choice.baseURL.hasPrefix("https://"), !choice.baseURL.hasPrefix("http://") {
            throw AnswererError(.refused, detail: "answering.base-url is no http or https address")
        }
        let key = choice.key.flatMap { $0.revealed.isEmpty ? nil : $0 }
        // A server of one's own may need no key; the vendors' do.
        if choice.baseURL.isEmpty, key == nil, choice.provider != .ollama {
            throw AnswererError(.refused, detail: "\(choice.provider.rawValue) needs a key: set answering.api-key")
        }
        switch choice.provider {
        case .openai: return OpenAIChat(model: model, key: key, baseURL: choice.baseURL)
        case .anthropic: return AnthropicMessages(model: model, key: key, baseURL: choice.baseURL)
        case .ollama, .builtIn: return OllamaChat(model: model, key: key, baseURL: choice.baseURL)
        }
    }
}
