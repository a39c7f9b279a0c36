// A ticket as JSON: alone, and with all that an agent needs to answer.

package import Correspondence

package struct TicketJSON: Codable, Sendable, Equatable {
    package var id: String
    package var number: Int
    /// `new | open | waiting | resolved | closed`.
    package var status: String
    /// `low | normal | high | urgent`.
    package var priority: String
    @OrNull package var assignee: String?
    package var reason: String
    package var reasons: [String]
    /// The conversation's id.
    package var conversation: String
    package var openedAt: String
    package var updatedAt: String
    @OrNull package var firstResponseAt: String?
    /// Name it in a change to be refused (409) when somebody was faster.
    package var version: Int

    package init(_ ticket: SupportTicket) {
        id = ticket.id.text
        number = ticket.number
        status = ticket.status.rawValue
        priority = ticket.priority.rawValue
        assignee = ticket.assignee
        reason = ticket.reason
        reasons = ticket.reasons
        conversation = ticket.conversation.text
        openedAt = ticket.openedAt.rfc3339
        updatedAt = ticket.updatedAt.rfc3339
        firstResponseAt = ticket.firstResponseAt?.rfc3339
        version = ticket.version
    }
}

package struct DraftJSON: Codable, Sendable, Equatable {
    package var reply: String
    package var language: String
    /// `text`, `conversation`, `customer` or `desk`; null where a former version drafted.
    @OrNull package var languageEvidence: String?
    package var confidence: Double
    package var reasons: [String]
    @OrNull package var needsHuman: String?
    package var sources: [SourceJSON]
    /// USD; null where unknown.
    @OrNull package var cost: Double?
    package var answerer: String

    package init(_ draft: Draft) {
        reply = draft.reply
        language = draft.language
        languageEvidence = draft.languageEvidence?.rawValue
        confidence = draft.confidence
        reasons = draft.reasons
        needsHuman = draft.needsHuman
        sources = draft.sources.map(SourceJSON.init)
        cost = draft.cost
        answerer = draft.answerer
    }
}

package struct NoteJSON: Codable, Sendable, Equatable {
    package var at: String
    package var author: String
    package var text: String

    package init(_ note: TicketNote) {
        at = note.at.rfc3339
        author = note.author
        text = note.text
    }
}

package struct TicketFolderJSON: Codable, Sendable, Equatable {
    package var ticket: TicketJSON
    package var conversation: ConversationJSON
    @OrNull package var draft: DraftJSON?
    package var notes: [NoteJSON]

    package init(_ folder: TicketFolder) {
        ticket = TicketJSON(folder.ticket)
        conversation = ConversationJSON(folder.conversation, folder.messages)
        draft = folder.draft.map(DraftJSON.init)
        notes = folder.notes.map(NoteJSON.init)
    }
}
