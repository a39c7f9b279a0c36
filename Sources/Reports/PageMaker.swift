// The admin pages and the chat page, rendered for Web from the same templates as the reports.

package import Correspondence
import Mustache

/// What every admin page says around its matter.
package struct PageFrame: Sendable {
    package var desk: DeskProfile
    /// The session's CSRF token: every form carries it.
    package var csrf: String
    /// Names what a form of this page asks for: sent twice, it is done once.
    package var formKey: String
    /// Said once at the head: what a form did, or why not.
    package var flash: String?
    package var now: Instant

    package init(desk: DeskProfile, csrf: String, formKey: String = "", flash: String?, now: Instant) {
        self.desk = desk
        self.csrf = csrf
        self.formKey = formKey
        self.flash = flash
        self.now = now
    }
}

/// Contract as for `ReportMaker`: made from checked templates, so rendering cannot fail; every value is escaped. Pages
/// hold no script or style of their own, so the strictest content security policy fits them.
package struct PageMaker: Sendable {
    let library: MustacheLibrary
    let shelf: TemplateShelf

    /// `since` is one of `DigestPeriod`'s values, as it stands in the address.
    package func dashboard(_ figures: Figures, since: String, frame: PageFrame) -> String {
        render("page/dashboard", Self.dashboardView(figures, since: since, frame: frame))
    }

    package func tickets(_ tickets: [WaitingTicket], status: String, next: String?, frame: PageFrame) -> String {
        render("page/tickets", Self.ticketsView(tickets, status: status, next: next, frame: frame))
    }

    package func ticket(_ folder: TicketFolder, frame: PageFrame) -> String {
        render("page/ticket", Self.ticketView(folder, frame: frame))
    }

    package func conversations(
        _ conversations: [SupportConversation], query: String, status: String, next: String?, frame: PageFrame
    ) -> String {
        render(
            "page/conversations",
            Self.conversationsView(conversations, query: query, status: status, next: next, frame: frame))
    }

    package func conversation(
        _ conversation: SupportConversation, _ messages: [SupportMessage], ticket: TicketFolder?, frame: PageFrame
    ) -> String {
        render("page/conversation", Self.conversationView(conversation, messages, ticket: ticket, frame: frame))
    }

    package func ledger(_ entries: [LedgerEntry], outcome: String, next: String?, frame: PageFrame) -> String {
        render("page/ledger", Self.ledgerView(entries, outcome: outcome, next: next, frame: frame))
    }

    /// One sentence on a page of its own: no session needed. `leadsBack`: with the way to the pages, for who has one;
    /// `back` is the page that a form stood on.
    package func message(
        title: String, detail: String, leadsBack: Bool = false, back: String? = nil, desk: DeskProfile
    ) -> String {
        render(
            "page/message",
            Self.messageView(title: title, detail: detail, leadsBack: leadsBack, back: back, desk: desk))
    }

    /// What the one-time link shows: a button that uses `key` up.
    package func enter(key: String, desk: DeskProfile) -> String {
        render("page/enter", ["key": key, "deskName": desk.name])
    }

    /// A frame's whole document. `safeHTML` must come from `HTMLCleaner`: it is the one value that is not escaped.
    package func mail(safeHTML: String) -> String { render("page/mail", ["mailHTML": safeHTML]) }

    /// `asksAddress`: whoever is not answered at once may leave an address.
    package func chat(desk: DeskProfile, asksAddress: Bool) -> String {
        render("page/chat", Self.chatView(desk: desk, asksAddress: asksAddress))
    }

    /// A file that is no template: `page/page.css`; nil when there is none.
    package func asset(_ name: String) -> String? { shelf[name]?.text }

    /// The style of every report.
    package var reportStyle: String { shelf["report/style.mustache"]?.text ?? "" }

    private func render(_ name: String, _ view: [String: Any]) -> String {
        library.render(view, withTemplate: name) ?? ""
    }
}
