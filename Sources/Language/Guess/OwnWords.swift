// What of a text its writer says: not what is quoted, stands behind a colon, or is left under the words of a mail.

/// A German mail that quotes "The payment could not be processed" is German, however long the quotation, and so is one
/// above an English signature. Whoever asks takes the whole text where too little is left.
enum OwnWords {
    /// Words in quotes up to this many are a name or a title.
    private static let fewestQuoted = 3
    /// A quotation that does not end within this many scalars is none.
    private static let longestQuotation = 2_000
    /// What stands before a colon decides alone when it has so many letters.
    private static let fewestBeforeColon = 40

    /// nil where there is nothing to take out.
    static func of(_ clean: String) -> String? {
        var clean = clean
        return clean.withUTF8 { bytes in
            let kept = kept(bytes)
            let isWhole = kept.reduce(0) { $0 + $1.count } == bytes.count
            guard mayQuote(bytes, in: kept) else { return isWhole ? nil : text(bytes, in: kept) }
            let scalars = kept.flatMap {
                Array(String(decoding: UnsafeBufferPointer(rebasing: bytes[$0]), as: UTF8.self).unicodeScalars)
            }
            let own = withoutMessages(withoutQuotations(scalars))
            guard own.count < scalars.count || !isWhole else { return nil }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: own)
            return String(text)
        }
    }

    private static func text(_ bytes: UnsafeBufferPointer<UInt8>, in kept: [Range<Int>]) -> String {
        kept.reduce(into: "") { $0 += String(decoding: UnsafeBufferPointer(rebasing: bytes[$1]), as: UTF8.self) }
    }

    /// A look at the bytes: most mails quote nothing, and are not taken apart.
    private static func mayQuote(_ bytes: UnsafeBufferPointer<UInt8>, in kept: [Range<Int>]) -> Bool {
        var quotes = 0
        for range in kept {
            for index in range {
                switch bytes[index] {
                case 0x22, 0x60: quotes += 1
                case 0x3A where index + 1 < bytes.count && bytes[index + 1] == 0x20: return true
                // The quotation marks beyond ASCII begin with these.
                case 0xC2 where index + 1 < bytes.count && (bytes[index + 1] == 0xAB || bytes[index + 1] == 0xBB):
                    return true
                case 0xE2 where index + 2 < bytes.count && bytes[index + 1] == 0x80:
                    if (0x9A...0x9E).contains(bytes[index + 2]) { return true }
                default: break
                }
            }
        }
        return quotes > 1
    }

    // MARK: The beginning

    /// What is written first must be so long, in bytes that are no space, to decide alone.
    private static let shortestHead = 40
    /// And so much of the whole: a second half that is much longer is no signature.
    private static let leastHead = 3

    /// The paragraphs that count: no company's notice, and of the others those that come first. What stands under the
    /// words of a mail is a signature more often than the larger part of what its writer says.
    private static func kept(_ bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var own: [(range: Range<Int>, size: Int)] = []
        for paragraph in paragraphs(bytes) {
            let isFirst = own.isEmpty
            if isFirst || !saysNotice(UnsafeBufferPointer(rebasing: bytes[paragraph.range])) { own.append(paragraph) }
        }
        // A line of dashes begins what somebody else wrote and this mail passes on.
        if bytes.first(where: { $0 > 0x20 }) == 0x2D { return own.map(\.range) }
        let total = own.reduce(0) { $0 + $1.size }
        var size = 0
        var kept: [Range<Int>] = []
        for paragraph in own {
            kept.append(paragraph.range)
            size += paragraph.size
            if size >= shortestHead, size * leastHead >= total { break }
        }
        return kept
    }

    /// Each with the blank lines behind it, and its bytes that are no space.
    private static func paragraphs(_ bytes: UnsafeBufferPointer<UInt8>) -> [(range: Range<Int>, size: Int)] {
        var found: [(range: Range<Int>, size: Int)] = []
        var start = 0
        var size = 0
        var lineEnds = 0
        for index in bytes.indices {
            switch bytes[index] {
            case 0x0A: lineEnds += 1
            case 0x20: break
            default:
                if lineEnds > 1, size > 0 {
                    found.append((start..<index, size))
                    (start, size) = (index, 0)
                }
                lineEnds = 0
                size += 1
            }
        }
        found.append((start..<bytes.count, size))
        return found
    }

    // MARK: Quotations

    private static func closers(of opener: Unicode.Scalar) -> [Unicode.Scalar] {
        switch opener {
        case "\"": ["\""]
        case "„": ["“", "”", "\""]
        case "“": ["”", "\""]
        case "«": ["»"]
        case "»": ["«"]
        case "`": ["`"]
        case "‚": ["‘"]
        default: []
        }
    }

    private static func withoutQuotations(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var kept: [Unicode.Scalar] = []
        kept.reserveCapacity(scalars.count)
        var index = 0
        var quietUntil = 0
        while index < scalars.count {
            let closers = index < quietUntil ? [] : closers(of: scalars[index])
            if !closers.isEmpty {
                let limit = min(scalars.count, index + 1 + longestQuotation)
                if let end = scalars[(index + 1)..<limit].firstIndex(where: { closers.contains($0) }) {
                    if words(scalars[(index + 1)..<end]) > fewestQuoted {
                        kept.append(" ")
                        index = end + 1
                        continue
                    }
                } else {
                    // No end within the limit: what is in between is not searched again, or a text of openers alone
                    // would be looked through once for each.
                    quietUntil = limit
                }
            }
            kept.append(scalars[index])
            index += 1
        }
        return kept
    }

    private static func words(_ scalars: ArraySlice<Unicode.Scalar>) -> Int {
        var count = 0
        var inWord = false
        for scalar in scalars {
            let isSpace = scalar == " " || scalar == "\n"
            if !isSpace, !inWord { count += 1 }
            inWord = !isSpace
        }
        return count
    }

    // MARK: Notices

    /// What only such a notice says, in lower case. They are English under mails of every language.
    private static let notices: (phrases: [[UInt8]], heads: Set<UInt8>) = {
        let phrases = [
            "intended recipient", "intended only for", "intended solely for", "confidential and", "is confidential",
            "received this message in error", "received this email in error", "received this e-mail in error",
            "think before you print", "consider the environment", "sent from my ", "get outlook for",
            "scanned for viruses", "virus-free", "registered in england", "registered office",
            "best regards", "kind regards", "warm regards", "yours sincerely", "yours faithfully",
        ].map { Array($0.utf8) }
        return (phrases, Set(phrases.compactMap(\.first)))
    }()

    /// Compared at the beginning of each word; any line end is a space.
    private static func saysNotice(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        func folded(_ byte: UInt8) -> UInt8 {
            (0x41...0x5A).contains(byte) ? byte | 0x20 : byte == 0x0A ? 0x20 : byte
        }
        var wasLetter = false
        for index in bytes.indices {
            let byte = folded(bytes[index])
            let isLetter = (0x61...0x7A).contains(byte) || byte >= 0x80
            defer { wasLetter = isLetter }
            guard isLetter, !wasLetter, notices.heads.contains(byte) else { continue }
            let says = notices.phrases.contains { phrase in
                index + phrase.count <= bytes.count
                    && phrase.indices.allSatisfy { folded(bytes[index + $0]) == phrase[$0] }
            }
            if says { return true }
        }
        return false
    }

    // MARK: Messages

    /// What a line says behind a colon ("The program says: ..."), when what stands before it, in this line and in all
    /// lines above, is enough.
    private static func withoutMessages(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var kept: [Unicode.Scalar] = []
        kept.reserveCapacity(scalars.count)
        var letters = 0
        var isMessage = false
        for (index, scalar) in scalars.enumerated() {
            if scalar == "\n" { isMessage = false }
            if isMessage { continue }
            kept.append(scalar)
            if scalar.isASCII ? (scalar.value | 0x20) &- 0x61 < 26 : scalar.properties.isAlphabetic { letters += 1 }
            let isEnd = scalar == ":" && index + 1 < scalars.count && scalars[index + 1] == " "
            if isEnd, letters >= fewestBeforeColon { isMessage = true }
        }
        return kept
    }
}
