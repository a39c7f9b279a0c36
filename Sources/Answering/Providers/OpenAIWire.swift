// What OpenAI's two interfaces share: the address, the headers, the list of models, the words of an error.

import Correspondence

enum OpenAIWire {
    static let usual = "https://api.openai.com/v1"

    static func headers(_ key: Secret?, hasBody: Bool) -> [(name: String, value: String)] {
        [("Accept", "application/json")] + (key.map { [("Authorization", "Bearer \($0.revealed)")] } ?? [])
            + (hasBody ? [("Content-Type", "application/json")] : [])
    }

    static func probeCall(_ baseURL: String, _ key: Secret?) -> HTTPCall {
        HTTPCall(
            url: ModelAddress.join(baseURL, default: usual, path: "/v1/models"), headers: headers(key, hasBody: false))
    }

    private struct List: Decodable {
        struct Model: Decodable { var id: String }
        var data: [Model]
    }

    /// `{"data": [{"id": …}]}`: Anthropic and many others list their models so too.
    static func models(_ body: [UInt8]) -> [String]? { JSONText.decode(List.self, from: body)?.data.map(\.id) }

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

    static func fault(_ body: [UInt8]) -> ModelFault {
        guard let fault = JSONText.decode(Fault.self, from: body)?.error else { return ModelFault() }
        return ModelFault(code: fault.code ?? fault.type ?? "", message: fault.message ?? "")
    }
}
