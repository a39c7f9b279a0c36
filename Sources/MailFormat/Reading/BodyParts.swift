// Which parts are the words of a mail and which are attachments (RFC 2046 section 5.1, RFC 2183).

/// A piece of the body in reading order: the same words as text, as HTML, or as both. Indexes into the part tree.
struct BodyPiece {
    var plain: Int?
    var html: Int?
}

struct BodyParts {
    private(set) var pieces: [BodyPiece] = []
    /// In depth-first order.
    private(set) var attachments: [Int] = []
    private var inRelated: Set<Int> = []
    private let parts: [Part]

    init(_ tree: PartTree) {
        parts = tree.parts
        pieces = walk(0)
        attachments.sort()
    }

    /// Whether a part is meant to be seen within the words.
    func isInline(_ index: Int) -> Bool {
        let part = parts[index]
        switch part.disposition?.value {
        case "inline": return true
        case "attachment": return false
        default: return part.contentID != nil && inRelated.contains(index)
        }
    }

    /// Recursion is safe: the tree is at most `MailLimits.depth` deep.
    private mutating func walk(_ index: Int) -> [BodyPiece] {
        let part = parts[index]
        guard part.isMultipart else { return leaf(index) }
        switch part.content.value {
        case "multipart/alternative": return alternative(part)
        case "multipart/related": return related(part)
        case "multipart/appledouble":
            // The Macintosh half of a file is nothing to a reader (RFC 1740).
            let files = part.children.filter { parts[$0].content.value != "application/applefile" }
            return (files.isEmpty ? part.children : files).flatMap { walk($0) }
        default: return part.children.flatMap { walk($0) }
        }
    }

    private mutating func leaf(_ index: Int) -> [BodyPiece] {
        let part = parts[index]
        let isAttached = part.disposition?.value == "attachment" && index != 0
        let isNamed = index != 0 && part.filename?.isEmpty == false
        if !isAttached, !isNamed {
            switch part.content.value {
            case "text/plain", "text", "text/x-plain", "text/markdown": return [BodyPiece(plain: index)]
            case "text/html", "application/xhtml+xml": return [BodyPiece(html: index)]
            case "text/enriched", "text/richtext", "text/x-amp-html", "text/watch-html": return []
            default: break
            }
        }
        attachments.append(index)
        return []
    }

    /// The plainest text and the richest HTML of the choices; what stands beside them stays.
    private mutating func alternative(_ part: Part) -> [BodyPiece] {
        var plain: [BodyPiece] = []
        var rich: [BodyPiece] = []
        for child in part.children {
            let pieces = walk(child)
            if pieces.contains(where: { $0.html != nil }) {
                rich = pieces
            } else if plain.isEmpty {
                plain = pieces
            }
        }
        if rich.isEmpty { return plain }
        if let text = plain.first?.plain, plain.count == 1, let at = rich.firstIndex(where: { $0.html != nil }) {
            if rich[at].plain == nil, rich.count == 1 { rich[at].plain = text }
        }
        return rich
    }

    private mutating func related(_ part: Part) -> [BodyPiece] {
        let start = part.content.parameters["start"].map { $0.trimmingAngles }
        let root = part.children.first { start != nil && parts[$0].contentID == start } ?? part.children.first
        var pieces: [BodyPiece] = []
        for child in part.children {
            let before = attachments.count
            let found = walk(child)
            if child == root {
                pieces = found
            } else {
                // A second text within related is an object of the first, not words.
                attachments += found.flatMap { [$0.plain, $0.html].compactMap { $0 } }
                inRelated.formUnion(attachments[before...])
            }
        }
        return pieces
    }
}

extension String {
    /// Without the angle brackets around an id.
    fileprivate var trimmingAngles: String {
        hasPrefix("<") && hasSuffix(">") && utf8.count > 2 ? String(dropFirst().dropLast()) : self
    }
}
