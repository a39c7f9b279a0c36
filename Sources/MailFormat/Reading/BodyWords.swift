// The words of a mail from its body parts: one text and, where there is any, one safe HTML.

struct BodyWords {
    private(set) var text = ""
    /// The same text with what HTML knew about quotes.
    private(set) var marked = MarkedText()
    private(set) var html: String?
    /// Files within the text, taken out of it.
    private(set) var files: [TextFile] = []

    init(_ mail: UnsafeRawBufferPointer, parts: [Part], pieces: [BodyPiece]) {
        var markup: [UInt8] = []
        let hasHTML = pieces.contains { $0.html != nil }
        for piece in pieces where marked.bytes.count < MailLimits.textBody {
            var plain = piece.plain.map { plainText(mail, parts[$0]) }
            if let index = piece.html {
                let source = Self.markup(mail, parts[index])
                let document = HTMLDocument(source)
                let hasMark = SignatureMark.mayStand(in: source)
                if !markup.isEmpty { markup += Array("<br>\n".utf8) }
                markup += SafeHTML.clean(document)
                if plain.map({ Self.isBlank($0.bytes) }) ?? true {
                    append(HTMLText.text(of: document))
                    plain = nil
                } else if let words = plain?.bytes, Self.mayBeStub(words) {
                    let rich = HTMLText.text(of: document)
                    if Self.isStub(words, beside: rich.bytes) {
                        append(rich)
                        plain = nil
                    }
                }
                if hasMark {
                    marked.signatures += SignatureMark.all(in: document, tellsImages: plain == nil)
                }
            } else if hasHTML, let plain, !Self.isBlank(plain.bytes) {
                markup += Self.paragraph(plain.bytes)
            }
            if let plain { append(plain) }
        }
        finish()
        if hasHTML { html = String(decoding: markup, as: UTF8.self) }
    }

    private mutating func finish() {
        while let last = marked.bytes.last, last == 10 || last == 32 { marked.bytes.removeLast() }
        text = String(decoding: marked.bytes, as: UTF8.self)
        // What was repaired is what everything later looks at.
        if text.utf8.count != marked.bytes.count {
            marked = MarkedText(bytes: Array(text.utf8), signatures: marked.signatures)
        }
    }

    /// The words of a `winmail.dat`, where the mail has none of its own: Outlook mostly writes its text twice.
    mutating func take(_ packed: TNEF) {
        let isSilent = Self.isBlank(marked.bytes)
        if let markup = packed.html, html == nil {
            let document = HTMLDocument(markup)
            html = String(decoding: SafeHTML.clean(document), as: UTF8.self)
            if isSilent { marked = HTMLText.text(of: document) }
        } else if let words = packed.text, isSilent {
            marked = MarkedText(bytes: words)
        }
        if isSilent { finish() }
    }

    /// What a calendar item says, where the mail says nothing.
    mutating func take(_ item: CalendarItem) {
        guard Self.isBlank(marked.bytes) else { return }
        marked = MarkedText(bytes: Array(item.words.utf8))
        finish()
    }

    private mutating func append(_ piece: MarkedText) {
        if !marked.bytes.isEmpty, !piece.bytes.isEmpty {
            if marked.bytes.last != 10 { marked.bytes.append(10) }
            marked.bytes.append(10)
        }
        marked.marksQuotes = piece.marksQuotes && (marked.marksQuotes || marked.bytes.isEmpty)
        marked.ownMarks += piece.ownMarks.map { marked.bytes.count + $0 }
        if marked.quoteStart == nil, let start = piece.quoteStart { marked.quoteStart = marked.bytes.count + start }
        marked.bytes += piece.bytes
    }

    // MARK: Decoding

    /// At most `limit` bytes, or a little less where line breaks stand within the code.
    static func decoded(
        _ mail: UnsafeRawBufferPointer, _ part: Part, limit: Int = MailLimits.textBody
    ) -> [UInt8] {
        let length =
            switch part.encoding {
            case .identity: limit
            case .base64, .uuencode: limit / 3 * 4
            case .quotedPrintable: limit * 3
            }
        var bytes = part.encoding.decode(UnsafeRawBufferPointer(rebasing: mail[part.body.prefix(length)]))
        if bytes.count > limit { bytes.removeLast(bytes.count - limit) }
        return bytes
    }

    private mutating func plainText(_ mail: UnsafeRawBufferPointer, _ part: Part) -> MarkedText {
        let (words, found) = TextFiles.split(Self.decoded(mail, part))
        files += found
        let text = Charset.utf8(words, declared: part.content.parameters["charset"])
        guard part.content.parameters["format"]?.lowercased() == "flowed" else { return MarkedText(bytes: text) }
        return FlowedText.unflowed(text, deletesSpace: part.content.parameters["delsp"]?.lowercased() == "yes")
    }

    private static func markup(_ mail: UnsafeRawBufferPointer, _ part: Part) -> [UInt8] {
        let bytes = decoded(mail, part, limit: MailLimits.html)
        return Charset.utf8(bytes, declared: part.content.parameters["charset"] ?? metaCharset(bytes))
    }

    /// `charset=` within the first 2 KB, as HTML names it where the header does not.
    private static func metaCharset(_ bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(2048).map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self).lowercased()
        guard let at = head.firstRange(of: "charset=") else { return nil }
        let name = head[at.upperBound...].drop { $0 == "\"" || $0 == "'" || $0 == " " }
        let end = name.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ":" }
        return end.isEmpty ? nil : String(end)
    }

    // MARK: Stubs

    private static func isBlank(_ bytes: [UInt8]) -> Bool { bytes.allSatisfy { $0 <= 32 } }

    /// A text so short that it may only say that the mail is HTML.
    private static func mayBeStub(_ bytes: [UInt8]) -> Bool { bytes.count < 300 }

    private static func isStub(_ plain: [UInt8], beside rich: [UInt8]) -> Bool {
        let words = String(decoding: plain, as: UTF8.self).lowercased()
        guard words.hasBytes("html") else { return false }
        // An excuse speaks of HTML, and what it excuses does not.
        return rich.count > plain.count * 3 || !String(decoding: rich, as: UTF8.self).lowercased().hasBytes("html")
    }

    private static func paragraph(_ plain: [UInt8]) -> [UInt8] {
        var output = Array("<div>".utf8)
        for byte in plain {
            switch byte {
            case 10: output += Array("<br>\n".utf8)
            case 38: output += Array("&amp;".utf8)
            case 60: output += Array("&lt;".utf8)
            case 62: output += Array("&gt;".utf8)
            default: output.append(byte)
            }
        }
        return output + Array("</div>".utf8)
    }
}
