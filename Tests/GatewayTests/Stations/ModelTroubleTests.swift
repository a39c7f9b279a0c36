// A mail on its whole way with a model that fails: a whole answer or one ticket with a reason, and nothing in between.

import Answering
import Correspondence
import Foundation
import Language
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite struct ModelTroubleTests {
    typealias Peer = ScriptedServer.Peer

    /// What the server does at a call, and how the mail must end: the reason of its ticket, or nil for an answer.
    struct Trouble: CustomTestStringConvertible, Sendable {
        var name: String
        var reason: String?
        var script: @Sendable (Peer) throws -> Void
        var testDescription: String { name }
    }

    private static let words = "The warranty is two years, counted from the day of delivery."

    private static func body(_ reply: String, finish: String = "stop") -> String {
        let inner = """
            {"answerable":"yes","citations":[{"passage":"p1","quote":"The warranty is two years"}],\
            "missing_information":"","needs_human_reason":"none","language":"en","reply":"\(reply)","confidence":95}
            """
        let quoted = inner.replacingOccurrences(of: "\"", with: "\\\"")
        return """
            {"choices":[{"message":{"content":"\(quoted)"},"finish_reason":"\(finish)"}],\
            "usage":{"prompt_tokens":900,"completion_tokens":90}}
            """
    }

    private static func send(_ peer: Peer, _ status: Int, _ body: String, announced: Int? = nil) throws {
        _ = try peer.hearRequest()
        let length = announced ?? body.utf8.count
        try peer.say("HTTP/1.1 \(status) X\r\nContent-Length: \(length)\r\nConnection: close\r\n\r\n\(body)")
    }

    static let troubles = [
        Trouble(name: "answers", reason: nil) { try send($0, 200, body(words)) },
        Trouble(name: "refuses the key", reason: "does not accept the request") { try send($0, 401, "{}") },
        Trouble(name: "has no quota", reason: "does not accept the request") {
            try send($0, 429, #"{"error":{"code":"insufficient_quota"}}"#)
        },
        Trouble(name: "is overloaded", reason: "could not be asked") { try send($0, 503, "{}") },
        Trouble(name: "hangs up", reason: "could not be asked") { $0.close() },
        Trouble(name: "cuts inside the answer", reason: "could not be asked") {
            try send($0, 200, String(body(words).prefix(280)), announced: 2000)
        },
        Trouble(name: "is cut off by length", reason: "gave no answer that can be used") {
            try send($0, 200, body(words, finish: "length"))
        },
        Trouble(name: "is stopped by a filter", reason: "gave no answer that can be used") {
            try send($0, 200, body(words, finish: "content_filter"))
        },
        Trouble(name: "sends half of its JSON", reason: "gave no answer that can be used") {
            try send($0, 200, String(body(words).dropLast(60)))
        },
        Trouble(name: "invents a link", reason: "held back") {
            try send($0, 200, body("The warranty is two years, see evil.example for more."))
        },
        Trouble(name: "answers in German", reason: "held back") {
            try send($0, 200, body("Die Garantie gilt zwei Jahre lang, gerechnet vom Tag der Lieferung an."))
        },
    ]

    /// A rig whose drafts come from these servers, the first first.
    private func rig(_ servers: [ScriptedServer], endsBuiltIn: Bool = false) async throws -> GatewayRig {
        func choice(_ server: ScriptedServer) -> AnsweringChoice {
            AnsweringChoice(provider: .openai, model: "m\(server.port)", baseURL: "http://127.0.0.1:\(server.port)")
        }
        var links = servers.map(choice)
        if endsBuiltIn { links.append(AnsweringChoice(provider: .builtIn)) }
        var first = links.removeFirst()
        first.fallback = links
        let answerer = try Answerers.make(
            first, analyzer: SnowballAnalyzer(), http: CurlHTTPClient(), languageGuess: CLD2LanguageGuess())
        return try await GatewayRig(
            answerer: ScriptedAnswerer(asksProvider: true) { (_, request) async throws(AnswererError) -> Draft in
                var request = request
                request.found = Self.found
                return try await answerer.draft(request)
            })
    }

    private static let found: SearchResult = {
        let passage = Passage(
            headings: ["Warranty"], text: "The warranty is two years, counted from the day of delivery.",
            purpose: .answer)
        var signals = SearchSignals()
        signals.leastCovered = 0.9
        signals.closestLine = 0.9
        signals.coverage = 0.9
        let hit = SearchHit(
            article: ArticleID("w"), path: "warranty.md", title: "Warranty", language: "en", passage: passage,
            passages: [passage], score: 1)
        return SearchResult(hits: [hit], signals: signals, dayZero: 0.9)
    }()

    @Test("the mail ends once, whatever the model does, and no part of an answer is mailed", arguments: troubles)
    func ending(trouble: Trouble) async throws {
        let server = try ScriptedServer { peer in try trouble.script(peer) }
        defer { server.stop() }
        let rig = try await rig([server])
        let arrival = try await rig.arrive(rig.mail("m1"))
        let begun = ContinuousClock.now
        await rig.work()
        try await rig.expectWhole()
        #expect(ContinuousClock.now - begun < .seconds(180))
        let toCustomer = rig.sender.attempts.filter { $0.recipient.text == "carla@x.example" }
        guard let reason = trouble.reason else {
            #expect(try await rig.outcome(arrival) == .answered)
            #expect(toCustomer.count == 1 && rig.sender.attempts.count == 1)
            #expect(toCustomer.first?.mail.text.contains(Self.words) == true)
            return
        }
        #expect(try await rig.outcome(arrival) == .ticket)
        #expect(toCustomer.isEmpty)
        #expect(rig.sender.attempts.map(\.recipient.text) == ["ada@acme.example"])
        // The notice says why, and holds nothing of the model's words.
        for attempt in rig.sender.attempts {
            #expect(!attempt.mail.text.contains("evil.example") && !attempt.mail.text.contains("counted from"))
        }
        let conversation = try await rig.conversation(of: arrival)
        let ticket = try #require(conversation.ticket)
        let folder = try await rig.base.ticket(ticket)
        #expect(folder.ticket.reasons.contains { $0.contains(reason) }, "\(folder.ticket.reasons)")
    }

    @Test("when the first model is down the second answers, and the draft says so")
    func failover() async throws {
        let down = try ScriptedServer { peer in peer.close() }
        let up = try ScriptedServer { peer in try Self.send(peer, 200, Self.body(Self.words)) }
        defer {
            down.stop()
            up.stop()
        }
        let rig = try await rig([down, up])
        let arrival = try await rig.arrive(rig.mail("m1"))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(arrival) == .answered)
        #expect(rig.sender.attempts.count == 1 && up.connections == 1)
    }

    @Test("when every model is down the built-in answerer quotes, and while they stay down they are left alone")
    func builtIn() async throws {
        let down = try ScriptedServer { peer in try Self.send(peer, 401, "{}") }
        defer { down.stop() }
        let rig = try await rig([down], endsBuiltIn: true)
        var arrivals: [ArrivalID] = []
        for number in 0..<4 {
            let mail = rig.mail("m\(number)", from: "c\(number)@x.example", subject: "Warranty \(number)")
            arrivals.append(try await rig.arrive(mail))
            await rig.work()
        }
        try await rig.expectWhole()
        #expect(try await rig.outcomes(arrivals).allSatisfy { $0 == .answered || $0 == .ticket })
        #expect(down.connections == 1)
    }
}
