// The base subject of RFC 5256 section 2.1: what threading by subject compares.

import Foundation

package enum BaseSubject {
    /// A longer subject is cut: no mail program writes one, and the rules below go over the text more than once.
    package static let lengthLimit = 1000

    /// The subject without `re:`, `fw:`, `fwd:`, `(fwd)`, `[…]` in front and `[fwd: …]` around, in one case
    /// (i;unicode-casemap). Empty for a subject that says nothing.
    package static func of(_ subject: String) -> String {
        var text = collapsed(subject)
        while true {
            text = droppingTrailers(text)
            text = droppingLeaders(text)
            guard text.count >= 6, text.prefix(5).lowercased() == "[fwd:", text.hasSuffix("]") else { break }
            text = text.dropFirst(5).dropLast()
        }
        return text.uppercased().decomposedStringWithCanonicalMapping
    }

    /// Step 1: every run of white space is one space.
    private static func collapsed(_ subject: String) -> Substring {
        Substring(subject.prefix(lengthLimit).split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }

    /// Step 2: `(fwd)` and spaces at the end.
    private static func droppingTrailers(_ text: Substring) -> Substring {
        var text = text
        while true {
            if text.last == " " {
                text = text.dropLast()
            } else if text.count >= 5, text.suffix(5).lowercased() == "(fwd)" {
                text = text.dropLast(5)
            } else {
                return text
            }
        }
    }

    /// Steps 3 to 5: leaders and blobs in front, until neither is there. A blob stays when nothing would.
    private static func droppingLeaders(_ text: Substring) -> Substring {
        var text = text
        while true {
            if text.first == " " {
                text = text.dropFirst()
            } else if let rest = afterLeader(text) {
                text = rest
            } else if let rest = afterBlob(text), !rest.isEmpty {
                text = rest
            } else {
                return text
            }
        }
    }

    /// subj-leader: blobs, then `re`, `fw` or `fwd`, perhaps a blob, and a colon.
    private static func afterLeader(_ text: Substring) -> Substring? {
        var rest = text
        while let next = afterBlob(rest) { rest = next }
        guard let word = ["fwd", "re", "fw"].first(where: { rest.prefix($0.count).lowercased() == $0 }) else {
            return nil
        }
        rest = rest.dropFirst(word.count).drop { $0 == " " }
        if let next = afterBlob(rest) { rest = next }
        return rest.first == ":" ? rest.dropFirst() : nil
    }

    /// subj-blob: `[…]` without brackets inside, and the spaces behind it.
    private static func afterBlob(_ text: Substring) -> Substring? {
        guard text.first == "[" else { return nil }
        let inside = text.dropFirst()
        guard let end = inside.firstIndex(where: { $0 == "[" || $0 == "]" }), inside[end] == "]" else { return nil }
        return inside[inside.index(after: end)...].drop { $0 == " " }
    }
}
