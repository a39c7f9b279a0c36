// The same words again and again: a machine that answers our answers, whatever its headers say.

import Correspondence

/// Mail programs and web forms that answer by themselves do not always say so (RFC 3834 asks them to). What gives them
/// away is that each of our answers brings back what they wrote before, but for a date or a number in it.
enum RepeatRule {
    /// So many like messages within `window`, with our answers between them, are a machine's.
    static let limit = 3
    static let window = Duration.hours(24)
    /// In Unicode scalars: nothing behind it is compared.
    static let compared = 4_000

    /// How often the customer has written what the last message says, or 0 where nothing of it is a loop.
    static func count(_ item: DraftingCase, now: Instant) -> Int {
        let since = now - window
        let said = item.messages.filter { $0.at >= since && $0.channel.kind != .chat }
        let replies = said.count { $0.direction == .outgoing && $0.author.kind == .desk && $0.delivery == .sent }
        let written = said.filter { $0.direction == .incoming && $0.kind == .human && $0.author.kind == .customer }
        guard replies >= limit - 1, written.count >= limit, let last = written.last else { return 0 }
        let letters = letters(last)
        guard !letters.isEmpty else { return 0 }
        let count = written.count { Self.letters($0) == letters }
        return count >= limit ? count : 0
    }

    /// Letters alone: dates, ticket numbers and the form of lines may differ.
    private static func letters(_ message: SupportMessage) -> [Unicode.Scalar] {
        let text = message.newText.isEmpty ? message.text : message.newText
        return text.unicodeScalars.prefix(compared).filter(\.properties.isAlphabetic)
    }
}
