// What the sender wrote anew, what they quoted, and how they signed.

/// The three together hold every line of the text; where nothing was cut, `newText` is the text.
struct CutText: Equatable {
    var newText: String
    var quoted: String?
    var signature: String?
}

/// Line by line, in one pass over the marks that `Attribution`, `QuotedHeaders` and `Separators` find. The rules:
/// - `>` lines are quotes in a reply and in format=flowed, where the writer's own are told apart, and content in
///   anything else;
/// - the line that says who wrote a quote goes with it;
/// - behind a quoted header block, a separator or the markup of a mail program everything is quote, but only when
///   something new stands above: an answer below, or nothing, is left as it is;
/// - where the new words say that answers stand within the quoted mail, by their colour, it is kept whole;
/// - a forwarded mail is content, from its first line to the end.
/// When unsure, nothing is cut: too much in `newText` costs less than a question that nobody reads.
struct QuoteCutter {
    /// In-Reply-To, References or a reply prefix say that the mail answers one.
    var isReply: Bool
    /// The subject says that the mail is passed on.
    var isForward: Bool
    /// The display name of the From.
    var sender: String?

    func cut(_ text: MarkedText) -> CutText {
        guard let lines = TextLines(text.bytes, ownMarks: text.ownMarks, limit: MailLimits.lines) else {
            return CutText(newText: String(decoding: text.bytes, as: UTF8.self), quoted: nil, signature: nil)
        }
        let armour = PGPArmour(lines)
        var fresh: [Int] = []
        var quoted: [Int] = []
        var armoured: [Int] = []
        /// The forwarded mail, or a quoted one that is kept whole: nothing in it is a signature of the sender.
        var kept: Range<Int> = lines.count..<lines.count
        var hasFresh = false
        let headers = QuotedHeaders(lines)
        let attributions = Attribution.find(in: lines)
        let quotes =
            isReply || text.marksQuotes
            ? !(attributions.isEmpty && Self.introducesLines(lines))
            : attributions.contains { $0.isFollowedByQuote && $0.isStrong }
        var next = 0
        var index = 0

        while index < lines.count {
            if Separators.isForward(lines, index) {
                kept = index..<lines.count
                break
            }
            if armour.covers(index) {
                // What stands in a quote or in a forwarded mail stays there.
                armoured.append(index)
                index += 1
                continue
            }
            let isMarked = text.quoteStart.map { lines.start(of: index) >= $0 } ?? false
            if isMarked || Separators.isOriginal(lines, index) || headers.begin(index) {
                if isForward || (!hasFresh && quoted.isEmpty) {
                    fresh += Array(index..<lines.count)
                } else if AnswersWithin.areAnnounced(in: fresh, of: lines) {
                    kept = index..<lines.count
                } else {
                    quoted += Array(index..<lines.count)
                }
                break
            }
            while next < attributions.count, attributions[next].lines.lowerBound < index { next += 1 }
            if next < attributions.count, attributions[next].lines.lowerBound == index {
                let attribution = attributions[next]
                if attribution.isFollowedByQuote {
                    quoted += Array(attribution.lines)
                    index = attribution.lines.upperBound
                    continue
                }
                if attribution.isStrong, isReply, hasFresh, !isForward {
                    quoted += Array(index..<lines.count)
                    break
                }
            }
            if quotes, lines.isQuoted(index) {
                quoted.append(index)
            } else {
                fresh.append(index)
                if !lines.isBlank(index) { hasFresh = true }
            }
            index += 1
        }
        let (words, signature) = SignatureCutter(lines: lines, marks: text.signatures, sender: sender)
            .split(fresh, isEscaped: armour.isSigned)
        return CutText(
            newText: lines.joined(words + Array(kept)), quoted: lines.joined(quoted).nonEmpty,
            signature: lines.joined(signature + armoured).nonEmpty)
    }

    /// Whether the first `>` line stands below words of the sender that end in a colon: a log, or a prompt of a shell.
    private static func introducesLines(_ lines: TextLines) -> Bool {
        guard let first = (0..<lines.count).first(where: { lines.isQuoted($0) }) else { return false }
        guard let above = (0..<first).last(where: { !lines.isBlank($0) }) else { return false }
        return lines.last(above) == 58
    }
}

/// Outlook's habit: the answers are typed into the quoted mail, in a colour that the words above name.
enum AnswersWithin {
    private static let signs: [StaticString] = [
        "in red", "in blue", "in green", "in rot", "in blau", "en rouge", "en bleu", "en rojo", "en azul", "in rosso",
        "in blu", "em vermelho", "em azul", "in het rood", "in het blauw", "na czerwono", "красным", "赤字", "红色", "紅色",
    ]
    /// A cover note is short.
    private static let byteLimit = 1000

    static func areAnnounced(in fresh: [Int], of lines: TextLines) -> Bool {
        var bytes: [UInt8] = []
        for index in fresh {
            guard bytes.count + lines.length(of: index) < byteLimit else { return false }
            bytes += lines.raw(index).lazy.map { $0 >= 65 && $0 <= 90 ? $0 | 32 : $0 }
            bytes.append(32)
        }
        guard bytes.withUnsafeBytes({ text in saysWhere.contains { text.has($0) } }) else { return false }
        return bytes.withUnsafeBytes { text in signs.contains { text.has($0) } }
    }

    private static let saysWhere: [StaticString] = [
        "below", "answer", "comment", "inline", "unten", "antwort", "unterhalb", "dessous", "répon", "abajo",
        "respuesta",
        "sotto", "rispost", "abaixo", "respost", "onder", "antwoord", "poniż", "odpowied", "ниже", "ответ", "回答", "答",
    ]
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
