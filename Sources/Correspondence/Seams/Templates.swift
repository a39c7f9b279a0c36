// Seam: words around an answer, and reports, from templates that users may edit.

package struct TemplateError: Failure {
    package enum Code: String, Sendable {
        case unreadable, syntax, unknownName, missing
    }
    package let code: Code
    /// Names file and line, and the nearest name that exists.
    package let detail: String

    package init(_ code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    package var isTemporary: Bool { false }
    package var publicText: String { "a template cannot be used" }
}

/// The parts of a mail around its body, in the mail's language.
package struct MailDress: Sendable, Equatable {
    package var subject: String
    package var text: String
    package var html: String?

    package init(subject: String, text: String, html: String?) {
        self.subject = subject
        self.text = text
        self.html = html
    }
}

/// Contract: made only from templates that were all checked (each parses, names only what exists, every needed one is
/// there), so rendering cannot fail. Values are escaped for HTML in HTML templates and stand as they are in text ones.
package protocol ReportMaker: Sendable {
    /// Greeting, body, close, the notice that this was written automatically and how to reach a human, the quoted
    /// original, as the purpose asks; `Re:` and the tag in the subject. Unknown languages fall back to the desk's.
    func dress(_ reply: OutgoingReply, desk: DeskProfile) -> MailDress
    /// One self-contained HTML file: figures, charts, lists.
    func digest(_ figures: Figures, desk: DeskProfile, madeAt: Instant) -> String
    /// The same in plain text, for terminals and mail.
    func digestText(_ figures: Figures, desk: DeskProfile, madeAt: Instant) -> String
    func conversationReport(
        _ conversation: SupportConversation, _ messages: [SupportMessage], ticket: TicketFolder?, desk: DeskProfile,
        madeAt: Instant
    ) -> String
    func ticketsReport(_ tickets: [WaitingTicket], desk: DeskProfile, madeAt: Instant) -> String
    /// What agents read when a ticket opens: subject and text.
    func ticketNotice(_ notice: TicketNotice, desk: DeskProfile) -> MailDress
    /// What agents read when several tickets opened: `more` wait beside those that are named.
    func ticketSummary(_ notices: [TicketNotice], more: Int, desk: DeskProfile) -> MailDress
    /// What an agent reads whose answer by mail did not go to the customer.
    func refusedAnswer(_ refused: RefusedAnswer, desk: DeskProfile) -> MailDress
    /// One line for a customer who waits for a human, in their language (chat and acknowledgement).
    func handoverLine(language: String) -> String
}

package struct TicketNotice: Sendable, Equatable {
    package var number: Int
    package var subject: String
    package var customer: Party
    package var language: String
    package var reasons: [String]
    package var question: String
    package var draft: Draft?
    /// Address of the ticket's page; nil where the desk has no web address.
    package var link: String?
    /// Mail to it from the agent it was made for goes to the customer; nil where there is none.
    package var answerAddress: EmailAddress?
    /// The agent's answer to the notice goes to the customer: it says so, below `AnswerMark`.
    package var isAnsweredByMail: Bool

    package init(
        number: Int, subject: String, customer: Party, language: String, reasons: [String], question: String,
        draft: Draft?, link: String?, answerAddress: EmailAddress? = nil, isAnsweredByMail: Bool = false
    ) {
        self.number = number
        self.subject = subject
        self.customer = customer
        self.language = language
        self.reasons = reasons
        self.question = question
        self.draft = draft
        self.link = link
        self.answerAddress = answerAddress
        self.isAnsweredByMail = isAnsweredByMail
    }
}

/// An agent's mail that did not become a reply.
package struct RefusedAnswer: Sendable, Equatable {
    /// The ticket it was meant for, where that is known.
    package var number: Int?
    package var reason: String
    package var link: String?

    package init(number: Int?, reason: String, link: String?) {
        self.number = number
        self.reason = reason
        self.link = link
    }
}
