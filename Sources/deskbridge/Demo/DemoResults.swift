// What became of every mail of the demo, from the ledger and from the customers' mailboxes.

import Correspondence
import Foundation
import MailFormat
import Rehearsal

/// One object of `deskbridge demo --json`.
struct DemoResult: Encodable, Sendable {
    var messageID: String?
    var from: String?
    var subject: String?
    var kind: String?
    var language: String?
    var outcome: String?
    var conversation: String?
    var ticket: Int?
    var reply: String?

    enum CodingKeys: String, CodingKey {
        case messageID, from, subject, kind, language, outcome, conversation, ticket, reply
    }

    /// Absent is null, never missing.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(messageID, forKey: .messageID)
        try container.encode(from, forKey: .from)
        try container.encode(subject, forKey: .subject)
        try container.encode(kind, forKey: .kind)
        try container.encode(language, forKey: .language)
        try container.encode(outcome, forKey: .outcome)
        try container.encode(conversation, forKey: .conversation)
        try container.encode(ticket, forKey: .ticket)
        try container.encode(reply, forKey: .reply)
    }
}

struct DemoCounts: Encodable, Sendable, Equatable {
    /// Mails in the ledger, plus mails of the plan that never reached it.
    var messages = 0
    var answered = 0
    var review = 0
    var ticket = 0
    var suppressed = 0
    var quarantined = 0
    var recorded = 0
    var withoutOutcome = 0
    /// Mails that have two outcomes other than `recorded`, and replies of which a customer holds two copies though
    /// nothing was in doubt (after a kill between the final dot and its record a second copy cannot be avoided).
    var twice = 0
    var seconds = 0.0

    /// Every mail has exactly one outcome.
    var isWhole: Bool { withoutOutcome == 0 && twice == 0 }
}

struct DemoResults: Sendable {
    let plan: DemoPlan
    let stage: DemoStage
    let store: any DeskStore
    let reader: any MailReader

    /// More than any demo has.
    private static let ledgerLimit = 5_000

    func entries() async throws -> [LedgerEntry] {
        try await store.ledger(outcome: nil, limit: Self.ledgerLimit, before: nil).reversed()
    }

    /// Plan mails that the ledger does not know or has no outcome for.
    func unsettled(_ entries: [LedgerEntry]) -> [String] {
        let settled = entries.filter { $0.outcome != nil }
        let ids = Set(settled.compactMap(\.messageID))
        var nameless = settled.filter { $0.messageID == nil }.count
        return plan.mails.map(\.file).filter { file in
            if let id = plan.messageID(of: file) { return !ids.contains(id) }
            nameless -= 1
            return nameless < 0
        }
    }

    func results(_ entries: [LedgerEntry]) async throws -> [DemoResult] {
        var results: [DemoResult] = []
        for entry in entries {
            var result = DemoResult(
                messageID: entry.messageID?.text, from: entry.from, subject: entry.subject, kind: entry.kind?.rawValue,
                language: entry.language, outcome: entry.outcome?.rawValue, conversation: entry.conversation?.text)
            if let id = entry.conversation, entry.outcome == .answered || entry.outcome == .ticket {
                let conversation = try await store.conversation(id)
                result.ticket = conversation.ticket == nil ? nil : conversation.number
                if entry.outcome == .answered { result.reply = try await reply(in: id, to: entry.message) }
            }
            results.append(result)
        }
        return results
    }

    private func reply(in conversation: ConversationID, to message: MessageRecordID?) async throws -> String? {
        let messages = try await store.messages(of: conversation)
        let position = messages.firstIndex { $0.id == message } ?? messages.startIndex
        return messages[position...].first { $0.direction == .outgoing && $0.delivery != .withdrawn }?.newText
    }

    func counts(_ entries: [LedgerEntry], seconds: Double) async throws -> DemoCounts {
        var counts = DemoCounts()
        let missing = unsettled(entries)
        let known = Set(entries.compactMap(\.messageID))
        let neverCame = missing.filter { file in plan.messageID(of: file).map { !known.contains($0) } ?? true }
        counts.messages = entries.count + neverCame.count
        counts.withoutOutcome = entries.filter { $0.outcome == nil }.count + neverCame.count
        for entry in entries {
            switch entry.outcome {
            case .answered: counts.answered += 1
            case .review: counts.review += 1
            case .ticket: counts.ticket += 1
            case .suppressed: counts.suppressed += 1
            case .quarantined: counts.quarantined += 1
            case .recorded: counts.recorded += 1
            case nil: break
            }
        }
        let decided = entries.filter { $0.outcome != nil && $0.outcome != .recorded }.compactMap(\.messageID)
        let ledgerDoubles = decided.count - Set(decided).count
        counts.twice = try await ledgerDoubles + copiesTooMany()
        counts.seconds = (seconds * 100).rounded() / 100
        return counts
    }

    private func copiesTooMany() async throws -> Int {
        var doubles = 0
        let inDoubt = Set(
            try await store.outbox(state: nil, limit: Self.ledgerLimit).filter(\.wasInDoubt).map(\.reply.messageID))
        for user in stage.users.values {
            var seen: Set<MessageID> = []
            for stored in try await stage.servers.dovecot.mails(of: user) {
                guard let message = try? await reader.read(stored.bytes, in: ReadingContext()),  // ours are readable
                    let id = message.messageID
                else { continue }
                if !seen.insert(id).inserted, !inDoubt.contains(id) { doubles += 1 }
            }
        }
        return doubles
    }
}
