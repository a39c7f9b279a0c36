// The allow-list: what of a mail's HTML may be shown to staff, and how it is written out.

/// Nothing is repaired and nothing is blocked by name: an element, attribute, scheme or style property that is not
/// listed does not leave. Elements not listed lose their tags and keep their words, except those whose inside is no
/// text. Remote images become their description (opening a mail must tell nobody), images of the mail itself keep
/// `cid:`. Cleaning what was cleaned changes nothing.
enum SafeHTML {
    private static let attributes = NameTable([
        "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "color", "colspan", "dir", "face", "height",
        "lang", "rowspan", "size", "span", "start", "title", "type", "valign", "width",
    ])

    /// How often what was written is read and written again at most; once has always been enough.
    private static let rounds = 3

    /// An element that lost its tags leaves its children in a place where the parser may not want them. Where that
    /// happened, what was written is cleaned again, until it stays as it is.
    static func clean(_ document: borrowing HTMLDocument) -> [UInt8] {
        var (output, isStable) = written(document)
        for _ in 0..<rounds where !isStable {
            let (again, _) = written(HTMLDocument(output))
            isStable = again == output
            output = again
        }
        return output
    }

    private static func written(_ document: borrowing HTMLDocument) -> (bytes: [UInt8], isStable: Bool) {
        var output: [UInt8] = []
        var isStable = true
        var shell = Shell()
        document.walk(
            enter: { element in
                let tag = element.tag
                if tag.traits.contains(.dropped) || HiddenText.hides(element) { return false }
                if shell.enter() { return true }
                let isVoid = tag.traits.contains(.void)
                guard tag.traits.contains(.shown) else {
                    isStable = false
                    shell.descend()
                    return true
                }
                if tag.role == .image {
                    writeImage(element, to: &output)
                    return false
                }
                writeTag(element, tag, to: &output)
                if !isVoid { shell.descend() }
                return !isVoid
            },
            text: { escape($0, to: &output) },
            leave: { element in
                if shell.leave() || !element.tag.traits.contains(.shown) { return }
                output.append(60)
                output.append(47)
                output.append(contentsOf: element.name)
                output.append(62)
            })
        return (output, isStable)
    }

    /// html, body and the div that `HTMLSource` put around everything, of which nothing is written. An end tag of the
    /// mail may have closed that div early: what follows then stands beside it.
    private struct Shell {
        private static let count = 3
        private var depth = 0
        private var isOpen = true

        /// True for one of the three.
        mutating func enter() -> Bool {
            guard isOpen, depth < Self.count else { return false }
            depth += 1
            return true
        }

        mutating func descend() { depth += 1 }

        /// True for one of the three.
        mutating func leave() -> Bool {
            depth -= 1
            guard depth < Self.count else { return false }
            defer { if depth == Self.count - 1 { isOpen = false } }
            return isOpen || depth < Self.count - 1
        }
    }

    private static func writeTag(_ element: HTMLElement, _ tag: HTMLTag, to output: inout [UInt8]) {
        output.append(60)
        output.append(contentsOf: element.name)
        // libxml2 keeps the first of several attributes of one name.
        element.forEachAttribute { name, value in
            if attributes.position(of: name) != nil {
                write(name, value, to: &output)
            } else if name.elementsEqual(styleName) {
                let style = StyleList.clean(value)
                if !style.isEmpty { write("style", style, to: &output) }
            } else if tag.role == .link, name.elementsEqual(linkName), let link = SafeLink.target(value) {
                write("href", link, to: &output)
                output += linkGuard
            }
        }
        output.append(62)
    }

    private static let styleName = Array("style".utf8)
    private static let linkName = Array("href".utf8)
    private static let linkGuard = Array(" rel=\"noopener noreferrer nofollow\" target=\"_blank\"".utf8)

    private static func writeImage(_ element: HTMLElement, to output: inout [UInt8]) {
        let alternative = element.attribute("alt")
        if let source = element.attribute("src").flatMap(SafeLink.partReference) {
            output += Array("<img".utf8)
            write("src", source, to: &output)
            write("alt", alternative.map { Array($0) } ?? [], to: &output)
            if let width = element.attribute("width") { write("width", Array(width), to: &output) }
            if let height = element.attribute("height") { write("height", Array(height), to: &output) }
            output.append(62)
        } else if let alternative, !alternative.isEmpty {
            output.append(91)
            escape(alternative, to: &output)
            output.append(93)
        }
    }

    private static func write(_ name: StaticString, _ value: [UInt8], to output: inout [UInt8]) {
        value.withUnsafeBytes { value in
            write(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value, to: &output)
        }
    }

    private static func write(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, to output: inout [UInt8]
    ) {
        output.append(32)
        output.append(contentsOf: name)
        output.append(61)
        output.append(34)
        escape(value, to: &output)
        output.append(34)
    }

    private static func escape(_ text: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        var start = 0
        for index in 0..<text.count {
            let byte = text[index]
            let entity: StaticString
            switch byte {
            case 38: entity = "&amp;"
            case 60: entity = "&lt;"
            case 62: entity = "&gt;"
            case 34: entity = "&quot;"
            case 0..<9, 11..<32, 127: entity = ""
            default: continue
            }
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start..<index]))
            output.append(contentsOf: UnsafeRawBufferPointer(start: entity.utf8Start, count: entity.utf8CodeUnitCount))
            start = index + 1
        }
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start...]))
    }
}
