// Cleaned HTML holds nothing that acts, says the same when cleaned again, and its text keeps its form.
import Correspondence
import Foundation
import MailFormat
import Testing

struct CleanerTests {
    static let hostile = [
        "<script>alert(1)</script>x", "<scr<script>ipt>alert(1)</script>", "<img src=x onerror=alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>", "<a href=\"jav\tascript:alert(1)\">x</a>",
        "<a href=\"&#106;avascript:alert(1)\">x</a>", "<a href='data:text/html,<script>1</script>'>x</a>",
        "<a href=\"//evil.example\">x</a>", "<a href=\"vbscript:x\">x</a>", "<svg><script>1</script></svg>after",
        "<svg/onload=alert(1)>after", "<math><mi//xlink:href=\"data:x,<script>alert(4)</script>\">",
        "<div style=\"background:url(javascript:1)\">x</div>", "<div style=\"width:expression(alert(1))\">x</div>",
        "<div style=\"position:fixed;top:0\">x</div>", "<div style=\"color:red;} body{x\">x</div>",
        "<style>@import 'x';</style>x", "<link rel=stylesheet href=x>x", "<base href=//x>x",
        "<meta http-equiv=refresh>x",
        "<form action=x><input name=y><button formaction=javascript:1>go</button></form>",
        "<iframe srcdoc='<script>1'>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<table><td><tr><p>odd<table></p>nest",
        "<p><div>in p</div></p><li>loose<ul><li>x", "<b><i>crossed</b></i>", "<!--><img src=x onerror=1>-->",
        "<!-- --!><img src=x onerror=1> -->", "<![CDATA[<script>1</script>]]>", "<textarea><img src=x onerror=1>",
        "<xmp><img src=x onerror=1></xmp>", "<title><img src=x onerror=1></title>x", "<a href=http://x onclick=1>x</a>",
        "\u{0}<scr\u{0}ipt>1</script>", "<IMG SRC=cid:1@x ONLOAD=1>", "&lt;script&gt;1&lt;/script&gt;", "a < b > c & d",
        "<o:p>&nbsp;</o:p><v:shape style='x'>y</v:shape>", "<body onload=1><html lang=de><p>x</body></html>tail",
        "<img src=https://t.example/p.gif alt='the picture'>", "<p title='\"><script>1</script>'>x",
        "<font color=red size=+2 face='a\"b'>x</font>", "<a href='https://x.example/?a=1&b=2&amp;c=3'>q</a>",
        "<div hidden><embed src=x><object data=x>o</object></div>", "<p>ünï – “quotes”</p>",
        "<h1>x<h2>y<p>z<pre>\n a\n</pre>",
        "<<a href=x>", "<a <b>x", "</div></div>out", "<div", "<p class=x id=y data-z=1 style=\"\">",
        "<dl><dt>a<dd>b<dt>c</dl>", "<a=\"></div><", "<p a='>x", "<b =\">x</b>", "<i.x>y</i>", "<p a=b\"c>x",
        "<p style='color:#fff;color:;background-color:#fff'>x</p>y",
        "<p style='color:#fff;background-color:#fff;background:url(x)'>x</p>y",
    ]
    private static let allowed: Set<String> = [
        "a", "abbr", "acronym", "address", "b", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code",
        "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6",
        "hr",
        "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
        "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
    ]
    private let cleaner = LibXMLCleaner()

    private static let attributes: Set<String> = [
        "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "color", "colspan", "dir", "face", "height",
        "lang", "rowspan", "size", "span", "start", "title", "type", "valign", "width", "style", "href", "src", "rel",
        "target",
    ]

    /// A reader of our own output that knows nothing of how it was made: every `<` opens an allowed tag, and within it
    /// stand only allowed attributes in double quotes.
    private func faults(_ html: String) -> [String] {
        var faults: [String] = []
        for piece in html.components(separatedBy: "<").dropFirst() {
            guard let end = piece.firstIndex(of: ">") else {
                faults.append("an open tag: \(piece.prefix(40))")
                continue
            }
            var rest = piece[..<end]
            if rest.first == "/" { rest = rest.dropFirst() }
            let name = rest.prefix { $0.isLetter || $0.isNumber }
            if !Self.allowed.contains(String(name)) { faults.append("element \(name)") }
            rest = rest.dropFirst(name.count)
            while let match = rest.prefixMatch(of: /\ ([a-z]+)="([^"]*)"/) {
                let value = String(match.2).lowercased()
                if !Self.attributes.contains(String(match.1)) { faults.append("attribute \(match.1)") }
                if match.1 == "href", !["http://", "https:/", "mailto:"].contains(String(value.prefix(7))) {
                    faults.append("link \(value)")
                }
                if match.1 == "src", !value.hasPrefix("cid:") { faults.append("source \(value)") }
                let acts = ["expression", "url(", "position", "import", "\\", "javascript", "behavior"]
                if match.1 == "style", acts.contains(where: { value.contains($0) }) { faults.append("style \(value)") }
                rest = rest[match.range.upperBound...]
            }
            if !rest.isEmpty { faults.append("leftover \(rest)") }
        }
        return faults
    }

    @Test(arguments: hostile)
    func `nothing that acts is left, and cleaning again changes nothing`(html: String) {
        let once = cleaner.safeHTML(html)
        #expect(faults(once).isEmpty)
        #expect(cleaner.safeHTML(once) == once)
    }

    @Test
    func `random pieces put together are clean, and stay as they are`() {
        var generator = SeededGenerator(seed: 7)
        let pieces =
            Self.hostile + [
                "<div>", "</div>", "<p>", "</p>", "<td>", "<tr>", "<table>", "</table>", "\"", "'", ">", "<li>",
            ]
        for _ in 0..<300 {
            let html = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
                let piece = pieces.randomElement(using: &generator) ?? ""
                return Bool.random(using: &generator)
                    ? piece : String(piece.prefix(Int.random(in: 0...12, using: &generator)))
            }.joined()
            let once = cleaner.safeHTML(html)
            #expect(faults(once).isEmpty, "\(html)")
            let twice = cleaner.safeHTML(once)
            #expect(twice == once, "\(html)")
        }
    }

    @Test
    func `links, parts and words stay`() {
        let html = cleaner.safeHTML(
            "<p>See <a href=\"https://x.example/?a=1&amp;b=2\">it</a> <img src=\"cid:a@b\" alt=\"A\"></p>")
        #expect(html.contains("href=\"https://x.example/?a=1&amp;b=2\""))
        #expect(html.contains("<img src=\"cid:a@b\" alt=\"A\">"))
        #expect(cleaner.safeHTML("<img src=\"https://t.example/a.png\" alt=\"the logo\">") == "[the logo]")
        #expect(
            cleaner.safeHTML("<span style=\"COLOR: #ff0000; behavior:url(x)\">r</span>")
                == "<span style=\"color: #ff0000\">r</span>")
    }

    @Test(arguments: [
        ("<p>one</p><p>two</p>", "one\n\ntwo\n"), ("a<br>b<br><br>c", "a\nb\n\nc\n"),
        ("<ul><li>x</li><li>y</li></ul>", "- x\n- y\n"), ("<ol start=3><li>x<li>y</ol>", "3. x\n4. y\n"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td></td></tr></table>", "a | b\nc |\n"),
        ("<blockquote>old<blockquote>older</blockquote></blockquote>new", "> old\n>\n> > older\n\nnew\n"),
        ("<a href='https://x.example/p'>here</a>", "here <https://x.example/p>\n"),
        ("<a href='https://x.example'>https://x.example</a>", "https://x.example\n"),
        ("<a href='mailto:a@x.example'>a@x.example</a>", "a@x.example\n"), ("a&nbsp;&nbsp;b   c\n d", "a b c d\n"),
        ("<pre>x\n  y</pre>", "x\n  y\n"), ("", ""), ("<style>p{}</style><script>x</script>", ""), ("1 < 2", "1 < 2\n"),
    ])
    func `text keeps the form of the page`(html: String, text: String) {
        #expect(cleaner.text(html) == text)
    }
}

/// The same numbers in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
