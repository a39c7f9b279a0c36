// The elements that mail programs put a signature into, and the words in them found again in the text.

/// What HTML marks is looked for in the text of the same mail, line by line: the text part mostly has no mark of its own.
/// Compared are letters and digits alone, for programs make text of HTML in many ways.
enum SignatureMark {
    /// Bytes that one of the marks has; most HTML has none, and is not walked a second time.
    private static let hints: [StaticString] = [
        "gnature", "OUTLOOK_SIG", "__SIG_P", "_-Sgn", "_sign", "#b5c4df", "FMSigSep",
    ]
    /// Outlook on the web, on the desktop, on phones and on the Mac; Aqua Mail, Zoho, AOL, Samsung, Yahoo, Edison, Proton's
    /// phones, Roundcube. What was answered bears `x_` before it, and Zoho's `Sgn1` is the line above a quote.
    private static let ids = NameTable([
        "Signature", "OutlookSignature", "ms-outlook-mobile-signature", "MAC_OUTLOOK_SIGNATURE", "aqm-signature",
        "Zm-_Id_-Sgn", "__aol_mail_signature__", "composer_signature", "ymail_android_signature", "edo-signature",
        "protonmail_signature_block", "protonmail_mobile_signature_block", "signature",
    ])
    /// Gmail, Proton, Front, Thunderbird, Airmail.
    private static let classes = NameTable([
        "gmail_signature", "protonmail_signature_block", "front-signature", "moz-signature", "bloop_sign",
    ])
    /// Spark.
    private static let names = NameTable(["messageSignatureSection"])
    /// Zimbra, above or below the quote.
    private static let markers = NameTable(["__SIG_PRE__", "__SIG_POST__"])

    private static let mostMarks = 4
    private static let longest = 4096
    /// Lines at the end of the words that are looked through.
    private static let lineLimit = 120

    static func mayStand(in html: [UInt8]) -> Bool {
        html.withUnsafeBytes { html in hints.contains { html.has($0) } }
    }

    // MARK: In HTML

    /// The print of each signature outside of quotes; those longer than any are left out. `tellsImages` where the text was
    /// made of this HTML and names images by their description.
    static func all(in document: borrowing HTMLDocument, tellsImages: Bool) -> [[UInt8]] {
        var walk = Walk()
        document.walk(
            enter: { element in
                let tag = element.tag
                if walk.isOver || tag.traits.contains(.dropped) || HiddenText.hides(element) { return false }
                if tag.role == .quote || HTMLText.beginsQuote(element) {
                    walk.endRest()
                    walk.quoteDepth += tag.role == .quote ? 1 : 0
                    if tag.role != .quote {
                        walk.isOver = true
                        return false
                    }
                }
                if tag.role == .image, tellsImages, let words = element.attribute("alt") { walk.add(words) }
                if tag.traits.contains(.void) {
                    if tag.role == .rule, isFoxmail(element) { walk.openRest() }
                    return false
                }
                if isMark(element) { walk.open() }
                walk.depth += 1
                return true
            },
            text: { walk.add($0) },
            leave: { element in
                walk.depth -= 1
                if element.tag.role == .quote { walk.quoteDepth -= 1 }
                walk.close()
            })
        walk.endRest()
        return Array(walk.found.prefix(mostMarks))
    }

    private struct Walk {
        var depth = 0
        var quoteDepth = 0
        /// Everything that follows is the mail that was answered.
        var isOver = false
        var found: [[UInt8]] = []
        private var current: [UInt8] = []
        /// The depth of the element that is read, -1 for all that follows a rule.
        private var openAt: Int?

        mutating func open() {
            guard openAt == nil, quoteDepth == 0 else { return }
            openAt = depth
        }

        mutating func openRest() {
            guard openAt == nil, quoteDepth == 0 else { return }
            openAt = -1
        }

        mutating func close() { if openAt == depth { end() } }

        mutating func endRest() { if openAt == -1 { end() } }

        private mutating func end() {
            if !current.isEmpty, current.count <= longest { found.append(current) }
            current = []
            openAt = nil
        }

        mutating func add(_ text: UnsafeRawBufferPointer) {
            guard openAt != nil, quoteDepth == 0, current.count <= longest else { return }
            SignatureMark.add(text, to: &current)
        }
    }

    private static func isMark(_ element: HTMLElement) -> Bool {
        var isFound = false
        element.forEachAttribute { name, value in
            if isFound { return }
            switch name.count {
            case 2: isFound = name.elementsEqual("id".utf8) && ids.position(of: value) != nil
            case 4: isFound = name.elementsEqual("name".utf8) && names.position(of: value) != nil
            case 5:
                guard name.elementsEqual("class".utf8) else { return }
                isFound = value.prefix(1000).split(separator: 32).contains {
                    classes.position(of: UnsafeRawBufferPointer(rebasing: $0)) != nil
                }
            case 11: isFound = name.elementsEqual("data-marker".utf8) && markers.position(of: value) != nil
            // mail.ru.
            case 21:
                isFound = name.elementsEqual("data-signature-widget".utf8) && value.elementsEqual("container".utf8)
            default: break
            }
        }
        return isFound
    }

    /// Foxmail draws a short rule of its own above the signature, and marks nothing else.
    private static func isFoxmail(_ rule: HTMLElement) -> Bool {
        if let id = rule.attribute("id"), id.elementsEqual("FMSigSeperator".utf8) { return true }
        guard let color = rule.attribute("color"), let style = rule.attribute("style") else { return false }
        return color.elementsEqual("#b5c4df".utf8) && style.has("210px")
    }

    // MARK: In the text

    /// Where the words of the mark stand among those of the sender: whole lines, found from the end.
    static func find(_ mark: [UInt8], in words: [Int], of lines: TextLines) -> Range<Int>? {
        let first = max(0, words.count - lineLimit)
        let prints = words[first...].map { line in
            var print: [UInt8] = []
            if lines.length(of: line) <= longest { lines.raw(line).withUnsafeBytes { add($0, to: &print) } }
            return print
        }
        for start in prints.indices.reversed() where !prints[start].isEmpty {
            var seen = 0
            var next = start
            while next < prints.count, mark[seen...].starts(with: prints[next]) {
                seen += prints[next].count
                next += 1
                guard seen == mark.count else { continue }
                // Images and links that the text part writes below, and that are no words.
                while next < prints.count, prints[next].isEmpty, let mark = lines.first(words[first + next]),
                    mark == 91 || mark == 60
                { next += 1 }
                return (first + start)..<(first + next)
            }
        }
        return nil
    }

    /// Letters and digits, those of ASCII in lower case. Targets of links (`<https://…>`, `](https://…)`) and images
    /// (`[cid:…]`, `[image: …]`) are no words.
    private static func add(_ text: UnsafeRawBufferPointer, to print: inout [UInt8]) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            switch byte {
            case 48...57, 97...122: print.append(byte)
            case 65...90: print.append(byte | 32)
            case 60: if let end = end(62, of: text, from: index, isBlankFree: true) { index = end }
            case 91 where text.begins(at: index, with: "[cid:") || text.begins(at: index, with: "[image"):
                if let end = end(93, of: text, from: index, isBlankFree: false) { index = end }
            case 93 where text.begins(at: index, with: "](http"):
                if let end = end(41, of: text, from: index, isBlankFree: true) { index = end }
            case 0xC2 where index + 1 < text.count && text[index + 1] == 0xA0: index += 1
            case 0xE2 where index + 2 < text.count && text[index + 1] == 0x80 && text[index + 2] < 0xB0:
                // Blanks, marks of direction, dashes and quotation marks.
                index += 2
            case 0x80...: print.append(byte)
            default: break
            }
            index += 1
        }
    }

    private static func end(
        _ wanted: UInt8, of text: UnsafeRawBufferPointer, from start: Int, isBlankFree: Bool
    ) -> Int? {
        var index = start + 1
        while index < text.count, index - start <= 500 {
            if text[index] == wanted { return index }
            if text[index] == 10 || (isBlankFree && text[index] == 32) { return nil }
            index += 1
        }
        return nil
    }
}
