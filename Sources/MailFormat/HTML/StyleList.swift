// Style attributes by an allow-list of properties and of what a value may be made of.

enum StyleList {
    private static let properties = NameTable([
        "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left",
        "border-left-color", "border-left-style", "border-left-width", "border-right", "border-spacing", "border-style",
        "border-top", "border-width", "color", "direction", "font-family", "font-size", "font-style", "font-variant",
        "font-weight", "height", "letter-spacing", "line-height", "list-style-type", "margin", "margin-bottom",
        "margin-left", "margin-right", "margin-top", "max-width", "min-width", "padding", "padding-bottom",
        "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-indent",
        "text-transform", "unicode-bidi", "vertical-align", "white-space", "width", "word-break", "word-spacing",
        "word-wrap",
    ])
    private static let functions = NameTable(["rgb", "rgba", "hsl", "hsla"])
    static let lengthLimit = 4096

    /// The declarations that may stay, as `name: value`, joined by `; `.
    static func clean(_ style: UnsafeRawBufferPointer) -> [UInt8] {
        guard style.count <= lengthLimit, !style.contains(0x5C) else { return [] }
        var kept: [UInt8] = []
        for declaration in style.split(separator: 59) {
            guard let colon = declaration.firstIndex(of: 58) else { continue }
            let name = LowerCase.of(UnsafeRawBufferPointer(rebasing: trimmed(declaration[..<colon])))
            let value = UnsafeRawBufferPointer(rebasing: trimmed(declaration[(colon + 1)...]))
            guard name.withUnsafeBytes({ properties.position(of: $0) }) != nil, isHarmless(value) else { continue }
            if !kept.isEmpty { kept += [59, 32] }
            kept += name
            kept += [58, 32]
            kept.append(contentsOf: value)
        }
        return kept
    }

    /// Words, numbers, colours, quoted font names; no function but the colours; no comment.
    private static func isHarmless(_ value: UnsafeRawBufferPointer) -> Bool {
        guard !value.isEmpty, value.count <= 200 else { return false }
        var start = 0
        for index in 0..<value.count {
            switch value[index] {
            case 97...122, 65...90, 48...57, 45, 95: continue
            case 40:
                let word = LowerCase.of(UnsafeRawBufferPointer(rebasing: value[start..<index]))
                guard word.withUnsafeBytes({ functions.position(of: $0) }) != nil else { return false }
            case 32, 35, 37, 46, 44, 41, 33, 39, 34, 43: break
            default: return false
            }
            start = index + 1
        }
        return true
    }

    private static func trimmed(_ text: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var text = text
        while let first = text.first, first == 32 || (9...13).contains(first) { text.removeFirst() }
        while let last = text.last, last == 32 || (9...13).contains(last) { text.removeLast() }
        return text
    }
}
