// Style attributes by an allow-list of properties and of what a value may be made of.

enum StyleList {
    private static let properties: Set<String> = [
        "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left",
        "border-left-color", "border-left-style", "border-left-width", "border-right", "border-spacing", "border-style",
        "border-top", "border-width", "color", "direction", "font-family", "font-size", "font-style", "font-variant",
        "font-weight", "height", "letter-spacing", "line-height", "list-style-type", "margin", "margin-bottom",
        "margin-left", "margin-right", "margin-top", "max-width", "min-width", "padding", "padding-bottom",
        "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-indent",
        "text-transform", "unicode-bidi", "vertical-align", "white-space", "width", "word-break", "word-spacing",
        "word-wrap",
    ]
    private static let functions: Set<String> = ["rgb", "rgba", "hsl", "hsla"]
    static let lengthLimit = 4096

    /// The declarations that may stay, as `name: value`, joined by `; `.
    static func clean(_ style: String) -> String {
        guard style.utf8.count <= lengthLimit, !style.utf8.contains(0x5C) else { return "" }
        var kept: [String] = []
        for declaration in style.split(separator: ";") {
            guard let colon = declaration.firstIndex(of: ":") else { continue }
            let name = declaration[..<colon].trimmed.lowercased()
            let value = declaration[declaration.index(after: colon)...].trimmed
            if properties.contains(name), isHarmless(value) { kept.append("\(name): \(value)") }
        }
        return kept.joined(separator: "; ")
    }

    /// Words, numbers, colours, quoted font names; no function but the colours; no comment.
    private static func isHarmless(_ value: String) -> Bool {
        guard !value.isEmpty, value.utf8.count <= 200 else { return false }
        var word = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_": word.unicodeScalars.append(scalar)
            case "(":
                guard functions.contains(word.lowercased()) else { return false }
                word = ""
            case " ", "#", "%", ".", ",", ")", "!", "'", "\"", "+": word = ""
            default: return false
            }
        }
        return true
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
