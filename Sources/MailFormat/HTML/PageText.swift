// A page of HTML to headings and lines, as a reader of the page sees them.

import Correspondence

/// One walk over the tree. Menus, footers and asides go; where the page says which part is its matter (`main`), the rest
/// goes too. Links keep their target behind the words, tables their rows, lists their numbers.
struct PageText {
    /// More blocks than this are no page; the rest is left out.
    static let blockLimit = 20_000
    private static let boldHeadingLimit = 150

    private var all: [TextBlock] = []
    private var matter: [TextBlock] = []
    private var line: [UInt8] = []
    private var size = 0
    private var hasBlank = false
    private var heading: Int?
    private var isItem = false
    /// The number of the item that begins.
    private var mark: [UInt8] = []
    private var matterDepth = 0
    private var preformatted = 0
    private var boldDepth = 0
    /// Bytes of the line that are bold, blanks not counted.
    private var bold = 0
    private var lists: [Int?] = []
    private var links: [(target: [UInt8]?, start: Int)] = []
    private let address: String?

    private init(address: String?) {
        self.address = address
    }

    static func blocks(of document: borrowing HTMLDocument, at address: String?) -> [TextBlock] {
        var writer = PageText(address: address)
        withUnsafeMutablePointer(to: &writer) { writer in
            document.walk(
                enter: { writer.pointee.enter($0) },
                text: { writer.pointee.add($0) },
                leave: { writer.pointee.leave($0) })
        }
        writer.endLine()
        let hasMatter = writer.matter.contains { if case .line = $0 { true } else { false } }
        return hasMatter ? writer.matter : writer.all
    }

    // MARK: Elements

    private enum Sign { case nothing, skipped, matter, heading(Int), question, bold, term }

    private static func sign(_ element: HTMLElement) -> Sign {
        if let role = element.attribute("role") {
            if role.elementsEqual("main".utf8) { return .matter }
            if asideRoles.contains(where: { role.elementsEqual($0.utf8) }) { return .skipped }
        }
        if element.attribute("aria-hidden").map({ $0.elementsEqual("true".utf8) }) ?? false { return .skipped }
        return signs[String(decoding: element.name, as: UTF8.self)] ?? .nothing
    }

    private static let asideRoles = ["navigation", "banner", "contentinfo", "search", "complementary", "dialog"]
    private static let signs: [String: Sign] = [
        "nav": .skipped, "footer": .skipped, "aside": .skipped, "button": .skipped, "dialog": .skipped,
        "label": .skipped, "main": .matter, "h1": .heading(1), "h2": .heading(2), "h3": .heading(3), "h4": .heading(4),
        "h5": .heading(5), "h6": .heading(6), "summary": .question, "dt": .term, "b": .bold, "strong": .bold,
    ]

    private mutating func enter(_ element: HTMLElement) -> Bool {
        let tag = element.tag
        if tag.traits.contains(.dropped) || HiddenText.hides(element) { return false }
        switch Self.sign(element) {
        case .skipped: return false
        case .matter:
            endLine()
            matterDepth += 1
        case .heading(let level):
            endLine()
            heading = level
        case .question:
            endLine()
            heading = 7
        case .bold: boldDepth += 1
        case .term, .nothing: break
        }
        switch tag.role {
        case .lineBreak: if heading == nil { endLine() } else { hasBlank = true }
        case .bullets, .numbers:
            endLine()
            lists.append(tag.role == .numbers ? 1 : nil)
        case .item:
            endLine()
            startItem()
        case .preformatted:
            endLine()
            preformatted += 1
        case .cell: if line.contains(where: { $0 != 32 }) { append(Array(" – ".utf8)) }
        case .link: links.append((target(element.attribute("href")), line.count))
        case .paragraph, .quote, .rule, .block: if heading == nil { endLine() } else { hasBlank = true }
        case .image, .none: break
        }
        return !tag.traits.contains(.void)
    }

    private mutating func leave(_ element: HTMLElement) {
        switch Self.sign(element) {
        case .matter:
            endLine()
            matterDepth -= 1
        case .heading, .question: endLine()
        case .term:
            // A question with its answer below; any other term is a line like its explanation.
            if line.last == 63 { heading = 7 }
            endLine()
        case .bold: boldDepth -= 1
        case .skipped, .nothing: break
        }
        switch element.tag.role {
        case .bullets, .numbers:
            endLine()
            if !lists.isEmpty { lists.removeLast() }
        case .preformatted:
            endLine()
            preformatted -= 1
        case .link: endLink()
        case .item:
            endLine()
            isItem = false
        case .paragraph, .quote, .block: if heading == nil { endLine() } else { hasBlank = true }
        case .lineBreak, .cell, .rule, .image, .none: break
        }
    }

    private mutating func startItem() {
        isItem = true
        mark = []
        if let number = lists.last ?? nil {
            lists[lists.count - 1] = number &+ 1
            mark = Array("\(number). ".utf8)
        }
    }

    // MARK: Links

    /// nil for a place on the same page.
    private func target(_ href: UnsafeRawBufferPointer?) -> [UInt8]? {
        guard let href, let first = href.first(where: { $0 > 32 }), first != 35 else { return nil }
        if let target = SafeLink.target(href) { return target }
        guard let address, let completed = PageAddress.complete(href, at: address) else { return [] }
        return completed.withUnsafeBytes { SafeLink.target($0) } ?? []
    }

    /// `words (https://…)`, unless the words are the address. A sign that only links to its own heading goes.
    private mutating func endLink() {
        guard let (target, start) = links.popLast(), start <= line.count else { return }
        let words = String(decoding: line[start...], as: UTF8.self)
        let isSign = words.unicodeScalars.count <= 3 && !words.unicodeScalars.contains { $0.properties.isAlphabetic }
        guard let target else {
            if isSign { line.removeLast(line.count - start) }
            return
        }
        let shown = target.starts(with: Self.mail) ? target.dropFirst(7).prefix { $0 != 63 } : target[...]
        let bare = LowerCase.of(line[start...]).filter { $0 > 32 }
        guard !shown.isEmpty, !bare.isEmpty, heading == nil, !LowerCase.of(shown).elementsEqual(bare) else { return }
        append([32, 40] + shown + [41])
    }

    private static let mail = Array("mailto:".utf8)

    // MARK: Lines

    private mutating func append(_ bytes: [UInt8]) {
        line += bytes
        hasBlank = false
    }

    private mutating func add(_ text: UnsafeRawBufferPointer) {
        if preformatted > 0, heading == nil {
            for byte in text {
                if byte == 10 { endLine() } else if byte != 13 { line.append(byte) }
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
            if boldDepth > 0 { bold += 1 }
            line.append(byte)
            index += 1
        }
    }

    private mutating func endLine() {
        defer {
            line.removeAll(keepingCapacity: true)
            (hasBlank, bold) = (false, 0)
            for position in links.indices { links[position].start = 0 }
        }
        while line.last == 32 { line.removeLast() }
        guard line.contains(where: { $0 > 32 }) else {
            heading = nil
            return
        }
        guard size + line.count <= MailLimits.htmlText, all.count < Self.blockLimit else { return }
        size += line.count
        let text = String(decoding: isItem ? mark + line : line, as: UTF8.self)
        let isBold =
            !isItem && bold > 0 && bold == line.count(where: { $0 > 32 }) && line.count <= Self.boldHeadingLimit
        let block: TextBlock =
            if let heading {
                .heading(level: heading, text: text)
            } else if isBold {
                .heading(level: 7, text: text)
            } else {
                .line(text: text, isItem: isItem)
            }
        all.append(block)
        if matterDepth > 0 { matter.append(block) }
        (heading, isItem) = (nil, false)
    }
}
