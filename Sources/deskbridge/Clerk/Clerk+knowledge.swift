// The clerk's work on articles and on API keys.

import Correspondence
import Foundation
import Gateway

extension Clerk {
    /// What `knowledge add` brought; folders of the settings have origins of their own.
    static let addedOrigin = "added"

    func knowledge(_ call: DeskCall, asJSON: Bool) async throws -> DeskAnswer {
        switch call {
        case .addArticles(let files):
            let (articles, problems) = Parts.articleReader(guess, languages: desk.languages).articles(
                from: files.map { ArticleFile(path: $0.path, bytes: Array($0.bytes)) })
            guard problems.isEmpty else { throw Complaint(.data, problems.joined(separator: "\n")) }
            for article in articles { try await store.addArticle(article, origin: Self.addedOrigin) }
            return DeskAnswer(lines: articles.map { asJSON ? Self.object($0).line : "added \($0.path): \($0.title)" })
        case .removeArticle(let path):
            let files = await KnowledgeFiles.read(watched, languages: desk.languages, guess: guess).articles
            guard !files.contains(where: { $0.path == path }) else {
                throw Complaint(
                    .data,
                    """
                    \(path): its file lies in a folder that the settings name under knowledge, and would be taken in \
                    again. Remove the file; serve notices it within \(Int(KnowledgeSync.pause.seconds)) s.
                    """)
            }
            try await store.removeArticle(path: path)
            return done("removed", path, asJSON)
        case .searchArticles(let query, let limit):
            let search = Parts.search()
            await search.replace(with: try await store.articles())
            let language = guess.guess(query, among: desk.languages).language
            let found = search.search(query, language: language, limit: limit, now: surroundings.now())
            return DeskAnswer(lines: [
                asJSON ? TrySearch.object(query, found).line : TrySearch.text(query, found)
            ])
        default:
            return DeskAnswer(
                lines: try await store.articles().map { asJSON ? Self.object($0).line : Self.row($0) })
        }
    }

    private static func object(_ article: Article) -> JSON {
        .object([
            ("article", .string(article.path)), ("title", .string(article.title)),
            ("language", .string(article.language)), ("tags", .texts(article.tags)),
            ("audience", .text(article.audience)), ("validUntil", .text(article.validUntil?.rfc3339)),
            ("passages", .int(article.passages.count)),
        ])
    }

    private static func row(_ article: Article) -> String {
        let language = article.language.padding(toLength: 6, withPad: " ", startingAt: 0)
        return language + Terminal.cut("\(article.path)  \(article.title)", to: Terminal.width - 6)
    }

    // MARK: Keys

    func access(_ call: DeskCall, asJSON: Bool) async throws -> DeskAnswer {
        switch call {
        case .addKey(let name, let scopes, let days):
            let secret = "dbk_" + Base32.encode(surroundings.randomBytes(32))
            let now = surroundings.now()
            let key = AccessKey(
                id: Base32.encode(surroundings.randomBytes(5)), name: name, scopes: scopes,
                hash: Intake.contentKey(Array(secret.utf8)), createdAt: now, expiresAt: days.map { now + .days($0) })
            try await store.addKey(key)
            guard asJSON else {
                return DeskAnswer(lines: [
                    secret, "", "Key \(key.id) for \(name). It is shown this once; Deskbridge keeps only its hash.",
                ])
            }
            guard case .object(let fields) = Self.object(key) else { return DeskAnswer() }
            return DeskAnswer(lines: [JSON.object(fields + [("key", .string(secret))]).line])
        case .removeKey(let id):
            try await store.removeKey(id)
            return done("removed", id, asJSON)
        default:
            return DeskAnswer(lines: try await store.keys().map { asJSON ? Self.object($0).line : Self.row($0) })
        }
    }

    private static func object(_ key: AccessKey) -> JSON {
        .object([
            ("id", .string(key.id)), ("name", .string(key.name)), ("scopes", .texts(key.scopes.map(\.rawValue))),
            ("createdAt", .string(key.createdAt.rfc3339)), ("expiresAt", .text(key.expiresAt?.rfc3339)),
        ])
    }

    private static func row(_ key: AccessKey) -> String {
        let until = key.expiresAt.map { "until \($0.rfc3339)" } ?? "without an end"
        return
            "\(key.id)  \(Terminal.cut(key.name, to: 24))  \(key.scopes.map(\.rawValue).joined(separator: ","))  \(until)"
    }
}
