// Every fault a model or its server can have, over real sockets, for every interface.

import Correspondence
import Foundation
import Knowledge
import Language
import Rehearsal
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Answering

/// What waits does not wait: the clock jumps over each pause, and runs otherwise.
final class SkippingClock: Sendable {
    private let skipped = Mutex<[Duration]>([])

    var slept: [Duration] { skipped.withLock { $0 } }

    func sleep(_ duration: Duration) { skipped.withLock { $0.append(duration) } }

    private var ahead: Duration { skipped.withLock { $0.reduce(.zero, +) } }

    var surroundings: Surroundings {
        let system = Surroundings.system
        return Surroundings(
            now: { system.now() + self.ahead }, uptime: { system.uptime() + self.ahead },
            randomBytes: system.randomBytes)
    }
}

/// The four interfaces, as they look on the wire.
enum Wire: String, CaseIterable, Sendable {
    case chat, responses, messages, ollama

    func provider(_ baseURL: String) -> any ModelProvider {
        switch self {
        case .chat: OpenAIChat(model: "m", key: Secret("key-1"), baseURL: baseURL)
        case .responses: OpenAIResponses(model: "m", key: Secret("key-1"), baseURL: baseURL)
        case .messages: AnthropicMessages(model: "m", key: Secret("key-1"), baseURL: baseURL)
        case .ollama: OllamaChat(model: "m", key: nil, baseURL: baseURL)
        }
    }

    enum End { case whole, length, filter, refusal }

    /// The body of a 200.
    func body(_ text: String, _ end: End = .whole) -> String {
        let quoted = JSONText.string(text)
        switch self {
        case .chat:
            let content = end == .refusal ? #""content":null,"refusal":"No.""# : #""content":\#(quoted),"refusal":null"#
            let reason = [.whole: "stop", .length: "length", .filter: "content_filter", .refusal: "stop"][end] ?? ""
            return """
                {"choices":[{"index":0,"message":{"role":"assistant",\(content)},"finish_reason":"\(reason)"}],\
                "usage":{"prompt_tokens":3000,"completion_tokens":300}}
                """
        case .responses:
            let part =
                end == .refusal ? #"{"type":"refusal","refusal":"No."}"# : #"{"type":"output_text","text":\#(quoted)}"#
            let reason = end == .length ? "max_output_tokens" : "content_filter"
            let status =
                end == .length || end == .filter
                ? #""status":"incomplete","incomplete_details":{"reason":"\#(reason)"}"# : #""status":"completed""#
            return """
                {"object":"response",\(status),"output":[{"type":"reasoning","summary":[]},{"type":"message",\
                "role":"assistant","content":[\(part)]}],"usage":{"input_tokens":3000,"output_tokens":300,\
                "output_tokens_details":{"reasoning_tokens":100}}}
                """
        case .messages:
            let reason =
                [.whole: "end_turn", .length: "max_tokens", .filter: "refusal", .refusal: "refusal"][end] ?? ""
            return """
                {"type":"message","content":[{"type":"thinking","thinking":"Hm."},{"type":"text","text":\(quoted)}],\
                "stop_reason":"\(reason)","usage":{"input_tokens":3000,"output_tokens":300}}
                """
        case .ollama:
            let reason = [.whole: "stop", .length: "length", .filter: "unload", .refusal: "load"][end] ?? ""
            return """
                {"model":"m","message":{"role":"assistant","content":\(quoted)},"done":true,"done_reason":"\(reason)",\
                "prompt_eval_count":3000,"eval_count":300}
                """
        }
    }

    /// The body of an error, in the vendor's form.
    func error(_ code: String) -> String {
        switch self {
        case .chat, .responses: #"{"error":{"message":"said so","type":"t","param":null,"code":"\#(code)"}}"#
        case .messages:
            #"{"type":"error","error":{"type":"t","message":"said so","details":{"error_code":"\#(code)"}}}"#
        case .ollama: #"{"error":"said so"}"#
        }
    }
}

struct ModelFaultTests {
    typealias Peer = ScriptedServer.Peer

    /// How it must end: nothing else may, and each with a human or a whole reply.
    enum Outcome: Equatable {
        case error(AnswererError.Code)
        /// A draft without text that says why a human must write.
        case heldBack
        case answered
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var outcome: Outcome
        var calls: Int
        /// Less than the 120 s only where the fault is time.
        var budget = ModelLimits.budget
        /// What Ollama cannot have: it knows no codes.
        var isForOllama = true
        var script: @Sendable (Peer, Wire) throws -> Void
        var testDescription: String { name }

        init(
            _ name: String, _ outcome: Outcome, calls: Int = 1, budget: Duration = ModelLimits.budget,
            isForOllama: Bool = true, _ script: @escaping @Sendable (Peer, Wire) throws -> Void
        ) {
            self.name = name
            self.outcome = outcome
            self.calls = calls
            self.budget = budget
            self.isForOllama = isForOllama
            self.script = script
        }

        /// A status, at every call.
        static func status(
            _ status: Int, _ code: String = "c", _ outcome: Outcome, calls: Int = 1, headers: String = "",
            isForOllama: Bool = true
        ) -> Row {
            Row("\(status) \(code) \(headers)", outcome, calls: calls, isForOllama: isForOllama) { peer, wire in
                try peer.answer(status, wire.error(code), headers: headers)
            }
        }

        /// A 200 with this body.
        static func body(_ name: String, _ outcome: Outcome, _ body: @escaping @Sendable (Wire) -> String) -> Row {
            Row(name, outcome) { peer, wire in try peer.answer(200, body(wire)) }
        }
    }

    static let good = ModelStage.reply()

    static let rows: [Row] = [
        .status(400, "invalid_request", .error(.refused)), .status(401, "invalid_api_key", .error(.refused)),
        .status(402, "billing_error", .error(.refused)), .status(403, "no_access", .error(.refused)),
        .status(404, "model_not_found", .error(.refused)), .status(413, "too_large", .error(.refused)),
        .status(408, "c", .error(.unavailable), calls: 4), .status(429, "c", .error(.unavailable), calls: 4),
        .status(429, "c", .error(.unavailable), calls: 4, headers: "Retry-After: 9\r\n"),
        .status(429, "c", .error(.unavailable), calls: 1, headers: "Retry-After: 600\r\n"),
        .status(429, "c", .error(.unavailable), calls: 4, headers: "Retry-After: Wed, 01 Jan 2020 00:00:00 GMT\r\n"),
        .status(429, "c", .error(.unavailable), calls: 1, headers: "Retry-After: Wed, 01 Jan 2098 00:00:00 GMT\r\n"),
        .status(429, "insufficient_quota", .error(.refused), isForOllama: false),
        .status(429, "enforced_spend_limit_reached", .error(.refused), isForOllama: false),
        .status(500, "c", .error(.unavailable), calls: 4), .status(502, "c", .error(.unavailable), calls: 4),
        .status(503, "c", .error(.unavailable), calls: 4), .status(504, "c", .error(.unavailable), calls: 4),
        .status(529, "overloaded_error", .error(.unavailable), calls: 4),
        .status(301, "c", .error(.refused)), .status(204, "c", .error(.badAnswer)),
        Row("hangs up at once", .error(.unavailable), calls: 4) { peer, _ in peer.close() },
        Row("resets the connection", .error(.unavailable), calls: 4) { peer, _ in peer.reset() },
        Row("talks another protocol", .error(.refused)) { peer, _ in try peer.say("220 mail\r\n") },
        Row("never sends headers", .error(.timedOut), budget: .milliseconds(600)) { peer, _ in try peer.hold() },
        Row("sends headers, then nothing", .error(.timedOut), budget: .milliseconds(600)) { peer, _ in
            _ = try peer.hearRequest()
            try peer.say("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n")
            try peer.hold()
        },
        Row("stalls in the middle", .error(.timedOut), budget: .milliseconds(600)) { peer, wire in
            _ = try peer.hearRequest()
            let body = wire.body(good)
            try peer.say("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body.prefix(200))")
            try peer.hold()
        },
        Row("drips", .error(.timedOut), budget: .milliseconds(600)) { peer, wire in
            _ = try peer.hearRequest()
            try peer.say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            try peer.drip(String(wire.body(good).prefix(900)), every: .milliseconds(20))
        },
        Row("is late, but in time", .answered) { peer, wire in
            _ = try peer.hearRequest()
            peer.pause(.milliseconds(300))
            let body = wire.body(good)
            try peer.say("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        },
        Row("cuts in the middle of the JSON", .error(.unavailable), calls: 4) { peer, wire in
            _ = try peer.hearRequest()
            let body = wire.body(good)
            try peer.say("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body.dropLast(30))")
        },
        Row("cuts in the middle of a chunk", .error(.unavailable), calls: 4) { peer, wire in
            _ = try peer.hearRequest()
            let start = wire.body(good).prefix(300)
            try peer.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12c\r\n\(start.prefix(100))")
        },
        Row("sends whole chunks", .answered) { peer, wire in
            _ = try peer.hearRequest()
            try peer.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let bytes = Array(wire.body(good).utf8)
            for start in stride(from: 0, to: bytes.count, by: 97) {
                let chunk = bytes[start..<min(start + 97, bytes.count)]
                try peer.say(Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8))
            }
            try peer.say("0\r\n\r\n")
        },
        Row("fails once, then answers", .answered, calls: 2) { peer, wire in
            if peer.number == 1 { return try peer.answer(503, wire.error("overloaded")) }
            try peer.answer(200, wire.body(good))
        },
        Row("is not UTF-8", .error(.badAnswer)) { peer, wire in
            let body = Array(wire.body(good).utf8).map { $0 == UInt8(ascii: "u") ? 0xFF : $0 }
            try peer.answer(200, body)
        },
        Row("says 5 MB", .error(.badAnswer)) { peer, wire in
            try peer.answer(200, wire.body(String(repeating: "x", count: 5_000_000)))
        },
        Row("says 5 MB without a length", .error(.badAnswer)) { peer, wire in
            _ = try peer.hearRequest()
            try peer.say("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            try peer.say(wire.body(String(repeating: "x", count: 5_000_000)))
        },
        .body("is empty", .error(.badAnswer)) { _ in "" }, .body("is null", .error(.badAnswer)) { _ in "null" },
        .body("is a web page", .error(.badAnswer)) { _ in "<html>Gateway</html>" },
        .body("is cut, and says it is whole", .error(.badAnswer)) { String($0.body(good).dropLast(40)) },
        .body("says what no number holds", .error(.badAnswer)) {
            $0.body(good).replacingOccurrences(of: ":3000", with: ":1e999")
        },
        .body("counts more tokens than there are", .answered) {
            $0.body(good).replacingOccurrences(of: ":3000", with: ":9223372036854775807")
        },
        .body("answers with no words", .error(.badAnswer)) { $0.body("") },
        .body("answers in prose", .error(.badAnswer)) { $0.body("Sure! You can return it.") },
        .body("answers in another schema", .error(.badAnswer)) { $0.body(#"{"reply":"Yes.","answerable":"yes"}"#) },
        .body("is cut off inside the schema", .error(.badAnswer)) { $0.body(String(good.dropLast(25))) },
        .body("is cut off by length", .error(.badAnswer)) { $0.body(good, .length) },
        .body("is stopped by a filter", .error(.badAnswer)) { $0.body(good, .filter) },
        .body("refuses", .error(.badAnswer)) { $0.body(good, .refusal) },
        .body("answers in another language", .heldBack) {
            $0.body(
                ModelStage.reply(
                    "Sie können die Maschine unbenutzt innerhalb von 30 Tagen an uns zurückgeben, das ist ganz einfach."
                ))
        },
        .body("says it is another language", .heldBack) { $0.body(ModelStage.reply(language: "de")) },
        .body("invents a fact", .heldBack) { $0.body(ModelStage.reply("You can return it within 60 days.")) },
        .body("answers", .answered) { $0.body(good) },
    ]

    @Test("a fault ends with a whole reply or a human, in time, whichever interface", arguments: rows, Wire.allCases)
    func fault(row: Row, wire: Wire) async throws {
        guard row.isForOllama || wire != .ollama else { return }
        let server = try ScriptedServer { peer in try row.script(peer, wire) }
        defer { server.stop() }
        let clock = SkippingClock()
        let answerer = ModelAnswerer(
            provider: wire.provider("http://127.0.0.1:\(server.port)"), price: nil, http: CurlHTTPClient(),
            languageGuess: CLD2LanguageGuess(), surroundings: clock.surroundings, budget: row.budget,
            sleep: { clock.sleep($0) })
        let uptime = clock.surroundings.uptime
        let begun = uptime()
        var outcome: Outcome?
        do throws(AnswererError) {
            let draft = try await answerer.draft(ModelStage.request())
            outcome = draft.reply.isEmpty ? .heldBack : .answered
            // Whole or nothing.
            #expect(draft.reply.isEmpty || draft.reply == ModelStage.goodReply)
            #expect(draft.reply.isEmpty == (draft.needsHuman != nil))
            #expect(draft.cost == (wire == .ollama ? 0 : nil))
        } catch {
            outcome = .error(error.code)
            for secret in ["key-1", "unused machine", "60 days", "said so"] {
                #expect(!error.description.contains(secret) && !error.publicText.contains(secret))
            }
            if wire == .ollama { #expect(error.cost == 0) }
        }
        #expect(outcome == row.outcome)
        #expect(server.connections == row.calls)
        #expect(uptime() - begun < .seconds(180))
    }

    @Test("who takes no connection, speaks no TLS or has no name fails like the rest")
    func unreachable() async throws {
        let plain = try ScriptedServer { peer in try peer.say("HTTP/1.1 200 OK\r\n\r\n") }
        defer { plain.stop() }
        let closed = try LoopbackPort.free()
        for (base, code) in [
            ("http://127.0.0.1:\(closed)", AnswererError.Code.unavailable),
            ("https://127.0.0.1:\(plain.port)", .refused), ("http://nobody.invalid", .unavailable),
        ] {
            let clock = SkippingClock()
            let answerer = ModelAnswerer(
                provider: Wire.chat.provider(base), price: nil, http: CurlHTTPClient(),
                languageGuess: CLD2LanguageGuess(), surroundings: clock.surroundings, sleep: { clock.sleep($0) })
            let error = await #expect(throws: AnswererError.self) { _ = try await answerer.draft(ModelStage.request()) }
            #expect(error?.code == code, "\(base): \(String(describing: error))")
        }
    }

    @Test("Ollama is asked as its own interface wants it, and says in its own words what is wrong")
    func ollama() async throws {
        let server = try ScriptedServer { peer in
            let (head, body) = try peer.hearRequest()
            guard head.hasPrefix("POST /api/chat HTTP/1.1\r\n") else {
                return try peer.answerNow(404, "404 page not found")
            }
            let asked = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] ?? [:]
            let options = asked["options"] as? [String: Any] ?? [:]
            let known: Set = ["model", "messages", "stream", "think", "format", "options", "keep_alive", "tools"]
            guard Set(asked.keys).isSubset(of: known), asked["stream"] as? Bool == false,
                asked["format"] is [String: Any], asked["messages"] is [[String: Any]], options["num_ctx"] is Int,
                Set(options.keys) == ["num_ctx", "num_predict"]
            else { return try peer.answerNow(400, #"{"error":"invalid request"}"#) }
            switch asked["model"] as? String {
            case "here": try peer.answerNow(200, Wire.ollama.body(Self.good))
            case "busy": try peer.answerNow(503, #"{"error":"server busy, please try again"}"#)
            default: try peer.answerNow(404, #"{"error":"model 'gone' not found"}"#)
            }
        }
        defer { server.stop() }
        func draft(_ model: String) async throws -> Draft {
            let clock = SkippingClock()
            let provider = OllamaChat(model: model, key: nil, baseURL: "http://127.0.0.1:\(server.port)")
            return try await ModelAnswerer(
                provider: provider, price: nil, http: CurlHTTPClient(), languageGuess: CLD2LanguageGuess(),
                surroundings: clock.surroundings, sleep: { clock.sleep($0) }
            ).draft(ModelStage.request())
        }
        #expect(try await draft("here").reply == ModelStage.goodReply)
        let gone = await #expect(throws: AnswererError.self) { _ = try await draft("gone") }
        #expect(gone?.code == .refused && gone?.detail.contains("answering.model") == true)
        let busy = await #expect(throws: AnswererError.self) { _ = try await draft("busy") }
        #expect(busy?.code == .unavailable && server.connections == 1 + 1 + 4)
    }
}

extension ScriptedServer.Peer {
    /// Hears the request, answers it and closes.
    func answer(_ status: Int, _ body: String, headers: String = "") throws {
        _ = try hearRequest()
        try answerNow(status, body, headers: headers)
    }

    func answer(_ status: Int, _ body: [UInt8]) throws {
        _ = try hearRequest()
        try say(Array("HTTP/1.1 \(status) X\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n".utf8) + body)
    }

    func answerNow(_ status: Int, _ body: String, headers: String = "") throws {
        let length = status == 204 ? "" : "Content-Length: \(body.utf8.count)\r\n"
        try say("HTTP/1.1 \(status) X\r\n\(headers)\(length)Connection: close\r\n\r\n\(status == 204 ? "" : body)")
    }
}
