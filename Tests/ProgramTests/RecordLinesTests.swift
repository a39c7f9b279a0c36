// Conversations and tickets as the commands print them.

import Correspondence
import Foundation
import Testing

// Testing has an Attachment too.
import struct Correspondence.Attachment

@testable import deskbridge

@Suite struct RecordLinesTests {
    private let now = Instant(microseconds: 1_795_424_400_000_000)

    private func message(
        _ kind: MessageKind, _ text: String, attachments: [Attachment] = []
    ) -> SupportMessage {
        SupportMessage(
            id: MessageRecordID("m"), conversation: ConversationID("c"), direction: .incoming,
            author: .init(kind: .customer, name: "Tom"), subject: "Parcel", at: now, language: "en", text: text,
            newText: text, attachments: attachments, kind: kind, channel: Channel(.mailbox, "m"), outcome: .ticket)
    }

    private func answer(_ delivery: OutboxState = .sent) -> SupportMessage {
        SupportMessage(
            id: MessageRecordID("a"), conversation: ConversationID("c"), direction: .outgoing,
            author: .init(kind: .desk, name: "Ada"), subject: "Parcel", at: now, language: "en", text: "Soon.",
            newText: "Soon.", channel: Channel(.mailbox, "m"), delivery: delivery)
    }

    private func conversation() -> SupportConversation {
        SupportConversation(
            id: ConversationID("c"), number: 7, subject: "Parcel", status: .open, language: "en",
            customer: Party(address: EmailAddress("tom@x.example")), channel: .mailbox, createdAt: now,
            updatedAt: now, version: 1, messageCount: 1)
    }

    private func folder(
        _ messages: [SupportMessage], status: SupportTicket.Status = .open, reason: String = "refund"
    ) -> TicketFolder {
        TicketFolder(
            ticket: SupportTicket(
                id: TicketID("t"), number: 7, conversation: ConversationID("c"), status: status, priority: .normal,
                reason: reason, reasons: [reason], openedAt: now, updatedAt: now),
            conversation: conversation(), messages: messages,
            draft: Draft(
                reply: "Soon.", sources: [], language: "en", confidence: 0.98, reasons: [], cost: nil, answerer: "x"),
            notes: [])
    }

    @Test func `A bounce or an automatic note is one line of a machine's, not the customer's words`() {
        let reason = "a reply to tom@x.example could not be delivered: there is no such mailbox"
        let other = "a reply to ann@x.example could not be delivered"
        let long = "\nThis is the mail system.\nMore of it, to tom@x.example.\n"
        let unknown = "a mail server tells that a reply was not delivered, or not yet"
        for (kind, reasons, said) in [
            (MessageKind.bounce, [reason, other], reason), (.bounce, [], unknown), (.bounce, ["refund"], unknown),
            (.autoReply, [reason], "This is the mail system."),
        ] {
            let lines = ConversationLines.text(conversation(), [message(kind, long)], reasons: reasons)
            #expect(lines.dropFirst(2) == ["<- \(now.rfc3339)  Tom  [\(kind.rawValue)]", "    \(said)", ""])
        }
    }

    @Test func `Attachments are told by name, type and size`() {
        let files = [
            Attachment(
                name: "photo.jpg", type: "image/jpeg", size: 48_200, isInline: false, contentID: nil, part: 2),
            Attachment(
                name: nil, type: "text/plain", size: 12, isInline: false, contentID: nil, part: 3),
        ]
        let lines = ConversationLines.text(conversation(), [message(.human, "See there.", attachments: files)])
        #expect(
            lines.suffix(4) == [
                "    See there.", "    attached: photo.jpg, image/jpeg, 48.2 kB",
                "    attached: without a name, text/plain, 12 B", "",
            ])
    }

    @Test func `A draft is shown only while it is of use, and says whether it waits for release`() {
        var question = message(.human, "Where is it?")
        let read = "Draft (confidence 98 %, not sent):"
        #expect(TicketLines.text(folder([question])).contains(read))
        question.outcome = .review
        let released = "Draft (confidence 98 %, waits for release):"
        #expect(TicketLines.text(folder([question])).contains(released))
        func shows(_ folder: TicketFolder) -> Bool { TicketLines.text(folder).contains { $0.hasPrefix("Draft (") } }
        #expect(shows(folder([question])))
        #expect(!shows(folder([question], status: .resolved)))
        #expect(!shows(folder([question, answer()], status: .waiting)))
        // What was withdrawn or refused told nobody anything.
        #expect(shows(folder([question, answer(.withdrawn)])))
    }

    @Test func `A list has the whole reason of a ticket`() {
        let reason = (1...30).map { "word\($0)" }.joined(separator: " ")
        let ticket = folder([], reason: reason).ticket
        let row = TicketLines.row(ticket, conversation())
        #expect(row.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(row.replacing("\n       ", with: " ").hasSuffix(" tom@x.example: Parcel \(reason)"))
    }
}
