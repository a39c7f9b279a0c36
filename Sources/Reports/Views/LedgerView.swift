// Ledger entries as templates see them.

import Correspondence

enum LedgerView {
    static func rows(_ entries: [LedgerEntry], clock: DeskClock) -> [[String: Any]] {
        entries.map { entry in
            [
                "arrival": entry.arrival.text, "channel": Wordings.channel(entry.channel), "key": entry.key,
                "received": clock.moment(entry.receivedAt), "size": Numbers.bytes(entry.size),
                "attempts": "\(entry.attempts)", "lastError": Absent.orText(entry.lastError),
                "outcome": entry.outcome?.rawValue ?? "open", "outcomeLabel": Wordings.outcome(entry.outcome),
                "reason": Absent.orText(entry.outcomeReason ?? entry.lastError),
                "kind": Absent.or(entry.kind?.rawValue), "from": Absent.orText(entry.from),
                "subject": TicketView.subject(entry.subject ?? ""), "conversation": Absent.or(entry.conversation?.text),
                "isQuarantined": entry.outcome == .quarantined,
            ]
        }
    }
}
