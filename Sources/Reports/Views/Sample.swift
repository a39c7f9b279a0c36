// One full value of everything a template may show: what templates are checked against at the start.

import Correspondence

/// Nothing here is optional-less: every optional is set, every list has an item, so every name exists.
enum Sample {
    static let now = Instant(microseconds: 1_795_424_400_000_000)
    static let address = EmailAddress("anna@example.org")
    static let party = Party(name: "Anna Example", address: address)
    static let desk = DeskProfile(name: "Sample desk", address: address ?? deskAddress)
    /// Both are literals that parse; ReportsTests makes a sample and would stop here.
    private static let deskAddress = EmailAddress("support@example.org")!

    static let source = Source(article: "en/returns.md", title: "Returns", quote: "within 30 days")
    static let draft = Draft(
        reply: "You can return it.", sources: [source], language: "en", confidence: 0.5, reasons: ["close"],
        needsHuman: "asked for one", cost: 0.001, answerer: "built-in")
    static let ticket = SupportTicket(
        id: TicketID("t"), number: 7, conversation: ConversationID("c"), status: .open, priority: .high,
        assignee: "Kim",
        reason: "refund", reasons: ["refund", "attached"], draft: DraftID("d"), openedAt: now, updatedAt: now,
        firstResponseAt: now, resolvedAt: now)
    static let conversation = SupportConversation(
        id: ConversationID("c"), number: 7, subject: "Return", status: .open, language: "en", customer: party,
        channel: .mailbox, createdAt: now, updatedAt: now, version: 1, messageCount: 1, linkedTo: ConversationID("o"),
        ticket: TicketID("t"))
    static let message = SupportMessage(
        id: MessageRecordID("m"), conversation: ConversationID("c"), direction: .incoming,
        author: .init(kind: .customer, name: "Anna", address: address), subject: "Return", at: now, language: "en",
        text: "May I return it?\n> quoted", newText: "May I return it?", html: "<p>May I return it?</p>",
        attachments: [
            Attachment(name: "a.png", type: "image/png", size: 10, isInline: false, contentID: nil, part: 1)
        ], channel: Channel(.mailbox, "support"), outcome: .ticket, outcomeReason: "refund", delivery: .sent,
        sources: [source])
    static let folder = TicketFolder(
        ticket: ticket, conversation: conversation, messages: [message], draft: draft,
        notes: [TicketNote(at: now, author: "Kim", text: "seen")])
    /// Its draft waits for release.
    static let reviewed: TicketFolder = {
        var folder = Sample.folder
        folder.messages[0].outcome = .review
        return folder
    }()
    static let entry = LedgerEntry(
        arrival: ArrivalID("a"), channel: Channel(.mailbox, "support"), key: "1/1", receivedAt: now, size: 10,
        attempts: 3, lastError: "too many parts", outcome: .quarantined, outcomeReason: "too many parts", kind: .human,
        language: "en", from: "anna@example.org", subject: "Return", conversation: ConversationID("c"))
    static let waiting = WaitingTicket(ticket: ticket, subject: "Return", language: "en", customer: party)
    static let reply = OutgoingReply(
        purpose: .automaticReply, messageID: MessageID("a@example.org")!,
        to: NamedAddress(name: "Anna", address: deskAddress),
        subject: "Return", number: 7, language: "en", body: "See https://example.org/returns.",
        quote: .init(author: "Anna", date: Timestamp(now), text: "May I?"), signer: "Kim")

    static let figures: Figures = {
        var figures = Figures(period: ReportPeriod(from: now - .days(7), to: now))
        figures.received = 3
        figures.outcomes = [.answered: 1, .ticket: 1, .quarantined: 1]
        figures.withoutOutcome = 1
        figures.days = [(now - .days(1), [.answered: 1, .ticket: 1, .quarantined: 1])]
        figures.languages = (0...DigestView.barLimit).map { ("l\($0)", 1, 1) }
        figures.channels = (0...DigestView.barLimit).map { (Channel(.mailbox, "m\($0)"), 1) }
        figures.ticketRules = (0...DigestView.barLimit).map { ("r\($0)", 1) }
        figures.suppressedKinds = MessageKind.allCases.map { ($0, 1) }
        figures.articles = (0...DigestView.barLimit).map { ("\($0).md", "Title", 1) }
        figures.topics = (0...DigestView.barLimit).map { ("t\($0)", 1) }
        figures.automaticSeconds = [2]
        figures.humanSeconds = [3600]
        let item = AnsweredItem(
            conversation: ConversationID("c"), number: 7, subject: "Return", language: "en", at: now,
            sources: [source], confidence: 0.8, delivery: .sent, question: "May I?")
        let more = DigestView.openRows + 1
        figures.answered = Array(repeating: item, count: more)
        figures.quarantined = Array(repeating: entry, count: more)
        figures.waiting = Array(repeating: waiting, count: more)
        figures.withCustomerCount = 2
        figures.waitingCount = 900
        figures.outcomes[.answered] = 900
        return figures
    }()

    /// Each page template with a view that has every name.
    static func views(words: Words) -> [(key: String, view: [String: Any])] {
        let clock = DeskClock(timezone: "UTC")
        let digest = DigestView(figures, clock: clock, now: now)
        let frame = FrameView.view(desk: desk, clock: clock, now: now)
        let notice = TicketNotice(
            number: 7, subject: "Return", customer: party, language: "en", reasons: ["refund"], question: "May I?",
            draft: draft, link: "https://example.org", answerAddress: address, isAnsweredByMail: true)
        let refused = RefusedAnswer(number: 7, reason: "not verified", link: "https://example.org")
        let reply = ReplyDress(reply: reply, desk: desk, words: words).view
        return [
            ("mail/reply", reply), ("mail/reply.html", reply), ("mail/acknowledgement", reply),
            ("mail/notice", NoticeDress.view(notice, words: words)),
            ("mail/notices", NoticeDress.view([notice], more: 3, words: words)),
            ("mail/refused", NoticeDress.view(refused, words: words)),
            ("report/digest", digest.view(desk: desk, base: "/admin")),
            ("report/digest.text", DigestText(digest: digest).view(desk: desk, base: "/admin")),
            ("report/tickets", TicketListView.view([waiting], clock: clock, now: now).merging(frame) { $1 }),
            (
                "report/conversation",
                ConversationView.whole(conversation, [message], ticket: folder, clock: clock, now: now)
                    .merging(frame) { $1 }
            ),
            ("report/evaluation", SampleEvaluation.view.view.merging(frame) { $1 }),
        ] + PageMaker.samples(clock: clock)
    }
}
