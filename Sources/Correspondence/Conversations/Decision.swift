// What is to become of a draft, and why.

package struct Decision: Sendable, Codable, Equatable {
    package enum Verdict: String, Sendable, Codable {
        /// The confidence is at or above the threshold and no rule says otherwise.
        case send
        /// Below it, or a rule says so; the draft goes along.
        case ticket
        /// Kept for a human to release.
        case review
    }
    package var verdict: Verdict
    /// In words an agent understands; the first is the one that weighed most.
    package var reasons: [String]
    package var priority: SupportTicket.Priority
    /// The rule that decided, for counting: `confidence`, `topic:refund`, `wantsHuman`, `unverified`, …
    package var rule: String

    package init(verdict: Verdict, reasons: [String], priority: SupportTicket.Priority = .normal, rule: String) {
        self.verdict = verdict
        self.reasons = reasons
        self.priority = priority
        self.rule = rule
    }
}
