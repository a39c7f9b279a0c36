// What a delivery status says of one recipient (RFC 3464 section 2.3), and a disposition notification of the one it has.
import Correspondence

struct DeliveryStatus {
    /// The address alone.
    var recipient: String
    /// Lower case: `failed`, `delayed`, `delivered`, `relayed`, `expanded`.
    var action: String
    var status: String?
    /// One line, without its type.
    var diagnostic: String?

    /// The mail arrived, or went on to where no more will be told.
    var isSuccess: Bool { ["delivered", "relayed", "expanded"].contains(action) }

    /// Bytes of a report that are looked at.
    private static let lengthLimit = 64 << 10

    /// Of the mail's delivery status, in the order written; empty where it has none.
    static func all(in facts: MailFacts) -> [DeliveryStatus] {
        guard let part = facts.part("message/delivery-status") ?? facts.part("message/global-delivery-status") else {
            return []
        }
        return decoded(part, facts).withUnsafeBytes { groups($0).compactMap { DeliveryStatus($0) } }
    }

    static func decoded(_ part: Part, _ facts: MailFacts) -> [UInt8] {
        let body = part.body.prefix(lengthLimit)
        return part.encoding.decode(UnsafeRawBufferPointer(rebasing: facts.mail[body]))
    }

    /// Groups of fields between empty lines: the first is about the mail, the others about a recipient each.
    private static func groups(_ raw: UnsafeRawBufferPointer) -> [HeaderBlock] {
        var groups: [HeaderBlock] = []
        var position = 0
        while position < raw.count {
            while position < raw.count, raw[position] == 10 || raw[position] == 13 { position += 1 }
            guard position < raw.count else { break }
            let group = HeaderBlock.part(of: raw, from: position, to: raw.count)
            guard group.bodyStart > position else { break }
            position = group.bodyStart
            groups.append(group)
        }
        return groups
    }

    /// nil when the group names no recipient.
    private init?(_ group: HeaderBlock) {
        guard let named = group.plain("final-recipient") ?? group.plain("original-recipient") else { return nil }
        recipient = Self.address(named)
        action = (group.plain("action") ?? "failed").lowercased().trimmed
        let code = group.plain("status").map { String($0.trimmed.prefix { $0.isNumber || $0 == "." }) }
        status = code ?? (action.hasPrefix("delayed") ? "4.0.0" : nil)
        if let text = group.plain("diagnostic-code")?.split(separator: ";", maxSplits: 1).last {
            diagnostic = String(Self.line(String(text)).prefix(1000))
        }
    }

    /// Behind the type: `rfc822; <anna@example.org>`.
    private static func address(_ value: String) -> String {
        let address = value.split(separator: ";", maxSplits: 1).last.map { String($0).trimmed } ?? ""
        return address.filter { $0 != "<" && $0 != ">" }
    }

    /// Folds are one blank each, however far the next line was indented.
    private static func line(_ text: String) -> String {
        HeaderGrammar.oneLine(text).split(separator: " ").joined(separator: " ")
    }

    // MARK: Refusals

    /// A recipient's script refused the mail: a disposition notification that says so (RFC 5429 section 2.2).
    static func refusal(in facts: MailFacts) -> DeliveryStatus? {
        guard let part = facts.part("message/disposition-notification"),
            facts.lowered("auto-submitted").hasBytes("rejected")
                || LowerCase.of(facts.message.subject).starts(with: "automatically rejected mail".utf8)
        else { return nil }
        return decoded(part, facts).withUnsafeBytes { raw in
            let fields = HeaderBlock.part(of: raw, from: 0, to: raw.count)
            let disposition = fields.plain("disposition")?.lowercased() ?? ""
            guard disposition.hasBytes("automatic-action"), disposition.hasBytes("deleted") else { return nil }
            var refusal = DeliveryStatus(fields)
            refusal?.action = "failed"
            return refusal
        }
    }
}
