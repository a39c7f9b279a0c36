// What may never be in cleaned HTML, looked for with a reader of its own: it shares no line with the cleaner.

enum SafetyOracle {
    private static let elements: Set<String> = [
        "script", "style", "iframe", "object", "embed", "form", "input", "button", "select", "textarea", "svg", "math",
        "link", "meta", "base", "applet", "frame", "frameset", "video", "audio", "html", "head", "body", "title",
        "template", "noscript", "xmp", "plaintext", "noembed", "noframes", "listing", "isindex", "marquee",
    ]

    /// The cleaner writes `<name a="…">` and escapes `<`, `>` and `"` everywhere else: anything else is a hole.
    static func hold(_ html: [UInt8]) {
        var open: [String] = []
        var index = 0
        while index < html.count {
            guard html[index] == 60 else {
                deskbridge_fuzz.hold(html[index] != 62, "a > outside of tags is escaped")
                index += 1
                continue
            }
            guard let end = html[index...].firstIndex(of: 62) else {
                deskbridge_fuzz.hold(false, "every tag ends")
                return
            }
            let tag = String(decoding: html[(index + 1)..<end], as: UTF8.self)
            check(tag)
            follow(tag, &open)
            index = end + 1
        }
        deskbridge_fuzz.hold(open.isEmpty, "every element ends")
    }

    /// An end that closes nothing of the mail's would close the page's own element around it.
    private static func follow(_ tag: String, _ open: inout [String]) {
        let isEnd = tag.hasPrefix("/")
        let name = String(tag.dropFirst(isEnd ? 1 : 0).prefix { $0.isLetter || $0.isNumber })
        if isEnd {
            deskbridge_fuzz.hold(open.popLast() == name, "\(name) ends where it began")
        } else if !["br", "hr", "img", "col"].contains(name) {
            open.append(name)
        }
    }

    private static func check(_ tag: String) {
        let isEnd = tag.hasPrefix("/")
        let name = tag.dropFirst(isEnd ? 1 : 0).prefix { $0.isLetter || $0.isNumber }.lowercased()
        deskbridge_fuzz.hold(!name.isEmpty && !elements.contains(name), "no element \(name)")
        // Outside of quotes only names and `=`: every second piece is a value.
        let pieces = tag.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
        deskbridge_fuzz.hold(pieces.count % 2 == 1, "every quote is closed")
        for index in stride(from: 0, to: pieces.count - 1, by: 2) {
            let attribute = pieces[index].split(separator: " ").last.map { $0.lowercased() } ?? ""
            deskbridge_fuzz.hold(attribute.hasSuffix("=") && !attribute.hasPrefix("on"), "no attribute \(attribute)")
            let value = pieces[index + 1].lowercased().filter { $0 > " " }
            switch attribute {
            case "href=":
                deskbridge_fuzz.hold(
                    ["http://", "https://", "mailto:"].contains { value.hasPrefix($0) }, "no link to \(value)")
            case "src=": deskbridge_fuzz.hold(value.hasPrefix("cid:"), "no source \(value)")
            case "style=":
                let isHarmful = ["url(", "expression", "@import", "javascript", "\\", "/*", "position"].contains {
                    value.contains($0)
                }
                deskbridge_fuzz.hold(!isHarmful, "no style \(value)")
            default: break
            }
        }
    }
}
