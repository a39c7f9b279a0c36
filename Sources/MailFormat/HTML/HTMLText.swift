// HTML to plain text that a person can read: paragraphs, lists, tables, links and quotes keep their form.

/// Text made of HTML, with what only the HTML knew about it.
struct MarkedText {
    var bytes: [UInt8] = []
    /// Where, by the markup of a mail program, everything that follows is the quoted mail.
    var quoteStart: Int?
}

/// One walk over the tree. Blocks begin on a new line, paragraphs have an empty line around them, quotes get `> `,
/// list items `- ` or their number, cells of a row ` | ` between them, links their target behind the words.
struct HTMLText {
    private var output = MarkedText()
    private var line: [UInt8] = []
    private var hasBlank = false
    private var wantsGap = false
    private var quoteDepth = 0
    /// Nothing stands in the innermost quote yet: it does not begin with an empty line.
    private var isQuoteFresh = false
    private var preformatted = 0
    private var lists: [Int?] = []
    private var links: [(target: String, start: Int)] = []

    static func text(of document: borrowing HTMLDocument) -> MarkedText {
        var writer = HTMLText()
        writer.write(document)
        return writer.output
    }

    private mutating func write(_ document: borrowing HTMLDocument) {
        withUnsafeMutablePointer(to: &self) { writer in
            document.walk(
                enter: { writer.pointee.enter($0) },
                text: { writer.pointee.add($0) },
                leave: { writer.pointee.leave($0) })
        }
        endLine()
        while output.bytes.last == 10 { output.bytes.removeLast() }
        if !output.bytes.isEmpty { output.bytes.append(10) }
    }

    // MARK: Elements

    private mutating func enter(_ element: HTMLElement) -> Bool {
        let name = element.name
        if SafeHTML.dropped.contains(name) || HiddenText.hides(element) { return false }
        markQuote(element)
        switch name {
        case "br": breakLine()
        case "p", "h1", "h2", "h3", "h4", "h5", "h6", "dl":
            endLine()
            wantsGap = true
        case "ul", "ol":
            endLine()
            if lists.isEmpty { wantsGap = true }
            lists.append(name == "ol" ? (element.attribute("start").flatMap { Int($0) } ?? 1) : nil)
        case "li":
            endLine()
            startItem()
        case "blockquote":
            endLine()
            wantsGap = true
            flushGap()
            quoteDepth += 1
            isQuoteFresh = true
        case "pre", "xmp", "listing":
            endLine()
            preformatted += 1
        case "td", "th":
            if line.contains(where: { $0 != 32 }), line.last != 45 || line.count > 2 { add(" | ", isRaw: true) }
        case "hr":
            endLine()
            add("----------", isRaw: true)
            endLine()
        case "img":
            let alternative = element.attribute("alt") ?? ""
            if !alternative.isEmpty, !alternative.hasPrefix("http") { add("[\(alternative)]", isRaw: false) }
        case "a":
            links.append((element.attribute("href").flatMap(SafeLink.target) ?? "", textLength))
        case "div", "tr", "table", "dt", "dd", "address", "center", "section", "article", "header", "footer", "form",
            "fieldset", "main", "nav", "aside", "figure", "caption":
            endLine()
        default: break
        }
        return !HTMLSource.void.contains(name)
    }

    private mutating func leave(_ element: HTMLElement) {
        switch element.name {
        case "p", "h1", "h2", "h3", "h4", "h5", "h6", "dl":
            endLine()
            wantsGap = true
        case "ul", "ol":
            endLine()
            if !lists.isEmpty { lists.removeLast() }
            if lists.isEmpty { wantsGap = true }
        case "blockquote":
            endLine()
            quoteDepth -= 1
            isQuoteFresh = false
            wantsGap = true
        case "pre", "xmp", "listing":
            endLine()
            preformatted -= 1
        case "a": endLink()
        case "li", "div", "tr", "table", "dt", "dd", "address", "center", "section", "article", "header", "footer",
            "form", "fieldset", "main", "nav", "aside", "figure", "caption":
            endLine()
        default: break
        }
    }

    private mutating func startItem() {
        flushGap()
        let depth = max(0, min(lists.count, 20) - 1)
        line += [UInt8](repeating: 32, count: depth * 2)
        if let number = lists.last ?? nil {
            lists[lists.count - 1] = number &+ 1
            line += Array("\(number). ".utf8)
        } else {
            line += [45, 32]
        }
        hasBlank = false
    }

    private var textLength: Int { output.bytes.count + line.count }

    /// `words <https://…>`, unless the words are the address themselves or there are none.
    private mutating func endLink() {
        guard let (target, start) = links.popLast(), !target.isEmpty, textLength > start else { return }
        let from = start - output.bytes.count
        let words =
            from >= 0 && from <= line.count ? String(decoding: line[from...], as: UTF8.self) : "words on other lines"
        let plain = words.filter { $0 != " " }.lowercased()
        let address = target.lowercased()
        if plain.isEmpty { return }
        let bare = address.hasPrefix("mailto:") ? String(address.dropFirst(7).prefix { $0 != "?" }) : address
        if plain == bare || bare == "http://\(plain)" || bare == "https://\(plain)" || bare == "\(plain)/" { return }
        if bare == "http://\(plain)/" || bare == "https://\(plain)/" { return }
        let shown = target.hasPrefix("mailto:") ? String(target.dropFirst(7).prefix { $0 != "?" }) : target
        hasBlank = !line.isEmpty
        add("<\(shown)>", isRaw: false)
    }

    // MARK: Marks of mail programs

    private mutating func markQuote(_ element: HTMLElement) {
        guard output.quoteStart == nil, quoteDepth == 0 else { return }
        let id = element.attribute("id") ?? ""
        let isStart =
            id.hasSuffix("divRplyFwdMsg") || id.hasSuffix("appendonsend")
            || id == "mail-editor-reference-message-container"
            || id == "OLK_SRC_BODY_SECTION" || element.attribute("class") == "OutlookMessageHeader"
        guard isStart else { return }
        endLine()
        output.quoteStart = output.bytes.count
    }

    // MARK: Lines

    private mutating func add(_ text: String, isRaw: Bool) {
        var text = text
        text.withUTF8 { bytes in
            if isRaw {
                flushGap()
                if line.last == 32, bytes.first == 32 { line.removeLast() }
                line.append(contentsOf: bytes)
                hasBlank = false
            } else {
                add(bytes)
            }
        }
    }

    private mutating func add(_ text: UnsafeBufferPointer<UInt8>) {
        if preformatted > 0 {
            for byte in text {
                if byte == 10 { breakLine() } else if byte != 13 { line.append(byte) }
            }
            return
        }
        var index = 0
        while index < text.count {
            let byte = text[index]
            // A no-break space is C2 A0.
            let isNoBreak = byte == 0xC2 && index + 1 < text.count && text[index + 1] == 0xA0
            if byte <= 32 || isNoBreak {
                hasBlank = true
                index += isNoBreak ? 2 : 1
                continue
            }
            if hasBlank, !line.isEmpty, line.last != 32 { line.append(32) }
            hasBlank = false
            var end = index + 1
            while end < text.count, text[end] > 32, text[end] != 0xC2 { end += 1 }
            line.append(contentsOf: text[index..<end])
            index = end
        }
    }

    /// A line of its own, empty or not.
    private mutating func breakLine() {
        if line.isEmpty {
            hasBlank = false
            wantsGap = true
        } else {
            endLine()
        }
    }

    private mutating func endLine() {
        hasBlank = false
        while line.last == 32 { line.removeLast() }
        guard !line.isEmpty else { return }
        flushGap()
        prefix()
        output.bytes += line
        output.bytes.append(10)
        isQuoteFresh = false
        line.removeAll(keepingCapacity: true)
    }

    /// One empty line where one or more are wanted, none at the beginning.
    private mutating func flushGap() {
        guard wantsGap else { return }
        wantsGap = false
        guard !output.bytes.isEmpty, !isQuoteFresh else { return }
        prefix()
        while output.bytes.last == 32 { output.bytes.removeLast() }
        output.bytes.append(10)
    }

    private mutating func prefix() {
        for _ in 0..<min(quoteDepth, 20) { output.bytes += [62, 32] }
    }
}
