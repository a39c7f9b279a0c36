// The clerk's work on articles and on API keys.

import Correspondence
import Foundation
import Gateway
import Knowledge

extension Clerk {
    /// What `knowledge add` brought; folders of the settings have origins of their own.
    static let addedOrigin = "added"

    func knowledge(_ call: DeskCall, asJSON: Bool) async throws -> DeskAnswer {
        switch call {
        case .addArticles(let files):
            let (articles, problems) = await KnowledgeFiles.articles(
                from: files.map { ArticleFile(path: $0.path, bytes: Array($0.bytes)) }, languages: desk.languages,
                guess: guess)
            guard problems.isEmpty else { throw Complaint(.data, problems.joined(separator: "\n")) }
            for article in articles { try await store.addArticle(article, origin: Self.addedOrigin) }
            return DeskAnswer(
                lines: articles.map {
                    asJSON ? Self.object($0, at: surroundings.now()).line : "added \($0.path): \($0.title)"
                })
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
        case .proposals(let since):
            return DeskAnswer(lines: try await proposals(since: since).map { Self.line($0, asJSON) })
        default:
            let now = surroundings.now()
            return DeskAnswer(
                lines: try await store.articles().map { asJSON ? Self.object($0, at: now).line : Self.row($0, at: now) }
            )
        }
    }

    /// Of tickets that were resolved or closed in the last `since` seconds, the newest first.
    private func proposals(since: Int) async throws -> [Proposal] {
        let search = Parts.search()
        await search.replace(with: try await store.articles())
        let now = surroundings.now()
        let maker = ProposalMaker(search: search, analyzer: Parts.analyzer, now: now)
        let oldest = now - .seconds(since)
        var proposals: [Proposal] = []
        var cursor: String?
        repeat {
            let page = try await store.tickets(
                TicketFilter(statuses: [.resolved, .closed]), limit: Self.pageSize, cursor: cursor)
            for ticket in page.items where (ticket.resolvedAt ?? ticket.updatedAt) >= oldest {
                let folder = try await store.ticket(ticket.id)
                guard let proposal = maker.proposal(from: folder, deskName: desk.name) else { continue }
                let isKnown = proposals.contains {
                    $0.article == proposal.article && $0.question.lowercased() == proposal.question.lowercased()
                }
                if !isKnown { proposals.append(proposal) }
            }
            cursor = page.next
        } while cursor != nil
        return proposals.sorted { ($0.answeredAt, $0.ticket) > ($1.answeredAt, $1.ticket) }
    }

    private static func line(_ proposal: Proposal, _ asJSON: Bool) -> String {
        guard asJSON else {
            return [
                Terminal.field("ticket", "#\(proposal.ticket)"),
                Terminal.field(
                    "proposes",
                    proposal.kind == .article
                        ? "a new article: \(proposal.title)" : "a question for \(proposal.article ?? "")"),
                Terminal.field("question", proposal.question), Terminal.field("answer", proposal.answer),
            ].joined()
        }
        return JSON.object([
            ("ticket", .int(proposal.ticket)), ("conversation", .string(proposal.conversation.text)),
            ("answeredAt", .string(proposal.answeredAt.rfc3339)), ("kind", .string(proposal.kind.rawValue)),
            ("article", .text(proposal.article)), ("title", .string(proposal.title)),
            ("language", .string(proposal.language)), ("question", .string(proposal.question)),
            ("answer", .string(proposal.answer)), ("marked", .texts(proposal.marked)),
            ("file", .string(proposal.fileName)), ("markdown", .string(proposal.markdown)),
        ]).line
    }

    private static func object(_ article: Article, at now: Instant) -> JSON {
        .object([
            ("article", .string(article.path)), ("title", .string(article.title)),
            ("language", .string(article.language)), ("tags", .texts(article.tags)),
            ("audience", .text(article.audience)), ("validUntil", .text(article.validUntil?.rfc3339)),
            ("expired", .bool(article.validUntil.map { $0 < now } ?? false)), ("url", .text(article.url)),
            ("changedAt", .text(article.changedAt?.rfc3339)), ("passages", .int(article.passages.count)),
        ])
    }

    private static func row(_ article: Article, at now: Instant) -> String {
        let language = article.language.padding(toLength: 6, withPad: " ", startingAt: 0)
        var words = "\(article.path)  \(article.title)"
        if let audience = article.audience { words = "[\(audience)] " + words }
        if let end = article.validUntil, end < now { words = "(not used since \(end.rfc3339.prefix(10))) " + words }
        return language + Terminal.cut(words, to: Terminal.width - 6)
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
