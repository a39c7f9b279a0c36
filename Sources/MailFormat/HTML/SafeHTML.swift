// The allow-list: what of a mail's HTML may be shown to staff, and how it is written out.

/// Nothing is repaired and nothing is blocked by name: an element, attribute, scheme or style property that is not
/// listed does not leave. Elements not listed lose their tags and keep their words, except those whose inside is no
/// text. Remote images become their description (opening a mail must tell nobody), images of the mail itself keep
/// `cid:`. Cleaning what was cleaned changes nothing.
enum SafeHTML {
    private static let elements: Set<String> = [
        "a", "abbr", "acronym", "address", "b", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code",
        "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6",
        "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong",
        "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
    ]
    /// Elements that go with everything in them.
    static let dropped: Set<String> = [
        "head", "script", "style", "title", "iframe", "object", "embed", "applet", "svg", "math", "select", "textarea",
        "audio", "video", "canvas", "noscript", "template", "frameset", "frame", "datalist", "map",
    ]
    private static let attributes: Set<String> = [
        "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "color", "colspan", "dir", "face", "height",
        "lang", "rowspan", "size", "span", "start", "title", "type", "valign", "width",
    ]

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
        var shells = 0
        document.walk(
            enter: { element in
                let name = element.name
                if dropped.contains(name) || HiddenText.hides(element) { return false }
                if shells < 3 {
                    // html, body and the div that `HTMLSource` put around everything.
                    shells += 1
                    return true
                }
                guard elements.contains(name) else {
                    if !HTMLSource.void.contains(name) { isStable = false }
                    return true
                }
                if name == "img" {
                    writeImage(element, to: &output)
                    return false
                }
                writeTag(name, element, to: &output)
                return !HTMLSource.void.contains(name)
            },
            text: { escape($0, to: &output) },
            leave: { element in
                let name = element.name
                if shells < 3 || !elements.contains(name) { return }
                output += Array("</\(name)>".utf8)
            })
        // The shell div's own end tag: it was entered without a start.
        let shellEnd = Array("</div>".utf8)
        if output.count >= shellEnd.count, shells == 3, output.suffix(shellEnd.count).elementsEqual(shellEnd) {
            output.removeLast(shellEnd.count)
        }
        return (output, isStable)
    }

    private static func writeTag(_ name: String, _ element: HTMLElement, to output: inout [UInt8]) {
        output.append(60)
        output += Array(name.utf8)
        var seen: Set<String> = []
        element.forEachAttribute { attribute, value in
            guard seen.insert(attribute).inserted else { return }
            if attributes.contains(attribute) {
                write(attribute, value, to: &output)
            } else if attribute == "style" {
                let style = StyleList.clean(value)
                if !style.isEmpty { write("style", style, to: &output) }
            } else if attribute == "href", name == "a", let link = SafeLink.target(value) {
                write("href", link, to: &output)
                write("rel", "noopener noreferrer nofollow", to: &output)
                write("target", "_blank", to: &output)
            }
        }
        output.append(62)
    }

    private static func writeImage(_ element: HTMLElement, to output: inout [UInt8]) {
        let alternative = element.attribute("alt") ?? ""
        if let source = element.attribute("src").flatMap(SafeLink.partReference) {
            output += Array("<img".utf8)
            write("src", source, to: &output)
            write("alt", alternative, to: &output)
            for size in ["width", "height"] {
                let value = size == "width" ? element.attribute("width") : element.attribute("height")
                if let value { write(size, value, to: &output) }
            }
            output.append(62)
        } else if !alternative.isEmpty {
            var words = "[\(alternative)]"
            words.withUTF8 { escape($0, to: &output) }
        }
    }

    private static func write(_ name: String, _ value: String, to output: inout [UInt8]) {
        output.append(32)
        output += Array(name.utf8)
        output += [61, 34]
        var value = value
        value.withUTF8 { escape($0, to: &output) }
        output.append(34)
    }

    private static func escape(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        output.reserveCapacity(output.count + text.count)
        for byte in text {
            switch byte {
            case 38: output += [38, 97, 109, 112, 59]
            case 60: output += [38, 108, 116, 59]
            case 62: output += [38, 103, 116, 59]
            case 34: output += [38, 113, 117, 111, 116, 59]
            case 13: continue
            case 0..<9, 11..<32, 127: continue
            default: output.append(byte)
            }
        }
    }
}
