// The features of passages, numbered and kept from one question to the next: the same few articles answer most mail.

import Correspondence
import Synchronization

/// One vocabulary. Whoever compares features takes all of them from one instance.
final class PassageFeatures: Sendable {
    /// Passages kept.
    static let limit = 4_096

    private struct Key: Hashable {
        var heading: String?
        var text: String
        var language: String
    }
    private struct Kept {
        var numbers: [String: Int32] = [:]
        var passages: [Key: Set<Int32>] = [:]
    }
    private let analyzer: any Analyzer
    private let kept = Mutex(Kept())

    init(analyzer: any Analyzer) {
        self.analyzer = analyzer
    }

    /// Passages of articles that have changed since stay under their old text: then a fresh vocabulary is due.
    var isFull: Bool { kept.withLock { $0.passages.count >= Self.limit } }

    /// Numbers given out so far: every number is below it.
    var count: Int { kept.withLock { $0.numbers.count } }

    /// Of the text below its last heading.
    func features(of passage: Passage, language: String) -> Set<Int32> {
        let key = Key(heading: passage.headings.last, text: passage.text, language: language)
        if let known = kept.withLock({ $0.passages[key] }) { return known }
        let headed = [key.heading, key.text].compactMap { $0 }.joined(separator: "\n")
        let features = analyzer.features(of: headed, language: language)
        return kept.withLock { kept in
            var numbers: Set<Int32> = []
            for feature in features {
                let fresh = Int32(kept.numbers.count)
                let number = kept.numbers[feature] ?? fresh
                if number == fresh { kept.numbers[feature] = fresh }
                numbers.insert(number)
            }
            kept.passages[key] = numbers
            return numbers
        }
    }

    /// The numbers of a text's features; those that no passage has shown yet are left out.
    func known(in text: String, language: String) -> Set<Int32> {
        let features = analyzer.features(of: text, language: language)
        return kept.withLock { kept in Set(features.compactMap { kept.numbers[$0] }) }
    }
}
