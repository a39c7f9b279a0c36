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

    /// Reads on a thread of its own: disks block.
    static func read(_ paths: [String], languages: [String] = [], guess: any LanguageGuess = Parts.guess) async
        -> KnowledgeFiles
    {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "deskbridge.knowledge").async {
                let (files, unread, unreached) = ArticleFolder.look(into: paths)
                let (articles, problems) = Parts.articleReader(guess, languages: languages).articles(from: files)
                continuation.resume(
                    returning: KnowledgeFiles(
                        articles: articles, problems: unreached + unread + problems, unreached: unreached))
            }
        }
    }
}
