// What differs between providers: how a request is written, and how an answer is read.

import Correspondence
import Foundation

/// A provider maps; `ModelAnswerer` does everything else. Bodies are written by hand, because the order of the schema's
/// properties is the order in which the model decides, and the same prefix is cached.
protocol ModelProvider: Sendable {
    /// `openai gpt-6-luna`.
    var name: String { get }
    var model: String { get }
    /// True when asking is known to cost nothing.
    var isFree: Bool { get }
    func call(_ prompt: Prompt) -> HTTPCall
    /// What came back, with what it cost in tokens. Throws `badAnswer` for another shape than the provider's own.
    func read(_ body: [UInt8]) throws(AnswererError) -> ModelOutput
    func probeCall() -> HTTPCall
    /// The names of the models in the answer to `probeCall`; nil when it is not understood.
    func models(_ body: [UInt8]) -> [String]?
    /// What a refused call says of itself: the vendor's code and words.
    func fault(_ body: [UInt8]) -> ModelFault
}

struct ModelOutput: Equatable {
    var text: String
    var usage: ModelUsage
    /// Why the text is no whole and willing answer, behind the provider's name: `was cut off …`. Its tokens were spent.
    var fault: String?
}

/// Tokens as they are paid; nil where the provider did not say.
struct ModelUsage: Equatable {
    /// All of the input, cached parts included.
    let input: Int?
    let cachedRead: Int
    let cacheWrite: Int
    /// All of the output, reasoning included.
    let output: Int?

    init(input: Int?, cachedRead: Int = 0, cacheWrite: Int = 0, output: Int?) {
        self.input = input.map(Self.sound)
        self.cachedRead = Self.sound(cachedRead)
        self.cacheWrite = Self.sound(cacheWrite)
        self.output = output.map(Self.sound)
    }

    /// A server may say any number; sums and prices of it must hold.
    static func sound(_ tokens: Int) -> Int { min(max(0, tokens), 1_000_000_000) }
}

struct ModelFault: Equatable {
    var code = ""
    var message = ""
}

enum ModelLimits {
    /// What a draft may take, reasoning included.
    static let outputTokens = 4000
    /// What a draft may take of a model on a machine of one's own.
    static let localOutputTokens = 1500
    /// Bytes of an answer.
    static let answerBytes = 4_000_000
    /// For one draft, whoever is asked and however often.
    static let budget = Duration.seconds(120)
}

/// Base addresses as users write them: with `/v1`, with a slash at the end, or the bare host.
enum ModelAddress {
    static func join(_ base: String, default usual: String, path: String) -> String {
        var base = base.isEmpty ? usual : base
        while base.hasSuffix("/") { base.removeLast() }
        guard path.hasPrefix("/v1/") else { return base + path }
        if base.hasSuffix("/v1") { return base + path.dropFirst(3) }
        let afterScheme = base.range(of: "://").map { base[$0.upperBound...] } ?? base[...]
        // Another path than /v1 is somebody's gateway; it is taken as it stands.
        return afterScheme.contains("/") ? base + path.dropFirst(3) : base + path
    }
}

/// Just enough JSON to write a request in a fixed order.
enum JSONText {
    static func string(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            default:
                if scalar.value < 0x20 {
                    let hex = String(scalar.value, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }

    /// `finish_reason` is read as `finishReason`; nil when the body is another shape.
    static func decode<Value: Decodable>(_ type: Value.Type, from body: [UInt8]) -> Value? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(type, from: Data(body))
    }
}
