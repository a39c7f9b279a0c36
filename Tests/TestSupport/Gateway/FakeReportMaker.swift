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
        let mark = notice.isAnsweredByMail ? "\(AnswerMark.text) write above\n" : ""
        return MailDress(
            subject: "Ticket \(notice.number)",
            text: mark + (notice.reasons + ["", notice.question]).joined(separator: "\n"), html: nil)
    }

    package func ticketSummary(_ notices: [TicketNotice], more: Int, desk: DeskProfile) -> MailDress {
        MailDress(
            subject: "\(notices.count) tickets",
            text: notices.map { "#\($0.number) \($0.answerAddress?.text ?? "")" }.joined(separator: "\n\n")
                + "\n\nmore: \(more)", html: nil)
    }

    package func refusedAnswer(_ refused: RefusedAnswer, desk: DeskProfile) -> MailDress {
        MailDress(subject: "Not sent: \(refused.number ?? 0)", text: refused.reason, html: nil)
    }

    package func handoverLine(language: String) -> String { "A human will answer (\(language))." }
}
