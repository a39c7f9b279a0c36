// OpenAI's Chat Completions with structured output, at any base address that speaks them.

import Correspondence

struct OpenAIChat: ModelProvider {
    let model: String
    private let key: Secret?
    private let baseURL: String
    private let outputTokens: Int

    init(model: String, key: Secret?, baseURL: String, outputTokens: Int = ModelLimits.outputTokens) {
        self.model = model
        self.key = key
        self.baseURL = baseURL
        self.outputTokens = outputTokens
    }

    var name: String { "openai \(model)" }
    let isFree = false

    func call(_ prompt: Prompt) -> HTTPCall {
        // Other servers' chat templates know `system` only; OpenAI's own models read `developer`.
        let role = baseURL.isEmpty || baseURL.contains("//api.openai.com") ? "developer" : "system"
        let body = """
            {"model":\(JSONText.string(model)),"messages":[\
            {"role":"\(role)","content":\(JSONText.string(prompt.rules))},\
            {"role":"user","content":\(JSONText.string(prompt.data))}],\
            "response_format":{"type":"json_schema","json_schema":{"name":"draft","strict":true,\
            "schema":\(ModelReply.schema)}},\
            "max_completion_tokens":\(outputTokens),"store":false,"stream":false}
            """
        return HTTPCall(
            method: "POST", url: ModelAddress.join(baseURL, default: OpenAIWire.usual, path: "/v1/chat/completions"),
            headers: OpenAIWire.headers(key, hasBody: true), body: Array(body.utf8),
            answerLimit: ModelLimits.answerBytes)
    }

    func probeCall() -> HTTPCall { OpenAIWire.probeCall(baseURL, key) }

    private struct Answer: Decodable {
        struct Choice: Decodable {
            struct Message: Decodable {
                var content: String?
                var refusal: String?
            }
            var message: Message
            var finishReason: String?
        }
        struct Usage: Decodable {
            struct Details: Decodable {
                var cachedTokens: Int?
                var cacheWriteTokens: Int?
            }
            var promptTokens: Int?
            var completionTokens: Int?
            var promptTokensDetails: Details?
        }
        var choices: [Choice]
        var usage: Usage?
    }

    func read(_ body: [UInt8]) throws(AnswererError) -> ModelOutput {
        guard let answer = JSONText.decode(Answer.self, from: body), let choice = answer.choices.first else {
            throw AnswererError(
                .badAnswer, detail: "\(name) answered in another shape than Chat Completions", cost: nil)
        }
        let details = answer.usage?.promptTokensDetails
        return ModelOutput(
            text: choice.message.content ?? "",
            usage: ModelUsage(
                input: answer.usage?.promptTokens, cachedRead: details?.cachedTokens ?? 0,
                cacheWrite: details?.cacheWriteTokens ?? 0, output: answer.usage?.completionTokens),
            fault: Self.fault(of: choice))
    }

    private static func fault(of choice: Answer.Choice) -> String? {
        if choice.message.refusal != nil { return "refused to answer" }
        switch choice.finishReason {
        case "stop", nil: return choice.message.content == nil ? "answered without content" : nil
        case "length": return "was cut off by the limit of tokens"
        case "content_filter": return "was stopped by its content filter"
        case .some(let reason): return "ended with '\(reason.prefix(40))'"
        }
    }

    func models(_ body: [UInt8]) -> [String]? { OpenAIWire.models(body) }
    func fault(_ body: [UInt8]) -> ModelFault { OpenAIWire.fault(body) }
}
