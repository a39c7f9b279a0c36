// Looking up by index what a message could belong to: copies of it, conversations, and the reply that bounced.

import Correspondence

struct FilingCandidates {
    let desk: DeskTransaction
    let arrival: Arrival
    let message: Message

    struct Known {
        var message: MessageRecordID?
        var conversation: ConversationID?
    }
    struct OwnReply {
        var record: MessageRecordID
        var conversation: ConversationID
    }
    /// References beyond the nearest so many are not followed.
    private static let ancestorLimit = 20
    /// The newest messages of one Thread-Index's root that are looked at.
    private static let threadLimit = 100
    /// Conversations of one subject that are looked at.
    private static let subjectLimit = 20

    // MARK: Doubles

    /// The same bytes, or the same Message-ID, sender and words, by whatever route. In the chat people do say the same
    /// thing twice: there the arrival's key alone tells copies. A person's mail is no copy of one that was taken for
    /// automatic, as a list's may be: it would have no answer.
    func double() throws(StoreError) -> Known? {
        guard arrival.channel.kind != .chat else { return nil }
        let same = try desk.sql.first(
            """
            SELECT b.message, b.conversation FROM arrivals a JOIN arrivals b ON b.desk = a.desk AND b.sha = a.sha
            WHERE a.id = ? AND a.desk = ? AND b.id <> a.id AND b.message IS NOT NULL ORDER BY b.id LIMIT 1
            """, [arrival.id, desk.desk])
        if var same { return Known(message: try same.optionalID(), conversation: try same.optionalID()) }
        guard let messageID = message.messageID else { return nil }
        let rows = try desk.sql.query(
            """
            SELECT id, COALESCE(conversation, (SELECT conversation FROM arrivals a WHERE a.id = messages.arrival)),
                author_address, text FROM messages
            WHERE desk = ? AND message_id = ? AND direction = 'in' AND (kind = 'human' OR ? = 0)
            ORDER BY CASE kind WHEN 'human' THEN 0 ELSE 1 END, id LIMIT ?
            """, [desk.desk, messageID, message.kind == .human, Self.ancestorLimit])
        guard !rows.isEmpty else { return nil }
        let words = CopiedWords(message.text)
        for var row in rows {
            let known = Known(message: try row.optionalID(), conversation: try row.optionalID())
            let sender = try row.optionalText().flatMap { EmailAddress($0) }
            if sender == message.from?.address, words.areSame(as: CopiedWords(try row.text())) { return known }
        }
        return nil
    }

    // MARK: Conversations

    /// Asks the rule after each candidate, strongest first, so that a mail that joins by its token costs one look.
    func placement(_ filing: Filing) throws(StoreError) -> Threading.Placement {
        let subject = Threading.Subject(
            sender: message.from?.address, isVerified: message.verification.isVerified,
            isBearer: arrival.channel.kind == .chat && filing.token != nil)
        var candidates: [(evidence: Threading.Evidence, candidate: Threading.Candidate)] = []
        for evidence in [Threading.Evidence.token, .references, .threadIndex, .tag, .subject] {
            guard let id = try meant(by: evidence, filing), let candidate = try candidate(id) else { continue }
            candidates.append((evidence, candidate))
            let placement = Threading.place(subject, candidates: candidates)
            if case .join = placement { return placement }
            if evidence == .token { return placement }
        }
        return Threading.place(subject, candidates: candidates)
    }

    private func meant(by evidence: Threading.Evidence, _ filing: Filing) throws(StoreError) -> ConversationID? {
        switch evidence {
        case .token: return filing.token
        case .references: return try nearestAncestor(ours: false)?.conversation
        case .threadIndex: return try sameThread()
        case .tag: return try filing.number.flatMap { number throws(StoreError) in try conversation(number: number) }
        case .subject: return try sameSubject()
        }
    }

    private func candidate(_ id: ConversationID) throws(StoreError) -> Threading.Candidate? {
        let row = try desk.sql.first(
            "SELECT customer_address FROM conversations WHERE id = ? AND desk = ?", [id, desk.desk])
        guard var row else { return nil }
        let customer = try row.optionalText().flatMap { EmailAddress($0) }
        var participants: [EmailAddress] = []
        if let sender = message.from?.address, sender != customer {
            let known = try desk.sql.first(
                "SELECT 1 FROM participants WHERE conversation = ? AND address = ?", [id, sender.key])
            if known != nil { participants.append(sender) }
        }
        return Threading.Candidate(conversation: id, customer: customer, participants: participants)
    }

    private func conversation(number: Int) throws(StoreError) -> ConversationID? {
        let row = try desk.sql.first(
            "SELECT id FROM conversations WHERE desk = ? AND number = ?", [desk.desk, number])
        guard var row else { return nil }
        return try row.id()
    }

    /// A root may stand in several conversations, because strangers can copy it: the sender's own come first, then those
    /// that they take part in, then the others, as nothing but a link. Of equals the one that was written to last.
    private func sameThread() throws(StoreError) -> ConversationID? {
        guard let root = message.threadRoot else { return nil }
        let sender = message.from?.address.key ?? ""
        let row = try desk.sql.first(
            """
            SELECT m.conversation FROM (
                SELECT id, conversation FROM messages
                WHERE desk = ? AND thread_root = ? AND conversation IS NOT NULL ORDER BY id DESC LIMIT ?
            ) m JOIN conversations c ON c.id = m.conversation
            LEFT JOIN participants p ON p.conversation = c.id AND p.address = ?
            ORDER BY CASE WHEN c.customer_key = ? THEN 0 WHEN p.address IS NOT NULL THEN 1 ELSE 2 END, m.id DESC LIMIT 1
            """, [desk.desk, root, Self.threadLimit, sender, sender])
        guard var row else { return nil }
        return try row.id()
    }

    /// The newest conversation of the same subject, within the window, that the sender takes part in.
    private func sameSubject() throws(StoreError) -> ConversationID? {
        guard SubjectLine.isReply(message.subject), let sender = message.from?.address else { return nil }
        let base = ConversationRow.subjectBase(message.subject)
        guard !base.isEmpty else { return nil }
        let row = try desk.sql.first(
            """
            SELECT c.id FROM (
                SELECT id, last_message_at FROM conversations
                WHERE desk = ? AND subject_base = ? AND last_message_at >= ? ORDER BY last_message_at DESC LIMIT ?
            ) c JOIN participants p ON p.conversation = c.id AND p.address = ?
            ORDER BY c.last_message_at DESC LIMIT 1
            """,
            [desk.desk, base, arrival.receivedAt - Threading.subjectWindow, Self.subjectLimit, sender.key])
        guard var row else { return nil }
        return try row.id()
    }

    private func nearestAncestor(ours: Bool) throws(StoreError) -> OwnReply? {
        try nearest(of: Array(message.ancestors.prefix(Self.ancestorLimit)), ours: ours)
    }

    /// One statement however many ancestors there are: their number is rounded up so that few statements exist.
    private func nearest(of ancestors: [MessageID], ours: Bool) throws(StoreError) -> OwnReply? {
        guard let first = ancestors.first else { return nil }
        let places = ancestors.count == 1 ? 1 : Self.ancestorLimit
        let padded = ancestors + Array(repeating: first, count: places - ancestors.count)
        let rows = try desk.sql.query(
            """
            SELECT message_id, id, conversation FROM messages
            WHERE desk = ? AND message_id IN (\(Array(repeating: "?", count: places).joined(separator: ", ")))
                AND conversation IS NOT NULL \(ours ? "AND direction = 'out'" : "")
            ORDER BY id
            """, [desk.desk] + padded)
        var found: [String: OwnReply] = [:]
        for var row in rows {
            let id = try row.text()
            let bearer = OwnReply(record: try row.id(), conversation: try row.id())
            // An id belongs to the first who bore it: whoever writes it over a later mail leads nobody astray.
            if found[id] == nil { found[id] = bearer }
        }
        return ancestors.lazy.compactMap { found[$0.text] }.first
    }

    // MARK: Bounces

    /// The reply that a bounce is about: named by its Message-ID, by a reference, or the last one that went out, or may
    /// have, in the conversation whose token the bounce came to.
    func bouncedReply(token: ConversationID?) throws(StoreError) -> OwnReply? {
        if let original = message.bounce?.originalMessageID, let reply = try nearest(of: [original], ours: true) {
            return reply
        }
        if let reply = try nearestAncestor(ours: true) { return reply }
        guard let token else { return nil }
        let row = try desk.sql.first(
            """
            SELECT m.id FROM outbox o JOIN messages m ON m.id = o.record
            WHERE o.conversation = ? AND o.desk = ? AND o.is_chat = 0
                AND (o.state IN ('sending', 'sent', 'inDoubt', 'failed') OR o.was_in_doubt = 1)
            ORDER BY m.at DESC, m.position DESC LIMIT 1
            """, [token, desk.desk])
        guard var row else { return nil }
        return OwnReply(record: try row.id(), conversation: token)
    }
}
