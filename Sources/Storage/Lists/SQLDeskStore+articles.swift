// The knowledge base as it is kept: articles by path, and a revision that changes with every change.

import Correspondence

extension SQLDeskStore: ArticleStore {
    func replaceArticles(
        origin: String, with articles: [Article], keeping: [String]
    ) async throws(StoreError) -> Bool {
        var wanted: [String: String] = [:]
        for article in articles { wanted[article.path] = try JSONText.encodeSorted(article) }
        return try await change { [wanted] desk in
            try desk.sql.exclude("articles \(desk.desk)")
            let rows = try desk.sql.query(
                "SELECT path, article FROM articles WHERE desk = ? AND origin = ?", [desk.desk, origin])
            var changed = false
            var kept: [String: String] = [:]
            for var row in rows { kept[try row.text()] = try row.text() }
            for path in kept.keys where wanted[path] == nil && !keeping.contains(where: path.hasPrefix) {
                try desk.sql.execute("DELETE FROM articles WHERE desk = ? AND path = ?", [desk.desk, path])
                changed = true
            }
            for (path, article) in wanted.sorted(by: { $0.key < $1.key }) where kept[path] != article {
                try desk.save(article, path: path, origin: origin)
                changed = true
            }
            if changed { try desk.countArticleRevision() }
            return changed
        }
    }

    func addArticle(_ article: Article, origin: String) async throws(StoreError) {
        let text = try JSONText.encodeSorted(article)
        try await change { desk in
            try desk.save(text, path: article.path, origin: origin)
            try desk.countArticleRevision()
        }
    }

    func removeArticle(path: String) async throws(StoreError) {
        try await change { desk in
            let removed = try desk.sql.execute(
                "DELETE FROM articles WHERE desk = ? AND path = ?", [desk.desk, path])
            guard removed == 1 else { throw StoreError(.notFound, detail: "no article \(path)") }
            try desk.countArticleRevision()
        }
    }

    func articles() async throws(StoreError) -> [Article] {
        try await look { desk in
            let rows = try desk.sql.query("SELECT article FROM articles WHERE desk = ? ORDER BY path", [desk.desk])
            var articles: [Article] = []
            for var row in rows {
                if let article = try Self.article(&row) { articles.append(article) }
            }
            return articles
        }
    }

    /// nil for one that this version cannot read: the desk answers from the others.
    private static func article(_ row: inout SQLRow) throws(StoreError) -> Article? {
        do {
            return try row.json()
        } catch  where error.isOfOneRow {
            return nil
        }
    }

    func articleRevision() async throws(StoreError) -> Int64 {
        try await look { desk in
            let row = try desk.sql.first(
                "SELECT value FROM counters WHERE desk = ? AND name = 'articles'", [desk.desk])
            guard var row else { return 0 }
            return try row.integer()
        }
    }
}

extension DeskTransaction {
    fileprivate func save(_ article: String, path: String, origin: String) throws(StoreError) {
        try sql.execute(
            """
            INSERT INTO articles (desk, path, origin, article) VALUES (?, ?, ?, ?)
            ON CONFLICT (desk, path) DO UPDATE SET origin = excluded.origin, article = excluded.article
            """, [desk, path, origin, article])
    }

    fileprivate func countArticleRevision() throws(StoreError) {
        try sql.execute(
            """
            INSERT INTO counters (desk, name, value) VALUES (?, 'articles', 1)
            ON CONFLICT (desk, name) DO UPDATE SET value = counters.value + 1
            """, [desk])
    }
}
