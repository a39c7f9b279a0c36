// Text that a sender hides from people is no part of what they said.

enum HiddenText {
    private static let signs: [StaticString] = [
        "display:none", "mso-hide:all", "visibility:hidden", "font-size:0;", "font-size:0px",
    ]

    /// Preheaders of newsletters, and instructions meant for machines alone.
    static func hides(_ element: HTMLElement) -> Bool {
        guard let style = element.attribute("style") else { return false }
        return withUnsafeTemporaryAllocation(byteCount: StyleList.lengthLimit + 1, alignment: 1) { room in
            var count = 0
            for byte in style.prefix(StyleList.lengthLimit) where byte > 32 {
                room[count] = byte &- 65 < 26 ? byte | 32 : byte
                count += 1
            }
            room[count] = 59
            let packed = UnsafeRawBufferPointer(rebasing: room[...count])
            return signs.contains { packed.has($0) }
        }
    }
}
