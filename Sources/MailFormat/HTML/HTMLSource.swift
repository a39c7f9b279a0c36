// HTML made fit for libxml2: cut to size, and without what would cost it more than linear time.
import Glibc

/// One pass over the bytes. Comments, doctypes, processing instructions, scripts and style sheets go at once; so do
/// tags that are too long or have too many attributes (libxml2 compares each attribute with all before it), start tags
/// nested too deep, and end tags of elements that are not open (libxml2 looks for them through the whole stack). The
/// text within a cut tag stays. `html`, `head` and `body` go as well and one `div` takes their place: no implied
/// elements, so cleaning what was cleaned changes nothing.
struct HTMLSource {
    private(set) var bytes: [UInt8] = []
    private var openCounts: [String: Int] = [:]
    private var depth = 0
    /// Names whose end tag was looked for in vain: never looked for again.
    private var unclosed: Set<String> = []

    /// Elements whose inside is no HTML or nothing to read.
    private static let rawText: Set<String> = [
        "script", "style", "title", "xml", "noembed", "noframes", "plaintext", "xmp", "template", "svg", "math",
        "iframe", "object", "applet",
    ]
    private static let shells: Set<String> = ["html", "head", "body"]
    static let void: Set<String> = [
        "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "isindex", "keygen",
        "link", "meta", "param", "source", "track", "wbr",
    ]
    /// Elements that close their own kind: many of them in a row are no depth.
    private static let siblings: Set<String> = [
        "p", "li", "td", "th", "tr", "dt", "dd", "option", "thead", "tbody", "tfoot",
    ]

    init(_ html: [UInt8]) {
        html.withUnsafeBytes { all in
            let source = UnsafeRawBufferPointer(rebasing: all.prefix(MailLimits.html))
            bytes.reserveCapacity(source.count + 16)
            bytes += Array("<div>".utf8)
            var position = 0
            while position < source.count, let base = source.baseAddress {
                guard let found = memchr(base + position, 60, source.count - position) else { break }
                let less = found - UnsafeMutableRawPointer(mutating: base)
                take(source[position..<less])
                position = tag(at: less, in: source)
            }
            if position < source.count { take(source[position...]) }
            bytes += Array("</div>".utf8)
        }
    }

    private mutating func take(_ text: Slice<UnsafeRawBufferPointer>) {
        guard let base = text.base.baseAddress, !text.isEmpty else { return }
        if memchr(base + text.startIndex, 0, text.count) == nil {
            bytes.append(contentsOf: text)
        } else {
            bytes.append(contentsOf: text.lazy.filter { $0 != 0 })
        }
    }

    /// Handles what begins with `<` and returns where to go on.
    private mutating func tag(at less: Int, in source: UnsafeRawBufferPointer) -> Int {
        let next = less + 1
        guard next < source.count else {
            bytes += Array("&lt;".utf8)
            return next
        }
        if source[next] == 33 || source[next] == 63 { return skipDeclaration(at: less, in: source) }
        let isEnd = source[next] == 47
        let nameStart = isEnd ? next + 1 : next
        var nameEnd = nameStart
        while nameEnd < source.count, nameEnd - nameStart < 64, Self.isNameByte(source[nameEnd]) { nameEnd += 1 }
        guard nameEnd > nameStart, Self.isLetter(source[nameStart]) else {
            if isEnd { return skipTo(62, from: less, in: source) }
            bytes += Array("&lt;".utf8)
            return next
        }
        let name = String(
            decoding: source[nameStart..<nameEnd].lazy.map { $0 >= 65 && $0 <= 90 ? $0 | 32 : $0 }, as: UTF8.self)
        let (end, attributes) = Self.tagEnd(from: nameEnd, in: source)
        // `o:p` and its kin are Word's own; libxml2 would take them for `p`.
        if Self.shells.contains(name) || name.utf8.contains(58) { return end }
        if isEnd {
            if let count = openCounts[name], count > 0 {
                openCounts[name] = count - 1
                if !Self.siblings.contains(name) { depth -= 1 }
                bytes += Array("</\(name)>".utf8)
            }
            return end
        }
        if Self.rawText.contains(name) { return skipElement(name, from: end, in: source) }
        guard end - less <= MailLimits.tag, attributes <= MailLimits.attributes else { return end }
        let isSelfClosed = end - less > 2 && source[end - 1] == 62 && source[end - 2] == 47
        if !Self.void.contains(name), !isSelfClosed {
            guard depth < MailLimits.htmlDepth else { return end }
            openCounts[name, default: 0] += 1
            if !Self.siblings.contains(name) { depth += 1 }
        }
        take(source[less..<end])
        if end == source.count, source[end - 1] != 62 { bytes.append(62) }
        return end
    }

    /// Past the `>` of a tag, with quoted values stepped over as libxml2 does: a quote counts only behind `=`.
    private static func tagEnd(from start: Int, in source: UnsafeRawBufferPointer) -> (end: Int, attributes: Int) {
        var index = start
        var attributes = 0
        var isAfterEquals = false
        var isInName = false
        while index < source.count {
            let byte = source[index]
            index += 1
            switch byte {
            case 62: return (index, attributes)
            case 61: (isAfterEquals, isInName) = (true, false)
            case 34 where isAfterEquals, 39 where isAfterEquals:
                guard let base = source.baseAddress,
                    let close = memchr(base + index, Int32(byte), source.count - index)
                else { return (source.count, attributes) }
                index = close - UnsafeMutableRawPointer(mutating: base) + 1
                (isAfterEquals, isInName) = (false, false)
            case 0...32, 47: isInName = false
            default:
                if isAfterEquals {
                    isAfterEquals = false
                    while index < source.count, source[index] > 32, source[index] != 62 { index += 1 }
                } else if !isInName {
                    isInName = true
                    attributes += 1
                }
            }
        }
        return (source.count, attributes)
    }

    private func skipDeclaration(at less: Int, in source: UnsafeRawBufferPointer) -> Int {
        guard source.begins(at: less, with: "<!--") else { return skipTo(62, from: less, in: source) }
        if source.begins(at: less, with: "<!-->") { return less + 5 }
        var position = less + 6
        while position < source.count {
            position = skipTo(62, from: position, in: source)
            if source[position - 1] == 62, source[position - 2] == 45, source[position - 3] == 45 { return position }
        }
        return source.count
    }

    private func skipTo(_ byte: Int32, from start: Int, in source: UnsafeRawBufferPointer) -> Int {
        guard let base = source.baseAddress, let found = memchr(base + start, byte, source.count - start) else {
            return source.count
        }
        return found - UnsafeMutableRawPointer(mutating: base) + 1
    }

    /// Past the end tag of an element that is dropped whole. Where there is none, a script or style sheet goes to the
    /// end of the text and anything else only loses its tag.
    private mutating func skipElement(_ name: String, from start: Int, in source: UnsafeRawBufferPointer) -> Int {
        guard let base = source.baseAddress, start >= 2, !unclosed.contains(name) else { return start }
        if source[start - 1] == 62, source[start - 2] == 47, name != "script", name != "style" { return start }
        let wanted = Array(name.utf8)
        var position = start
        while position < source.count {
            guard let found = memchr(base + position, 60, source.count - position) else { break }
            let at = found - UnsafeMutableRawPointer(mutating: base)
            position = at + 1
            guard position < source.count, source[position] == 47 else { continue }
            position += 1
            guard source.count - position >= wanted.count else { break }
            let isSame = zip(source[position...], wanted).allSatisfy { $0 | 32 == $1 }
            if isSame { return skipTo(62, from: position, in: source) }
        }
        if name == "script" || name == "style" { return source.count }
        unclosed.insert(name)
        return start
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 32) >= 97 && (byte | 32) <= 122 }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || (byte >= 48 && byte <= 58) || byte == 45 || byte == 95
    }
}
