// Text that a sender hides from people is no part of what they said.

enum HiddenText {
    /// With a semicolon before and behind each declaration, and no blanks.
    private static let signs: [StaticString] = [
        "display:none", "mso-hide:all", "visibility:hidden", "font-size:0;", "font-size:0px", "font-size:1px;",
        ";opacity:0;", "left:-9999", "text-indent:-9999", "top:-9999",
    ]
    private static let flat: [StaticString] = [";max-height:0;", ";max-height:0px;", ";height:0;", ";height:0px;"]

    /// Preheaders of newsletters, and instructions meant for machines alone.
    static func hides(_ element: HTMLElement) -> Bool {
        if element.has("hidden") { return true }
        guard let style = element.attribute("style") else { return false }
        return withPacked(style) { packed in
            if signs.contains(where: { packed.has($0) }) { return true }
            if packed.has("overflow:hidden"), flat.contains(where: { packed.has($0) }) { return true }
            guard packed.has(";color:"), packed.has(";background") else { return false }
            if isOfOneColour(packed) { return true }
            // A browser passes over a declaration that it cannot read, and so does whoever reads what we cleaned.
            return StyleList.clean(style).withUnsafeBytes { withPacked($0, isOfOneColour) }
        }
    }

    /// In lower case, without blanks, a semicolon before and behind.
    private static func withPacked(
        _ style: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: StyleList.lengthLimit + 2, alignment: 1) { room in
            room[0] = 59
            var count = 1
            for byte in style.prefix(StyleList.lengthLimit) where byte > 32 {
                room[count] = byte &- 65 < 26 ? byte | 32 : byte
                count += 1
            }
            room[count] = 59
            return body(UnsafeRawBufferPointer(rebasing: room[...count]))
        }
    }

    /// Letters in the very colour that their own element is filled with.
    private static func isOfOneColour(_ packed: UnsafeRawBufferPointer) -> Bool {
        var ink: Slice<UnsafeRawBufferPointer>?
        var paper: Slice<UnsafeRawBufferPointer>?
        for declaration in packed.split(separator: 59) {
            guard let colon = declaration.firstIndex(of: 58) else { continue }
            let name = declaration[..<colon]
            if name.elementsEqual("color".utf8) { ink = declaration[(colon + 1)...] }
            if name.elementsEqual("background-color".utf8) || name.elementsEqual("background".utf8) {
                paper = declaration[(colon + 1)...]
            }
        }
        guard let ink, let paper, !ink.isEmpty else { return false }
        return ink.elementsEqual(paper)
    }
}
