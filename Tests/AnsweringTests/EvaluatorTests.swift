// The figures of an evaluation: counts, curves, bounds, and what changed between two runs.

import Correspondence
import Foundation
import Testing

@testable import Answering

struct EvaluatorTests {
    private func answer(
        _ name: String, _ confidence: Double, right: Bool?, answerable: Bool = true, sent: Bool? = nil,
        barred: Bool = false, language: String = "en"
    ) -> EvaluatedAnswer {
        let article = right == true ? "right.md" : "wrong.md"
        return EvaluatedAnswer(
            name: name, query: name, language: language, topic: nil,
            expected: right == nil ? nil : answerable ? ["right.md"] : [], article: article,
            verdict: (sent ?? (confidence >= 0.75)) && !barred ? .send : .ticket, confidence: confidence,
            isBarred: barred, reason: "", cost: 0.5, seconds: 1)
    }

    @Test("every question is counted where it belongs")
    func counts() {
        let evaluation = Evaluator.evaluate(
            [
                answer("a", 0.9, right: true), answer("b", 0.8, right: false), answer("c", 0.5, right: true),
                answer("d", 0.4, right: false, answerable: false), answer("e", 0.9, right: nil, language: "de"),
                answer("f", 0.95, right: true, barred: true),
            ], answerer: "x", threshold: 0.75)
        let all = evaluation.all
        #expect(all.questions == 6)
        #expect(all.sent == Proportion(3, of: 6))
        #expect(all.right == Proportion(1, of: 2))
        #expect(all.answered == Proportion(1, of: 4))
        #expect(all.found == Proportion(3, of: 4))
        #expect(all.kept == Proportion(1, of: 1))
        #expect(evaluation.languages["de"]?.questions == 1 && evaluation.languages["en"]?.questions == 5)
        #expect(evaluation.cost == 3 && evaluation.medianSeconds == 1)
    }

    @Test("the area under the curve is the share of pairs in the right order, equals counting half")
    func area() throws {
        #expect(RankingCurve.area(of: [3, 4], over: [1, 2]) == 1)
        #expect(RankingCurve.area(of: [1, 2], over: [3, 4]) == 0)
        #expect(RankingCurve.area(of: [1], over: [1]) == 0.5)
        #expect(RankingCurve.area(of: [], over: [1]) == nil)
        var generator = SystemRandomNumberGenerator()
        let high = (0..<60).map { _ in Double(Int.random(in: 0...20, using: &generator)) }
        let low = (0..<50).map { _ in Double(Int.random(in: 0...18, using: &generator)) }
        var pairs = 0.0
        for one in high { for other in low { pairs += one > other ? 1 : one == other ? 0.5 : 0 } }
        let area = try #require(RankingCurve.area(of: high, over: low))
        #expect(abs(area - pairs / Double(high.count * low.count)) < 1e-12)
    }

    @Test("the bound of a share is that of Clopper and Pearson")
    func bound() {
        // One-sided 95 %: the quantile 0.05 of Beta(k, n - k + 1).
        for (count, total, bound) in [
            (59, 59, 0.9505), (149, 149, 0.9801), (299, 299, 0.9900), (9, 10, 0.6058), (50, 100, 0.4138),
            (1, 1, 0.05), (480, 500, 0.9424),
        ] {
            #expect(abs(ClopperPearson.lowerBound(count, of: total) - bound) < 0.0002, "\(count) of \(total)")
        }
        #expect(ClopperPearson.lowerBound(0, of: 0) == 0 && ClopperPearson.lowerBound(0, of: 5) == 0)
    }

    @Test("the advised threshold is the smallest that keeps the wanted accuracy, and none where there are too few")
    func advice() throws {
        let good = (0..<100).map { answer("g\($0)", 0.9 - Double($0) / 1000, right: true) }
        let bad = (0..<20).map { answer("b\($0)", 0.7 - Double($0) / 1000, right: false) }
        let advice = Evaluator.evaluate(good + bad, answerer: "x", threshold: 0.75).advice
        let point = try #require(advice.point)
        // One wrong draft among 101 keeps 95 in 100 with certainty, two among 102 do not.
        #expect(abs(point.threshold - 0.7) < 1e-9)
        #expect(point.right == Proportion(100, of: 101) && point.sent == Proportion(101, of: 120))
        let few = Evaluator.evaluate(Array(good.prefix(58)), answerer: "x", threshold: 0.75).advice
        #expect(few.point == nil)
    }

    @Test("drafts that claim what is right have no calibration error, others the distance")
    func calibration() throws {
        let honest = (0..<10).map { answer("a\($0)", 0.75, right: $0 < 8) }
        let error = try #require(Evaluator.evaluate(honest, answerer: "x", threshold: 0.75).calibrationError)
        #expect(abs(error - 0.05) < 1e-9)
        let barred = [answer("a", 0.9, right: false, barred: true)]
        #expect(Evaluator.evaluate(barred, answerer: "x", threshold: 0.75).calibrationError == nil)
    }

    @Test("two runs differ in what is sent, and in nothing else")
    func changes() {
        let before = [
            answer("same", 0.9, right: true), answer("gained", 0.5, right: true), answer("lost", 0.9, right: true),
            answer("broken", 0.5, right: false), answer("mended", 0.9, right: false),
            answer("unsent", 0.3, right: true), answer("other", 0.3, right: nil), answer("gone", 0.9, right: true),
        ]
        let after = [
            answer("same", 0.8, right: true), answer("gained", 0.9, right: true), answer("lost", 0.5, right: true),
            answer("broken", 0.9, right: false), answer("mended", 0.5, right: false),
            answer("unsent", 0.4, right: false), answer("other", 0.9, right: nil), answer("new", 0.9, right: true),
        ]
        let changes = EvaluationComparison.changes(from: before, to: after)
        #expect(changes.map { $0.after.name } == ["gained", "lost", "broken", "mended", "other"])
        #expect(changes.map(\.kind) == [.gained, .lost, .broken, .mended, .other])
    }
}
