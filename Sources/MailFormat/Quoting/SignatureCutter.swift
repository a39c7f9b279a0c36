// How the sender signed: below `-- ` (RFC 3676 section 4.3), where HTML marks it, and what machines put at the end.

struct SignatureCutter {
    let lines: TextLines
    /// What HTML marks as signature (`SignatureMark`).
    var marks: [[UInt8]] = []
    /// The display name of the From.
    var sender: String?

    /// Lines a signature may have behind `-- `, and behind the `--` of programs that lose the blank.
    private static let lineLimit = 40
    private static let looseLineLimit = 12
    /// How often something may stand above what was taken from the end.
    private static let rounds = 6

    /// `isEscaped` where the text is signed by PGP, which writes `- ` before a dash.
    func split(_ fresh: [Int], isEscaped: Bool = false) -> (words: [Int], signature: [Int]) {
        if let at = delimiter(fresh, isEscaped) {
            // Who began to type below the mark said everything there.
            guard fresh[..<at].contains(where: { !lines.isBlank($0) }) else { return (fresh, []) }
            let end = postscript(fresh[at...]) ?? fresh.endIndex
            // A question below the mark is asked, whatever the mark says.
            guard !fresh[at..<end].contains(where: { lines.isQuestion($0) }) else { return (fresh, []) }
            return (Array(fresh[..<at] + fresh[end...]), Array(fresh[at..<end]))
        }
        var words = fresh
        var signature: [Int] = []
        for mark in marks { signature += cut(mark, from: &words) }
        signature += cutEnd(&words)
        if let block = nameBlock(words) {
            signature += words[block...]
            words.removeSubrange(block...)
        }
        return (words, signature.sorted())
    }

    /// What machines put at the end, from below.
    private func cutEnd(_ words: inout [Int]) -> [Int] {
        var signature: [Int] = []
        let footers = Footers(lines: lines)
        for _ in 0..<Self.rounds {
            var at = footers.app(words)
            if at == nil {
                // These stand below something, or they are what the mail is about.
                at = (footers.list(words) ?? footers.ruledDisclaimer(words)).flatMap { at in
                    words[..<at].contains { !lines.isBlank($0) } ? at : nil
                }
            }
            guard let at else { break }
            signature += words[at...]
            words.removeSubrange(at...)
        }
        return signature
    }

    /// The block of name and contacts, with the disclaimer below it.
    private func nameBlock(_ words: [Int]) -> Int? {
        guard let block = NameBlock(lines, sender: sender) else { return nil }
        if let at = block.begin(words) { return at }
        return Footers(lines: lines).disclaimer(words).flatMap { block.begin(Array(words[..<$0])) }
    }

    // MARK: Marks of HTML

    private func cut(_ mark: [UInt8], from words: inout [Int]) -> [Int] {
        guard let found = SignatureMark.find(mark, in: words, of: lines), !mayBeTyped(words[found]),
            !isNameAlone(words[found])
        else { return [] }
        let start = Footers(lines: lines).withRule(words, found.lowerBound)
        // Who typed into the field of the signature said everything there.
        guard words[..<start].contains(where: { !lines.isBlank($0) }) else { return [] }
        let signature = Array(words[start..<found.upperBound])
        words.removeSubrange(start..<found.upperBound)
        return signature
    }

    /// The cursor of some programs starts in the field of the signature: what greets, asks or goes on and on was typed.
    private func mayBeTyped(_ block: ArraySlice<Int>) -> Bool {
        if block.count > Self.lineLimit || block.contains(where: { lines.isQuestion($0) || Wishes.speak(lines, $0) }) {
            return true
        }
        return block.first.map { Self.greetings.begin(lines.lowered($0, limit: 60)) } ?? true
    }

    /// The sender's name and nothing else is how a person signs.
    private func isNameAlone(_ block: ArraySlice<Int>) -> Bool {
        guard block.count == 1, let line = block.first, let sender else { return false }
        return Self.words(lines.lowered(line)).isSubset(of: Self.words(LowerCase.of(sender)))
    }

    private static func words(_ text: [UInt8]) -> Set<[UInt8]> {
        Set(text.split { $0 <= 32 || $0 == 44 || $0 == 46 }.map { Array($0) })
    }

    private static let greetings = Phrases([
        "hi ", "hi,", "hi!", "hello", "dear ", "good morning", "good afternoon", "hallo", "guten ", "sehr geehrte",
        "liebe ", "lieber ", "bonjour", "bonsoir", "hola", "buenos ", "buenas ", "estimad", "buongiorno", "buonasera",
        "gentile ", "olá", "bom dia", "boa tarde", "geachte", "goedemorgen", "dzień dobry", "szanown", "hej ", "hej,",
        "hei ", "hei,", "dobrý den", "здравствуйте", "добрый ", "merhaba", "您好", "你好", "こんにちは", "안녕",
    ])

    // MARK: Delimiters

    /// The last `-- `; a bare `--` only with few lines behind it.
    private func delimiter(_ fresh: [Int], _ isEscaped: Bool) -> Int? {
        var behind = 0
        var bare: Int?
        for at in fresh.indices.reversed() {
            let raw = lines.raw(fresh[at])
            if raw.count <= 4, raw.starts(with: [45, 45]) {
                if raw.elementsEqual([45, 45, 32]), behind <= Self.lineLimit { return at }
                if raw.elementsEqual([45, 45]), behind > 0 {
                    // Two of them part sections of the text.
                    if bare != nil { return nil }
                    if behind <= Self.looseLineLimit { bare = at }
                }
            } else if isEscaped, raw.elementsEqual([45, 32, 45, 45, 32]) {
                return at
            }
            if !raw.isEmpty { behind += 1 }
            if behind > Self.lineLimit { break }
        }
        return bare
    }

    /// Where, below an empty line, a postscript begins: nobody signs with one.
    private func postscript(_ signature: ArraySlice<Int>) -> Int? {
        signature.indices.dropFirst().first { at in
            lines.isBlank(signature[at - 1]) && Self.isPostscript(lines, signature[at])
        }
    }

    static func isPostscript(_ lines: TextLines, _ index: Int) -> Bool {
        guard lines.length(of: index) > 3, lines.first(index).map({ $0 | 32 == 112 }) ?? false else { return false }
        let head = String(decoding: lines.raw(index).prefix(6), as: UTF8.self).lowercased()
        return ["p.s.", "p. s.", "ps:", "p.s:", "ps.", "ps "].contains { head.hasPrefix($0) }
    }
}
