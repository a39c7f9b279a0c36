// OpenAI's Chat Completions with structured output, at any base address that speaks them.

import Correspondence

struct OpenAIChat: ModelProvider {
    let model: String
    private let key: Secret?
    private let baseURL: String
    private static let usual = "https://api.openai.com/v1"

    init(model: String, key: Secret?, baseURL: String) {
        self.model = model
        self.key = key
        self.baseURL = baseURL
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
            "max_completion_tokens":\(ModelLimits.outputTokens),"store":false,"stream":false}
            """
        return HTTPCall(
            method: "POST", url: ModelAddress.join(baseURL, default: Self.usual, path: "/v1/chat/completions"),
            headers: headers + [("Content-Type", "application/json")], body: Array(body.utf8),
            answerLimit: ModelLimits.answerBytes)
    }

    func probeCall() -> HTTPCall {
        HTTPCall(url: ModelAddress.join(baseURL, default: Self.usual, path: "/v1/models"), headers: headers)
    }

    private var headers: [(name: String, value: String)] {
        [("Accept", "application/json")] + (key.map { [("Authorization", "Bearer \($0.revealed)")] } ?? [])
    }

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
        if choice.message.refusal != nil {
            throw AnswererError(.badAnswer, detail: "\(name) refused to answer", cost: nil)
        }
        switch choice.finishReason {
        case "stop", nil: break
        case "length":
            throw AnswererError(.badAnswer, detail: "\(name) was cut off by the limit of tokens", cost: nil)
        case "content_filter":
            throw AnswererError(.badAnswer, detail: "\(name) was stopped by its content filter", cost: nil)
        case .some(let reason):
            throw AnswererError(.badAnswer, detail: "\(name) ended with '\(reason.prefix(40))'", cost: nil)
        }
        guard let text = choice.message.content else {
            throw AnswererError(.badAnswer, detail: "\(name) answered without content", cost: nil)
        }
        let details = answer.usage?.promptTokensDetails
        return ModelOutput(
            text: text,
            usage: ModelUsage(
                input: answer.usage?.promptTokens, cachedRead: details?.cachedTokens ?? 0,
                cacheWrite: details?.cacheWriteTokens ?? 0, output: answer.usage?.completionTokens))
    }

    func models(_ body: [UInt8]) -> [String]? { ModelList.ids(body) }

    private struct Fault: Decodable {
        struct Inner: Decodable {
            var message: String?
            var type: String?
            var code: String?

            private enum Key: CodingKey { case message, type, code }

            /// Compatible servers send numbers as codes.
            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: Key.self)
                message = try? container.decodeIfPresent(String.self, forKey: .message)
                type = try? container.decodeIfPresent(String.self, forKey: .type)
                code = try? container.decodeIfPresent(String.self, forKey: .code)
            }
        }
        var error: Inner
    }

    func fault(_ body: [UInt8]) -> ModelFault {
        guard let fault = JSONText.decode(Fault.self, from: body)?.error else { return ModelFault() }
        return ModelFault(code: fault.code ?? fault.type ?? "", message: fault.message ?? "")
    }
}

/// `{"data": [{"id": …}]}`: how OpenAI, Anthropic and their likes list models.
enum ModelList {
    private struct List: Decodable {
        struct Model: Decodable { var id: String }
        var data: [Model]
    }

    static func ids(_ body: [UInt8]) -> [String]? { JSONText.decode(List.self, from: body)?.data.map(\.id) }
}
