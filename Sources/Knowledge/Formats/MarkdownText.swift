// The inline marks of Markdown taken off a line of text, so that it reads well in a plain mail.

/// One pass, linear: the next closing bracket is looked for once and only ever further on.
struct MarkdownText {
    private let scalars: [Unicode.Scalar]
    private let references: [String: String]
    private var out = String.UnicodeScalarView()
    private var bracket = 0
    private var paren = 0
    private var angle = 0

    static func plain(_ text: String, references: [String: String] = [:]) -> String {
        guard text.utf8.contains(where: { marks.contains($0) }) else { return text }
        var reader = MarkdownText(scalars: Array(text.unicodeScalars), references: references)
        reader.read()
        return String(reader.out)
    }

    private static let marks = Set("*_`~[]!<&\\".utf8)
    private static let entities = [
        "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'", "&apos;": "'", "&nbsp;": " ",
        "&shy;": "",
    ]

    private init(scalars: [Unicode.Scalar], references: [String: String]) {
        self.scalars = scalars
        self.references = references
    }

    private mutating func read() {
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "\\" where index + 1 < scalars.count && isPunctuation(scalars[index + 1]):
                out.append(scalars[index + 1])
                index += 2
            case "`":
                index += 1
            case "~" where isAt(index + 1, "~") || isAt(index - 1, "~"):
                index += 1
            case "*" where isEmphasis(index, inWords: true):
                index += 1
            case "_" where isEmphasis(index, inWords: false):
                index += 1
            case "!" where isAt(index + 1, "["):
                index = readLink(from: index + 1, isImage: true)
            case "[":
                // A linked image: the image's words come first, its `](link)` is met later.
                index = isAt(index + 1, "!") ? index + 1 : readLink(from: index, isImage: false)
            case "]" where isAt(index + 1, "("):
                index = readTarget(from: index + 1, label: "", isImage: false) ?? index + 1
            case "<":
                index = readAngle(from: index)
            case "&":
                index = readEntity(from: index)
            default:
                out.append(scalars[index])
                index += 1
            }
        }
    }

    private mutating func readLink(from start: Int, isImage: Bool) -> Int {
        guard let close = next("]", from: start + 1, pointer: \.bracket) else {
            out.append(scalars[start])
            return start + 1
        }
        let label = text(start + 1, close)
        if isAt(close + 1, "("), let end = readTarget(from: close + 1, label: label, isImage: isImage) { return end }
        if isAt(close + 1, "["), let end = next("]", from: close + 2, pointer: \.bracket) {
            let name = text(close + 2, end)
            if let url = references[(name.isEmpty ? label : name).lowercased()] {
                append(label: label, url: url, isImage: isImage)
                return end + 1
            }
        }
        if let url = references[label.lowercased()] {
            append(label: label, url: url, isImage: isImage)
            return close + 1
        }
        out.append("[")
        return start + 1
    }

    /// Reads `(target "title")`; nil when it is not closed.
    private mutating func readTarget(from open: Int, label: String, isImage: Bool) -> Int? {
        guard let close = next(")", from: open + 1, pointer: \.paren) else { return nil }
        let target = text(open + 1, close).prefix { $0 != " " && $0 != "\n" }
        append(label: label, url: String(target), isImage: isImage)
        return close + 1
    }

    private mutating func append(label: String, url: String, isImage: Bool) {
        var target = url
        if target.hasPrefix("<"), target.hasSuffix(">") { target = String(target.dropFirst().dropLast()) }
        let words = label.contains(where: { $0 == "*" || $0 == "_" || $0 == "`" }) ? Self.plain(label) : label
        out.append(contentsOf: words.unicodeScalars)
        if isImage { return }
        if target.hasPrefix("mailto:") { target = String(target.dropFirst(7)) }
        let leaves = target.hasPrefix("http://") || target.hasPrefix("https://") || target.contains("@")
        if leaves, target != label {
            out.append(contentsOf: (words.isEmpty && out.isEmpty ? target : " (\(target))").unicodeScalars)
        }
    }

    /// An autolink gives its address, a tag gives nothing, anything else stands for itself.
    private mutating func readAngle(from start: Int) -> Int {
        guard start + 1 < scalars.count, let close = next(">", from: start + 1, pointer: \.angle) else {
            out.append("<")
            return start + 1
        }
        let first = scalars[start + 1]
        guard first == "/" || first == "!" || first.properties.isAlphabetic else {
            out.append("<")
            return start + 1
        }
        let inside = text(start + 1, close)
        if inside.contains("\n") {
            out.append("<")
            return start + 1
        }
        if inside.hasPrefix("http://") || inside.hasPrefix("https://") || inside.contains("@") && !inside.contains(" ")
        {
            out.append(contentsOf: inside.unicodeScalars)
        } else if inside.lowercased().hasPrefix("br") {
            out.append(" ")
        }
        return close + 1
    }

    private mutating func readEntity(from start: Int) -> Int {
        for (entity, value) in Self.entities where scalars.count - start >= entity.unicodeScalars.count {
            if entity.unicodeScalars.elementsEqual(scalars[start..<(start + entity.unicodeScalars.count)]) {
                out.append(contentsOf: value.unicodeScalars)
                return start + entity.unicodeScalars.count
            }
        }
        out.append("&")
        return start + 1
    }

    /// Marks stand at the edge of words; `3 * 4`, `2*3` and `snake_case` keep theirs.
    private func isEmphasis(_ index: Int, inWords: Bool) -> Bool {
        let before = index > 0 ? scalars[index - 1] : " "
        let after = index + 1 < scalars.count ? scalars[index + 1] : " "
        if before.properties.isWhitespace && after.properties.isWhitespace { return false }
        if isDigit(before) && isDigit(after) { return false }
        if inWords { return true }
        return !(before.properties.isAlphabetic || isDigit(before))
            || !(after.properties.isAlphabetic || isDigit(after))
    }

    private mutating func next(
        _ wanted: Unicode.Scalar, from start: Int, pointer: WritableKeyPath<MarkdownText, Int>
    ) -> Int? {
        var position = max(self[keyPath: pointer], start)
        while position < scalars.count, scalars[position] != wanted { position += 1 }
        self[keyPath: pointer] = position
        return position < scalars.count ? position : nil
    }

    private func isAt(_ index: Int, _ wanted: Unicode.Scalar) -> Bool {
        scalars.indices.contains(index) && scalars[index] == wanted
    }

    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && scalar.value > 0x20 && scalar.value != 0x7F && !scalar.properties.isAlphabetic
            && !isDigit(scalar)
    }

    private func text(_ start: Int, _ end: Int) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[start..<end])
        return String(view)
    }
}
