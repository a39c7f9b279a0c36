// Header fields written and folded (RFC 5322 section 2.2.3); only printable ASCII leaves, but for local parts beyond it.
import Correspondence

struct HeaderWriter {
    private(set) var bytes: [UInt8] = []

    /// The length lines are folded at, and the length no word of ours may pass (RFC 5322 section 2.1.1).
    static let lineLength = 78
    static let lengthLimit = 900

    /// Words that were made safe by this type; a space between them, a fold where a line would grow long.
    mutating func structured(_ name: String, _ words: [String]) {
        guard !words.isEmpty else { return }
        bytes += Array("\(name):".utf8)
        var length = name.utf8.count + 1
        for (index, word) in words.enumerated() {
            if index > 0, length + 1 + word.utf8.count > Self.lineLength {
                bytes += [13, 10]
                length = 0
            }
            bytes.append(32)
            bytes += Array(word.utf8)
            length += 1 + word.utf8.count
        }
        bytes += [13, 10]
    }

    /// Text for people: plain where it can be, else encoded words.
    mutating func text(_ name: String, _ value: String) {
        let line = HeaderGrammar.oneLine(value)
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let isPlain = line.utf8.allSatisfy { $0 >= 32 && $0 < 127 } && !line.contains("=?") && !line.contains("  ")
        if isPlain, words.allSatisfy({ $0.utf8.count <= 60 }) {
            structured(name, words)
        } else {
            structured(name, EncodedWord.words(line))
        }
    }

    // MARK: Addresses

    func mailbox(_ address: NamedAddress) -> [String] {
        let route = "<\(Self.addrSpec(address.address))>"
        let name = HeaderGrammar.oneLine(address.name ?? "")
        guard !name.isEmpty else { return [route] }
        return phrase(name) + [route]
    }

    /// Atoms, one quoted string, or encoded words.
    private func phrase(_ name: String) -> [String] {
        let isASCII = name.utf8.allSatisfy { $0 >= 32 && $0 < 127 }
        guard isASCII, !name.contains("=?"), name.utf8.count <= 60 else { return EncodedWord.words(name) }
        let words = name.split(separator: " ", omittingEmptySubsequences: false)
        if words.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isAtom) }) { return words.map(String.init) }
        return [Self.quoted(name)]
    }

    /// The domain in A-labels (one that has none goes nowhere: the sender refuses it); a local part that is no dot-atom is quoted.
    static func addrSpec(_ address: EmailAddress) -> String {
        let local = address.localPart
        let domain = (try? DomainName.ascii(address.domain)) ?? address.domain
        let isQuoted = local.hasPrefix("\"") && local.hasSuffix("\"") && local.utf8.count > 1
        let dots = local.split(separator: ".", omittingEmptySubsequences: false)
        let isDotAtom = dots.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { isAtom($0) || $0 >= 0x80 } }
        return "\(isQuoted || isDotAtom ? local : quoted(local))@\(domain)"
    }

    static func quoted(_ text: String) -> String {
        var output = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { output += "\\" }
            output.unicodeScalars.append(character)
        }
        return output + "\""
    }

    /// RFC 5322 section 3.2.3.
    static func isAtom(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, 33, 35...39, 42, 43, 45, 47, 61, 63, 94...96, 123...126: true
        default: false
        }
    }

    // MARK: Ids

    /// Ids in brackets. One that could not stand in a header line (not ASCII, or too long for a line) is left out.
    func ids(_ ids: [MessageID]) -> [String] {
        ids.filter { id in
            id.text.utf8.count <= Self.lengthLimit && id.text.utf8.allSatisfy { $0 > 32 && $0 < 127 }
        }.map { "<\($0.text)>" }
    }
}
