// Whether two mails of one Message-ID and sender say the same: the copy that came by another route.

/// A mailing list writes its footer below what it hands on, behind a line of signs, and white space at the end gets lost
/// on the way. Two texts are the same if they are equal but for that; two footers are not compared, because a web form
/// that gives all its mails one Message-ID may write what it is told below such a line.
package struct CopiedWords: Sendable {
    /// Of the whole text.
    private let whole: Int
    /// Of what stands above a footer.
    private let above: Int

    /// A footer is looked for in so many lines at the end.
    private static let footerLines = 20
    /// Lists draw long lines; people part their postscript by short ones.
    private static let leastSigns = 12

    package init(_ text: String) {
        let words = Self.trimmed(text.utf8.filter { $0 != 0 }[...])
        whole = words.hashValue
        above = Self.aboveFooter(words).hashValue
    }

    /// Both made in one run of the program.
    package func areSame(as other: CopiedWords) -> Bool {
        whole == other.whole || whole == other.above || above == other.whole
    }

    private static func aboveFooter(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var end = text.endIndex
        for _ in 0..<footerLines {
            guard let newline = text[..<end].lastIndex(of: 10) else { return text }
            let line = trimmed(text[(newline + 1)..<end])
            let isRule = line.count >= leastSigns && line.allSatisfy { "-_=*#".utf8.contains($0) }
            if isRule || line.elementsEqual("--".utf8) && isGroups(text[end...]) {
                let above = trimmed(text[..<newline])
                return above.isEmpty ? text : above
            }
            end = newline
        }
        return text
    }

    /// Google Groups signs as people do, and then says what it is.
    private static func isGroups(_ footer: ArraySlice<UInt8>) -> Bool {
        footer.drop { $0 == 10 || $0 == 13 }.starts(with: "You received this message because you are subscribed".utf8)
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        text[..<((text.lastIndex { ![9, 10, 13, 32].contains($0) } ?? text.startIndex - 1) + 1)]
    }
}
