// Plain text, PDF, tables and sitemaps made into articles.

import Correspondence
import Foundation
import Language
import MailFormat
import TestSupport
import Testing

@testable import Knowledge

struct FormatTests {
    private let reader = FileArticleReader(languageGuess: CLD2LanguageGuess(), cleaner: LibXMLCleaner())

    private func file(_ path: String, _ text: String) -> ArticleFile {
        ArticleFile(path: path, bytes: Array(text.utf8))
    }

    private func read(_ files: ArticleFile...) -> (articles: [Article], problems: [String]) {
        reader.articles(from: files)
    }

    // MARK: Plain text

    @Test("plain text has a title, underlined headings, paragraphs and lists, and keeps its marks")
    func plainText() throws {
        let (articles, problems) = read(
            file(
                "en/returns.txt",
                """
                Returning a machine

                You can send back any machine that was not used, within thirty days of the
                day it arrived, in its box. Use the snake_case label #12.

                Costs
                -----
                - The label is free.
                2) A used machine costs 2 * 3 EUR.

                Acme GmbH
                Main Street 1
                """))
        #expect(problems == [])
        let article = try #require(articles.first)
        #expect(article.title == "Returning a machine")
        #expect(
            article.passages == [
                Passage(
                    headings: [],
                    text:
                        "You can send back any machine that was not used, within thirty days of the day it arrived, in "
                        + "its box. Use the snake_case label #12.", purpose: .answer),
                Passage(
                    headings: ["Costs"],
                    text: "The label is free.\n2) A used machine costs 2 * 3 EUR.\nAcme GmbH\nMain Street 1",
                    purpose: .answer),
            ])
    }

    // MARK: Keys beside a file

    @Test("a file that cannot carry front matter has its keys in a file beside it")
    func keys() {
        let (articles, problems) = read(
            file("a.html", "<html lang=en><title>Goodwill</title><body><p>Up to 20 EUR.</p></body></html>"),
            file(
                "a.html.yaml",
                "title: Goodwill vouchers\naudience: [agents]\nvalid-until: 2027-01-31\nurl: https://acme.example/g\n"),
            file("b.pdf.yaml", "title: Lost\n"), file("a.html.yml", "url: ftp://acme.example\n"))
        #expect(articles.first?.title == "Goodwill vouchers")
        #expect(articles.first?.isForAgents == true)
        #expect(articles.first?.validUntil?.rfc3339 == "2027-01-31T23:59:59Z")
        #expect(articles.first?.url == "https://acme.example/g")
        #expect(
            problems == [
                "b.pdf.yaml: there is no b.pdf that it could be about: name it like its file, or take it out",
                "a.html.yml:1: url 'ftp://acme.example' is no address such as https://acme.example/help",
            ])
    }

    @Test("a proposal is no article until somebody takes its mark out")
    func proposal() {
        let (articles, problems) = read(
            file("p.md", "---\nproposal: yes\n---\n# A\n\nText."), file("q.md", "---\nproposal: no\n---\n# A\n\nText."))
        #expect(articles.map(\.path) == ["q.md"])
        #expect(problems == ["p.md: is a proposal: look it over, then take the line \"proposal: yes\" out"])
    }

    @Test(
        "an audience is everyone, the agents, or roles of customers",
        arguments: [
            (nil, [true, true, true], false), ("customers", [true, true, true], false),
            ("agents", [false, false, true], true), ("wholesale", [false, true, true], false),
            ("agents, Wholesale", [false, true, true], false), ("internal staff", [false, false, true], true),
        ] as [(String?, [Bool], Bool)])
    func audience(text: String?, isFor: [Bool], isForAgents: Bool) {
        let article = Article(
            id: ArticleID("a"), path: "a", title: "a", language: "en", audience: text, body: "", passages: [])
        let asking: [Audience] = [.customer(role: nil), .customer(role: "wholesale"), .agents]
        #expect(asking.map { article.isFor($0) } == isFor)
        #expect(article.isForAgents == isForAgents)
        #expect(article.isFor(.customer(role: "agents")) == isFor[0])
    }

    // MARK: Tables

    @Test("each row of a table is an article that is found by its question and quotes its answer")
    func table() throws {
        let (articles, problems) = read(
            file(
                "faq.csv",
                """
                Question;Answer;Language;Tags;Valid-Until;Audience;ID;Title
                "Can I return it?
                Is a return free?";"Yes, within **30** days.

                - Use the label.";en;returns|money;2027-01-31;;returns;Returns
                Wie lange?;Drei Tage.;de;;;agents;;
                ;Nobody asked.;en;;;;;
                What?;When?;en;;tomorrow;;;
                Twice?;Yes.;en;;;;returns;
                """))
        #expect(articles.map(\.path) == ["faq.csv#returns", "faq.csv#2"])
        let first = try #require(articles.first)
        #expect(first.title == "Returns")
        #expect(first.tags == ["returns", "money"])
        #expect(first.validUntil?.rfc3339 == "2027-01-31T23:59:59Z")
        #expect(
            first.passages == [
                Passage(headings: [], text: "Yes, within 30 days.\nUse the label.", purpose: .answer),
                Passage(headings: [], text: "Can I return it?\nIs a return free?", purpose: .questions),
            ])
        #expect(articles.last?.title == "Wie lange?")
        #expect(articles.last?.language == "de")
        #expect(articles.last?.audience == "agents")
        #expect(
            problems == [
                "faq.csv:7: the question is empty: write it",
                "faq.csv:8: valid-until 'tomorrow' is no date such as 2026-12-31",
                "faq.csv:9: two rows bear the id returns; the first is used: change the other",
            ])
    }

    @Test(
        "a table that is none says what is wrong",
        arguments: [
            ("a,b\n1,2", "faq.csv: the first line must name the columns \"question\" and \"answer\"; it names: a, b"),
            ("", "faq.csv: the first line must name the columns \"question\" and \"answer\"; it names: none"),
            ("question,answer\nx,\"y\nz", "faq.csv:2: a quote is opened and never closed: close it"),
            ("question,answer\n", "faq.csv: holds no row: write questions and answers"),
        ])
    func badTable(text: String, problem: String) {
        #expect(read(file("faq.csv", text)).problems == [problem])
    }

    @Test("random tables end in articles or problems that name the file")
    func randomTables() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "question", "answer", ",", ";", "\"", "\n", "\r\n", "a", "é", "\u{0}", "valid-until", "<p>", "---", "|",
        ]
        for _ in 0..<500 {
            let text =
                (Bool.random(using: &random) ? "question,answer\n" : "")
                + (0..<Int.random(in: 0...50, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
            let (articles, problems) = read(file("t.csv", text))
            #expect(!articles.isEmpty || !problems.isEmpty, "\(text)")
            #expect(problems.allSatisfy { $0.hasPrefix("t.csv") }, "\(problems)")
            #expect(articles.allSatisfy { $0.path.hasPrefix("t.csv#") && !$0.passages.isEmpty })
        }
    }

    @Test("what passes a limit is cut and named")
    func limits() {
        let rows = "question,answer,language\n" + String(repeating: "q,a,en\n", count: ArticleLimits.rows + 1)
        let (articles, problems) = read(file("t.csv", rows))
        #expect(articles.count == ArticleLimits.rows)
        #expect(problems == ["t.csv: only 20000 rows are read: split it"])
        let long = "# T\n" + (0...PassageMaker.passageLimit).map { "## H\($0)\nText.\n" }.joined()
        let cut = read(file("en/long.md", long))
        #expect(cut.articles.first?.passages.count == PassageMaker.passageLimit)
        #expect(cut.problems == ["en/long.md: only its first 2000 passages are used: split it"])
    }

    // MARK: Sitemaps

    private let sitemap = """
        <?xml version="1.0" encoding="UTF-8"?><!-- made by hand -->
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="x">
          <url><loc> https://acme.example/help/returns </loc><lastmod>2026-10-01</lastmod>
            <image:image><image:loc>https://acme.example/p.png</image:loc></image:image></url>
          <url><loc>https://acme.example/help/</loc><lastmod>2026-10-02T03:04:05+00:00</lastmod></url>
          <url><loc><![CDATA[https://acme.example/list?a=1&b=2]]></loc></url>
          <url><loc>https://acme.example/list?a=2&amp;b=2</loc></url>
          <url><loc>https://acme.example/m/manual.pdf</loc></url>
          <url><loc>javascript:alert(1)</loc></url>
        </urlset>
        """

    @Test("pages of a sitemap get their addresses, in every form they are saved in; those outside it are left out")
    func sitemapPages() throws {
        func page(_ path: String) -> ArticleFile {
            file(path, "<title>\(path)</title><p>Thirty days, see <a href=\"/terms\">the terms</a>.</p>")
        }
        let (articles, problems) = read(
            file("site/sitemap.xml", sitemap), page("site/help/returns.html"),
            page("site/acme.example/help/index.html"),
            page("site/list?a=1&b=2.html"), page("site/old.html"), page("other.html"), file("site/style.css", ""),
            file("site/note.md", "Kept."))
        #expect(
            articles.map { "\($0.path) \($0.url ?? "-")" } == [
                "site/help/returns.html https://acme.example/help/returns",
                "site/acme.example/help/index.html https://acme.example/help/",
                "site/list?a=1&b=2.html https://acme.example/list?a=1&b=2", "other.html -", "site/note.md -",
            ])
        #expect(articles.first?.changedAt?.rfc3339 == "2026-10-01T00:00:00Z")
        #expect(articles.dropFirst().first?.changedAt?.rfc3339 == "2026-10-02T03:04:05Z")
        #expect(articles.first?.passages.first?.text == "Thirty days, see the terms (https://acme.example/terms).")
        #expect(problems == ["site/sitemap.xml: 1 of its addresses cannot be used and are passed over"])
    }

    @Test(
        "what is no sitemap says what is wrong, and opens no entity",
        arguments: [
            ("<!DOCTYPE urlset [<!ENTITY a \"b\">]><urlset/>", "holds a document type or entities"),
            ("<rss></rss>", "is no sitemap (<rss>): take it out"), ("text", "is no sitemap: take it out"),
            ("<urlset><url>", "is cut off: save it again"), ("<urlset></url>", "is broken: </url> closes nothing"),
            ("<urlset></urlset>", "names 0 addresses, and none of them is a page saved beside it"),
        ])
    func badSitemap(text: String, problem: String) {
        let problems = read(file("sitemap.xml", text)).problems
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("sitemap.xml: \(problem)") == true, "\(problems)")
    }

    @Test("random sitemaps end in entries or a fault, in linear time")
    func randomSitemaps() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "<urlset>", "</urlset>", "<url>", "</url>", "<loc>", "</loc>", "https://a.example/x", "<![CDATA[", "]]>",
            "<!--",
            "-->", "&amp;", "<", ">", "/", "<?", "?>", "é", "<lastmod>", "</lastmod>",
        ]
        for _ in 0..<1000 {
            let text =
                "<urlset>"
                + (0..<Int.random(in: 0...40, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
            if let sitemap = try? Sitemap(text) {
                #expect(sitemap.entries.allSatisfy { FrontMatter.isAddress($0.address) })
            }
        }
        for unit in ["<url><loc>https://a.example/x</loc></url>", "<!--", "<", "<a/>", "<![CDATA[", "&amp;"] {
            func time(_ size: Int) -> Duration {
                let text = "<urlset>" + String(repeating: unit, count: size / unit.utf8.count)
                return ProcessorTime.least { _ = try? Sitemap(text) }
            }
            _ = time(5000)
            #expect(time(160_000) < time(20_000) * 24 + .milliseconds(30), "\(unit)")
        }
    }
}
