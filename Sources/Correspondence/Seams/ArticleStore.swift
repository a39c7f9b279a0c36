// Seam: the knowledge base as it is kept.

/// Contract: see `ArrivalStore`.
package protocol ArticleStore: Sendable {
    /// Makes the articles of `origin` (a folder, or `added` for `knowledge add`) exactly these. Returns whether
    /// anything changed. Those whose path begins with one of `keeping` stay though they are not among `articles`.
    func replaceArticles(
        origin: String, with articles: [Article], keeping: [String]
    ) async throws(StoreError) -> Bool
    func addArticle(_ article: Article, origin: String) async throws(StoreError)
    func removeArticle(path: String) async throws(StoreError)
    func articles() async throws(StoreError) -> [Article]
    /// Changes with every change of articles: the index in memory is made anew when it differs.
    func articleRevision() async throws(StoreError) -> Int64
}

extension ArticleStore {
    package func replaceArticles(origin: String, with articles: [Article]) async throws(StoreError) -> Bool {
        try await replaceArticles(origin: origin, with: articles, keeping: [])
    }
}
