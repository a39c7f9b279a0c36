// Which answerers the settings name, and the one place that makes them.

package import Correspondence

/// The settings of an answerer as plain values.
package struct AnsweringChoice: Sendable {
    package enum Provider: String, Sendable, CaseIterable {
        case builtIn = "built-in"
        case openai, anthropic, ollama
    }
    /// Which of OpenAI's two interfaces is spoken; most compatible servers know `chat` alone.
    package enum Interface: String, Sendable, CaseIterable { case chat, responses }

    package var provider: Provider
    package var interface: Interface
    /// The provider's name of the model; empty takes `usualModel`.
    package var model: String
    package var key: Secret?
    /// Empty takes the provider's own address. `/v1` is added where the address has no path.
    package var baseURL: String
    /// For a model that `PriceTable` does not know; wins over the table.
    package var price: ModelPrice?
    /// Who is asked when this one fails, in this order; their own fallbacks do not count.
    package var fallback: [AnsweringChoice]

    package init(
        provider: Provider, interface: Interface = .chat, model: String = "", key: Secret? = nil, baseURL: String = "",
        price: ModelPrice? = nil, fallback: [AnsweringChoice] = []
    ) {
        self.provider = provider
        self.interface = interface
        self.model = model
        self.key = key
        self.baseURL = baseURL
        self.price = price
        self.fallback = fallback
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
    /// Makes the answerer. Throws `refused` when a key is missing, the address is no http(s) one or the order makes no
    /// sense; asks nobody.
    package static func make(
        _ choice: AnsweringChoice, analyzer: any Analyzer, http: any HTTPClient, languageGuess: any LanguageGuess,
        surroundings: Surroundings = .system
    ) throws(AnswererError) -> any Answerer {
        var models: [ModelAnswerer] = []
        var last: BuiltInAnswerer?
        for (index, link) in ([choice] + choice.fallback).enumerated() {
            let place = index == 0 ? "answering" : "answering.fallback[\(index - 1)]"
            if last != nil {
                throw AnswererError(.refused, detail: "\(place) is never asked: the built-in answerer does not fail")
            }
            guard link.provider != .builtIn else {
                last = BuiltInAnswerer(analyzer: analyzer)
                continue
            }
            models.append(
                ModelAnswerer(
                    provider: try provider(link, place: place), price: link.price, http: http,
                    languageGuess: languageGuess, surroundings: surroundings))
        }
        if models.isEmpty, let last { return last }
        return AnswererChain(models, last: last, surroundings: surroundings)
    }

    private static func provider(
        _ choice: AnsweringChoice, place: String
    ) throws(AnswererError) -> any ModelProvider {
        let model = choice.model.isEmpty ? AnsweringChoice.usualModel(of: choice.provider) : choice.model
        if !choice.baseURL.isEmpty, !choice.baseURL.hasPrefix("https://"), !choice.baseURL.hasPrefix("http://") {
            throw AnswererError(.refused, detail: "\(place).base-url is no http or https address")
        }
        let key = choice.key.flatMap { $0.revealed.isEmpty ? nil : $0 }
        // A server of one's own may need no key; the vendors' do.
        if choice.baseURL.isEmpty, key == nil, choice.provider != .ollama {
            throw AnswererError(.refused, detail: "\(choice.provider.rawValue) needs a key: set \(place).api-key")
        }
        if choice.interface != .chat, choice.provider != .openai {
            throw AnswererError(
                .refused, detail: "\(place).api is for openai; \(choice.provider.rawValue) has one alone")
        }
        switch (choice.provider, choice.interface) {
        case (.openai, .chat): return OpenAIChat(model: model, key: key, baseURL: choice.baseURL)
        case (.openai, .responses): return OpenAIResponses(model: model, key: key, baseURL: choice.baseURL)
        case (.anthropic, _): return AnthropicMessages(model: model, key: key, baseURL: choice.baseURL)
        case (.ollama, _), (.builtIn, _): return OllamaChat(model: model, key: key, baseURL: choice.baseURL)
        }
    }
}
