// Keeps the index in memory as the store has the articles.

import Correspondence
import Logging
import ServiceLifecycle
import Synchronization

/// Closed until the index holds what the store has: a question before that would find nothing and become a ticket.
final class KnowledgeGate: Sendable {
    private let opened: Mutex<Bool>

    init(isOpen: Bool = false) { opened = Mutex(isOpen) }

    var isOpen: Bool { opened.withLock { $0 } }

    func open() { opened.withLock { $0 = true } }
}

struct ArticleKeeper: Service {
    static let poll = Duration.seconds(5)

    let store: any DeskStore
    let search: any PassageSearch
    let gate: KnowledgeGate
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var known: Int64?
            while !Task.isCancelled {
                do {
                    let revision = try await store.articleRevision()
                    if revision != known {
                        let articles = try await store.articles()
                        await search.replace(with: articles)
                        known = revision
                        gate.open()
                        logger.info("knowledge indexed", metadata: ["articles": "\(articles.count)"])
                    }
                } catch {
                    logger.warning("articles could not be read", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.poll)
            }
        }
    }
}
