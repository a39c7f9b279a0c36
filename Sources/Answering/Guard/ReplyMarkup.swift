// Marks that have no place in plain text and can carry something out: HTML, Markdown links and images.

enum ReplyMarkup {
    /// What was found, in words; nil for plain text.
    static func finding(in text: String) -> String? {
        let scalars = Array(text.unicodeScalars)
        for index in scalars.indices {
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            switch scalars[index] {
            case "<" where next == "/" || next == "!" || next == "?" || next.properties.isAlphabetic:
                return "the reply holds HTML"
            case "&" where isEntity(scalars, from: index + 1):
                return "the reply holds HTML"
            case "]" where next == "(" || next == "[":
                return "the reply holds a Markdown link or image"
            case "!" where next == "[":
                return "the reply holds a Markdown link or image"
            case "]" where next == ":":
                return "the reply holds a Markdown reference"
            default: continue
            }
        }
        return nil
    }

    /// `#60;`, `lt;`: a few letters or digits up to a semicolon.
    private static func isEntity(_ scalars: [Unicode.Scalar], from start: Int) -> Bool {
        var index = start
        while index < scalars.count, index - start < 10, scalars[index].isASCII,
            scalars[index] == "#" || scalars[index].properties.isAlphabetic || ("0"..."9").contains(scalars[index])
        {
            index += 1
        }
        return index > start + 1 && index < scalars.count && scalars[index] == ";"
    }
}
