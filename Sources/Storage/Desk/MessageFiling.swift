// Filing one message: into which conversation it goes, and what then waits or is settled.

import Correspondence

/// Runs inside one transaction. The order: the lease ends first (a late worker changes nothing), doubles are found,
/// the place is found by `Threading` with candidates looked up by index, the message is written, and either draft work
/// is made or the outcome is written.
struct MessageFiling {
    let desk: DeskTransaction
    let lease: Lease<Arrival>
    private(set) var filing: Filing
    /// Made of `filing` before the transaction.
    let terms: String?
    private(set) var lists: MessageRow.Lists

    init(
        desk: DeskTransaction, lease: Lease<Arrival>, filing: Filing, terms: String?, lists: MessageRow.Lists
    ) {
        self.desk = desk
        self.lease = lease
        self.filing = filing
        self.terms = terms
        self.lists = lists
    }

    private var message: Message { filing.message }
    private var arrival: Arrival { lease.item }

    /// Whom a mail names beyond this does not become a participant.
    private static let participantLimit = 50

    /// Ends the lease; throws `stale`, with nothing written, when it was lost.
    func start() throws(StoreError) {
        // Two nodes may file two copies of one mail at once.
        try desk.sql.exclude("file \(message.messageID?.text ?? arrival.id.text)")
        try desk.end(lease)
    }

    func finish() throws(StoreError) -> Filed {
        if let known = try FilingCandidates(desk: desk, arrival: arrival, message: message).double() {
            try settleLedger(
                .recorded, reason: "a copy of a mail filed before", message: known.message,
                conversation: known.conversation)
            return .settled(.recorded, known.conversation)
        }
        if message.kind != .human, !arrival.isHistory { return try fileAutomatic() }
        if let answer = filing.agent, !arrival.isHistory {
            if let reply = answer.reply { return try fileAnswer(answer, reply) }
            try tell(answer.refusal)
        }
        return try fileHuman()
    }

    // MARK: People's mail

    private func fileHuman() throws(StoreError) -> Filed {
        let outcome: Outcome? = arrival.isHistory ? .recorded : nil
        let (conversation, role, isNew) = try place()
        // Only the customer lets others in: someone in Cc names nobody.
        if message.verification.isVerified, role == .customer { try addParticipants(to: conversation) }
        try write(
            into: conversation, isNew: isNew, as: role, outcome: outcome,
            reason: outcome == nil ? nil : whole("history"))
        desk.record(.messageReceived, conversation: conversation, message: filing.record)
        if let outcome { return .settled(outcome, conversation) }
        try desk.addWork(.draft, conversation.text, dueAt: desk.now)
        return .waiting(conversation)
    }

    private func place() throws(StoreError) -> (
        conversation: ConversationID, role: SupportMessage.AuthorKind, isNew: Bool
    ) {
        // What an agent wrote for a customer joins nobody's conversation unseen.
        if let answer = filing.agent {
            try open(linkedTo: answer.conversation, isHeld: answer.isStranger)
            return (filing.newConversation, .customer, true)
        }
        switch try FilingCandidates(desk: desk, arrival: arrival, message: message).placement(filing) {
        case .join(let id, let role, _):
            let isNews = !arrival.isHistory
            try desk.sql.execute(
                """
                UPDATE conversations SET version = version + ?, status = CASE WHEN ? = 1 THEN 'open' ELSE status END,
                    updated_at = ?
                WHERE id = ? AND desk = ?
                """, [isNews ? 1 : 0, isNews ? 1 : 0, desk.now, id, desk.desk])
            return (id, role, false)
        case .open(let link, let isHeld):
            try open(linkedTo: link, isHeld: isHeld)
            return (filing.newConversation, .customer, true)
        }
    }

    /// With its first message counted already.
    private func open(linkedTo link: ConversationID?, isHeld: Bool) throws(StoreError) {
        guard var row = try desk.sql.first(desk.sql.dialect.nextNumber, [desk.desk]) else {
            throw StoreError(.other, detail: "no number for a new conversation")
        }
        let customer = Party(
            name: message.from?.name, address: message.from?.address, role: filing.customerRole)
        let conversation = SupportConversation(
            id: filing.newConversation, number: try row.int(), subject: message.subject,
            status: arrival.isHistory ? .closed : .open, language: filing.language, customer: customer,
            channel: arrival.channel.kind, createdAt: desk.now, updatedAt: desk.now,
            version: arrival.isHistory ? 0 : 1, messageCount: 1, linkedTo: link)
        try desk.sql.execute(
            ConversationRow.insert,
            ConversationRow.parameters(
                conversation, desk: desk.desk, lastMessageAt: arrival.receivedAt, isHeld: isHeld))
        if let address = customer.address { try add([address], to: conversation.id) }
    }

    private func addParticipants(to conversation: ConversationID) throws(StoreError) {
        var named: [EmailAddress] = []
        for address in (message.to + message.cc).map(\.address)
        where !filing.deskAddresses.contains(address) && !filing.deskAddresses.contains(address.withoutDetail) {
            named.append(address)
            if named.count == Self.participantLimit { break }
        }
        try add(named, to: conversation)
    }

    private func add(_ addresses: [EmailAddress], to conversation: ConversationID) throws(StoreError) {
        for address in addresses {
            try desk.sql.execute(
                """
                INSERT INTO participants (conversation, address, desk) VALUES (?, ?, ?)
                ON CONFLICT (conversation, address) DO NOTHING
                """, [conversation, address.key, desk.desk])
        }
    }

    // MARK: Agents' answers

    /// The reply goes out in this commit. The mail itself stands beside the conversation: what it says is there as the
    /// reply. What its writer could not know of is not settled by it: the ticket stays open then, and what is to be
    /// drafted or told still is.
    private func fileAnswer(_ answer: AgentAnswer, _ reply: TicketReply) throws(StoreError) -> Filed {
        guard let id = answer.conversation, try desk.ticket(of: id) != nil else {
            return try hold(answer.ifClosed, linkedTo: nil)
        }
        _ = try desk.conversation(id, locked: true)
        guard let ticket = try desk.ticket(of: id), ticket.status.isLive else {
            return try hold(answer.ifClosed, linkedTo: id)
        }
        let notice = try AnsweredNotice(desk: desk, message: message, ticket: ticket)
        guard try !notice.isAnsweredByAnother(than: reply.outgoing.reply.signer) else {
            return try hold(answer.ifAnswered, linkedTo: id)
        }
        var reply = reply
        if try notice.isOutdated { reply.status = .open }
        try desk.reply(
            ticket.id, reply, text: try OutgoingText(reply.outgoing), version: nil, settlesWaiting: false)
        let reason = "sent to the customer as the answer to ticket #\(ticket.number)"
        try write(into: nil, isNew: false, as: .agent, outcome: .recorded, reason: reason)
        try settleLedger(.recorded, reason: reason, message: filing.record, conversation: id)
        return .settled(.recorded, id)
    }

    /// A reply that this commit found a reason against.
    private func hold(_ refusal: AgentRefusal?, linkedTo link: ConversationID?) throws(StoreError) -> Filed {
        var held = self
        held.filing.agent?.conversation = link
        refusal?.hold(&held.filing.message)
        held.lists.answerableReasons = try JSONText.encode(list: held.filing.message.answerableReasons)
        try tell(refusal)
        return try held.fileHuman()
    }

    /// Counted, so that two programs never go on telling each other.
    private func tell(_ refusal: AgentRefusal?) throws(StoreError) {
        guard let word = refusal?.word else { return }
        let told = try desk.sql.count(
            "SELECT COUNT(*) FROM outbox WHERE desk = ? AND purpose = ? AND recipient = ? AND created_at > ?",
            [desk.desk, word.reply.purpose.rawValue, word.reply.to.address.key, desk.now - .hours(1)])
        guard told < AgentAnswer.wordLimit else { return }
        try desk.enqueue(try OutgoingText(word), conversation: nil)
    }

    // MARK: Automatic mail

    private func fileAutomatic() throws(StoreError) -> Filed {
        let candidates = FilingCandidates(desk: desk, arrival: arrival, message: message)
        var failed: FilingCandidates.OwnReply?
        var conversation: ConversationID?
        if message.kind == .bounce {
            failed = try candidates.bouncedReply(token: filing.token)
            conversation = failed?.conversation
        }
        if conversation == nil, case .join(let id, _, _) = try candidates.placement(filing) { conversation = id }
        let reason = whole(message.kindReason ?? message.kind.rawValue)
        try write(into: conversation, isNew: false, as: .customer, outcome: .suppressed, reason: reason)
        desk.record(.messageSuppressed, conversation: conversation, message: filing.record, detail: reason)
        if let failed, message.bounce?.isFinal ?? true { try fail(failed) }
        return .settled(.suppressed, conversation)
    }

    private func fail(_ reply: FilingCandidates.OwnReply) throws(StoreError) {
        let conversation = try desk.conversation(reply.conversation, locked: true)
        let reason = FailedDelivery.reason(message.bounce)
        let row = try desk.sql.first(
            "SELECT id FROM outbox WHERE desk = ? AND conversation = ? AND record = ?",
            [desk.desk, reply.conversation, reply.record])
        if var row {
            let outbox: OutboxID = try row.id()
            try desk.sql.execute(
                "DELETE FROM work WHERE desk = ? AND kind = 'deliver' AND subject = ?", [desk.desk, outbox])
            try desk.sql.execute(
                "UPDATE outbox SET state = 'failed', settled_at = ?, last_error = ? WHERE id = ? AND desk = ?",
                [desk.now, reason, outbox, desk.desk])
        }
        try desk.markDelivery(reply.record, .failed)
        desk.record(.replyFailed, conversation: conversation.id, message: reply.record, detail: reason)
        let ticket = try desk.openTicket(of: conversation, TicketCause(id: desk.makeID(), reasons: [reason]))
        try desk.addNotice(of: ticket)
    }

    /// With what is missing of the mail, if something is.
    private func whole(_ reason: String) -> String { arrival.shortfall.map { "\(reason); \($0)" } ?? reason }

    // MARK: Rows

    private func write(
        into conversation: ConversationID?, isNew: Bool, as role: SupportMessage.AuthorKind, outcome: Outcome?,
        reason: String?
    ) throws(StoreError) {
        var position = isNew ? 1 : 0
        if let conversation, !isNew {
            let row = try desk.sql.first(
                """
                UPDATE conversations SET message_count = message_count + 1, updated_at = ?,
                    last_message_at = CASE WHEN last_message_at < ? THEN ? ELSE last_message_at END
                WHERE id = ? AND desk = ? RETURNING message_count
                """, [desk.now, arrival.receivedAt, arrival.receivedAt, conversation, desk.desk])
            guard var row else { throw StoreError(.notFound, detail: "no conversation \(conversation)") }
            position = try row.int()
        }
        if let conversation, let terms {
            desk.sql.index(NewTerms(desk: desk.desk, conversation: conversation, text: terms))
        }
        let record = SupportMessage(
            id: filing.record, conversation: conversation, direction: .incoming,
            author: SupportMessage.Author(kind: role, name: message.from?.name, address: message.from?.address),
            answerTo: filing.answerTo, messageID: message.messageID, inReplyTo: message.inReplyTo.first,
            references: message.references,
            subject: message.subject, at: arrival.receivedAt, date: message.date, language: message.language,
            text: message.text, newText: message.newText, html: message.html, attachments: message.attachments,
            kind: message.kind, isVerified: message.verification.isVerified,
            verification: message.verification.reason, answerable: message.answerable,
            answerableReasons: message.answerableReasons, channel: arrival.channel, outcome: outcome,
            outcomeReason: reason, arrival: arrival.id)
        try desk.sql.execute(
            MessageRow.insert,
            MessageRow.parameters(
                record, lists, desk: desk.desk, position: position, threadRoot: message.threadIndex?.root))
        try settleLedger(outcome, reason: reason, message: record.id, conversation: conversation)
    }

    private func settleLedger(
        _ outcome: Outcome?, reason: String?, message record: MessageRecordID?, conversation: ConversationID?
    ) throws(StoreError) {
        let settled = try desk.sql.execute(
            LedgerRow.settle,
            [
                message.kind.rawValue, message.language, message.messageID, message.from?.address.text,
                message.subject, record, conversation, outcome?.rawValue, reason, arrival.id, desk.desk,
            ])
        guard settled == 1 else { throw StoreError(.notFound, detail: "no arrival \(arrival.id)") }
    }
}
