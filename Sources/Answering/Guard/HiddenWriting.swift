// Writing that hides what it says: invisible, encoded, letter by letter, or an address in words.

import Foundation

/// The other checks read a reply as people do; what is written past them has no place in a support reply. Pure and
/// linear. Disguises without end exist: this finds the common ones, each alone.
enum HiddenWriting {
    /// So many single letters or digits in a row are spelt out. (R.S.V.P. has four.)
    static let spelledRun = 5
    /// A word with so many small letters right before capitals is no word (`NDgxMDctMjI`).
    static let humps = 3
    /// Fewer bytes tell nothing of a customer.
    static let shortestSecret = 6
    /// No language's word is longer.
    static let longestWord = 45
    /// So many readable bytes in a row come out of plain words by chance once in a hundred thousand replies.
    static let decodedRun = 15

    /// What was found, in words; none for plain writing. What stands in `known` word for word is no secret.
    static func findings(in reply: String, known: [String]) -> [String] {
        var findings: [String] = []
        if holdsInvisible(reply) { findings.append("the reply holds invisible characters") }
        let words = words(of: reply)
        if spells(words, known: known) { findings.append("the reply spells something out letter by letter") }
        if spellsAddress(words) { findings.append("the reply spells an address out") }
        if isEncoded(reply, known: known) { findings.append("the reply holds encoded text") }
        return findings
    }

    // MARK: Invisible

    static func holdsInvisible(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        return scalars.indices.contains { index in
            guard UntrustedText.isHidden(scalars[index]) else { return false }
            let before = index > 0 ? scalars[index - 1] : " "
            let after = index + 1 < scalars.count ? scalars[index + 1] : " "
            switch scalars[index].value {
            // Joiners that Persian, Indic scripts and emoji are spelt with: between two of their own.
            case 0x200C, 0x200D: return !(isJoined(before) && isJoined(after))
            // The mark that makes a sign an emoji; on a digit it goes before the keycap.
            case 0xFE0F:
                return !(before.value > 0xFF && !before.properties.isAlphabetic && isSeen(before))
                    && after.value != 0x20E3
            default: return true
            }
        }
    }

    private static func isSeen(_ scalar: Unicode.Scalar) -> Bool { !UntrustedText.isHidden(scalar) }

    private static func isJoined(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0xFE0F || scalar.value >= 0x600 && isSeen(scalar) && !scalar.properties.isWhitespace
    }

    // MARK: Letter by letter

    /// Runs of letters and digits, in lower case.
    private static func words(of text: String) -> [Substring] {
        Substring(text.lowercased()).split { !$0.isLetter && !$0.isNumber }
    }

    private static let smallNumbers: Set<String> = [
        "zero", "one", "oh", "null", "eins", "zéro", "un", "une", "cero", "uno", "um", "nul", "een", "jeden",
    ]

    private static func spells(_ words: [Substring], known: [String]) -> Bool {
        var run: [Substring] = []
        for word in words + [""] {
            let isSingle = word.count == 1 && word.unicodeScalars.allSatisfy { $0.value < 0x250 }
            let text = String(word)
            let isDigit = (NumberWords.value(of: text).map { $0 < 10 } ?? false) || smallNumbers.contains(text)
            if isSingle || isDigit {
                run.append(word)
                continue
            }
            if run.count >= spelledRun, !known.contains(where: { stands(run, in: $0) }) { return true }
            run = []
        }
        return false
    }

    private static func stands(_ run: [Substring], in text: String) -> Bool {
        " \(words(of: text).joined(separator: " ")) ".contains(" \(run.joined(separator: " ")) ")
    }

    /// What people say for an @, each with what they then say for a dot.
    private static let ats: [Substring: Set<Substring>] = [
        "at": ["dot", "punkt"], "ät": ["punkt"], "klammeraffe": ["punkt"], "arobase": ["point"],
        "arroba": ["punto", "ponto"], "chiocciola": ["punto"], "małpa": ["kropka"], "apenstaartje": ["punt"],
    ]

    /// `mark at mail dot example`, in brackets or not.
    private static func spellsAddress(_ words: [Substring]) -> Bool {
        words.indices.contains { index in
            guard let dots = ats[words[index]], index > 0 else { return false }
            return (index + 2..<index + 5).contains { $0 + 1 < words.count && dots.contains(words[$0]) }
        }
    }

    // MARK: Encoded

    private static func isEncoded(_ reply: String, known: [String]) -> Bool {
        for word in reply.split(whereSeparator: { !isOfBase64($0) }) where word.utf8.count >= 8 {
            guard isStrange(word) else { continue }
            if !known.contains(where: { $0.contains(word) }) { return true }
        }
        // Encoded text may be cut into lines and words.
        let dense = reply.utf8.filter { $0 > 0x20 }
        for stretch in dense.split(whereSeparator: { !isOfBase64(Character(Unicode.Scalar($0))) })
        where stretch.count >= decodedRun * 4 / 3 {
            if (0..<4).contains(where: { decodesReadably(stretch.dropFirst($0)) }) { return true }
        }
        return false
    }

    private static func isOfBase64(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "+/=_-".contains(character))
    }

    private static func isStrange(_ word: Substring) -> Bool {
        var humps = 0
        var run = 0
        var wasSmall = false
        for byte in word.utf8 {
            let isSmall = (0x61...0x7A).contains(byte)
            if wasSmall, (0x41...0x5A).contains(byte) { humps += 1 }
            run = byte == 0x2D || byte == 0x5F || byte == 0x2F ? 0 : run + 1
            wasSmall = isSmall
            if humps >= Self.humps || run > longestWord { return true }
        }
        // A short number or name: no word with a capital inside decodes to readable text from end to end.
        return humps > 0 && isReadable(word)
    }

    private static func isReadable(_ word: Substring) -> Bool {
        guard let data = Data(base64Encoded: padded(word)), data.count >= shortestSecret else { return false }
        return data.allSatisfy { (0x20...0x7E).contains($0) }
    }

    private static func padded(_ word: Substring) -> String {
        let bare = word.replacing("-", with: "+").replacing("_", with: "/").filter { $0 != "=" }
        return String(bare) + String(repeating: "=", count: (4 - bare.utf8.count % 4) % 4)
    }

    private static func decodesReadably(_ stretch: ArraySlice<UInt8>) -> Bool {
        var run = 0
        var bits: UInt32 = 0
        var held = 0
        for byte in stretch {
            bits = (bits << 6 | UInt32(sextet(byte))) & 0xFFFF
            held += 6
            guard held >= 8 else { continue }
            held -= 8
            let decoded = UInt8(truncatingIfNeeded: bits >> UInt32(held))
            run = (0x20...0x7E).contains(decoded) || decoded == 0x0A ? run + 1 : 0
            if run >= decodedRun { return true }
        }
        return false
    }

    private static func sextet(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case 0x2B, 0x2D: 62
        default: 63
        }
    }
}
