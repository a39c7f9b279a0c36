// Files of the knowledge base made into articles: title, language, passages.

package import Correspondence
import Foundation
import Language

/// `.md`, `.markdown` and `.txt` are read as Markdown, `.html` and `.htm` through the cleaner. The language comes from
/// the front matter, a name like `faq.de.md`, a folder like `de/`, or the content, in this order.
package struct MarkdownArticleReader: ArticleReader {
    /// A larger file is a problem, not an article.
    package static let sizeLimit = 2_000_000

    private let languageGuess: any LanguageGuess
    private let cleaner: any HTMLCleaner
    private let languages: [String]

    /// `languages` restricts what content may be found to be in; empty means any.
    package init(languageGuess: any LanguageGuess, cleaner: any HTMLCleaner, languages: [String] = []) {
        self.languageGuess = languageGuess
        self.cleaner = cleaner
        self.languages = languages
    }

    package func articles(from files: [ArticleFile]) -> (articles: [Article], problems: [String]) {
        var articles: [Article] = []
        var problems: [String] = []
        var seen: Set<String> = []
        for file in files {
            guard seen.insert(file.path).inserted else {
                problems.append("\(file.path): two files bear this path; the first is used: rename the other")
                continue
            }
            switch read(file) {
            case .success(let article): articles.append(article)
            case .failure(let problem): problems.append("\(file.path)\(problem.place): \(problem.message)")
            }
        }
        return (articles, problems)
    }

    private struct Problem: Error {
        var place = ""
        var message: String
    }

    private func read(_ file: ArticleFile) -> Result<Article, Problem> {
        let kind = file.path.split(separator: "/").last?.split(separator: ".").last?.lowercased() ?? ""
        let isHTML = kind == "html" || kind == "htm"
        guard isHTML || ["md", "markdown", "txt"].contains(kind) else {
            return .failure(Problem(message: "is no .md, .txt or .html file: convert it or take it out"))
        }
        guard file.bytes.count <= Self.sizeLimit else {
            return .failure(Problem(message: "is larger than \(Self.sizeLimit) bytes: split it"))
        }
        guard var text = Self.decode(file.bytes) else {
            return .failure(Problem(message: "is not UTF-8: save it as UTF-8"))
        }
        var htmlTitle: String?
        if isHTML { (text, htmlTitle) = markdown(fromHTML: text) }
        let all = text.split(separator: "\n", omittingEmptySubsequences: false)
        var lines = all[...]
        var matter = FrontMatter()
        do {
            matter = try FrontMatter.take(from: &lines) ?? FrontMatter()
        } catch {
            return .failure(Problem(place: ":\(error.line)", message: error.message))
        }
        let blocks = MarkdownBlocks(lines: lines).blocks
        let title = matter.title ?? htmlTitle ?? firstHeading(blocks) ?? Self.name(of: file.path)
        let passages = PassageMaker.passages(of: blocks, title: title)
        guard !passages.isEmpty else {
            return .failure(Problem(message: "holds no text: write the answer below its title"))
        }
        let body = lines.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
        let language = matter.language ?? Self.language(of: file.path) ?? guessed(title: title, passages: passages)
        return .success(
            Article(
                id: Self.id(of: file.path), path: file.path, title: title, language: language, tags: matter.tags,
                audience: matter.audience, validUntil: matter.validUntil, body: body, passages: passages))
    }

    private func firstHeading(_ blocks: [MarkdownBlocks.Block]) -> String? {
        for case .heading(_, let text) in blocks { return text }
        return nil
    }

    private func guessed(title: String, passages: [Passage]) -> String {
        let text = ([title] + passages.map(\.text)).joined(separator: "\n")
        return languageGuess.guess(text, among: languages).language
    }

    /// Headings are given their Markdown mark before the cleaner takes the tags away.
    private func markdown(fromHTML html: String) -> (text: String, title: String?) {
        var marked = html
        for level in 1...6 {
            marked = marked.replacingOccurrences(
                of: "<h\(level)(\\s[^<>]{0,500})?>", with: "<h\(level)>\(String(repeating: "#", count: level)) ",
                options: [.regularExpression, .caseInsensitive])
        }
        var title: String?
        if let open = html.range(of: "<title>", options: .caseInsensitive),
            let close = html.range(of: "</title>", options: .caseInsensitive, range: open.upperBound..<html.endIndex)
        {
            let words = cleaner.text(String(html[open.upperBound..<close.lowerBound]))
            title = words.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return (cleaner.text(marked), title?.isEmpty == true ? nil : title)
    }

    /// UTF-8 without its mark, every line end a line feed; nil for anything else.
    private static func decode(_ bytes: [UInt8]) -> String? {
        var clean: [UInt8] = []
        clean.reserveCapacity(bytes.count)
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        var previous: UInt8 = 0
        for byte in body {
            if byte == 0x0A, previous == 0x0D {
                previous = byte
                continue
            }
            previous = byte
            // NUL is in no text; stores refuse it.
            if byte != 0 { clean.append(byte == 0x0D ? 0x0A : byte) }
        }
        return String(validating: clean, as: UTF8.self)
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
