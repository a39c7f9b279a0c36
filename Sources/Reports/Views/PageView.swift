// The admin pages as templates see them.

import Correspondence

extension PageMaker {
    static let base = "/admin"

    static func frameView(_ frame: PageFrame, title: String, path: String) -> [String: Any] {
        let pages = [
            ("Overview", "/admin"), ("Tickets", "/admin/tickets"), ("Conversations", "/admin/conversations"),
            ("Ledger", "/admin/ledger"),
        ]
        let clock = DeskClock(timezone: frame.desk.timezone)
        return [
            "title": title, "deskName": frame.desk.name, "csrf": frame.csrf, "formKey": frame.formKey,
            "flash": Absent.orText(frame.flash),
            "base": base, "version": DeskbridgeVersion.text, "zone": clock.zoneName,
            "nav": pages.map { label, href -> [String: Any] in
                ["label": label, "href": href, "isCurrent": href == path]
            },
        ]
    }

    static func dashboardView(_ figures: Figures, since: String, frame: PageFrame) -> [String: Any] {
        let digest = DigestView(figures, clock: DeskClock(timezone: frame.desk.timezone), now: frame.now)
        var view = frameView(frame, title: "Overview", path: "/admin")
        view.merge(digest.view(desk: frame.desk, base: base)) { $1 }
        view["since"] = since
        view["periods"] = choices(
            [("1d", "24 hours"), ("7d", "7 days"), ("30d", "30 days"), ("90d", "90 days")], current: since)
        return view
    }

    static func ticketsView(_ tickets: [WaitingTicket], status: String, next: String?, frame: PageFrame)
        -> [String: Any]
    {
        var view = frameView(frame, title: "Tickets", path: "/admin/tickets")
        let clock = DeskClock(timezone: frame.desk.timezone)
        view.merge(TicketListView.view(tickets, clock: clock, now: frame.now)) { $1 }
        let statuses = SupportTicket.Status.allCases.map { ($0.rawValue, Wordings.status($0)) }
        view["filters"] = choices([("live", "live"), ("all", "all")] + statuses, current: status)
        view["next"] = Absent.orText(next)
        return view
    }

    static func ticketView(_ folder: TicketFolder, frame: PageFrame) -> [String: Any] {
        var view = frameView(frame, title: "Ticket #\(folder.ticket.number)", path: "/admin/tickets")
        let clock = DeskClock(timezone: frame.desk.timezone)
        view["ticket"] = TicketView.folder(folder, clock: clock, now: frame.now)
        return view
    }

    static func conversationsView(
        _ conversations: [SupportConversation], query: String, status: String, next: String?, frame: PageFrame
    ) -> [String: Any] {
        var view = frameView(frame, title: "Conversations", path: "/admin/conversations")
        let clock = DeskClock(timezone: frame.desk.timezone)
        view["query"] = query
        view["conversations"] = conversations.map { ConversationView.row($0, clock: clock, now: frame.now) }
        let statuses = SupportConversation.Status.allCases.map { ($0.rawValue, $0.rawValue) }
        view["filters"] = choices([("", "every state")] + statuses, current: status)
        view["next"] = Absent.orText(next)
        return view
    }

    static func conversationView(
        _ conversation: SupportConversation, _ messages: [SupportMessage], ticket: TicketFolder?, frame: PageFrame
    ) -> [String: Any] {
        let title = "#\(conversation.number) \(TicketView.subject(conversation.subject))"
        var view = frameView(frame, title: title, path: "/admin/conversations")
        let clock = DeskClock(timezone: frame.desk.timezone)
        view.merge(ConversationView.whole(conversation, messages, ticket: ticket, clock: clock, now: frame.now)) { $1 }
        return view
    }

    static func ledgerView(_ entries: [LedgerEntry], outcome: String, next: String?, frame: PageFrame)
        -> [String: Any]
    {
        var view = frameView(frame, title: "Ledger", path: "/admin/ledger")
        view["entries"] = LedgerView.rows(entries, clock: DeskClock(timezone: frame.desk.timezone))
        let outcomes = Outcome.allCases.map { ($0.rawValue, Wordings.outcome($0)) }
        view["filters"] = choices([("", "Everything"), ("open", "Being worked on")] + outcomes, current: outcome)
        view["next"] = Absent.orText(next)
        return view
    }

    static func messageView(title: String, detail: String, leadsBack: Bool, back: String?, desk: DeskProfile)
        -> [String: Any]
    {
        [
            "title": title, "detail": detail, "leadsBack": leadsBack, "back": Absent.or(back), "deskName": desk.name,
        ]
    }

    static func chatView(desk: DeskProfile, asksAddress: Bool) -> [String: Any] {
        ["deskName": desk.name, "asksAddress": asksAddress]
    }

    private static func choices(_ choices: [(String, String)], current: String) -> [[String: Any]] {
        choices.map { ["value": $0.0, "label": $0.1, "isCurrent": $0.0 == current] }
    }

    /// Each page with a view that has every name, for the check at the start.
    static func samples(clock: DeskClock) -> [(key: String, view: [String: Any])] {
        let frame = PageFrame(desk: Sample.desk, csrf: "token", flash: "Sent.", now: Sample.now)
        return [
            ("page/dashboard", dashboardView(Sample.figures, since: "7d", frame: frame)),
            ("page/tickets", ticketsView([Sample.waiting], status: "live", next: "/admin/tickets", frame: frame)),
            ("page/ticket", ticketView(Sample.reviewed, frame: frame)),
            (
                "page/conversations",
                conversationsView([Sample.conversation], query: "", status: "", next: "/admin", frame: frame)
            ),
            (
                "page/conversation",
                conversationView(Sample.conversation, [Sample.message], ticket: Sample.reviewed, frame: frame)
            ),
            ("page/ledger", ledgerView([Sample.entry], outcome: "", next: "/admin", frame: frame)),
            (
                "page/message",
                messageView(title: "Gone", detail: "Used.", leadsBack: true, back: "/admin", desk: Sample.desk)
            ),
            ("page/enter", ["key": "k", "deskName": "Sample desk"]),
            ("page/mail", ["mailHTML": "<p>Hello</p>"]), ("page/chat", chatView(desk: Sample.desk, asksAddress: true)),
        ]
    }
}
