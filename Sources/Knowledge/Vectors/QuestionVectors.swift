// The vector of a question, asked for with a short limit and no second try.

import Correspondence
import Synchronization

/// A customer's question must not wait for a server that is ill: after a failure nobody asks for a while.
final class QuestionVectors: Sendable {
    /// A server that was only slow is asked again sooner.
    static let rest = Duration.seconds(30)
    static let restAfterDelay = Duration.seconds(5)
    /// Bytes of a question; what stands behind is seldom asked.
    static let byteLimit = 1_500

    enum Outcome: Equatable {
        case vector([Float])
        /// Why not, in words for an agent.
        case none(String)
    }

    private let embedder: any Embedder
    private let limit: Duration
    private let uptime: @Sendable () -> Duration
    private let resting = Mutex<(until: Duration, reason: String)?>(nil)

    init(_ embedder: any Embedder, limit: Duration, surroundings: Surroundings) {
        self.embedder = embedder
        self.limit = limit
        uptime = surroundings.uptime
    }

    func vector(of question: String) async -> Outcome {
        let text = LineTexts.cut(question, to: Self.byteLimit)
        guard !text.isEmpty else { return .none("there are no words to compare") }
        let now = uptime()
        let reason = resting.withLock { resting in
            guard let pause = resting, now < pause.until else {
                resting = nil
                return String?.none
            }
            return pause.reason
        }
        if let reason { return .none(reason) }
        do {
            let vectors = try await embedder.vectors(of: [text], for: .question, within: limit)
            guard let vector = vectors.first else { return .none(self.reason(.badAnswer)) }
            return .vector(vector)
        } catch {
            let reason = self.reason(error.code)
            let until = uptime() + (error.code == .timedOut ? Self.restAfterDelay : Self.rest)
            // Whoever gave up himself says nothing about the server.
            if !Task.isCancelled { resting.withLock { $0 = (until, reason) } }
            return .none(reason)
        }
    }

    private func reason(_ code: EmbedderError.Code) -> String {
        switch code {
        case .unavailable: "the embeddings' server could not be asked"
        case .timedOut: "the embeddings' server took longer than \(Int(limit.seconds)) s"
        case .refused: "the embeddings' server refused the question"
        case .badAnswer: "the embeddings' server answered with something else than a vector"
        }
    }
}
