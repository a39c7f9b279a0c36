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
        for index in 0..<text.count {
            if !hasHead || text.length(of: index) < 16 || text.first(index) != 45 {
                if isHead {
                    found.append(index)
                    if text.isBlank(index) { isHead = false }
                    continue
                }
                if isBlock {
                    found.append(index)
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
        // A block that never ends is no armour: what follows may be words.
        lines = isBlock ? [] : found
        covered = Set(lines)
    }

    func covers(_ index: Int) -> Bool { !covered.isEmpty && covered.contains(index) }

    private static let head = Array("-----BEGIN PGP SIGNED MESSAGE-----".utf8)
    private static let signature = Array("-----BEGIN PGP SIGNATURE-----".utf8)
    private static let end = Array("-----END PGP SIGNATURE-----".utf8)
}
