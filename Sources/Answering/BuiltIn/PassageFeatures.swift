// The features of passages, kept from one question to the next: the same few articles answer most mail.

import Correspondence
import Synchronization

/// Made once a passage and language. Passages of articles that have changed since are other keys; when `limit` is
/// reached all are let go, so that a knowledge base that changes does not pile them up.
final class PassageFeatures: Sendable {
    /// Passages kept.
    static let limit = 4_096

    private struct Key: Hashable {
        var heading: String?
        var text: String
        var language: String
    }
    private let analyzer: any Analyzer
    private let kept = Mutex<[Key: Set<String>]>([:])

    init(analyzer: any Analyzer) {
        self.analyzer = analyzer
    }

    /// Of the text below its last heading.
    func features(of passage: Passage, language: String) -> Set<String> {
        let key = Key(heading: passage.headings.last, text: passage.text, language: language)
        if let known = kept.withLock({ $0[key] }) { return known }
        let headed = [key.heading, key.text].compactMap { $0 }.joined(separator: "\n")
        let features = Set(analyzer.features(of: headed, language: language))
        kept.withLock { kept in
            if kept.count >= Self.limit { kept.removeAll() }
            kept[key] = features
        }
        return features
    }
}
