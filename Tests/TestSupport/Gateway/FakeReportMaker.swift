// Words around an answer that a test can see through.

package import Correspondence

/// `dress` gives `Re:` and tag as the real one does, and the body between two lines.
package struct FakeReportMaker: ReportMaker {
    package init() {}

    package func dress(_ reply: OutgoingReply, desk: DeskProfile) -> MailDress {
        switch reply.purpose {
        case .notice, .report: MailDress(subject: reply.subject, text: reply.body, html: reply.html)
        case .automaticReply, .humanReply, .acknowledgement:
            MailDress(
                subject: SubjectLine.reply(to: reply.subject, deskName: desk.name, number: reply.number),
                text: "Hello\n\(reply.body)\n\(reply.signer ?? desk.name)", html: nil)
        }
    }

    package func digest(_ figures: Figures, desk: DeskProfile, madeAt: Instant) -> String { "digest" }

    package func digestText(_ figures: Figures, desk: DeskProfile, madeAt: Instant) -> String { "digest" }

    package func conversationReport(
        _ conversation: SupportConversation, _ messages: [SupportMessage], ticket: TicketFolder?, desk: DeskProfile,
        madeAt: Instant
    ) -> String { "conversation" }

    package func ticketsReport(_ tickets: [WaitingTicket], desk: DeskProfile, madeAt: Instant) -> String { "tickets" }

    package func ticketNotice(_ notice: TicketNotice, desk: DeskProfile) -> MailDress {
        MailDress(subject: "Ticket \(notice.number)", text: notice.reasons.joined(separator: "\n"), html: nil)
    }

    package func handoverLine(language: String) -> String { "A human will answer (\(language))." }
}
