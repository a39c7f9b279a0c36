// HTML to plain text that a person can read: paragraphs, lists, tables, links and quotes keep their form.

/// A text with what only its form of transport knew about it: HTML, or format=flowed.
struct MarkedText {
    var bytes: [UInt8] = []
    /// Where, by the markup of a mail program, everything that follows is the quoted mail.
    var quoteStart: Int?
    /// What stands in the elements that mail programs put signatures into, as `SignatureMark` writes it.
    var signatures: [[UInt8]] = []
    /// A line that begins with `>` is a quote, reply or not (RFC 3676 section 4.5).
    var marksQuotes = false
    /// Where lines begin whose `>` is none of a quote all the same; ascending.
    var ownMarks: [Int] = []
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
    private var links: [(target: [UInt8], start: Int)] = []

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
        let tag = element.tag
        if tag.traits.contains(.dropped) || HiddenText.hides(element) { return false }
        markQuote(element)
        switch tag.role {
        case .lineBreak: breakLine()
        case .paragraph:
            endLine()
            wantsGap = true
        case .bullets, .numbers:
            endLine()
            if lists.isEmpty { wantsGap = true }
            lists.append(tag.role == .numbers ? Self.number(element.attribute("start")) ?? 1 : nil)
        case .item:
            endLine()
            startItem()
        case .quote:
            endLine()
            wantsGap = true
            flushGap()
            quoteDepth += 1
            isQuoteFresh = true
        case .preformatted:
            endLine()
            preformatted += 1
        case .cell:
            if line.contains(where: { $0 != 32 }), line.last != 45 || line.count > 2 { addRaw(" | ") }
        case .rule:
            endLine()
            addRaw("----------")
            endLine()
        case .image: addImage(element.attribute("alt"))
        case .link: links.append((element.attribute("href").flatMap(SafeLink.target) ?? [], textLength))
        case .block: endLine()
        case .none: break
        }
        return !tag.traits.contains(.void)
    }

    private mutating func leave(_ element: HTMLElement) {
        switch element.tag.role {
        case .paragraph:
            endLine()
            wantsGap = true
        case .bullets, .numbers:
            endLine()
            if !lists.isEmpty { lists.removeLast() }
            if lists.isEmpty { wantsGap = true }
        case .quote:
            endLine()
            quoteDepth -= 1
            isQuoteFresh = false
            wantsGap = true
        case .preformatted:
            endLine()
            preformatted -= 1
        case .link: endLink()
        case .item, .block: endLine()
        case .lineBreak, .cell, .rule, .image, .none: break
        }
    }

    private static func number(_ text: UnsafeRawBufferPointer?) -> Int? {
        text.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    }

    private mutating func addImage(_ alternative: UnsafeRawBufferPointer?) {
        guard let alternative, !alternative.isEmpty, !alternative.starts(with: Self.web) else { return }
        let shown = [91] + alternative + [93]
        shown.withUnsafeBytes { add($0) }
    }

    private static let web = Array("http".utf8)

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
        // A link whose words began on another line is always told.
        if from >= 0, from <= line.count {
            let words = LowerCase.of(line[from...]).filter { $0 != 32 }
            if words.isEmpty || Self.says(words, LowerCase.of(target[...])) { return }
        }
        let isMail = target.starts(with: Self.mail)
        let shown = [60] + (isMail ? target.dropFirst(7).prefix { $0 != 63 } : target[...]) + [62]
        hasBlank = !line.isEmpty
        shown.withUnsafeBytes { add($0) }
    }

    private static let mail = Array("mailto:".utf8)
    private static let schemes: [[UInt8]] = ["http://", "https://"].map { Array($0.utf8) }

    /// Whether the words of a link are its address, with or without scheme and last slash.
    private static func says(_ words: [UInt8], _ address: [UInt8]) -> Bool {
        let bare = address.starts(with: mail) ? address.dropFirst(7).prefix { $0 != 63 } : address[...]
        if bare.elementsEqual(words) || bare.elementsEqual(words + [47]) { return true }
        return schemes.contains { bare.elementsEqual($0 + words) || bare.elementsEqual($0 + words + [47]) }
    }

    // MARK: Marks of mail programs

    private mutating func markQuote(_ element: HTMLElement) {
        guard output.quoteStart == nil, quoteDepth == 0, Self.beginsQuote(element) else { return }
        endLine()
        output.quoteStart = output.bytes.count
    }

    /// Whether everything from here on is the quoted mail.
    static func beginsQuote(_ element: HTMLElement) -> Bool {
        element.attribute("id").map(isQuoteMark) ?? false || isOutlookHeader(element)
    }

    private static func isQuoteMark(_ id: UnsafeRawBufferPointer) -> Bool {
        id.ends(with: "divRplyFwdMsg") || id.ends(with: "appendonsend")
            || id.elementsEqual("mail-editor-reference-message-container".utf8)
            || id.elementsEqual("OLK_SRC_BODY_SECTION".utf8)
    }

    private static func isOutlookHeader(_ element: HTMLElement) -> Bool {
        element.attribute("class").map { $0.elementsEqual("OutlookMessageHeader".utf8) } ?? false
    }

    // MARK: Lines

    /// Text of our own, as it is.
    private mutating func addRaw(_ text: StaticString) {
        flushGap()
        if line.last == 32, text.utf8Start.pointee == 32 { line.removeLast() }
        line.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        hasBlank = false
    }

    private mutating func add(_ text: UnsafeRawBufferPointer) {
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
            line.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[index..<end]))
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
        guard output.bytes.count + line.count <= MailLimits.htmlText else {
            line.removeAll(keepingCapacity: true)
            return
        }
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

extension UnsafeRawBufferPointer {
    fileprivate func ends(with suffix: StaticString) -> Bool {
        begins(at: count - suffix.utf8CodeUnitCount, with: suffix)
    }
}
