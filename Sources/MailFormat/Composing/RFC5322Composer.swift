// What goes out as bytes: the `MailComposer` of the house (RFC 5322, RFC 2045 to 2047, RFC 2231, RFC 3834).
package import Correspondence

/// Pure: the same mail, the same bytes. Every value passes through `HeaderWriter` or an encoding, so none can add a
/// header or a line.
package struct RFC5322Composer: MailComposer {
    /// Ids kept in References: the first and the last ones. Relays refuse long header blocks.
    package static let referenceLimit = 20

    package init() {}

    package func compose(_ mail: OutgoingMail) -> [UInt8] {
        var header = HeaderWriter()
        header.structured("Date", [DateWriter.text(mail.date)])
        header.structured("From", header.mailbox(mail.from))
        header.structured("To", header.mailbox(mail.to))
        if let replyTo = mail.replyTo { header.structured("Reply-To", header.mailbox(replyTo)) }
        header.text("Subject", mail.subject)
        header.structured("Message-ID", header.ids([mail.messageID]))
        if let answered = mail.inReplyTo { header.structured("In-Reply-To", header.ids([answered])) }
        header.structured("References", header.ids(Self.trimmed(mail.references)))
        switch mail.origin {
        case .automaticReply, .notice:
            header.structured("Auto-Submitted", [mail.origin == .notice ? "auto-generated" : "auto-replied"])
            header.structured("X-Auto-Response-Suppress", ["All"])
        case .human: break
        }
        header.text("X-Deskbridge-Loop", mail.loopMark)
        header.structured("MIME-Version", ["1.0"])
        return header.bytes + body(mail).bytes
    }

    private static func trimmed(_ references: [MessageID]) -> [MessageID] {
        guard references.count > referenceLimit, let first = references.first else { return references }
        return [first] + references.suffix(referenceLimit - 1)
    }

    private func body(_ mail: OutgoingMail) -> Entity {
        let text = Entity.text(mail.text, subtype: "plain")
        let words =
            mail.html.map { Entity.multipart("alternative", [text, .text($0, subtype: "html")], level: 1) } ?? text
        if mail.attachments.isEmpty { return words }
        return .multipart("mixed", [words] + mail.attachments.map(Entity.attachment), level: 0)
    }
}
