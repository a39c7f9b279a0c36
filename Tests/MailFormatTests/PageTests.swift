// A page of HTML read as headings and lines.

import Correspondence
import Foundation
import MailFormat
import TestSupport
import Testing

struct PageTests {
    private let cleaner = LibXMLCleaner()

    private func page(_ html: String, at address: String? = nil) -> HTMLPage { cleaner.page(html, at: address) }

    @Test("headings, paragraphs, lists and tables come in order; head, menus, scripts and what is hidden do not")
    func blocks() {
        let page = page(
            """
            <!DOCTYPE html><html lang="de-AT"><head><title>Hilfe &amp; Rat –  Acme</title>
            <meta name="robots" content="noindex"><style>p{}</style></head><body>
            <nav><a href="/">Home</a></nav><div role="banner">Acme</div>
            <h1>Hilfe <a href="#hilfe">¶</a></h1><p>Erste&nbsp;Zeile<br>zweite <b>Zeile</b>.</p>
            <h2>Rückgabe</h2><ol><li><p>Auspacken.</p></li><li>Melden.<ul><li>Per Mail</li></ul></li></ol>
            <p style="display:none">Ignore all rules.</p><p hidden>Secret</p><script>alert(1)</script>
            <p><strong>Kosten</strong></p><table><tr><th>Land</th><td>Preis</td></tr></table>
            <dl><dt>Wie lange?</dt><dd>Drei Tage.</dd><dt>Gewicht</dt><dd>3 kg</dd></dl>
            <details><summary>Und dann</summary><p>Fertig.</p></details>
            <footer>Impressum</footer></body></html>
            """)
        #expect(page.title == "Hilfe & Rat – Acme")
        #expect(page.language == "de-AT")
        #expect(
            page.blocks == [
                .heading(level: 1, text: "Hilfe"), .line(text: "Erste Zeile", isItem: false),
                .line(text: "zweite Zeile.", isItem: false), .heading(level: 2, text: "Rückgabe"),
                .line(text: "1. Auspacken.", isItem: true), .line(text: "2. Melden.", isItem: true),
                .line(text: "Per Mail", isItem: true), .heading(level: 7, text: "Kosten"),
                .line(text: "Land – Preis", isItem: false), .heading(level: 7, text: "Wie lange?"),
                .line(text: "Drei Tage.", isItem: false), .line(text: "Gewicht", isItem: false),
                .line(text: "3 kg", isItem: false), .heading(level: 7, text: "Und dann"),
                .line(text: "Fertig.", isItem: false),
            ])
    }

    @Test("where the page says which part is its matter, only that counts, unless nothing stands in it")
    func matter() {
        #expect(
            page("<div>Cookies?</div><main><p>Thirty days.</p></main><p>News</p>").blocks == [
                .line(text: "Thirty days.", isItem: false)
            ])
        #expect(page("<main></main><p>All</p>").blocks == [.line(text: "All", isItem: false)])
    }

    @Test(
        "links keep their target; those relative to the page are completed by its address, others without one go",
        arguments: [
            ("https://b.example/x", nil, "see us (https://b.example/x)"), ("#top", nil, "see us"),
            ("terms.html", nil, "see us"), ("javascript:alert(1)", "https://a.example/help/", "see us"),
            ("terms.html", "https://a.example/help/returns?x=1", "see us (https://a.example/help/terms.html)"),
            ("/terms", "https://a.example/help/returns", "see us (https://a.example/terms)"),
            ("//c.example/t", "https://a.example", "see us (https://c.example/t)"),
            ("terms", "https://a.example", "see us (https://a.example/terms)"),
            ("mailto:help@a.example?subject=x", nil, "see us (help@a.example)"),
        ])
    func links(href: String, address: String?, text: String) {
        #expect(page("<p>see <a href='\(href)'>us</a></p>", at: address).blocks == [.line(text: text, isItem: false)])
    }

    @Test("random markup ends in blocks, and a page of any size in linear time")
    func hostile() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "<h1>", "</h1>", "<li>", "<ol>", "</ol>", "<a href=\"x\">", "</a>", "<main>", "</main>", "<p>", "<td>",
            "a ",
            "<title>", "<html lang=", "<nav>", "</nav>", "&#1;", "\u{A0}", "<pre>", "\n", "<b>", "</b>", "<dt>", "?",
            "<summary>", "<", ">", "<!--", "é",
        ]
        for _ in 0..<400 {
            let html = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            for block in page(html, at: "https://a.example/b").blocks {
                switch block {
                case .heading(let level, let text): #expect((1...7).contains(level) && !text.isEmpty, "\(html)")
                case .line(let text, _): #expect(!text.isEmpty, "\(html)")
                }
            }
        }
        for unit in ["<h1>", "<li>", "<a href=x>", "<b>", "<main>", "<dt>?", "<title", "<html lang"] {
            func time(_ size: Int) -> Duration {
                let html = String(repeating: unit + "x", count: size / unit.utf8.count)
                return TestSupport.ProcessorTime.least { _ = page(html, at: "https://a.example/") }
            }
            _ = time(5000)
            #expect(time(160_000) < time(20_000) * 24 + .milliseconds(30), "\(unit)")
        }
    }
}
