// The block of name, company and telephone that desktop programs put below what was signed by hand.

/// No mark tells it, so its shape must: the sender signs with a name, and below an empty line the same name begins a block
/// of short lines that holds a number, an address or a link and goes on to the end.
struct NameBlock {
    let lines: TextLines
    /// Words of the From's display name in lower case.
    private let names: [[UInt8]]

    private static let lineLimit = 15
    private static let longestLine = 160
    /// Words of a line that make it a sentence, with the mark of one and without.
    private static let sentence = 5
    private static let longSentence = 8
    private static let longestSign = 60

    /// nil where the From names nobody by two words: one could be anybody's, or a company's.
    init?(_ lines: TextLines, sender: String?) {
        guard let sender, sender.utf8.count <= 200 else { return nil }
        let words = LowerCase.of(sender).split { $0 <= 32 || [34, 39, 40, 41, 44, 46].contains($0) }
        names = words.filter { $0.count > 1 }.map { Array($0) }
        self.lines = lines
        if names.count < 2 || names.count > 6 { return nil }
    }

    /// Where in the words the block begins.
    func begin(_ words: [Int]) -> Int? {
        guard let last = words.lastIndex(where: { !lines.isBlank($0) }) else { return nil }
        var seen = 0
        var hasContact = false
        var at = last
        while at > 1, seen < Self.lineLimit {
            let line = words[at]
            guard words[at - 1] + 1 == line else { return nil }
            if !lines.isBlank(line) {
                guard mayBelong(line) else { return nil }
                seen += 1
                hasContact = hasContact || isContact(line)
                if lines.isBlank(words[at - 1]), isName(line), let sign = above(words, at) {
                    return seen > 1 && hasContact && isSigned(words[sign]) && !isAnnounced(words[..<sign]) ? at : nil
                }
            }
            at -= 1
        }
        return nil
    }

    /// The last line above the empty ones, of which there are few.
    private func above(_ words: [Int], _ start: Int) -> Int? {
        var at = start - 1
        while at >= 0, lines.isBlank(words[at]) {
            guard start - at < 4, words[at] + 1 == words[at + 1] else { return nil }
            at -= 1
        }
        return at >= 0 && words[at] + 1 == words[at + 1] ? at : nil
    }

    private func mayBelong(_ line: Int) -> Bool {
        guard lines.length(of: line) <= Self.longestLine, !lines.isQuestion(line),
            !SignatureCutter.isPostscript(lines, line), !Wishes.speak(lines, line), !Wishes.goOn(lines, line)
        else { return false }
        return !isSentence(line) || Footers(lines: lines).isImprint(line)
    }

    /// Some words and the mark of an end, or many words and nothing that parts them.
    private func isSentence(_ line: Int) -> Bool {
        let raw = lines.raw(line)
        let count = raw.split { $0 == 32 || $0 == 9 }.count
        if count >= Self.sentence, lines.last(line) == 46 || lines.last(line) == 33 { return true }
        return count >= Self.longSentence
            && !raw.contains { $0 &- 48 < 10 || [124, 58, 64, 47].contains($0) || $0 == 0xC2 || $0 == 0xE2 }
    }

    /// A telephone or postal number, an address, a link.
    private func isContact(_ line: Int) -> Bool {
        let raw = lines.raw(line)
        if raw.count(where: { $0 &- 48 < 10 }) >= 5 || raw.contains(64) { return true }
        return raw.withUnsafeBytes { $0.has("www.") || $0.has("://") }
    }

    /// Two words of the name at the beginning, a title before them.
    private func isName(_ line: Int) -> Bool {
        let head = lines.lowered(line, limit: 100).split { $0 <= 32 || [44, 46, 124, 40, 58].contains($0) }.prefix(5)
        var found: Set<[UInt8]> = []
        for word in head {
            if names.contains(Array(word)) { found.insert(Array(word)) } else if found.isEmpty, word.count > 5 { break }
        }
        return found.count >= 2
    }

    /// "Viele Grüße, Sabine", or the name alone: a short line whose last word is of the name.
    private func isSigned(_ line: Int) -> Bool {
        guard lines.length(of: line) <= Self.longestSign, !lines.isQuestion(line) else { return false }
        let words = lines.lowered(line).split { $0 <= 32 || [44, 46, 33, 45, 47].contains($0) }
        guard words.count <= 6, let last = words.last, lines.last(line) != 58 else { return false }
        return names.contains(Array(last)) || (last.count == 1 && names.contains { $0[0] == last[last.startIndex] })
    }

    /// Who says that an address has changed may well write it in a block below.
    private func isAnnounced(_ words: ArraySlice<Int>) -> Bool {
        var text: [UInt8] = []
        for line in words.suffix(60) {
            guard text.count < 8 << 10 else { return true }
            text += lines.lowered(line)
            text.append(32)
        }
        return Self.announcements.occur(in: text)
    }

    private static let announcements = Phrases([
        "address", "moved", "moving", " move ", "send ", "deliver", "ship", "return", "umgezogen", "umzug", "ziehe",
        "schick", "sende", "liefer", "zurück", "déménag", "envoy", "livr", "retour", "mudad", "envia", "envíe",
        "traslad",
        "trasferit", "spedi", "przeprowadz", "wyśl", "wysł", "verhui", "stuur", "below", "signature", "contact detail",
        "phone number", "my number", "adresse", "anschrift", "unten",
        "signatur", "kontaktdaten", "meine nummer",
        "telefonnummer", "handynummer", "rufnummer", "neue nummer", "ci-dessous", "coordonnées", "dirección", "abajo",
        "datos de contacto",
        "indirizzo", "sotto", "recapit", "endereço", "abaixo", "adres", "onderstaand", "hieronder", "poniżej", "adress",
        "nedan", "adresa", "níže", "адрес", "ниже", "osoite", "地址", "住所", "주소",
    ])
}
