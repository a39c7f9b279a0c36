// How a message lies in its table.

import Correspondence
import Foundation

enum MessageRow {
    static let columns = """
        m.id, m.conversation, m.direction, m.author_kind, m.author_name, m.author_address, m.answer_to, m.message_id, \
        m.in_reply_to, m.ancestors, m.subject, m.at, m.date_at, m.date_offset, m.language, m.text, m.new_text, m.html, \
        m.attachments, m.kind, m.is_verified, m.verification, m.answerable, m.answerable_reasons, m.channel_kind, \
        m.channel_name, m.outcome, m.outcome_reason, m.delivery, m.sources, m.arrival
        """

    /// The same without the whole body: only the new words, cut; parameter: characters.
    static let words = columns.replacing("m.text, m.new_text, m.html", with: wordsAlone)
    private static let wordsAlone = "CAST('' AS TEXT), substr(m.new_text, 1, ?), CAST(NULL AS TEXT)"

    static func read(_ row: inout SQLRow) throws(StoreError) -> SupportMessage {
        SupportMessage(
            id: try row.id(), conversation: try row.optionalID(), direction: try row.word(),
            author: SupportMessage.Author(
                kind: try row.word(), name: try row.optionalText(),
                address: try row.optionalText().flatMap { EmailAddress($0) }),
            answerTo: try row.optionalText().flatMap { EmailAddress($0) },
            messageID: try row.optionalText().flatMap { MessageID($0) },
            inReplyTo: try row.optionalText().flatMap { MessageID($0) },
            references: try row.list(String.self).compactMap { MessageID($0) },
            subject: try row.text(), at: try row.instant(), date: try date(&row), language: try row.text(),
            text: try row.text(), newText: try row.text(), html: try row.optionalText(), attachments: try row.list(),
            kind: try row.word(), isVerified: try row.bool(), verification: try row.text(),
            answerable: try row.bool(), answerableReasons: try row.list(),
            channel: Channel(try row.word(), try row.text()), outcome: try row.optionalWord(),
            outcomeReason: try row.optionalText(), delivery: try row.optionalWord(), sources: try row.list(),
            arrival: try row.optionalID())
    }

    /// One row that cannot be read keeps nobody from the others.
    static func readOrMark(_ row: SQLRow) throws(StoreError) -> SupportMessage {
        var whole = row
        do {
            return try read(&whole)
        } catch  where error.isOfOneRow {
            var head = row
            let id: MessageRecordID = try head.id()
            let conversation: ConversationID? = try head.optionalID()
            let direction = SupportMessage.Direction(rawValue: try head.text()) ?? .incoming
            // What stands between `direction` and `at` may be what cannot be read.
            guard case .integer(let at)? = row.values.dropFirst(place(of: "m.at")).first else { throw error }
            return .unreadable(id, in: conversation, direction, at: Instant(microseconds: at), reason: error.detail)
        }
    }

    private static func place(of column: String) -> Int {
        columns.split(separator: ",").firstIndex { $0.trimmingCharacters(in: .whitespaces) == column } ?? 0
    }

    private static func date(_ row: inout SQLRow) throws(StoreError) -> Timestamp? {
        let at = try row.optionalInstant()
        let offset = try row.optionalInteger()
        return at.map { Timestamp($0, offsetMinutes: Int(offset ?? 0)) }
    }

    static let insert = """
        INSERT INTO messages (id, desk, conversation, direction, author_kind, author_name, author_address, answer_to,
            message_id,
            in_reply_to, ancestors, subject, at, position, date_at, date_offset, language, text, new_text, html,
            attachments, kind, is_verified, verification, answerable, answerable_reasons, channel_kind, channel_name,
            outcome, outcome_reason, delivery, sources, arrival, thread_root)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// The lists as JSON text, made before the transaction: a writer is held up by nothing that could be done before.
    struct Lists {
        var references: String?
        var attachments: String?
        var answerableReasons: String?
        var sources: String?

        init(
            references: [MessageID] = [], attachments: [Attachment] = [], answerableReasons: [String] = [],
            sources: [Source] = []
        ) throws(StoreError) {
            self.references = try JSONText.encode(list: references)
            self.attachments = try JSONText.encode(list: attachments)
            self.answerableReasons = try JSONText.encode(list: answerableReasons)
            self.sources = try JSONText.encode(list: sources)
        }
    }

    /// `threadRoot`: of the mail's Thread-Index. Only looked for, never read: what we write has none.
    static func parameters(
        _ message: SupportMessage, _ lists: Lists, desk: String, position: Int, threadRoot: String? = nil
    ) -> [any SQLBindable] {
        [
            message.id, desk, message.conversation, message.direction.rawValue, message.author.kind.rawValue,
            message.author.name, message.author.address?.text, message.answerTo?.text, message.messageID,
            message.inReplyTo,
            lists.references, message.subject, message.at, position,
            message.date?.instant, message.date?.offsetMinutes, message.language, message.text, message.newText,
            message.html, lists.attachments, message.kind.rawValue, message.isVerified,
            message.verification, message.answerable, lists.answerableReasons,
            message.channel.kind.rawValue, message.channel.name, message.outcome?.rawValue, message.outcomeReason,
            message.delivery?.rawValue, lists.sources, message.arrival, threadRoot,
        ]
    }
}
