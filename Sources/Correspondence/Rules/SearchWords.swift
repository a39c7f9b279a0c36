// What a conversation is found by: words, and the addresses and names of files as a whole.

/// One rule for keeping and asking, so that the two meet. An address, its domain and a file's name are terms as they are
/// written (in lower case), and their parts are words like any other: `zoe@shop.example` is found by itself, by
/// `shop.example` and by `zoe`.
package enum SearchWords {
    /// Addresses and files of one message that are kept, and how much of a file's name.
    private static let addressLimit = 50
    private static let fileLimit = 50
    private static let nameLimit = 200
    /// Of the new text, in Unicode scalars.
    private static let textLimit = 20_000

    /// The terms of a message. The desk's own addresses stand on every mail and are none.
    package static func kept(
        of message: Message, language: String, desk: [EmailAddress], by analyzer: any Analyzer
    ) -> [String] {
        let own = Set(desk.map(\.key))
        var people: [NamedAddress] = []
        if let from = message.from { people.append(from) }
        people += message.replyTo + message.cc + message.to
        people = people.prefix(addressLimit).filter { !own.contains($0.address.withoutDetail.key) }
        let files = message.attachments.prefix(fileLimit).compactMap(\.name)
            .map { String(Substring($0.unicodeScalars.prefix(nameLimit))) }
        var whole: [String] = []
        for person in people { whole += [person.address.text.lowercased(), person.address.domain.lowercased()] }
        whole += files.map { $0.lowercased() }.filter(isWhole)
        let parts = people.flatMap { [$0.name ?? "", parted($0.address.text)] } + files.map(parted)
        let text = String(Substring(message.newText.unicodeScalars.prefix(textLimit)))
        return whole
            + analyzer.words(
                of: ([message.subject] + parts + [text]).joined(separator: "\n"), language: language)
    }

    /// What to look for, one attempt after the other until something is found: words are kept as stems of their
    /// conversation's language, so each language is one; and what looks like an address or a file's name may only be
    /// spoken of in a text, so that at last it is looked for by its parts.
    package static func asked(_ query: String, languages: [String], by analyzer: any Analyzer) -> [[String]] {
        var attempts: [[String]] = []
        func add(_ words: [String]) {
            if !words.isEmpty, !attempts.contains(words) { attempts.append(words) }
        }
        let pieces = query.split(whereSeparator: \.isWhitespace).map { bare($0) }.filter { !$0.isEmpty }
        let whole = pieces.filter(isWhole)
        let rest = pieces.filter { !isWhole($0) }.joined(separator: " ")
        for language in languages {
            add(whole + (rest.isEmpty ? [] : analyzer.words(of: rest, language: language)))
        }
        if !whole.isEmpty {
            for language in languages { add(analyzer.words(of: query, language: language)) }
        }
        return attempts
    }

    /// An address, a domain or a file's name: a dot or an `@` between two letters or digits, and no blank.
    private static func isWhole(_ piece: String) -> Bool {
        guard !piece.contains(where: \.isWhitespace) else { return false }
        var before: Character = "."
        var isMark = false
        for character in piece {
            if isMark, isPart(character) { return true }
            isMark = (character == "@" || character == ".") && isPart(before)
            before = character
        }
        return false
    }

    private static func isPart(_ character: Character) -> Bool { character.isLetter || character.isNumber }

    /// Lower case, without the marks that a mail program or a sentence puts around it.
    private static func bare(_ piece: Substring) -> String {
        let marks: Set<Character> = ["<", ">", "\"", "'", ",", ";", ":", "(", ")", ".", "„", "“", "”", "«", "»"]
        let start = piece.firstIndex { !marks.contains($0) } ?? piece.endIndex
        let end = piece.lastIndex { !marks.contains($0) } ?? piece.startIndex
        return start <= end && start < piece.endIndex ? piece[start...end].lowercased() : ""
    }

    /// Its parts as words of their own, whatever an analyzer makes of dots.
    private static func parted(_ text: String) -> String {
        String(text.map { isPart($0) ? $0 : " " })
    }
}
