// Which mail a bounce is about, and why it failed: RFC 3464 first, then what mail systems write by hand.
import Correspondence

enum BounceReader {
    /// Bytes of a delivery status or of the returned mail that are looked at.
    private static let lengthLimit = 64 << 10

    static func read(_ facts: MailFacts) -> Bounce {
        var bounce = Bounce(recipient: nil, status: nil, diagnostic: nil, originalMessageID: nil)
        if let part = facts.part("message/delivery-status") ?? facts.part("message/global-delivery-status") {
            readStatus(decoded(part, facts), into: &bounce)
        }
        if bounce.recipient == nil, let value = facts.headers.first("x-failed-recipients") {
            bounce.recipient = HeaderGrammar.addresses(value).list.first?.address.text
        }
        let text = facts.message.text
        if bounce.recipient == nil { bounce.recipient = BounceText.recipient(in: text) }
        if bounce.status == nil { bounce.status = BounceText.status(in: bounce.diagnostic ?? text) }
        if bounce.diagnostic == nil { bounce.diagnostic = BounceText.diagnostic(in: text) }
        bounce.originalMessageID = original(facts)
        return bounce
    }

    private static func decoded(_ part: Part, _ facts: MailFacts) -> [UInt8] {
        let body = part.body.prefix(lengthLimit)
        return part.encoding.decode(UnsafeRawBufferPointer(rebasing: facts.mail[body]))
    }

    /// Groups of fields, the first about the mail, then one a recipient: the first recipient that failed counts.
    private static func readStatus(_ bytes: [UInt8], into bounce: inout Bounce) {
        bytes.withUnsafeBytes { raw in
            var position = 0
            while position < raw.count {
                while position < raw.count, raw[position] == 10 || raw[position] == 13 { position += 1 }
                guard position < raw.count else { break }
                let group = HeaderBlock.part(of: raw, from: position, to: raw.count)
                guard group.bodyStart > position else { break }
                position = group.bodyStart
                guard let recipient = group.plain("final-recipient") ?? group.plain("original-recipient") else {
                    continue
                }
                let action = group.plain("action")?.lowercased() ?? "failed"
                let isFirst = bounce.recipient == nil
                guard isFirst || (action.hasPrefix("failed") && bounce.status?.hasPrefix("5") != true) else { continue }
                let address = recipient.split(separator: ";", maxSplits: 1).last.map { String($0).trimmed } ?? ""
                bounce.recipient = address.filter { $0 != "<" && $0 != ">" }
                if let status = group.plain("status") {
                    bounce.status = String(status.trimmed.prefix { $0.isNumber || $0 == "." })
                }
                if let diagnostic = group.plain("diagnostic-code") {
                    let text = diagnostic.split(separator: ";", maxSplits: 1).last.map { String($0).trimmed }
                    bounce.diagnostic = text.map { String(HeaderGrammar.oneLine($0).prefix(1000)) }
                }
                if bounce.status == nil, action.hasPrefix("delayed") { bounce.status = "4.0.0" }
            }
        }
    }

    /// The returned mail or its headers, attached or pasted below the words. Our id is its Message-ID; where even that
    /// is missing, the bounce's own In-Reply-To or last reference.
    private static func original(_ facts: MailFacts) -> MessageID? {
        for type in [
            "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers",
            "message/rfc822-headers",
        ] {
            guard let part = facts.part(type) else { continue }
            let found = decoded(part, facts).withUnsafeBytes { raw in
                HeaderBlock.part(of: raw, from: 0, to: raw.count).first("message-id")
            }
            if let id = found.flatMap({ HeaderGrammar.messageIDs($0).first }) { return id }
        }
        if let id = BounceText.messageID(in: facts.message.text) { return id }
        return facts.message.inReplyTo.first ?? facts.message.references.last
    }
}
