// Text that a sender hides from people is no part of what they said.

enum HiddenText {
    private static let signs: [StaticString] = [
        "display:none", "mso-hide:all", "visibility:hidden", "font-size:0;", "font-size:0px",
    ]

    /// Preheaders of newsletters, and instructions meant for machines alone.
    static func hides(_ element: HTMLElement) -> Bool {
        guard let style = element.attribute("style") else { return false }
        let packed = style.utf8.prefix(StyleList.lengthLimit).compactMap { byte -> UInt8? in
            if byte <= 32 { return nil }
            return byte >= 65 && byte <= 90 ? byte | 32 : byte
        }
        return (packed + [59]).withUnsafeBytes { bytes in signs.contains { bytes.has($0) } }
    }
}
