// `deskbridge knowledge`: the articles that answers are made from.

import ArgumentParser
import Correspondence
import Foundation
import Knowledge

struct KnowledgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knowledge", abstract: "Add, list, remove and search articles in the store.",
        discussion: """
            Folders named in the settings are read by serve; these commands are for articles beside them.

            Example: deskbridge knowledge add returns.md
            """,
        subcommands: [Add.self, List.self, Remove.self, Search.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add files or folders of articles; one of the same path is replaced.",
            discussion: "Example: deskbridge knowledge add faq/ returns.de.md")
        @Argument(help: "Markdown, text or HTML files, or folders of them.")
        var paths: [String]
        @OptionGroup var options: StoreOptions

        func run() async throws {
            let (files, problems) = ArticleFolder.read(paths)
            guard problems.isEmpty else { throw Complaint(.noInput, problems.joined(separator: "\n")) }
            try await options.run(.addArticles(files.map { KnowledgeFile(path: $0.path, bytes: Data($0.bytes)) }))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the articles in the store.", discussion: "Example: deskbridge knowledge list --json")
        @OptionGroup var options: StoreOptions

        func run() async throws { try await options.run(.articles) }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove articles by their paths.",
            discussion: "Example: deskbridge knowledge remove returns.de.md")
        @Argument(help: "Paths as `knowledge list` shows them.")
        var paths: [String]
        @OptionGroup var options: StoreOptions

        func run() async throws { try await options.each(paths) { .removeArticle(path: $0) } }
    }

    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Search the articles in the store.",
            discussion: "Example: deskbridge knowledge search \"Can I return it?\"")
        @Argument(help: "The question, in quotes.")
        var query: String
        @Option(help: "At most so many articles.")
        var limit = 5
        @OptionGroup var options: StoreOptions

        func validate() throws {
            guard (1...1000).contains(limit) else { throw ValidationError("--limit takes a number from 1 to 1000") }
        }

        func run() async throws { try await options.run(.searchArticles(query: query, limit: limit)) }
    }
}
