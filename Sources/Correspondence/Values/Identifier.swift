// Our own ids: time-ordered text, typed by what they name.

/// 26 characters of Crockford's base 32 in lower case: 48 bits of milliseconds, then 80 random bits (the ULID layout),
/// so that text order is the order of making. `Kind` only keeps a ticket's id from being used for a conversation.
package struct Identifier<Kind>: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let text: String

    /// Takes an id as it stands in a store or a request. Whether it names anything is for the store to say.
    package init(_ text: String) {
        self.text = text
    }

    /// A new id for `instant`. `random` must be 10 bytes.
    package init(at instant: Instant, random: [UInt8]) {
        precondition(random.count == 10, "an id takes 10 random bytes")
        var bytes = [UInt8](repeating: 0, count: 16)
        let milliseconds = UInt64(max(0, instant.microseconds / 1000))
        for index in 0..<6 { bytes[index] = UInt8(truncatingIfNeeded: milliseconds >> UInt64(40 - 8 * index)) }
        for index in 0..<10 { bytes[6 + index] = random[index] }
        text = Base32.encode(bytes)
    }

    package var description: String { text }

    package static func < (left: Identifier, right: Identifier) -> Bool { left.text < right.text }

    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

package enum ConversationKind {}
package enum MessageRecordKind {}
package enum TicketKind {}
package enum ArrivalKind {}
package enum DraftKind {}
package enum OutboxKind {}
package enum ArticleKind {}

package typealias ConversationID = Identifier<ConversationKind>
/// Names a stored `SupportMessage`; the RFC 5322 Message-ID is `MessageID`.
package typealias MessageRecordID = Identifier<MessageRecordKind>
package typealias TicketID = Identifier<TicketKind>
package typealias ArrivalID = Identifier<ArrivalKind>
package typealias DraftID = Identifier<DraftKind>
package typealias OutboxID = Identifier<OutboxKind>
package typealias ArticleID = Identifier<ArticleKind>
