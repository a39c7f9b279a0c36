// Recording what the mail server said about one row of the outbox.

import Correspondence

struct Settling {
    let desk: DeskTransaction
    let lease: Lease<OutboxEntry>

    func run(_ settlement: Settlement) throws(StoreError) {
        switch settlement {
        case .sent(let reply):
            try desk.end(lease)
            try save(.sent, error: nil, settledAt: desk.now, inDoubt: false, event: .replySent, detail: reply)
        case .again(let at, let error, let inDoubt):
            if let reason = try takenOver() {
                try desk.end(lease)
                return try save(
                    .withdrawn, error: "\(reason); \(error)", settledAt: desk.now, inDoubt: inDoubt,
                    event: .replyWithdrawn, detail: reason)
            }
            try desk.putOff(lease, until: at, error: error)
            let state: OutboxState = inDoubt || lease.item.wasInDoubt ? .inDoubt : .pending
            try save(
                state, error: error, dueAt: at, inDoubt: inDoubt, event: inDoubt ? .replyInDoubt : nil, detail: error)
        case .failed(let error, let ticket):
            // Erased with its conversation, perhaps: then the lease is gone too.
            try desk.verify(lease)
            // The conversation before the work: the order of locks.
            let conversation = try conversationToReopen()
            try desk.end(lease)
            try save(.failed, error: error, settledAt: desk.now, inDoubt: false, event: .replyFailed, detail: error)
            guard let conversation else { return }
            let reason = "a reply could not be delivered: \(error)"
            let opened = try desk.openTicket(of: conversation, TicketCause(id: ticket, reasons: [reason]))
            try desk.addNotice(of: opened)
        }
    }

    /// A machine's answer that comes back unsent must not go out behind a human's.
    private func takenOver() throws(StoreError) -> String? {
        guard lease.item.reply.purpose == .automaticReply, let id = lease.item.conversation else { return nil }
        try desk.verify(lease)
        // The conversation before the work: the order of locks.
        return try desk.takenOver(id, since: lease.item.createdAt, locked: true)
    }

    /// Notices and reports that fail open no ticket: it would only make more of them. Nor is one opened in what this
    /// version cannot read: the row must be settled all the same, and shows its failure.
    private func conversationToReopen() throws(StoreError) -> SupportConversation? {
        let purpose = lease.item.reply.purpose
        guard purpose != .notice, purpose != .report, let id = lease.item.conversation else { return nil }
        do throws(StoreError) {
            let conversation = try desk.conversation(id, locked: true)
            _ = try desk.ticket(of: id)
            return conversation
        } catch  where error.isOfOneRow {
            return nil
        }
    }

    private func save(
        _ state: OutboxState, error: String?, dueAt: Instant? = nil, settledAt: Instant? = nil, inDoubt: Bool,
        event: HistoryEvent.Kind?, detail: String
    ) throws(StoreError) {
        let row = try desk.sql.first(
            """
            UPDATE outbox SET state = ?, last_error = ?, due_at = ?, settled_at = ?, attempts = attempts + 1,
                was_in_doubt = CASE WHEN ? = 1 THEN 1 ELSE was_in_doubt END
            WHERE id = ? AND desk = ? RETURNING record
            """,
            [
                state.rawValue, error, dueAt ?? lease.item.dueAt, settledAt, inDoubt, lease.item.id, desk.desk,
            ])
        guard var row else { throw StoreError(.notFound, detail: "no outbox row \(lease.item.id)") }
        if settledAt != nil, lease.item.reply.purpose == .report { try desk.dropWords(lease.item.id) }
        let record: MessageRecordID? = try row.optionalID()
        try desk.markDelivery(record, state)
        if let event {
            desk.record(event, conversation: lease.item.conversation, message: record, detail: detail)
        }
    }
}
