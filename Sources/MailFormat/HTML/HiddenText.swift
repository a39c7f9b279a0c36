// Text that a sender hides from people is no part of what they said.

enum HiddenText {
    private static let signs = ["display:none", "mso-hide:all", "visibility:hidden", "font-size:0;", "font-size:0px"]

    /// Preheaders of newsletters, and instructions meant for machines alone.
    static func hides(_ element: HTMLElement) -> Bool {
        guard let style = element.attribute("style"), style.utf8.count <= StyleList.lengthLimit else { return false }
        guard style.utf8.contains(0x3A) else { return false }
        var packed = ""
        for scalar in style.lowercased().unicodeScalars where scalar.value > 0x20 {
            packed.unicodeScalars.append(scalar)
        }
        packed += ";"
        return signs.contains { sign in packed.firstRange(of: sign) != nil }
    }
}
