// Which mail a bounce is about, and why it failed: RFC 3464 first, then what mail systems write by hand.
import Correspondence

enum BounceReader {
    static func read(_ facts: MailFacts) -> Bounce {
        var bounce = Bounce(recipient: nil, status: nil, diagnostic: nil, originalMessageID: nil)
        if let status = chosen(DeliveryStatus.all(in: facts)) ?? DeliveryStatus.refusal(in: facts) {
            bounce.recipient = status.recipient
            bounce.status = status.status
            bounce.diagnostic = status.diagnostic
            bounce.action = status.action
        }
        if bounce.recipient == nil, let value = facts.headers.first("x-failed-recipients") {
            bounce.recipient = HeaderGrammar.addresses(value).list.first?.address.text
        }
        let text = facts.message.text
        if bounce.recipient == nil { bounce.recipient = BounceText.recipient(in: text) }
        if bounce.status == nil { bounce.status = BounceText.status(in: bounce.diagnostic ?? text) }
        if bounce.diagnostic == nil { bounce.diagnostic = BounceText.diagnostic(in: text) }
        if bounce.action == nil, bounce.status?.hasPrefix("5") != true, BounceText.tellsOfDelay(text) {
            bounce.action = "delayed"
        }
        bounce.originalMessageID = original(facts)
        return bounce
    }

    /// The first recipient that failed for good counts, else the first.
    private static func chosen(_ all: [DeliveryStatus]) -> DeliveryStatus? {
        let failed = all.filter { $0.action.hasPrefix("failed") }
        return failed.first { $0.status?.hasPrefix("5") == true } ?? failed.first ?? all.first
    }

    /// The returned mail or its headers, attached or pasted below the words. Our id is its Message-ID; where even that
    /// is missing, the bounce's own In-Reply-To or last reference.
    private static func original(_ facts: MailFacts) -> MessageID? {
        for type in [
            "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers",
            "message/rfc822-headers",
        ] {
            guard let part = facts.part(type) else { continue }
            let found = DeliveryStatus.decoded(part, facts).withUnsafeBytes { raw in
                HeaderBlock.part(of: raw, from: 0, to: raw.count).first("message-id")
            }
            if let id = found.flatMap({ HeaderGrammar.messageIDs($0).first }) { return id }
        }
        if let id = BounceText.messageID(in: facts.message.text) { return id }
        return facts.message.inReplyTo.first ?? facts.message.references.last
    }
}
