// Seam: bytes to message, and message to bytes.

package struct MailReadingError: Failure {
    package enum Code: String, Sendable {
        /// No header block, or nothing that a mail could be.
        case notMail
        /// A named limit was passed (header block, header, parts); `detail` says which.
        case overLimit
        case other
    }
    package let code: Code
    package let detail: String

    package init(_ code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    package var isTemporary: Bool { false }
    package var publicText: String { "the mail could not be read" }
}

/// Contract: best effort wins: what can be read is read, and only a mail that is none at all, or passes a limit,
/// throws. Never crashes, linear in the size, bounded memory, on own threads with 8 MB of stack. Same bytes and
/// context, same message.
package protocol MailReader: Sendable {
    func read(_ mail: [UInt8], in context: ReadingContext) async throws(MailReadingError) -> Message
    /// The decoded bytes of one part, named by the `Attachment.part` that reading the same bytes gave. Throws `notMail`
    /// where the mail cannot be read or has no such part.
    func part(_ index: Int, of mail: [UInt8]) async throws(MailReadingError) -> [UInt8]
}

/// Makes HTML harmless and makes text of it. Contract as for `MailReader`; never throws: hostile input gives little.
package protocol HTMLCleaner: Sendable {
    func safeHTML(_ html: String) -> String
    func text(_ html: String) -> String
    /// The page as a reader sees it, without menus and what is hidden. `address` is where it stands: links relative to
    /// it are completed; nil leaves them out.
    func page(_ html: String, at address: String?) -> HTMLPage
}

extension HTMLCleaner {
    package func page(_ html: String, at address: String?) -> HTMLPage {
        HTMLPage(
            blocks: text(html).split(separator: "\n").map { TextBlock.line(text: String($0), isItem: false) })
    }
}

/// What goes out, before it is bytes.
package struct OutgoingMail: Sendable, Codable, Equatable {
    /// How an outgoing mail marks itself (RFC 3834 section 5).
    package enum Origin: String, Sendable, Codable {
        /// Made and released by the machine: `Auto-Submitted: auto-replied`.
        case automaticReply
        /// A notice of the machine's own: `Auto-Submitted: auto-generated`.
        case notice
        /// Written or released by a human: no mark.
        case human
    }
    package var messageID: MessageID
    package var from: NamedAddress
    package var to: NamedAddress
    package var replyTo: NamedAddress?
    package var subject: String
    package var inReplyTo: MessageID?
    package var references: [MessageID]
    package var date: Instant
    package var origin: Origin
    /// Names this desk in `X-Deskbridge-Loop`, so that our own mail is known when it comes back.
    package var loopMark: String
    /// Plain text, `\n` line ends.
    package var text: String
    /// An HTML alternative of the same words; nil for plain text alone.
    package var html: String?
    package var attachments: [OutgoingAttachment] = []

    package init(
        messageID: MessageID, from: NamedAddress, to: NamedAddress, replyTo: NamedAddress? = nil, subject: String,
        inReplyTo: MessageID? = nil, references: [MessageID] = [], date: Instant, origin: Origin, loopMark: String,
        text: String, html: String? = nil
    ) {
        self.messageID = messageID
        self.from = from
        self.to = to
        self.replyTo = replyTo
        self.subject = subject
        self.inReplyTo = inReplyTo
        self.references = references
        self.date = date
        self.origin = origin
        self.loopMark = loopMark
        self.text = text
        self.html = html
    }
}

package struct OutgoingAttachment: Sendable, Codable, Equatable {
    package var name: String
    package var type: String
    package var bytes: [UInt8]

    package init(name: String, type: String, bytes: [UInt8]) {
        self.name = name
        self.type = type
        self.bytes = bytes
    }
}

/// Contract: the bytes have only CRLF line ends, lines of at most 998 octets (78 where folding allows), 7-bit content
/// (quoted-printable or base64), encoded words for what is not ASCII, domains in A-labels, References trimmed to the first
/// and the last ones when long. Only a local part beyond ASCII stands in the header as UTF-8 (RFC 6532). No value can add a header or a line. Reading the bytes back gives the same subject, addresses, ids
/// and text.
package protocol MailComposer: Sendable {
    func compose(_ mail: OutgoingMail) -> [UInt8]
}
