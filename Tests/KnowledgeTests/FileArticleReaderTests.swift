// Files made into articles: front matter, titles, languages, passages, problems.

import Correspondence
import Foundation
import Glibc
import Knowledge
import Language
import MailFormat
import TestSupport
import Testing

/// Takes tags away and knows a few entities: what a cleaner's `text` does, for tests.
struct TagStripper: HTMLCleaner {
    func safeHTML(_ html: String) -> String { html }
    func text(_ html: String) -> String {
        html.replacingOccurrences(of: "</(p|h[1-6]|li|title)>", with: "\n\n", options: .regularExpression)
            .replacingOccurrences(of: "<[^>]*>", with: "", options: .regularExpression)
    }
}

struct FileArticleReaderTests {
    private let reader = FileArticleReader(languageGuess: CLD2LanguageGuess(), cleaner: TagStripper())

    private func read(_ text: String, path: String = "faq.md") -> (Article?, [String]) {
        let (articles, problems) = reader.articles(from: [ArticleFile(path: path, bytes: Array(text.utf8))])
        return (articles.first, problems)
    }

    @Test("front matter gives title, language, tags, audience and end of validity")
    func frontMatter() throws {
        let (article, problems) = read(
            """
            ---
            title: "Returns: how"
            language: de
            tags: [returns, 'money back']
            audience: customers
            valid-until: 2026-12-31
            date: 2024-01-01
            ---
            # Another heading

            Dreißig Tage.
            """)
        let found = try #require(article)
        #expect(problems == [])
        #expect(found.title == "Returns: how")
        #expect(found.language == "de")
        #expect(found.tags == ["returns", "money back"])
        #expect(found.audience == "customers")
        #expect(found.validUntil?.rfc3339 == "2026-12-31T23:59:59Z")
        #expect(found.passages == [Passage(headings: ["Another heading"], text: "Dreißig Tage.", purpose: .answer)])
        #expect(found.body == "# Another heading\n\nDreißig Tage.")
    }

    @Test(
        "a fault in front matter names file and line",
        arguments: [
            ("---\ntitle: A\nvalid-until: tomorrow\n---\nText", "faq.md:3: valid-until 'tomorrow' is no date"),
            ("---\nlanguage: Deutsch!\n---\nText", "faq.md:2: language 'Deutsch!' is no code"),
            ("---\ntitle: A\nno key here\n---\nText", "faq.md:3: 'no key here' is no 'key: value'"),
            ("---\ntitle: A\nText without an end", "faq.md:1: the front matter is not closed"),
            ("", "holds no text"),
            ("# Only a title", "holds no text"),
        ])
    func faults(text: String, problem: String) {
        let (article, problems) = read(text)
        #expect(article == nil)
        #expect(problems.count == 1)
        #expect(problems.first?.contains(problem) == true, "\(problems)")
    }

    @Test("a list of tags below its key is read, and a rule at the top is no front matter")
    func lists() {
        #expect(read("---\ntags:\n  - one\n  - two\n---\nText").0?.tags == ["one", "two"])
        #expect(read("---\n\nText after a rule.\n").0?.passages.first?.text == "Text after a rule.")
    }

    @Test(
        "the language comes from front matter, name, folder or content, in this order",
        arguments: [
            ("de/faq.fr.md", "---\nlanguage: es\n---\nx", "es"), ("de/faq.fr.md", "x", "fr"), ("de/faq.md", "x", "de"),
            ("pt-BR/faq.md", "x", "pt-BR"), ("docs/faq.md", "x", "und"), ("faq.v2.md", "x", "und"),
            ("faq.md", "Sie können jede unbenutzte Maschine innerhalb von dreißig Tagen zurückgeben.", "de"),
        ])
    func language(path: String, text: String, language: String) {
        #expect(read(text, path: path).0?.language == language)
    }

    @Test("marks are taken off, lines and list items keep their own lines, links keep their address")
    func plainText() {
        let (article, _) = read(
            """
            Title
            =====

            A **bold** word, `code`, *stars* and snake_case with 2*3 and a
            wrapped line. See [our page](https://acme.example/a "t") or <https://b.example>.

            1. First step
            2. Second [ref][r] step
            - Bullet ![image](x.png) one
              goes on
            > quoted \\*not bold\\*

            | A | B |
            |---|---|
            | 1 | 2 |

            ```
            let x = *1*
            ```
            <!-- hidden
            words --> Shown &amp; kept.

            [r]: https://ref.example/x
            """)
        #expect(article?.title == "Title")
        #expect(
            article?.passages.first?.text == """
                A bold word, code, stars and snake_case with 2*3 and a wrapped line. See our page \
                (https://acme.example/a) or https://b.example.
                1. First step
                2. Second ref (https://ref.example/x) step
                Bullet image one goes on quoted *not bold*
                A – B
                1 – 2
                let x = *1*
                Shown & kept.
                """)
    }

    @Test("passages are cut by headings, nested ones carry all that stand above")
    func headings() {
        let (article, _) = read(
            "# Top\nIntro.\n## One\nFirst.\n### Deep\nSecond.\n## Two\nThird.\n\n**Bold heading**\n\nFourth.")
        #expect(
            article?.passages.map(\.headings) == [[], ["One"], ["One", "Deep"], ["Two"], ["Two", "Bold heading"]])
        #expect(article?.passages.map(\.text) == ["Intro.", "First.", "Second.", "Third.", "Fourth."])
    }

    @Test("a list of questions is found by and not quoted, whatever its heading; an answer list is quoted")
    func questions() {
        let (article, _) = read(
            """
            # T
            ## Steps
            - Open the lid.
            - Is it warm?
            - Close the lid.
            ## Was Leute wissen wollen
            - Wie geht das?
            - Was kostet es?
            ## Questions customers ask
            - I cannot sign in.
            - It is locked.
            ## 質問
            - いくらですか？
            - いつ届きますか？
            """)
        #expect(article?.passages.map(\.purpose) == [.answer, .questions, .questions, .questions])
    }

    @Test("a long section is cut between lines")
    func longSection() {
        let line = String(repeating: "word ", count: 60)
        let (article, _) = read("# T\n" + (0..<20).map { _ in line + "\n" }.joined(separator: "\n"))
        let lengths = article?.passages.map(\.text.count) ?? []
        #expect(lengths.count > 3)
        #expect(lengths.allSatisfy { $0 <= 1600 })
    }

    @Test("HTML comes in by the cleaner with its headings; its title is the title")
    func html() {
        let page =
            "<html><title>Shop – Acme</title><body><h1>Shop</h1><h2 class=x>Returns</h2><p>Thirty days.</p></body></html>"
        let article = FileArticleReader(languageGuess: CLD2LanguageGuess(), cleaner: LibXMLCleaner())
            .articles(from: [ArticleFile(path: "en/shop.html", bytes: Array(page.utf8))]).articles.first
        #expect(article?.title == "Shop")
        #expect(article?.passages.last == Passage(headings: ["Returns"], text: "Thirty days.", purpose: .answer))
    }

    @Test("what cannot be read is named and left out; the rest is read")
    func problems() {
        let files = [
            ArticleFile(path: "a.docx", bytes: [1]), ArticleFile(path: "b.md", bytes: [0xFF, 0xFE, 0x41, 0]),
            ArticleFile(path: "c.md", bytes: Array("Text".utf8)), ArticleFile(path: "c.md", bytes: Array("Two".utf8)),
            ArticleFile(path: "d.md", bytes: [UInt8](repeating: 65, count: ArticleLimits.text + 1)),
        ]
        let (articles, problems) = reader.articles(from: files)
        #expect(articles.map(\.path) == ["c.md"])
        #expect(problems.count == 4)
        #expect(problems[0].hasPrefix("a.docx: is no .md"))
        #expect(problems[1] == "b.md: is not UTF-8: save it as UTF-8")
    }

    @Test("the same path is the same id everywhere, whatever the content, line ends or mark")
    func identity() {
        let one = read("Text").0
        let two = read("\u{FEFF}Other\r\ntext", path: "faq.md").0
        #expect(one?.id == two?.id)
        #expect(two?.passages.first?.text == "Other text")
        #expect(one?.id != read("Text", path: "faq2.md").0?.id)
        #expect(one?.id.text.count == 26)
    }

    @Test(
        "reading is linear",
        arguments: ["[", "![", "<", "`*_", "- item?\n", "# h\nx\n", "| a ", "<!--", "](", "\\", "&amp;", "> "])
    func linear(unit: String) {
        func time(_ size: Int) -> Duration {
            let text = "x " + String(repeating: unit, count: size / unit.utf8.count)
            return ProcessorTime.least { _ = read(text) }
        }
        _ = time(5000)
        #expect(time(120_000) < time(15_000) * 24 + .milliseconds(30))
    }
}

struct ArticleFolderTests {
    @Test("a folder is read in order with paths below it, hidden files left out, faults named")
    func folder() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("knowledge-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let files = FileManager.default
        try files.createDirectory(at: root.appendingPathComponent("de"), withIntermediateDirectories: true)
        try Data("B".utf8).write(to: root.appendingPathComponent("b.md"))
        try Data("A".utf8).write(to: root.appendingPathComponent("de/a.md"))
        try Data("H".utf8).write(to: root.appendingPathComponent(".hidden.md"))
        try Data(count: ArticleLimits.text + 1).write(to: root.appendingPathComponent("big.md"))
        try files.createSymbolicLink(
            at: root.appendingPathComponent("gone.md"), withDestinationURL: root.appendingPathComponent("nothing"))
        let (found, problems) = ArticleFolder.read([root.path, root.path + "/absent"])
        #expect(found.map(\.path) == ["b.md", "de/a.md"])
        #expect(found.first?.bytes == [66])
        #expect(problems.count == 3)
        #expect(problems.contains { $0.hasPrefix("big.md: is larger") })
        #expect(problems.contains { $0.hasPrefix("gone.md: ") })
        #expect(problems.contains { $0.contains("there is no such file or folder") })
        #expect(ArticleFolder.read([root.path + "/b.md"]).files.map(\.path) == ["b.md"])
    }

    @Test("of a folder with too many files as many are read as the limit says, which is named")
    func huge() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("huge-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        for number in 0...ArticleFolder.fileLimit + 3 {
            close(open("\(root)/\(number).md", O_CREAT | O_WRONLY, 0o600))
        }
        let (files, problems) = ArticleFolder.read([root])
        #expect(files.count == ArticleFolder.fileLimit)
        #expect(problems.count == 1)
        #expect(problems.first?.hasSuffix("only 20000 files are read: take some out") == true)
    }

    @Test("an empty folder and one that cannot be reached are told apart from one without articles")
    func emptiness() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("empty-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        try FileManager.default.createDirectory(atPath: root + "/a", withIntermediateDirectories: true)
        let found = ArticleFolder.look(into: [root, root + "/a", root + "/gone"])
        #expect(found.empty == [root + "/a"])
        #expect(found.unreached.count == 1)
        #expect(found.files.isEmpty && found.unknown.isEmpty)
    }
}
