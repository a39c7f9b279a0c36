// OpenAI's Responses with structured output, at any base address that speaks them.

import Correspondence

/// Nothing is stored there (`store` would be true by default), and no sampling field is sent: reasoning models refuse
/// them.
struct OpenAIResponses: ModelProvider {
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
        let body = """
            {"model":\(JSONText.string(model)),"instructions":\(JSONText.string(prompt.rules)),\
            "input":[{"role":"user","content":\(JSONText.string(prompt.data))}],\
            "text":{"format":{"type":"json_schema","name":"draft","strict":true,"schema":\(ModelReply.schema)}},\
            "max_output_tokens":\(outputTokens),"store":false,"stream":false}
            """
        return HTTPCall(
            method: "POST", url: ModelAddress.join(baseURL, default: OpenAIWire.usual, path: "/v1/responses"),
            headers: OpenAIWire.headers(key, hasBody: true), body: Array(body.utf8),
            answerLimit: ModelLimits.answerBytes)
    }

    func probeCall() -> HTTPCall { OpenAIWire.probeCall(baseURL, key) }

    private struct Answer: Decodable {
        /// `reasoning` items stand beside the one `message`, and have no content of interest.
        struct Item: Decodable {
            struct Part: Decodable {
                var type: String
                var text: String?
            }
            var type: String
            var content: [Part]?
        }
        struct Usage: Decodable {
            struct Details: Decodable {
                var cachedTokens: Int?
                var cacheWriteTokens: Int?
            }
            var inputTokens: Int?
            var outputTokens: Int?
            var inputTokensDetails: Details?
        }
        struct Incomplete: Decodable { var reason: String? }
        struct Inner: Decodable { var code: String? }
        var status: String?
        var output: [Item]
        var usage: Usage?
        var incompleteDetails: Incomplete?
        var error: Inner?
    }

    func read(_ body: [UInt8]) throws(AnswererError) -> ModelOutput {
        guard let answer = JSONText.decode(Answer.self, from: body) else {
            throw AnswererError(.badAnswer, detail: "\(name) answered in another shape than Responses", cost: nil)
        }
        let parts = answer.output.filter { $0.type == "message" }.flatMap { $0.content ?? [] }
        let details = answer.usage?.inputTokensDetails
        return ModelOutput(
            text: parts.filter { $0.type == "output_text" }.compactMap(\.text).joined(),
            usage: ModelUsage(
                input: answer.usage?.inputTokens, cachedRead: details?.cachedTokens ?? 0,
                cacheWrite: details?.cacheWriteTokens ?? 0, output: answer.usage?.outputTokens),
            fault: Self.fault(of: answer, parts))
    }

    private static func fault(of answer: Answer, _ parts: [Answer.Item.Part]) -> String? {
        if parts.contains(where: { $0.type == "refusal" }) { return "refused to answer" }
        switch (answer.status, answer.incompleteDetails?.reason) {
        case ("completed", _), (nil, nil):
            return parts.contains { $0.type == "output_text" } ? nil : "answered without content"
        case ("incomplete", "max_output_tokens"): return "was cut off by the limit of tokens"
        case ("incomplete", "content_filter"): return "was stopped by its content filter"
        default:
            let reason = answer.error?.code ?? answer.incompleteDetails?.reason ?? answer.status ?? "nothing"
            return "ended with '\(reason.prefix(40))'"
        }
    }

    func models(_ body: [UInt8]) -> [String]? { OpenAIWire.models(body) }
    func fault(_ body: [UInt8]) -> ModelFault { OpenAIWire.fault(body) }
}
