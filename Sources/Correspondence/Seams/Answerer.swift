// Seams: finding passages, and drafting from them.

/// Contract: reading files never fails as a whole: what cannot be read is named in `problems` (file, line, what, what
/// to do) and left out. Ids are made from the path, so the same file is the same article everywhere.
package protocol ArticleReader: Sendable {
    func articles(from files: [ArticleFile]) -> (articles: [Article], problems: [String])
}

/// Contract: `replace` swaps the whole index at once, off the concurrency threads; a search under way sees the old
/// one. `search` never fails and never blocks; `limit` counts articles; articles past `validUntil` at `now` are left
/// out, and so are those that are not for `audience`. `language` is the question's, `und` when unknown; hits in other
/// languages come only where they fit better.
///
/// `find` is `search` with what must be asked for elsewhere first (the question's vector), within a few seconds: where
/// that cannot be had it gives what `search` gives, with a note. Without embeddings the two are the same.
package protocol PassageSearch: Sendable {
    func replace(with articles: [Article]) async
    func search(
        _ question: String, language: String, limit: Int, now: Instant, audience: Audience
    ) -> SearchResult
    func find(
        _ question: String, language: String, limit: Int, now: Instant, audience: Audience
    ) async -> SearchResult
}

extension PassageSearch {
    /// For a customer of whom nothing is known.
    package func search(_ question: String, language: String, limit: Int, now: Instant) -> SearchResult {
        search(question, language: language, limit: limit, now: now, audience: .customer(role: nil))
    }

    /// For a customer of whom nothing is known.
    package func find(_ question: String, language: String, limit: Int, now: Instant) async -> SearchResult {
        await find(question, language: language, limit: limit, now: now, audience: .customer(role: nil))
    }

    package func find(
        _ question: String, language: String, limit: Int, now: Instant, audience: Audience
    ) async -> SearchResult {
        search(question, language: language, limit: limit, now: now, audience: audience)
    }
}

package struct AnswererError: Failure {
    package enum Code: String, Sendable {
        /// Could not be asked, or answered with a fault that may pass.
        case unavailable
        /// Key, spend limit or request refused: a human must change something.
        case refused
        /// Took longer than the whole budget.
        case timedOut
        /// Answered, but not in the agreed shape, cut off, or a refusal.
        case badAnswer

        /// Behind who failed: "openai gpt-6-luna took too long".
        package var words: String {
            switch self {
            case .unavailable: "could not be asked"
            case .refused: "does not accept the request (its key, its limit or its model)"
            case .timedOut: "took too long"
            case .badAnswer: "gave no answer that can be used"
            }
        }
    }
    package let code: Code
    package let detail: String
    /// What was spent all the same, USD; nil when unknown, 0 when nothing was asked.
    package let cost: Double?
    /// For the agents, instead of the code's own words: who was asked, and how each of them failed.
    private let told: String?

    package init(_ code: Code, detail: String, cost: Double? = 0, told: String? = nil) {
        self.code = code
        self.detail = detail
        self.cost = cost
        self.told = told
    }

    package var isTemporary: Bool { code == .unavailable || code == .timedOut }
    package var publicText: String { told ?? "the model \(code.words)" }
}

/// What drafts: the built-in one, or a model provider.
///
/// Contract: writes body text only, from the request alone; within 120 s; retries inside as the provider allows. A
/// draft it returns has passed its guard or says `needsHuman`. Nothing found and nothing to say is a draft with an
/// empty reply and confidence 0, not an error. Safe from many tasks.
package protocol Answerer: Sendable {
    /// `built-in`, `openai gpt-6-luna`.
    var name: String { get }
    /// True when a draft costs a call to a provider. What goes to a human anyway for a reason that a flood can have
    /// (a forged sender) is then not drafted.
    var asksProvider: Bool { get }
    func draft(_ request: DraftRequest) async throws(AnswererError) -> Draft
    /// Asks the provider for its models or says what is missing, in one sentence. For `deskbridge check`.
    func probe() async throws(AnswererError) -> String
}

extension Answerer {
    package var asksProvider: Bool { false }
}
