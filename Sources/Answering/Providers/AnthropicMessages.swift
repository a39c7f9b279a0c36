// Anthropic's Messages with structured output.

import Correspondence

/// No sampling field is ever sent: API version 2026-10-21 answers 400 to them.
struct AnthropicMessages: ModelProvider {
    let model: String
    private let key: Secret?
    private let baseURL: String
    private let outputTokens: Int
    private static let usual = "https://api.anthropic.com/v1"
    private static let version = "2026-10-21"

    init(model: String, key: Secret?, baseURL: String, outputTokens: Int = ModelLimits.outputTokens) {
        self.model = model
        self.key = key
        self.baseURL = baseURL
        self.outputTokens = outputTokens
    }

    var name: String { "anthropic \(model)" }
    let isFree = false

    func call(_ prompt: Prompt) -> HTTPCall {
        let body = """
            {"model":\(JSONText.string(model)),"max_tokens":\(outputTokens),\
            "system":\(JSONText.string(prompt.rules)),\
            "messages":[{"role":"user","content":\(JSONText.string(prompt.data))}],\
            "output_config":{"format":{"type":"json_schema","schema":\(ModelReply.schema)}}}
            """
        return HTTPCall(
            method: "POST", url: ModelAddress.join(baseURL, default: Self.usual, path: "/v1/messages"),
            headers: headers + [("Content-Type", "application/json")], body: Array(body.utf8),
            answerLimit: ModelLimits.answerBytes)
    }

    func probeCall() -> HTTPCall {
        HTTPCall(url: ModelAddress.join(baseURL, default: Self.usual, path: "/v1/models"), headers: headers)
    }

    private var headers: [(name: String, value: String)] {
        [("Accept", "application/json"), ("anthropic-version", Self.version)]
            + (key.map { [("x-api-key", $0.revealed)] } ?? [])
    }

    private struct Answer: Decodable {
        struct Block: Decodable {
            var type: String
            var text: String?
        }
        struct Usage: Decodable {
            var inputTokens: Int?
            var cacheCreationInputTokens: Int?
            var cacheReadInputTokens: Int?
            var outputTokens: Int?
        }
        var content: [Block]
        var stopReason: String?
        var usage: Usage?
    }

    func read(_ body: [UInt8]) throws(AnswererError) -> ModelOutput {
        guard let answer = JSONText.decode(Answer.self, from: body) else {
            throw AnswererError(.badAnswer, detail: "\(name) answered in another shape than Messages", cost: nil)
        }
        let text = answer.content.filter { $0.type == "text" }.compactMap(\.text).joined()
        let usage = answer.usage
        // Anthropic's input total leaves the cache out.
        let read = ModelUsage.sound(usage?.cacheReadInputTokens ?? 0)
        let written = ModelUsage.sound(usage?.cacheCreationInputTokens ?? 0)
        return ModelOutput(
            text: text,
            usage: ModelUsage(
                input: usage?.inputTokens.map { ModelUsage.sound($0) + read + written }, cachedRead: read,
                cacheWrite: written,
                output: usage?.outputTokens),
            fault: Self.fault(ofStop: answer.stopReason))
    }

    /// Only the end of the model's own turn is a whole answer.
    private static func fault(ofStop reason: String?) -> String? {
        switch reason {
        case "end_turn": nil
        case "max_tokens", "model_context_window_exceeded": "was cut off by the limit of tokens"
        case "refusal": "refused to answer"
        default: "ended with '\((reason ?? "nothing").prefix(40))'"
        }
    }

    func models(_ body: [UInt8]) -> [String]? { OpenAIWire.models(body) }

    private struct Fault: Decodable {
        struct Inner: Decodable {
            struct Details: Decodable { var errorCode: String? }
            var type: String?
            var message: String?
            var details: Details?
        }
        var error: Inner
    }

    func fault(_ body: [UInt8]) -> ModelFault {
        guard let fault = JSONText.decode(Fault.self, from: body)?.error else { return ModelFault() }
        return ModelFault(code: fault.details?.errorCode ?? fault.type ?? "", message: fault.message ?? "")
    }
}
