// `try search`: which passages of a knowledge folder a question finds.

import ArgumentParser
import Correspondence
import Foundation
import Knowledge

struct TrySearch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Search a knowledge folder and show the passages found, with their scores.",
        discussion: """
            Each QUERY gives one answer: the best articles, best first, each with its best passage. A higher score is \
            better; scores compare only within one query.

            Example: deskbridge try search "Can I return it?" --knowledge faq --limit 3
            """)

    @Argument(help: "Questions, each in quotes.")
    var query: [String] = []

    @OptionGroup var questions: QuestionOptions
    @OptionGroup var json: JSONOption

    func run() async throws {
        let source = try questions.source(query)
        let (search, _, embeddings) = try await questions.knowledge(
            embeddings: questions.embeddings(orElse: "none"), settings: try SettingsFile.parse(""))
        let (limit, isJSON) = (questions.limit, json.isOn)
        await OrderedWork<String, [UInt8]>(batch: 16).run(
            source,
            transform: { query in
                let language = Parts.guess.guess(query, among: []).language
                let found = await search.find(
                    query, language: language, limit: limit, now: Surroundings.system.now())
                return Array((isJSON ? Self.object(query, found).line + "\n" : Self.text(query, found)).utf8)
            },
            emit: { Terminal.write(Array($0.joined())) })
        await embeddings?.stop()
    }

    static func object(_ query: String, _ found: SearchResult) -> JSON {
        let results = found.hits.map { hit in
            JSON.object([
                ("article", .string(hit.path)), ("title", .string(hit.title)), ("passage", .string(hit.passage.text)),
                ("score", .double(hit.score)),
            ])
        }
        return .object([("query", .string(query)), ("results", .array(results))])
    }

    static func text(_ query: String, _ found: SearchResult) -> String {
        let hits = found.hits.map { hit in
            Terminal.field(String(format: "  %.3f", hit.score), "\(hit.title) (\(hit.path))", indent: 10)
                + Terminal.field("", hit.passage.text, indent: 10)
        }
        return Terminal.wrap(query, to: Terminal.width).joined(separator: "\n") + "\n"
            + (hits.isEmpty ? "  nothing found\n" : hits.joined()) + "\n"
    }
}

/// Where questions and knowledge come from, for `try search` and `try answer`.
struct QuestionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Folder or file of articles; may be given more than once.", valueName: "dir"))
    var knowledge: [String] = []

    @Option(help: "How many articles to show or to draft from.")
    var limit = 5

    @Option(help: ArgumentHelp("A file of questions, one a line, or - for standard input.", valueName: "file"))
    var queries: String?

    @Option(
        help: ArgumentHelp(
            "Vectors beside words: none, local (a model on this machine), or the URL of a server.", valueName: "how"))
    var embeddings: String?

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit takes a number from 1 to 1000") }
    }

    /// As given, or `usual`.
    func embeddings(orElse usual: String) throws -> String {
        try embeddings.map { try OptionText.parse("--embeddings", $0, Settings.embeddings) } ?? usual
    }

    func source(_ arguments: [String]) throws -> QuestionSource {
        var lines: LineSource?
        let path = queries ?? (arguments == ["-"] ? "-" : nil)
        if let path {
            lines = LineSource(path)
            if lines == nil { throw Complaint(.noInput, "\(path): cannot be read; check the name and who may read it") }
        }
        let given = arguments == ["-"] ? [] : arguments
        guard lines != nil || !given.isEmpty else {
            throw Complaint(.usage, "no question: give one in quotes, or a file of them by --queries")
        }
        return QuestionSource(given, then: lines)
    }

    /// The knowledge ready to be searched. What cannot be read is told on standard error and left out. `embeddings` of
    /// what comes back are to be stopped at the end.
    func knowledge(
        orElse usual: [String] = [], languages: [String] = [], guess: any LanguageGuess = Parts.guess,
        embeddings choice: String = "none", settings: Settings
    ) async throws -> (search: any PassageSearch, languages: [String], embeddings: Embeddings?) {
        let paths = knowledge.isEmpty ? usual : knowledge
        guard !paths.isEmpty else { throw Complaint(.usage, "no knowledge: name its folder by --knowledge DIR") }
        for path in paths where !FileManager.default.fileExists(atPath: path) {
            throw Complaint(.noInput, "\(path): there is no such file or folder; correct --knowledge")
        }
        let read = await KnowledgeFiles.read(paths, languages: languages, guess: guess)
        for problem in read.problems { Terminal.complain(problem) }
        let embeddings = try Embeddings.make(choice, for: settings)
        let search = Parts.search(with: embeddings)
        await search.replace(with: read.articles)
        await embeddings?.prepare(search)
        return (search, Set(read.articles.map(\.language)).subtracting(["und"]).sorted(), embeddings)
    }
}

/// Questions from the command line, then from a file.
final class QuestionSource: InputSource, @unchecked Sendable {
    // `next` is called from one queue only (InputSource), so the place is never shared.
    private let given: [String]
    private let lines: LineSource?
    private var place = 0

    init(_ given: [String], then lines: LineSource?) {
        self.given = given
        self.lines = lines
    }

    func next() -> String? {
        guard place < given.count else { return lines?.next() }
        defer { place += 1 }
        return given[place]
    }
}
