// The sentences of a customer's mail, and which of them ask.

package import Correspondence

/// Mail programs wrap lines at some 72 characters, so a line end inside a paragraph ends no sentence here; a greeting
/// on a line of its own does, and so does a colon ("One more question: where is...").
package enum AskingText {
    package static func sentences(of text: String, by analyzer: any Analyzer) -> [String] {
        analyzer.sentences(of: clauses(unwrapped(text)))
    }

    /// Whether a sentence ends with a question mark of any script.
    package static func asks(_ sentence: String) -> Bool {
        sentence.unicodeScalars.suffix(4).contains { "?？؟\u{37E}".unicodeScalars.contains($0) }
    }

    /// Longer first lines that end with a comma are no greeting.
    private static let greetingLimit = 40

    /// A new line behind a colon and before a Spanish question.
    private static func clauses(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        var afterColon = false
        for scalar in text.unicodeScalars {
            if scalar == "¿" || afterColon && scalar.properties.isWhitespace || scalar == "：" { out.append("\n") }
            out.append(scalar)
            afterColon = scalar == ":"
        }
        return String(out)
    }

    /// Single line ends become spaces (nothing between Chinese or Japanese characters); blank lines and lists stay.
    package static func unwrapped(_ text: String) -> String {
        var out = ""
        var endsParagraph = true
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.drop { $0.isWhitespace }
            guard !words.isEmpty else {
                if !endsParagraph { out += "\n" }
                endsParagraph = true
                continue
            }
            let isItem = words.hasPrefix("- ") || words.hasPrefix("* ") || words.hasPrefix("• ")
            if !endsParagraph {
                while out.last == " " || out.last == "\r" { out.removeLast() }
                let isUnspaced = isUnspaced(out.unicodeScalars.last) && isUnspaced(words.unicodeScalars.first)
                out += isItem ? "\n" : isUnspaced ? "" : " "
            }
            out += words
            let isGreeting =
                endsParagraph && line.count <= greetingLimit && words.last.map { ",!،、".contains($0) } == true
            if isGreeting { out += "\n" }
            endsParagraph = isGreeting
        }
        return out
    }

    private static func isUnspaced(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return (0x2E80...0xA4CF).contains(scalar.value) || (0xFF00...0xFFEF).contains(scalar.value)
    }
}
