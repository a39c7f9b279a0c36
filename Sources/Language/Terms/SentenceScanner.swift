// Splits a text into sentences, one pass, without a model.

enum SentenceScanner {
    private static let shortForms: Set<String> = [
        "dr", "mr", "mrs", "ms", "prof", "st", "nr", "no", "bzw", "ca", "inkl", "evtl", "ggf", "zzgl", "tel", "str",
        "vs", "approx", "incl", "excl", "dept", "sr", "sra", "mme", "núm", "pág", "art", "abs", "etc", "e.g", "i.e",
        "z.b", "d.h", "u.a", "p.ej", "resp", "min", "max", "vgl", "usw", "bijv", "dhr", "mevr", "sig", "np", "ok",
    ]

    static func sentences(of text: String) -> [String] {
        var sentences: [String] = []
        var current = String.UnicodeScalarView()
        /// The letters and dots since the last space: what a full stop would end.
        var token = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        func end() {
            let sentence = trimmed(current)
            if !sentence.isEmpty { sentences.append(sentence) }
            current = String.UnicodeScalarView()
            token = String.UnicodeScalarView()
        }
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "\n", "\r", "\u{2028}", "\u{2029}":
                end()
            case "。", "！", "？", "｡", "؟", "۔", "।":
                current.append(scalar)
                takeClosers(scalars, &index, into: &current)
                end()
            case ".", "!", "?", "…":
                current.append(scalar)
                takeClosers(scalars, &index, into: &current)
                let isEnd =
                    index >= scalars.count
                    || isSpace(scalars[index]) && (scalar != "." || endsSentence(token, scalars, after: index))
                if isEnd { end() } else { token.append(scalar) }
            default:
                current.append(scalar)
                if isSpace(scalar) { token = String.UnicodeScalarView() } else { token.append(scalar) }
            }
        }
        end()
        return sentences
    }

    /// Quotes, brackets and further marks belong to the sentence they close.
    private static func takeClosers(
        _ scalars: [Unicode.Scalar], _ index: inout Int, into current: inout String.UnicodeScalarView
    ) {
        while index < scalars.count, "\"'”’»)]」』!?…）".unicodeScalars.contains(scalars[index]) {
            current.append(scalars[index])
            index += 1
        }
    }

    /// A full stop after a short form, an initial or a number ("3. Mai", "1. Open") ends nothing, nor one before a
    /// small letter.
    private static func endsSentence(
        _ token: String.UnicodeScalarView, _ scalars: [Unicode.Scalar], after index: Int
    ) -> Bool {
        var next = index
        while next < scalars.count, isSpace(scalars[next]), scalars[next] != "\n" { next += 1 }
        if next < scalars.count, scalars[next].properties.isLowercase { return false }
        let word = String(token).lowercased().drop { !$0.isLetter && !$0.isNumber }
        if word.count == 1, word.first?.isLetter == true { return false }
        if word.count <= 2, !word.isEmpty, word.allSatisfy(\.isNumber) { return false }
        return !shortForms.contains(String(word))
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

    private static func trimmed(_ view: String.UnicodeScalarView) -> String {
        guard let first = view.firstIndex(where: { !isSpace($0) }),
            let last = view.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(view[first...last])
    }
}
