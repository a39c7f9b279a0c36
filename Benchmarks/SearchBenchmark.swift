// A search among 10,000 passages: the slowest of a hundred.

import Correspondence
import Foundation
import Knowledge
import Language

enum SearchBenchmark {
    static let articles = 2_500
    static let passagesEach = 4
    static let questions = 2_000

    static func run(_ folder: String) async throws -> [Measurement] {
        var words = Words(seed: 7)
        let search = MemoryPassageSearch(analyzer: SnowballAnalyzer())
        await search.replace(
            with: (0..<articles).map { number in
                Article(
                    id: ArticleID("article-\(number)"), path: "en/\(number).md", title: words.text(4), language: "en",
                    body: "",
                    passages: (0..<passagesEach).map { _ in
                        Passage(headings: [], text: words.text(86), purpose: .answer)
                    })
            })
        let now = Instant(Date())
        var times: [Double] = []
        for _ in 0..<questions {
            let question = words.text(12)
            let start = ContinuousClock().now
            _ = search.search(question, language: "en", limit: 5, now: now)
            times.append((ContinuousClock().now - start).seconds * 1000)
        }
        times.sort()
        return [
            Measurement(
                work: "search among 10,000 passages, p99", ours: times[times.count * 99 / 100], limit: 0.5, unit: "ms",
                goal: nil)
        ]
    }

    /// Words by Zipf's law out of 8,000, the same ones in every run.
    private struct Words {
        private var state: UInt64
        private static let vocabulary = 8_000

        init(seed: UInt64) { state = seed }

        mutating func text(_ count: Int) -> String { (0..<count).map { _ in word() }.joined(separator: " ") }

        private mutating func word() -> String {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let chance = Double(state >> 33) / Double(1 << 31)
            let rank = Int(exp(chance * log(Double(Self.vocabulary))))
            // Pronounceable, so that stems and 4-grams have something to do.
            let syllables = [
                "ka", "re", "to", "mi", "lon", "ser", "vi", "da", "nu", "pol", "gra", "fi", "bel", "tor", "es",
            ]
            var text = ""
            var rest = rank + 15
            while rest > 0 {
                text += syllables[rest % syllables.count]
                rest /= syllables.count
            }
            return text
        }
    }
}
