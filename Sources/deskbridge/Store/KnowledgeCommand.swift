// `deskbridge knowledge`: the articles that answers are made from.

import ArgumentParser
import Correspondence
import Foundation
import Knowledge

struct KnowledgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knowledge", abstract: "Add, list, remove and search articles in the store; propose new ones.",
        discussion: """
            Folders named in the settings are read by serve; these commands are for articles beside them.

            Example: deskbridge knowledge add returns.md
            """,
        subcommands: [Add.self, List.self, Remove.self, Search.self, Proposals.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add files or folders of articles; one of the same path is replaced.",
            discussion: "Example: deskbridge knowledge add faq/ returns.de.md")
        @Argument(help: "Markdown, text, HTML, PDF or CSV files, or folders of them.")
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

    struct Proposals: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose articles and questions from tickets that people answered.",
            discussion: """
                Looks at tickets that were resolved or closed. Where an article holds what the person wrote, and the \
                customer's words do not find it well, the question is proposed for that article; where none does, an \
                article is. What may be a person's own (names, addresses, numbers) stands in [[ ]]; what nobody can \
                know is not marked, so look over it all. Nothing becomes knowledge by itself: --output writes files \
                that say "proposal: yes", and no reader takes those for articles.

                Example: deskbridge knowledge proposals --since 30d --output proposals/
                """)
        @Option(help: ArgumentHelp("How far back tickets were resolved: 24h, 30d.", valueName: "duration"))
        var since = "30d"
        @Option(help: ArgumentHelp("A folder to write a Markdown file for each proposal to.", valueName: "folder"))
        var output: String?
        @OptionGroup var options: StoreOptions

        func run() async throws {
            let seconds = Int(try OptionText.parse("--since", since, SettingsText.duration).seconds)
            guard let output else { return try await options.run(.proposals(since: seconds)) }
            let settings = try SettingsFile.load(options.config)
            var request = options.request(.proposals(since: seconds))
            request.asJSON = true
            try await ClerkDoor.with(settings) { door in
                for line in try await door.perform(request).lines {
                    guard let file = try? JSONDecoder().decode(File.self, from: Data(line.utf8)) else { continue }
                    try write(file, to: output)
                    if options.json.isOn { Terminal.print(line) }
                }
            }
        }

        private struct File: Decodable {
            var file: String
            var markdown: String
        }

        /// What is there was perhaps worked on, and stays.
        private func write(_ file: File, to folder: String) throws {
            let path = "\(folder)/\(file.file)"
            guard !FileManager.default.fileExists(atPath: path) else {
                return Terminal.note("\(path): is there, and stays")
            }
            let sink = try OutputFile(path, saysWhere: true)
            try sink.write(file.markdown)
            try sink.finish()
        }
    }
}
