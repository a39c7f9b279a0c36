// Articles from the folders and files that the settings or a command name.

import Correspondence
import Dispatch
import Knowledge

struct KnowledgeFiles: Sendable {
    var articles: [Article]
    /// Files that were left out, each with its reason.
    var problems: [String]
    /// Of these paths nobody knows what is in them.
    var unreached: [String] = []
    /// Beginnings of article paths of which nobody knows just now.
    var unknown: [String] = []
    /// Folders with nothing at all in them.
    var empty: [String] = []

    /// Reads on a thread of its own: disks and child processes block.
    static func read(
        _ paths: [String], languages: [String] = [], guess: any LanguageGuess = Parts.guess
    ) async -> KnowledgeFiles {
        await onThread {
            let found = ArticleFolder.look(into: paths)
            let (articles, problems) = Parts.articleReader(guess, languages: languages).articles(from: found.files)
            return KnowledgeFiles(
                articles: articles, problems: found.unreached + found.problems + problems, unreached: found.unreached,
                unknown: found.unknown, empty: found.empty)
        }
    }

    /// Articles of files that a command sent.
    static func articles(
        from files: [ArticleFile], languages: [String], guess: any LanguageGuess
    ) async -> (articles: [Article], problems: [String]) {
        await onThread { Parts.articleReader(guess, languages: languages).articles(from: files) }
    }

    /// What is past its date at `now`, as lines.
    static func expired(_ articles: [Article], at now: Instant) -> [String] {
        articles.compactMap { article in
            guard let end = article.validUntil, end < now else { return nil }
            return "\(article.path): not used since \(end.rfc3339.prefix(10)) (valid-until)"
        }
    }

    private static func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "deskbridge.knowledge").async { continuation.resume(returning: work()) }
        }
    }
}
