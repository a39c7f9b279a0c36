// The answerer that needs no model: it quotes the team's own sentences.

package import Correspondence
import Language
import Synchronization

/// Quotes the best article's answer passages and nothing else, so every word stands in the knowledge base. It never
/// quotes the customers' own questions, and never answers in another language than asked. Costs nothing, asks nobody.
package struct BuiltInAnswerer: Answerer {
    package let name = "built-in"
    private let analyzer: any Analyzer
    private let vocabulary: Vocabulary

    /// The vocabulary in use, shared by all questions until it is full.
    private final class Vocabulary: Sendable {
        let current: Mutex<PassageFeatures>

        init(analyzer: any Analyzer) {
            current = Mutex(PassageFeatures(analyzer: analyzer))
        }
    }

    package init(analyzer: any Analyzer) {
        self.analyzer = analyzer
        vocabulary = Vocabulary(analyzer: analyzer)
    }

    private var known: PassageFeatures {
        vocabulary.current.withLock { current in
            if current.isFull { current = PassageFeatures(analyzer: analyzer) }
            return current
        }
    }

    package func draft(_ request: DraftRequest) async throws(AnswererError) -> Draft {
        guard let hit = request.found.hits.first else {
            return empty(request, "no article of the knowledge base fits")
        }
        guard !hit.passages.isEmpty else {
            return empty(request, "\"\(hit.title)\" holds only questions and no answer to quote")
        }
        let quoting = Quoting(
            found: request.found, analyzer: analyzer, known: known, language: hit.language)
        let quotes = quoting.quotes(from: hit, for: request.question)
        let judged = BuiltInConfidence(request.found.signals, title: hit.title)
        var draft = Draft(
            reply: quotes.joined(separator: "\n\n"),
            sources: quotes.map { Source(article: hit.path, title: hit.title, quote: $0, url: hit.url) },
            language: hit.language,
            confidence: judged.confidence, reasons: judged.reasons, cost: 0, answerer: name)
        if hit.language == "und" {
            draft.confidence = min(draft.confidence, BuiltInConfidence.cap)
            draft.reasons.append("the language of \"\(hit.title)\" is not known: give it in the front matter")
        } else if !LanguageCode.same(hit.language, request.language) {
            draft.confidence = min(draft.confidence, BuiltInConfidence.cap)
            draft.needsHuman =
                "the best article is in another language (\(hit.language)) than the answer (\(request.language))"
        }
        return draft
    }

    package func probe() async throws(AnswererError) -> String {
        "The built-in answerer quotes the knowledge base and needs no provider."
    }

    private func empty(_ request: DraftRequest, _ reason: String) -> Draft {
        Draft(
            reply: "", sources: [], language: request.language, confidence: 0, reasons: [reason], cost: 0,
            answerer: name)
    }
}
