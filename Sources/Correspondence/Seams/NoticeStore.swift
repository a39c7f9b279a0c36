// Seam: tickets that agents are still to be told of, and the commit that tells them.

/// A ticket that was opened or got something new, and what an agent must know of it.
package struct DueNotice: Sendable, Equatable {
    package var ticket: SupportTicket
    package var conversation: SupportConversation
    /// What the customer wrote since the last reply, oldest first, cut to some thousand characters.
    package var question: String
    package var draft: Draft?

    package init(ticket: SupportTicket, conversation: SupportConversation, question: String, draft: Draft?) {
        self.ticket = ticket
        self.conversation = conversation
        self.question = question
        self.draft = draft
    }
}

/// What one round of telling writes.
package struct Telling: Sendable {
    /// Told by `notices`; also those that nobody is to be told of.
    package var told: [Lease<DueNotice>]
    package var notices: [NewOutgoing]
    /// Left for later: due again at `nextAt`.
    package var later: [Lease<DueNotice>]
    /// What is opened from now on is told then.
    package var nextAt: Instant

    package init(told: [Lease<DueNotice>], notices: [NewOutgoing], later: [Lease<DueNotice>], nextAt: Instant) {
        self.told = told
        self.notices = notices
        self.later = later
        self.nextAt = nextAt
    }
}

/// Contract: see `ArrivalStore`. Every commit that opens a ticket, or brings something new to one, makes one piece of
/// work a conversation, so that no notice is lost and none is told twice.
package protocol NoticeStore: Sendable {
    /// Due ones, oldest first. A ticket that somebody answered or closed meanwhile is ended here and not given out.
    func claimNotices(limit: Int) async throws(StoreError) -> [Lease<DueNotice>]
    /// How many wait to be told, claimed or not, due or not.
    func untold() async throws(StoreError) -> Int
    /// When notices to `agent` were written, since then.
    func noticeTimes(to agent: EmailAddress, since: Instant) async throws(StoreError) -> [Instant]
    /// One commit. A ticket that changed while its notice was written is told once more, later.
    func tell(_ telling: Telling) async throws(StoreError)
}
