// Requests against the vendors' own descriptions of their interfaces, and costs against somebody else's table.

import Correspondence
import Foundation
import Rehearsal
import TestSupport
import Testing

@testable import Answering

@Suite(.needs(.modelPeers))
struct VendorTests {
    /// Runs one of the Python programs over `input` and reads what it prints.
    private func ask<Findings: Decodable>(_ script: String, _ input: Data, as type: Findings.Type) async throws
        -> Findings
    {
        let file = try TestFolder.make("vendor") + "/cases.json"
        try input.write(to: URL(filePath: file))
        let finished = try await FinishedProcess.run(ModelServer.command(script, [file]), within: .seconds(120))
        return try JSONDecoder().decode(type, from: Data(finished.output.utf8))
    }

    // MARK: Requests

    private static let requests: [DraftRequest] = [
        ModelStage.request(),
        ModelStage.request("¿Puedo devolverla?\u{0}\u{7} \"\\ ⟦x⟧ \u{2028}😀", language: "es"),
        ModelStage.request(
            String(repeating: "Ist das \u{202E}so? ", count: 3000), language: "de",
            earlier: [
                ConversationTurn(author: .customer, text: "First"), ConversationTurn(author: .agent, text: "Second"),
            ], links: ["acme.example"]),
    ]

    private static let providers: [(interface: String, provider: any ModelProvider)] = [
        ("chat", OpenAIChat(model: "gpt-6-luna", key: nil, baseURL: "")),
        ("chat", OpenAIChat(model: "local", key: nil, baseURL: "http://127.0.0.1:1")),
        ("responses", OpenAIResponses(model: "gpt-6-luna", key: nil, baseURL: "")),
        ("messages", AnthropicMessages(model: "claude-haiku-5-5", key: nil, baseURL: "")),
    ]

    /// Requests that must not pass: the check could otherwise be blind.
    private static let wrong: [(interface: String, body: String)] = [
        ("chat", #"{"model":"m","messages":[]}"#),
        ("chat", #"{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema"}}"#),
        ("responses", #"{"model":"m","input":[{"role":"wizard","content":"x"}]}"#),
        ("responses", #"{"model":"m","input":"x","text":{"format":{"type":"json_schema","json_schema":{}}}}"#),
        ("messages", #"{"model":"m","messages":[{"role":"user","content":"x"}]}"#),
        ("messages", #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"response_format":{}}"#),
    ]

    @Test("every request is one by its vendor's own description, and holds no field of sampling")
    func requests() async throws {
        var cases: [[String: Any]] = []
        for request in Self.requests {
            let prompt = Prompt(request, surroundings: .system)
            for (interface, provider) in Self.providers {
                let body = try #require(
                    JSONSerialization.jsonObject(with: Data(provider.call(prompt).body)) as? [String: Any])
                for field in [
                    "temperature", "top_p", "top_k", "seed", "logprobs", "top_logprobs", "presence_penalty",
                    "frequency_penalty", "user", "tools", "reasoning", "metadata",
                ] {
                    #expect(body[field] == nil, "\(interface): \(field)")
                }
                cases.append(["interface": interface, "body": body])
            }
        }
        let good = cases.count
        for (interface, body) in Self.wrong {
            let body = try JSONSerialization.jsonObject(with: Data(body.utf8))
            cases.append(["interface": interface, "body": body])
        }
        let found = try await ask(
            "check-bodies.py", JSONSerialization.data(withJSONObject: cases), as: [[String]].self)
        try #require(found.count == cases.count)
        let findings = found.prefix(good).flatMap { $0 }
        #expect(findings == [])
        let overlooked = found.dropFirst(good).filter(\.isEmpty).count
        #expect(overlooked == 0)
    }

    // MARK: Prices

    private struct Case: Encodable {
        var provider: String
        var model: String
        var date: String
        var input: Int
        var cachedRead: Int
        var cacheWrite: Int
        var output: Int
    }

    @Test("every price of the table is what another table says, by date, by size and by what was cached")
    func prices() async throws {
        let days = ["2026-07-01T00:00:00+00:00", "2026-11-23T00:00:00+00:00"]
        let uses = [
            (1_000, 0, 0, 500), (3_000, 1_000, 0, 300), (9_000, 4_000, 2_000, 1), (100_000, 0, 0, 10),
            (100_001, 50_000, 0, 10), (272_000, 0, 0, 10), (272_001, 1, 0, 10), (400_000, 100_000, 50_000, 4_000),
        ]
        var cases: [Case] = []
        for model in Set(PriceTable.prices.map(\.model)).sorted() {
            for day in days {
                for (input, cachedRead, cacheWrite, output) in uses {
                    // What no table has a rate for is not asked.
                    let hasWrite = PriceTable.prices.contains { $0.model == model && $0.cacheWrite != nil }
                    cases.append(
                        Case(
                            provider: model.hasPrefix("claude") ? "anthropic" : "openai", model: model, date: day,
                            input: input, cachedRead: cachedRead, cacheWrite: hasWrite ? cacheWrite : 0,
                            output: output))
                }
            }
        }
        let theirs = try await ask("price.py", JSONEncoder().encode(cases), as: [Double?].self)
        try #require(theirs.count == cases.count)
        for (one, theirs) in zip(cases, theirs) {
            let ours = PriceTable.cost(
                of: ModelUsage(
                    input: one.input, cachedRead: one.cachedRead, cacheWrite: one.cacheWrite, output: one.output),
                model: one.model, at: Instant(try Date(one.date, strategy: .iso8601)))
            // A model that did not exist on that day has a price here all the same; nobody was asked then.
            guard let ours, let theirs else {
                if ours == nil { Issue.record("\(one) has no price here") }
                continue
            }
            #expect(abs(ours - theirs) <= 1e-9 + 1e-6 * theirs, "\(one): \(ours) here, \(theirs) there")
        }
    }
}
