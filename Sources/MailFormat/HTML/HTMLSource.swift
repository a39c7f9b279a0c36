// HTML made fit for libxml2: cut to size, and without what would cost it more than linear time.
import Glibc

/// One pass over the bytes. Comments, doctypes, processing instructions, scripts and style sheets go at once; so do
/// tags that are too long or have too many attributes (libxml2 compares each attribute with all before it), start tags
/// nested too deep, and end tags of elements that are not open (libxml2 looks for them through the whole stack). The
/// text within a cut tag stays. A tag that readers could part differently is written anew. `html`, `head` and `body` go as well and one `div` takes their place: no implied
/// elements, so cleaning what was cleaned changes nothing.
struct HTMLSource {
    private(set) var bytes: [UInt8] = []
    /// Open elements by the position of their tag, and those of no tag we know by name.
    private var openCounts = [Int](repeating: 0, count: HTMLTag.count)
    private var openUnknown: [String: Int] = [:]
    private var depth = 0
    /// What libxml2 will make of the tags so far, at most: an element and a text behind it, and two for an attribute.
    private var nodes = 0
    private var scanner = TagScanner()
    /// Tags whose end was looked for in vain: never looked for again.
    private var unclosed: Set<Int> = []

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

    private static let escapedLess = Array("&lt;".utf8)

    private mutating func take(_ text: Slice<UnsafeRawBufferPointer>) {
        guard let base = text.base.baseAddress, !text.isEmpty else { return }
        if memchr(base + text.startIndex, 0, text.count) == nil {
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text))
        } else {
            bytes.append(contentsOf: text.lazy.filter { $0 != 0 })
        }
    }

    /// Handles what begins with `<` and returns where to go on.
    private mutating func tag(at less: Int, in source: UnsafeRawBufferPointer) -> Int {
        let next = less + 1
        guard next < source.count else {
            bytes += Self.escapedLess
            return next
        }
        if source[next] == 33 || source[next] == 63 { return skipDeclaration(at: less, in: source) }
        let isEnd = source[next] == 47
        let nameStart = isEnd ? next + 1 : next
        var nameEnd = nameStart
        while nameEnd < source.count, nameEnd - nameStart < 64, Self.isNameByte(source[nameEnd]) { nameEnd += 1 }
        guard nameEnd > nameStart, Self.isLetter(source[nameStart]) else {
            if isEnd { return skipTo(62, from: less, in: source) }
            bytes += Self.escapedLess
            return next
        }
        let rest = scanner.scan(from: nameEnd, in: source)
        return withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { room in
            var isForeign = false
            for index in nameStart..<nameEnd {
                let byte = source[index]
                if byte == 58 { isForeign = true }
                room[index - nameStart] = byte &- 65 < 26 ? byte | 32 : byte
            }
            let name = UnsafeRawBufferPointer(rebasing: room[..<(nameEnd - nameStart)])
            let tag = HTMLTag.named(name)
            // `o:p` and its kin are Word's own; libxml2 would take them for `p`.
            if isForeign || tag.traits.contains(.shell) { return rest.end }
            if isEnd {
                endTag(tag, name)
                return rest.end
            }
            if tag.traits.contains(.rawText) {
                return skipElement(tag, name, from: rest.end, isSelfClosed: rest.isSelfClosed, in: source)
            }
            startTag(tag, name, less, rest, in: source)
            return rest.end
        }
    }

    private mutating func endTag(_ tag: HTMLTag, _ name: UnsafeRawBufferPointer) {
        guard close(tag, name) else { return }
        if !tag.traits.contains(.sibling) { depth -= 1 }
        bytes.append(60)
        bytes.append(47)
        bytes.append(contentsOf: name)
        bytes.append(62)
    }

    /// False when none is open.
    private mutating func close(_ tag: HTMLTag, _ name: UnsafeRawBufferPointer) -> Bool {
        if let position = tag.position {
            guard openCounts[position] > 0 else { return false }
            openCounts[position] -= 1
            return true
        }
        guard !openUnknown.isEmpty else { return false }
        let name = String(decoding: name, as: UTF8.self)
        guard let count = openUnknown[name], count > 0 else { return false }
        openUnknown[name] = count - 1
        return true
    }

    private mutating func startTag(
        _ tag: HTMLTag, _ name: UnsafeRawBufferPointer, _ less: Int, _ rest: TagScanner.Rest,
        in source: UnsafeRawBufferPointer
    ) {
        let attributes = rest.attributes
        guard rest.end - less <= MailLimits.tag, attributes <= MailLimits.attributes,
            nodes + 2 + 2 * attributes <= MailLimits.htmlNodes
        else { return }
        if !tag.traits.contains(.void), !rest.isSelfClosed {
            guard depth < MailLimits.htmlDepth else { return }
            if let position = tag.position {
                openCounts[position] += 1
            } else {
                openUnknown[String(decoding: name, as: UTF8.self), default: 0] += 1
            }
            if !tag.traits.contains(.sibling) { depth += 1 }
        }
        nodes += 2 + 2 * attributes
        if rest.isPlain {
            take(source[less..<rest.end])
        } else {
            bytes.append(60)
            bytes.append(contentsOf: name)
            scanner.write(rest, in: source, to: &bytes)
        }
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
    private mutating func skipElement(
        _ tag: HTMLTag, _ name: UnsafeRawBufferPointer, from start: Int, isSelfClosed: Bool,
        in source: UnsafeRawBufferPointer
    ) -> Int {
        guard let base = source.baseAddress, let wanted = name.baseAddress, let position = tag.position,
            !unclosed.contains(position)
        else { return start }
        let isToEnd = name.elementsEqual("script".utf8) || name.elementsEqual("style".utf8)
        if isSelfClosed, !isToEnd { return start }
        var at = start
        while at < source.count {
            guard let found = memchr(base + at, 60, source.count - at) else { break }
            at = found - UnsafeMutableRawPointer(mutating: base) + 1
            guard at < source.count, source[at] == 47 else { continue }
            at += 1
            guard source.count - at >= name.count else { break }
            if strncasecmp(
                (base + at).assumingMemoryBound(to: CChar.self), wanted.assumingMemoryBound(to: CChar.self), name.count)
                == 0
            {
                return skipTo(62, from: at, in: source)
            }
        }
        if isToEnd { return source.count }
        unclosed.insert(position)
        return start
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 32) >= 97 && (byte | 32) <= 122 }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || (byte >= 48 && byte <= 58) || byte == 45 || byte == 95
    }
}
