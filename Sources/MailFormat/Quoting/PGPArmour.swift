// The armour of a text that is signed within itself (RFC 9580 section 7): no words of the sender.

/// The head of the signed text, with its `Hash:` lines, and the signature block.
struct PGPArmour {
    private(set) var lines: [Int] = []
    private let covered: Set<Int>

    var isSigned: Bool { !lines.isEmpty }

    init(_ text: TextLines) {
        var found: [Int] = []
        var isHead = false
        var isBlock = false
        var hasHead = false
        var hasWords = false
        for index in 0..<text.count {
            if !hasHead || text.length(of: index) < 16 || text.first(index) != 45 {
                if isHead {
                    // Where the empty line was forgotten, words begin here.
                    isHead = !text.isBlank(index) && Self.isKey(text.raw(index))
                    if isHead || text.isBlank(index) { found.append(index) }
                    continue
                }
                if isBlock {
                    found.append(index)
                    hasWords = hasWords || !(Self.isKey(text.raw(index)) || Self.isRadix64(text.raw(index)))
                    continue
                }
                guard text.first(index) == 45, text.raw(index).starts(with: Self.head) else { continue }
                found.append(index)
                (isHead, hasHead) = (true, true)
            } else if text.raw(index).starts(with: Self.signature) {
                found.append(index)
                (isHead, isBlock) = (false, true)
            } else if isBlock {
                found.append(index)
                if text.raw(index).starts(with: Self.end) { isBlock = false }
            }
        }
        // A block that never ends, or that holds words, is no armour: somebody writes about one.
        lines = isBlock || hasWords ? [] : found
        covered = Set(lines)
    }

    func covers(_ index: Int) -> Bool { !covered.isEmpty && covered.contains(index) }

    private static let keys = ["Hash: ", "SaltedHash: ", "Charset: ", "NotDashEscaped: ", "Version: ", "Comment: "]
        .map { Array($0.utf8) }

    private static func isKey(_ line: ArraySlice<UInt8>) -> Bool { keys.contains { line.starts(with: $0) } }

    /// Blank lines too.
    private static func isRadix64(_ line: ArraySlice<UInt8>) -> Bool {
        var end = line.endIndex
        while end > line.startIndex, line[end - 1] == 32 || line[end - 1] == 9 { end -= 1 }
        return line[..<end].allSatisfy {
            switch $0 {
            case 97...122, 65...90, 48...57, 43, 47, 61: true
            default: false
            }
        }
    }

    private static let head = Array("-----BEGIN PGP SIGNED MESSAGE-----".utf8)
    private static let signature = Array("-----BEGIN PGP SIGNATURE-----".utf8)
    private static let end = Array("-----END PGP SIGNATURE-----".utf8)
}
