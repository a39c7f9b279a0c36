// What the sender wrote anew, what they quoted, and how they signed.

/// The three together hold every line of the text; where nothing was cut, `newText` is the text.
struct CutText: Equatable {
    var newText: String
    var quoted: String?
    var signature: String?
}

/// Line by line, in one pass over the marks that `Attribution`, `QuotedHeaders` and `Separators` find. The rules:
/// - `>` lines are quotes in a reply, and content in anything else;
/// - the line that says who wrote a quote goes with it;
/// - behind a quoted header block, a separator or the markup of a mail program everything is quote, but only when
///   something new stands above: an answer below, or nothing, is left as it is;
/// - a forwarded mail is content, from its first line to the end.
/// When unsure, nothing is cut: too much in `newText` costs less than a question that nobody reads.
struct QuoteCutter {
    /// In-Reply-To, References or a reply prefix say that the mail answers one.
    var isReply: Bool
    /// The subject says that the mail is passed on.
    var isForward: Bool

    func cut(_ text: MarkedText) -> CutText {
        let lines = TextLines(text.bytes)
        var fresh: [Int] = []
        var quoted: [Int] = []
        var hasFresh = false
        let headers = QuotedHeaders(lines)
        let attributions = Attribution.find(in: lines)
        let quotes = isReply || attributions.contains { $0.isFollowedByQuote }
        var next = 0
        var index = 0

        while index < lines.count {
            if Separators.isForward(lines, index) {
                fresh += Array(index..<lines.count)
                break
            }
            let isMarked = text.quoteStart.map { lines.start(of: index) >= $0 } ?? false
            if isMarked || Separators.isOriginal(lines, index) || headers.begin(index) {
                if isForward || (!hasFresh && quoted.isEmpty) {
                    fresh += Array(index..<lines.count)
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
        let (words, signature) = SignatureCutter.split(fresh, of: lines)
        return CutText(
            newText: lines.joined(words), quoted: lines.joined(quoted).nonEmpty,
            signature: lines.joined(signature).nonEmpty)
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
