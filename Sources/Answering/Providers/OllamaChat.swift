// Ollama's own chat interface, for models on a machine of one's own.

import Correspondence

struct OllamaChat: ModelProvider {
    let model: String
    private let key: Secret?
    private let baseURL: String
    private let outputTokens: Int
    private static let usual = "http://127.0.0.1:11434"
    /// Below its default of 4k tokens Ollama cuts a prompt without a word, so the window is always stated.
    private static let window = 12_288

    init(model: String, key: Secret?, baseURL: String, outputTokens: Int = ModelLimits.localOutputTokens) {
        self.model = model
        self.key = key
        self.baseURL = baseURL
        self.outputTokens = outputTokens
    }

    var name: String { "ollama \(model)" }
    let isFree = true

    func call(_ prompt: Prompt) -> HTTPCall {
        // Their advice: the schema stands in the prompt as well.
        let rules = prompt.rules + "\n\nAnswer with one JSON object of this schema:\n" + ModelReply.schema
        let body = """
            {"model":\(JSONText.string(model)),"messages":[\
            {"role":"system","content":\(JSONText.string(rules))},\
            {"role":"user","content":\(JSONText.string(prompt.data))}],\
            "stream":false,"think":false,"format":\(ModelReply.schema),\
            "options":{"num_ctx":\(Self.window),"num_predict":\(outputTokens)}}
            """
        return HTTPCall(
            method: "POST", url: ModelAddress.join(baseURL, default: Self.usual, path: "/api/chat"),
            headers: headers + [("Content-Type", "application/json")], body: Array(body.utf8),
            answerLimit: ModelLimits.answerBytes)
    }

    func probeCall() -> HTTPCall {
        HTTPCall(url: ModelAddress.join(baseURL, default: Self.usual, path: "/api/tags"), headers: headers)
    }

    private var headers: [(name: String, value: String)] {
        [("Accept", "application/json")] + (key.map { [("Authorization", "Bearer \($0.revealed)")] } ?? [])
    }

    private struct Answer: Decodable {
        struct Message: Decodable { var content: String }
        var message: Message
        var done: Bool?
        var doneReason: String?
        var promptEvalCount: Int?
        var evalCount: Int?
    }

    func read(_ body: [UInt8]) throws(AnswererError) -> ModelOutput {
        guard let answer = JSONText.decode(Answer.self, from: body), answer.done != false else {
            throw AnswererError(.badAnswer, detail: "\(name) answered in another shape than Ollama's chat")
        }
        return ModelOutput(
            text: answer.message.content,
            usage: ModelUsage(input: answer.promptEvalCount, output: answer.evalCount),
            fault: Self.fault(ofEnd: answer.doneReason))
    }

    private static func fault(ofEnd reason: String?) -> String? {
        switch reason {
        case "stop", nil: nil
        case "length": "was cut off by the limit of tokens"
        case .some(let reason): "ended with '\(reason.prefix(40))'"
        }
    }

    private struct Tags: Decodable {
        struct Model: Decodable { var name: String }
        var models: [Model]
    }

    func models(_ body: [UInt8]) -> [String]? {
        JSONText.decode(Tags.self, from: body)?.models.flatMap { model in
            model.name.hasSuffix(":latest") ? [model.name, String(model.name.dropLast(7))] : [model.name]
        }
    }

    private struct Fault: Decodable { var error: String }

    func fault(_ body: [UInt8]) -> ModelFault {
        ModelFault(message: JSONText.decode(Fault.self, from: body)?.error ?? "")
    }
}
