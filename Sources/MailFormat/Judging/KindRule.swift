// Which kind a mail is, and the trait that said so: the first rule that fits (docs: `try mail`).
import Correspondence

/// Order: loop, bounce, report, autoReply, bulk, human. Headers decide; words of a subject only beside another sign.
enum KindRule {
    static func judge(_ facts: MailFacts) -> (kind: MessageKind, reason: String?) {
        if let reason = loop(facts) { return (.loop, reason) }
        if let reason = bounce(facts) { return (.bounce, reason) }
        if let reason = report(facts) { return (.report, reason) }
        if let reason = autoReply(facts) { return (.autoReply, reason) }
        if let reason = bulk(facts) { return (.bulk, reason) }
        return (.human, nil)
    }

    /// The header our own mail bears.
    static let loopHeader = "x-deskbridge-loop"

    private static func loop(_ facts: MailFacts) -> String? {
        if let mark = facts.headers.text(loopHeader), isOurs(mark, facts) { return "X-Deskbridge-Loop is ours" }
        // A contact form that writes in the desk's own name is told of in the settings.
        if let from = facts.message.from?.address.withoutDetail, facts.context.ownAddresses.contains(from),
            !facts.context.forms.contains(from)
        {
            return "From is our own address"
        }
        // Colleagues and web forms of the same domain have Message-IDs in it as well: ours begin with `db.`.
        if let id = ownMessageID(facts) {
            if id.hasPrefix("db.") { return "Message-ID is ours" }
            if let precedence = facts.precedence, ["bulk", "junk"].contains(precedence), !facts.isDaemon,
                !facts.hasNullSender
            {
                return "Message-ID of our domain, and Precedence: \(precedence)"
            }
        }
        return nil
    }

    /// The Message-ID in lower case, if it is of our domain.
    private static func ownMessageID(_ facts: MailFacts) -> String? {
        guard let domain = facts.context.messageIDDomain, !domain.isEmpty,
            let id = facts.message.messageID?.text.lowercased(), let at = id.lastIndex(of: "@"),
            DomainName.key(String(id[id.index(after: at)...])) == DomainName.key(domain)
        else { return nil }
        return id
    }

    /// The mark is the desk's address. Another company's desk writes its own: its mail is no loop. Where we have no
    /// address of our own to compare (`try mail`), any mark counts.
    private static func isOurs(_ mark: String, _ facts: MailFacts) -> Bool {
        guard !facts.context.ownAddresses.isEmpty else { return true }
        return EmailAddress(mark).map { facts.context.ownAddresses.contains($0) } ?? false
    }

    // MARK: Bounces

    private static func bounce(_ facts: MailFacts) -> String? {
        let root = facts.parts[0].content
        // A notice of success is no bounce, whatever it looks like.
        let statuses = DeliveryStatus.all(in: facts)
        if !statuses.isEmpty, statuses.allSatisfy(\.isSuccess) { return nil }
        if DeliveryStatus.refusal(in: facts) != nil { return "a disposition notification of a refusal" }
        if root.value == "multipart/report", root.parameters["report-type"]?.lowercased() == "delivery-status" {
            return "multipart/report of delivery-status"
        }
        if root.value == "message/delivery-status" { return "message/delivery-status" }
        if root.value.hasPrefix("multipart/"), facts.part("message/delivery-status") != nil, !facts.hasSender {
            return "a part is message/delivery-status"
        }
        if root.value == "multipart/report", facts.part("message/delivery-status") != nil {
            return "multipart/report with message/delivery-status"
        }
        if facts.headers.has("x-failed-recipients") { return "X-Failed-Recipients" }
        guard facts.isDaemon || facts.hasNullSender else { return nil }
        if let trait = BounceText.trait(of: facts.message.text) { return trait }
        guard SubjectPhrases.looksLikeFailure(facts.message.subject) else { return nil }
        return facts.isDaemon ? "a mail system's notice of a failed delivery" : "null sender and a delivery failure"
    }

    // MARK: Reports

    private static func report(_ facts: MailFacts) -> String? {
        let root = facts.parts[0].content
        if root.value == "multipart/report" {
            return "multipart/report of \(root.parameters["report-type"]?.lowercased() ?? "unnamed type")"
        }
        for type in ["message/disposition-notification", "message/feedback-report", "message/tracking-status"] {
            if root.value == type || facts.part(type) != nil { return type }
        }
        if let calendar = facts.part("text/calendar"), let method = calendar.content.parameters["method"]?.lowercased(),
            ["reply", "counter", "declinecounter", "refresh"].contains(method)
        {
            return "calendar \(method)"
        }
        if facts.message.subject.lowercased().hasPrefix("report domain:"), !facts.message.attachments.isEmpty {
            return "DMARC report"
        }
        return nil
    }

    // MARK: Automatic answers

    private static let autoHeaders = [
        "x-autoreply", "x-autorespond", "x-autoresponder", "x-autoresponse", "x-autoreply-from", "x-mail-autoreply",
        "x-auto-reply", "x-auto-reply-from", "x-vacation", "x-out-of-office",
    ]

    private static func autoReply(_ facts: MailFacts) -> String? {
        if facts.autoSubmitted == "auto-replied" { return "Auto-Submitted: auto-replied" }
        for name in autoHeaders where facts.headers.has(name) {
            if !["no", "false", "0"].contains(facts.lowered(name)) { return name.headerName }
        }
        if let precedence = facts.precedence, ["auto_reply", "auto-reply", "autoreply"].contains(precedence) {
            return "Precedence: \(precedence)"
        }
        if facts.headers.all("delivered-to").contains(where: { $0.starts(with: Array("autoresponder".utf8)) }) {
            return "Delivered-To: autoresponder"
        }
        if facts.headers.has("x-ms-exchange-inbox-rules-loop"), !facts.suppressed.isEmpty {
            return "X-MS-Exchange-Inbox-Rules-Loop"
        }
        let looks = SubjectPhrases.looksAutomatic(facts.message.subject)
        let head = SubjectPhrases.head(facts.message.subject)
        // Notes begins with AUTO:, which is also a car.
        if let value = facts.autoSubmitted, facts.isAnswer || looks || head == "auto" {
            return "Auto-Submitted: \(value)"
        }
        if !facts.suppressed.isDisjoint(with: ["all", "autoreply", "oof"]), facts.isAnswer || looks {
            return "X-Auto-Response-Suppress"
        }
        // Nobody answers a mail under the very prefix of a program: a person's answer to such a note begins with Re:.
        if let head, SubjectPhrases.automaticHeads.contains(head), facts.answersByID, facts.message.quoted == nil {
            return "subject of an automatic answer, to a mail it names"
        }
        // procmail's recipes mark what they write with the address they write from.
        if let precedence = facts.precedence, ["bulk", "junk"].contains(precedence), facts.answersByID,
            let loop = facts.headers.plain("x-loop"), let from = facts.message.from,
            from.address.key == loop.lowercased()
        {
            return "X-Loop of the sender, and Precedence: \(precedence)"
        }
        let precedes = facts.precedence.map { ["bulk", "junk"].contains($0) } ?? false
        if looks, precedes || facts.hasNullSender || isMachineMarked(facts) {
            return "subject of an automatic answer, and \(precedes ? "Precedence" : "no person as sender")"
        }
        return nil
    }

    // MARK: Bulk

    private static func isMachineMarked(_ facts: MailFacts) -> Bool {
        ["x-autogenerated", "x-auto-generated"].contains { facts.headers.has($0) }
    }

    /// Lists where people talk are no bulk: they take posts (List-Post), or the mail answers another.
    private static func bulk(_ facts: MailFacts) -> String? {
        if let value = facts.autoSubmitted { return "Auto-Submitted: \(value)" }
        for name in ["x-autogenerated", "x-auto-generated", "x-fc-machinegenerated"] where facts.headers.has(name) {
            return name.headerName
        }
        if facts.lowered("x-amazon-mail-relay-type").hasBytes("notification") { return "X-Amazon-Mail-Relay-Type" }
        if ["yes", "true"].contains(facts.lowered("x-loop")) { return "X-Loop" }
        if !facts.suppressed.isDisjoint(with: ["all", "autoreply"]) { return "X-Auto-Response-Suppress" }
        if let reason = RobotAddress.reason(facts) { return reason }
        let takesPosts = facts.headers.has("list-post") && facts.word("list-post") != "no"
        if takesPosts || facts.isOwnList { return nil }
        if let precedence = facts.precedence, ["bulk", "junk"].contains(precedence) {
            return "Precedence: \(precedence)"
        }
        let isTalk = !facts.message.inReplyTo.isEmpty || facts.precedence == "list"
        if facts.listHeader != nil, !isTalk, facts.headers.has("list-unsubscribe") { return "List-Unsubscribe" }
        for name in ["x-campaign", "x-campaignid", "x-mc-user", "x-mailchimp-id", "x-newsletter"]
        where facts.headers.has(name) {
            return name.headerName
        }
        if facts.headers.has("feedback-id"), facts.headers.has("list-unsubscribe") { return "Feedback-ID" }
        return nil
    }
}

extension MailFacts {
    /// A From that could be a person.
    fileprivate var hasSender: Bool { message.from != nil && !isDaemon && !hasNullSender }
}

extension String {
    /// `x-autoreply` as headers are written: `X-Autoreply`.
    var headerName: String {
        split(separator: "-", omittingEmptySubsequences: false).map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined(separator: "-")
    }
}
