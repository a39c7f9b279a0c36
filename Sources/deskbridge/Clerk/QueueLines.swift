// The queue as `queue list` prints it: each mail, and why it waits.

import Correspondence
import Foundation

enum QueueLines {
    static func object(_ entry: OutboxEntry, _ sending: Clerk.Sending, now: Instant) -> JSON {
        .object([
            ("id", .string(entry.id.text)), ("state", .string(entry.state.rawValue)),
            ("purpose", .string(entry.reply.purpose.rawValue)), ("channel", .string(entry.isChat ? "chat" : "mail")),
            ("to", entry.isChat ? .null : .string(entry.reply.to.address.text)),
            ("subject", .string(entry.reply.subject)), ("messageID", .string(entry.reply.messageID.text)),
            ("conversation", .text(entry.conversation?.text)), ("createdAt", .string(entry.createdAt.rfc3339)),
            ("dueAt", .string(entry.dueAt.rfc3339)), ("attempts", .int(entry.attempts)),
            ("lastError", .text(entry.lastError)), ("inDoubt", .bool(entry.wasInDoubt)),
            ("waits", .text(waits(entry, sending, now: now))),
        ])
    }

    static func row(_ entry: OutboxEntry, _ sending: Clerk.Sending, now: Instant) -> String {
        let doubt = entry.wasInDoubt ? "  (in doubt)" : ""
        let way = entry.isChat ? "said in the chat" : "tried \(entry.attempts)  to \(entry.reply.to.address)"
        let head = "\(entry.id)  \(entry.state.rawValue)\(doubt)  \(way)"
        let subject = entry.reply.subject.isEmpty ? "(no subject)" : entry.reply.subject
        var lines = [Terminal.cut(head, to: Terminal.width), "    " + Terminal.cut(subject, to: Terminal.width - 4)]
        if let error = entry.lastError {
            lines += Terminal.wrap("last answer: \(error)", to: Terminal.width - 4).map { "    \($0)" }
        }
        if let waits = waits(entry, sending, now: now) {
            lines += Terminal.wrap(waits, to: Terminal.width - 4).map { "    \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    /// Why it has not gone out yet; nil for what has ended and what is being sent.
    static func waits(_ entry: OutboxEntry, _ sending: Clerk.Sending, now: Instant) -> String? {
        guard entry.settledAt == nil, entry.state == .pending || entry.state == .inDoubt else { return nil }
        switch sending {
        case .stopped: return "waits for the gateway: deskbridge serve is not running"
        case .notSet: return "waits for a mail server: smtp is not set"
        case .waits(let reason, let until):
            let look = max(until, entry.dueAt)
            return "waits for the mail server, next look \(look <= now ? "now" : "at \(look.rfc3339)"): \(reason)"
        case .goesOut, .unknown:
            return entry.dueAt <= now ? "waits for its turn" : "next try at \(entry.dueAt.rfc3339)"
        }
    }
}
