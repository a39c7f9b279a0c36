// Whether a mail may get an automatic answer: every reason against it (RFC 3834 section 2, RFC 5230 section 4).
import Correspondence

/// All reasons are given, in a fixed order: a human who looks shall see the whole case. Verification of the sender is
/// no part of this; the decision asks for it apart.
enum AnswerableRule {
    /// More hops than any honest way has (RFC 5321 section 6.3).
    static let hopLimit = 25

    static func reasons(_ facts: MailFacts, kind: MessageKind, kindReason: String?) -> [String] {
        var reasons: [String] = []
        if kind != .human { reasons.append("kind is \(kind.rawValue): \(kindReason ?? "")") }
        if facts.message.from == nil { reasons.append("no single usable From") }
        if facts.hasNullSender { reasons.append("Return-Path is <>") }
        if let value = facts.autoSubmitted { reasons.append("Auto-Submitted: \(value)") }
        if !facts.suppressed.isDisjoint(with: ["all", "autoreply", "oof"]) {
            reasons.append("X-Auto-Response-Suppress asks for no automatic answer")
        }
        if let precedence = facts.precedence,
            ["bulk", "junk", "list", "auto_reply", "auto-reply", "autoreply"].contains(precedence), !facts.isOwnList
        {
            reasons.append("Precedence: \(precedence)")
        }
        if facts.headers.all("x-loop").contains(where: { isOurs($0, facts) }) {
            reasons.append("X-Loop is our address")
        }
        if let list = facts.listHeader { reasons.append("\(list.headerName): a mailing list") }
        if let reason = RobotAddress.reason(facts) { reasons.append(reason) }
        if kind == .human, SubjectPhrases.looksAutomatic(facts.message.subject) {
            reasons.append("the subject reads like an automatic answer")
        }
        if kind == .human, facts.part("text/calendar") != nil { reasons.append("a calendar item") }
        if let reason = Sealed.reason(facts) { reasons.append(reason) }
        let hops = facts.headers.fields.count { $0.name == "received" }
        if hops > hopLimit { reasons.append("\(hops) Received headers") }
        if facts.context.requiresOwnAddress, !namesUs(facts) {
            reasons.append("we are not named in To, Cc or Resent-To")
        }
        var seen: Set<String> = []
        return reasons.filter { seen.insert($0).inserted }
    }

    private static func isOurs(_ value: [UInt8], _ facts: MailFacts) -> Bool {
        let text = String(decoding: LowerCase.of(value[...]), as: UTF8.self)
        return facts.context.ownAddresses.contains { $0.key == text }
    }

    private static func namesUs(_ facts: MailFacts) -> Bool {
        var named = (facts.message.to + facts.message.cc).map(\.address)
        for name in ["resent-to", "resent-cc"] {
            for value in facts.headers.all(name) { named += HeaderGrammar.addresses(value).list.map(\.address) }
        }
        let ours = facts.context.ownAddresses + facts.context.lists
        return named.contains { ours.contains($0.withoutDetail) || ours.contains($0) }
    }
}
