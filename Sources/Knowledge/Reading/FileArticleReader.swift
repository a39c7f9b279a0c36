// Files of the knowledge base made into articles: title, language, audience, passages.

package import Correspondence
import Foundation
import Language

/// Markdown, plain text, HTML, PDF and tables of questions and answers. What a file cannot say about itself stands in a
/// file of keys beside it (`manual.pdf.yaml`); a `sitemap.xml` gives the saved pages below its folder their addresses,
/// and pages that it does not name are left out. The language comes from the front matter, a name like `faq.de.md`, a
/// folder like `de/`, or the content, in this order.
package struct FileArticleReader: ArticleReader {
    private let languageGuess: any LanguageGuess
    private let cleaner: any HTMLCleaner
    private let languages: [String]
    private let pdf: PDFText

    /// `languages` restricts what content may be found to be in; empty means any. `pdf` is shared by readers of the same
    /// files: it remembers.
    package init(
        languageGuess: any LanguageGuess, cleaner: any HTMLCleaner, languages: [String] = [], pdf: PDFText = PDFText()
    ) {
        self.languageGuess = languageGuess
        self.cleaner = cleaner
        self.languages = languages
        self.pdf = pdf
    }

    /// Blocking where a PDF is among the files.
    package func articles(from files: [ArticleFile]) -> (articles: [Article], problems: [String]) {
        var surroundings = FileSurroundings(files)
        var articles: [Article] = []
        var seen: Set<String> = []
        for file in files {
            guard seen.insert(file.path).inserted else {
                surroundings.problems.append(
                    "\(file.path): two files bear this path; the first is used: rename the other")
                continue
            }
            guard let kind = ArticleKind(path: file.path) else {
                // Pictures and style sheets belong to saved pages.
                if surroundings.sitemap(of: file.path) == nil {
                    surroundings.problems.append(
                        "\(file.path): is no .md, .txt, .html, .pdf or .csv file: convert it or take it out")
                }
                continue
            }
            guard file.bytes.count <= kind.sizeLimit else {
                surroundings.problems.append("\(file.path): is larger than \(kind.sizeLimit) bytes: split it")
                continue
            }
            let (read, problems) = read(file, kind, surroundings)
            surroundings.problems += problems
            let room = ArticleLimits.articles - articles.count
            if read.count > room {
                surroundings.problems.append(
                    "\(file.path): only \(ArticleLimits.articles) articles are read: take some out")
            }
            articles += read.prefix(room)
        }
        return (articles, surroundings.problems)
    }

    // MARK: One file

    private func read(
        _ file: ArticleFile, _ kind: ArticleKind, _ around: FileSurroundings
    ) -> (articles: [Article], problems: [String]) {
        if kind == .sitemap || kind == .keys { return ([], []) }
        let page = around.sitemap(of: file.path)?.entry(of: file.path)
        if kind == .html, around.sitemap(of: file.path) != nil, page == nil { return ([], []) }
        let text: String
        if kind == .pdf {
            switch pdf.text(of: file.bytes, at: file.path) {
            case .success(let found): text = found
            case .failure(let problem): return ([], ["\(file.path): \(problem.message)"])
            }
        } else {
            guard let decoded = FileSurroundings.decode(file.bytes) else {
                return ([], ["\(file.path): is not UTF-8: save it as UTF-8"])
            }
            text = decoded
        }
        if kind == .table { return table(text, file.path, around.keys[file.path]) }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        var matter = FrontMatter()
        do {
            if kind != .pdf { matter = try FrontMatter.take(from: &lines) ?? FrontMatter() }
        } catch {
            return ([], ["\(file.path):\(error.line): \(error.message)"])
        }
        if let keys = around.keys[file.path] { matter.add(keys) }
        matter.url = matter.url ?? page?.address
        var content = content(kind, lines, at: matter.url)
        content.changedAt = page?.changedAt
        return article(file.path, content, matter)
    }

    /// What a format gives beside the front matter.
    private struct Content {
        var blocks: [TextBlock]
        var body: String
        var title: String?
        /// A language the file claims; its words go before it.
        var language: String?
        var changedAt: Instant?
    }

    private func content(_ kind: ArticleKind, _ lines: ArraySlice<Substring>, at address: String?) -> Content {
        let body = lines.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
        switch kind {
        case .html:
            let page = cleaner.page(body, at: address)
            return Content(
                blocks: page.blocks, body: Self.markdown(page.blocks), title: Self.title(of: page),
                language: page.language.flatMap { FrontMatter.isLanguage($0) ? $0 : nil })
        case .pdf:
            let blocks = PlainTextBlocks(lines: PDFPages.lines(of: body)[...], guessesHeadings: true).blocks
            return Content(blocks: blocks, body: Self.markdown(blocks))
        case .text: return Content(blocks: PlainTextBlocks(lines: lines).blocks, body: body)
        case .markdown, .table, .sitemap, .keys: return Content(blocks: MarkdownBlocks(lines: lines).blocks, body: body)
        }
    }

    private func article(
        _ path: String, _ content: Content, _ matter: FrontMatter, adding questions: [String] = []
    ) -> (articles: [Article], problems: [String]) {
        guard !matter.isProposal else {
            return ([], ["\(path): is a proposal: look it over, then take the line \"proposal: yes\" out"])
        }
        let title = matter.title ?? content.title ?? Self.firstHeading(content.blocks) ?? Self.name(of: path)
        var passages = PassageMaker.passages(of: content.blocks, title: title)
        guard !passages.isEmpty else { return ([], ["\(path): holds no text: write the answer below its title"]) }
        var problems: [String] = []
        if passages.count > PassageMaker.passageLimit {
            passages.removeLast(passages.count - PassageMaker.passageLimit)
            problems.append("\(path): only its first \(PassageMaker.passageLimit) passages are used: split it")
        }
        if !questions.isEmpty {
            passages.append(Passage(headings: [], text: questions.joined(separator: "\n"), purpose: .questions))
        }
        let article = Article(
            id: Self.id(of: path), path: path, title: title,
            language: matter.language ?? Self.language(of: path)
                ?? language(title, passages, claimed: content.language),
            tags: matter.tags, audience: matter.audience, validUntil: matter.validUntil, url: matter.url,
            changedAt: content.changedAt, body: content.body, passages: passages)
        return ([article], problems)
    }

    // MARK: Tables

    private func table(
        _ text: String, _ path: String, _ keys: FrontMatter?
    ) -> (articles: [Article], problems: [String]) {
        let table = QuestionTable(text)
        var articles: [Article] = []
        var problems = table.problems.map { path + $0 }
        for row in table.rows {
            var matter = keys ?? FrontMatter()
            matter.add(row.matter)
            matter.title = row.matter.title ?? row.question.split(separator: "\n").joined(separator: " ")
            matter.language = matter.language ?? Self.language(of: path)
            let isHTML = row.answer.hasPrefix("<") && row.answer.contains("</")
            let content = content(
                isHTML ? .html : .markdown, row.answer.split(separator: "\n", omittingEmptySubsequences: false)[...],
                at: matter.url)
            let questions = row.question.split(separator: "\n").map(String.init)
            let read = article("\(path)#\(row.name)", content, matter, adding: questions)
            articles += read.articles
            problems += read.problems
        }
        return (articles, problems)
    }

    // MARK: Title and language

    private static func firstHeading(_ blocks: [TextBlock]) -> String? {
        for case .heading(_, let text) in blocks { return text }
        return nil
    }

    /// The page's own heading where its title only adds the site's name (`Returns – Acme Help`).
    private static func title(of page: HTMLPage) -> String? {
        guard let title = page.title else { return nil }
        for case .heading(1, let text) in page.blocks where title.hasPrefix(text) { return text }
        return title
    }

    /// A page's claim counts where its words do not speak against it: templates claim what their maker spoke.
    private func language(_ title: String, _ passages: [Passage], claimed: String?) -> String {
        let text = ([title] + passages.map(\.text)).joined(separator: "\n")
        let guessed = languageGuess.guess(text, among: languages).language
        guard let claimed else { return guessed }
        return guessed == "und" || LanguageCode.same(guessed, claimed) ? claimed : guessed
    }

    /// The blocks as Markdown, for a file that is none.
    private static func markdown(_ blocks: [TextBlock]) -> String {
        blocks.map { block in
            switch block {
            case .heading(let level, let text):
                "\n" + (level > 6 ? "**\(text)**" : String(repeating: "#", count: level) + " " + text) + "\n"
            case .line(let text, let isItem): isItem && text.first?.isNumber != true ? "- \(text)" : text + "\n"
            }
        }.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func name(of path: String) -> String {
        let file = path.split(separator: "/").last ?? Substring(path)
        let stem = file.split(separator: ".").first ?? file
        return stem.replacingOccurrences(of: "-", with: " ").replacingOccurrences(of: "_", with: " ")
    }

    /// `de` of `faq.de.md`, or of the innermost folder that is a language's code.
    static func language(of path: String) -> String? {
        let parts = path.split(separator: "/")
        guard let file = parts.last else { return nil }
        let names = file.split(separator: ".")
        if names.count >= 3, LanguageCode.isKnown(String(names[names.count - 2])) {
            return String(names[names.count - 2])
        }
        return parts.dropLast().last { LanguageCode.isKnown(String($0)) }.map(String.init)
    }

    /// 26 characters made from the path alone (two FNV-1a sums), so that every process calls the article the same.
    static func id(of path: String) -> ArticleID {
        func sum(_ seed: UInt64) -> UInt64 {
            path.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        }
        let sums = [sum(0xCBF2_9CE4_8422_2325), sum(0x8422_2325_CBF2_9CE4)]
        return ArticleID(Base32.encode(sums.flatMap { sum in (0..<8).map { UInt8(sum >> (56 - 8 * $0) & 255) } }))
    }
}
