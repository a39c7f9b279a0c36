// A ticket as templates see it: in lists and on its own page.

import Correspondence

enum TicketView {
    static func row(_ waiting: WaitingTicket, clock: DeskClock, now: Instant) -> [String: Any] {
        var view = head(waiting.ticket, clock: clock, now: now)
        view["subject"] = subject(waiting.subject)
        view["language"] = waiting.language
        view["languageName"] = Wordings.language(waiting.language)
        view.merge(names(of: waiting.customer)) { $1 }
        return view
    }

    static func head(_ ticket: SupportTicket, clock: DeskClock, now: Instant) -> [String: Any] {
        [
            "number": "\(ticket.number)", "id": ticket.id.text, "conversation": ticket.conversation.text,
            "status": ticket.status.rawValue, "statusLabel": Wordings.status(ticket.status),
            "priority": ticket.priority.rawValue,
            "isPressing": ticket.priority == .high || ticket.priority == .urgent,
            "reason": FailedDelivery.short(ticket.reason), "reasons": ticket.reasons.map { ["text": $0] },
            "moreReasons": moreReasons(of: ticket),
            "assignee": Absent.orText(ticket.assignee), "age": DeskClock.age(of: ticket.openedAt, at: now),
            "opened": clock.moment(ticket.openedAt), "updated": clock.moment(ticket.updatedAt),
            "firstResponse": Absent.or(ticket.firstResponseAt.map(clock.moment)),
            "isLive": ticket.status.isLive, "version": "\(ticket.version)",
        ]
    }

    /// What is folded behind the reason that decided: the others, and the whole of one that is shown short.
    private static func moreReasons(of ticket: SupportTicket) -> Any {
        let isShort = FailedDelivery.short(ticket.reason) != ticket.reason
        let more = (isShort ? [ticket.reason] : []) + ticket.reasons.filter { $0 != ticket.reason }
        return more.isEmpty ? Absent() : ["reasons": more.map { ["text": $0] }] as [String: Any]
    }

    static func folder(_ folder: TicketFolder, clock: DeskClock, now: Instant) -> [String: Any] {
        var view = row(
            WaitingTicket(
                ticket: folder.ticket, subject: folder.conversation.subject, language: folder.conversation.language,
                customer: folder.conversation.customer), clock: clock, now: now)
        view["draft"] = Absent.or(folder.draft.map { draft($0, known: folder.ticket.reasons) })
        view["isAnswered"] = folder.messages.unanswered.isEmpty
        // Only while somebody waits for it: what was answered by other words needs no release.
        view["release"] = Absent.or(
            folder.isDraftWaiting ? folder.draft.map { draft($0, known: folder.ticket.reasons) } : nil)
        view["notes"] = folder.notes.map { note -> [String: Any] in
            ["at": clock.moment(note.at), "author": note.author, "text": note.text]
        }
        view["messages"] = ConversationView.messages(
            folder.messages, clock: clock, known: folder.ticket.reasons, reasons: folder.ticket.reasons,
            hasDraft: folder.draft != nil)
        view["answersGoTo"] = ConversationView.answersGoTo(folder.messages)
        view["statuses"] = SupportTicket.Status.allCases.map { status -> [String: Any] in
            [
                "value": status.rawValue, "label": Wordings.status(status), "isChosen": status == folder.ticket.status,
            ]
        }
        return view
    }

    /// A draft that is less sure is shown beside the agent's words, not in their place.
    private static let likely = 0.3

    /// What the ticket says already (`known`) is not said again of its draft.
    static func draft(_ draft: Draft, known: [String] = []) -> [String: Any] {
        [
            "reply": draft.reply, "hasReply": !draft.reply.isEmpty, "isLikely": draft.confidence >= likely,
            "languageName": Wordings.language(draft.language),
            "languageEvidence": Absent.orText(draft.languageEvidence.map(Wordings.evidence)),
            "confidence": Numbers.percent(draft.confidence),
            "confidenceWidth": Numbers.width(Int(draft.confidence * 100), of: 100),
            "reasons": draft.reasons.filter { !known.contains($0) }.map { ["text": $0] },
            "needsHuman": Absent.orText(draft.needsHuman.flatMap { known.contains($0) ? nil : $0 }),
            "sources": sources(draft.sources, saidIn: draft.reply), "hasSources": !draft.sources.isEmpty,
            "answerer": draft.answerer,
            "cost": draft.cost.map { Numbers.dollars($0) } ?? "unknown",
        ]
    }

    /// A quote that stands word by word in the `reply` beside it is not shown again.
    static func sources(_ sources: [Source], saidIn reply: String = "") -> [[String: Any]] {
        let said = words(of: reply)
        return sources.map { source in
            let isSaid = !reply.isEmpty && said.contains(words(of: source.quote))
            return [
                "article": source.article, "title": source.title.isEmpty ? source.article : source.title,
                "quote": Absent.orText(isSaid ? nil : source.quote), "url": Absent.orText(source.url),
            ]
        }
    }

    /// As one line, however it is broken, without the ellipses of a shortened quote.
    private static func words(of text: String) -> String {
        text.split { $0.isWhitespace || $0 == "…" }.joined(separator: " ")
    }

    /// Titles of the articles, each once.
    static func articles(_ sources: [Source]) -> String {
        var titles: [String] = []
        for source in sources {
            let title = source.title.isEmpty ? source.article : source.title
            if !titles.contains(title) { titles.append(title) }
        }
        return titles.joined(separator: ", ")
    }

    static func subject(_ subject: String) -> String {
        let shown = subject.trimmed
        return shown.isEmpty ? "(no subject)" : String(shown.prefix(300))
    }

    /// The name alone; the address where there is none.
    static func shortName(_ party: Party) -> String {
        let hasName = party.name?.trimmed.isEmpty == false
        return self.party(hasName ? Party(name: party.name, address: nil) : party)
    }

    /// Name and address apart: each is written in a direction of its own.
    static func names(of party: Party) -> [String: Any] {
        let name = shortName(party)
        return [
            "customerName": name,
            "customerAddress": Absent.or(party.address.flatMap { $0.text == name ? nil : $0.text }),
        ]
    }

    static func party(_ party: Party) -> String {
        let name = party.name?.trimmed ?? ""
        switch (name.isEmpty, party.address) {
        case (false, let address?): return "\(name.prefix(120)) <\(address)>"
        case (false, nil): return String(name.prefix(120))
        case (true, let address?): return address.text
        case (true, nil): return "somebody without a name"
        }
    }
}
