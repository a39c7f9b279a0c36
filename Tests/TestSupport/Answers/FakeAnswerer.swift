// An answerer that says what a test tells it.

package import Correspondence
import Synchronization

package final class FakeAnswerer: Answerer {
    package typealias Script = @Sendable (DraftRequest) throws(AnswererError) -> Draft

    package let name: String
    private let script: Script
    private let asked = Mutex<[DraftRequest]>([])

    /// Without a script: quotes the best hit's passage with confidence 0.9, or has nothing to say.
    package init(name: String = "fake", script: @escaping Script = FakeAnswerer.quote) {
        self.name = name
        self.script = script
    }

    /// Every request, in order.
    package var requests: [DraftRequest] { asked.withLock { $0 } }

    package func draft(_ request: DraftRequest) async throws(AnswererError) -> Draft {
        asked.withLock { $0.append(request) }
        return try script(request)
    }

    package func probe() async throws(AnswererError) -> String { "The fake answerer is here." }

    package static let quote: Script = { (request) throws(AnswererError) -> Draft in
        guard let hit = request.found.hits.first(where: { !$0.passages.isEmpty }) else {
            return Draft(
                reply: "", sources: [], language: request.language, confidence: 0, reasons: ["nothing fits"], cost: 0,
                answerer: "fake")
        }
        return Draft(
            reply: hit.passage.text, sources: [Source(article: hit.path, title: hit.title, quote: hit.passage.text)],
            language: request.language, confidence: 0.9, reasons: ["told so"], cost: 0, answerer: "fake")
    }
}
