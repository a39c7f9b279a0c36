// A conversation and its messages as templates see them.

import Correspondence

enum ConversationView {
    static func row(_ conversation: SupportConversation, clock: DeskClock, now: Instant) -> [String: Any] {
        let row: [String: Any] = [
            "id": conversation.id.text, "number": "\(conversation.number)",
            "subject": TicketView.subject(conversation.subject), "status": conversation.status.rawValue,
            "language": conversation.language, "languageName": Wordings.language(conversation.language),
            "channel": conversation.channel.rawValue,
            "created": clock.moment(conversation.createdAt), "updated": clock.moment(conversation.updatedAt),
            "age": DeskClock.age(of: conversation.updatedAt, at: now),
            "messageCount": Numbers.count(conversation.messageCount, "message"),
            "hasTicket": conversation.ticket != nil, "linkedTo": Absent.or(conversation.linkedTo?.text),
        ]
        return row.merging(TicketView.names(of: conversation.customer)) { $1 }
    }

    static func whole(
        _ conversation: SupportConversation, _ messages: [SupportMessage], ticket: TicketFolder?, clock: DeskClock,
        now: Instant
    ) -> [String: Any] {
        var view = row(conversation, clock: clock, now: now)
        view["messages"] = self.messages(
            messages, clock: clock, known: (ticket?.ticket.reason).map { [$0] } ?? [],
            reasons: ticket?.ticket.reasons ?? [],
            hasDraft: ticket?.draft != nil)
        view["answersGoTo"] = answersGoTo(messages)
        view["isWithPerson"] = ticket?.ticket.status.isLive == true
        view["ticket"] = Absent.or(ticket.map { TicketView.folder($0, clock: clock, now: now) })
        return view
    }

    /// Reasons that are `known` from the ticket are not said again below each message. That a draft waits is said only
    /// while it does: the outcome is written once, what came after it is in the conversation.
    static func messages(
        _ messages: [SupportMessage], clock: DeskClock, known: [String] = [], reasons: [String] = [],
        hasDraft: Bool = true
    ) -> [[String: Any]] {
        let unanswered = Set(messages.unanswered.map(\.id))
        return messages.map { message in
            let isReviewed = message.outcome == .review && !(hasDraft && unanswered.contains(message.id))
            let text = message.newText.isEmpty ? message.text : message.newText
            let isIncoming = message.direction == .incoming
            let bounce = message.kind == .bounce ? FailureView.line(of: message, known: reasons) : nil
            return [
                "bounce": Absent.or(bounce),
                "id": message.id.text, "direction": message.direction.rawValue, "isIncoming": isIncoming,
                "author": author(message.author), "authorAddress": Absent.or(address(message.author)),
                "authorKind": message.author.kind.rawValue,
                "at": clock.moment(message.at), "text": text.trimmed,
                "whole": Absent.orText(message.text.trimmed == text.trimmed ? nil : message.text.trimmed),
                "subject": TicketView.subject(message.subject), "hasHTML": message.html?.isEmpty == false,
                "languageName": Wordings.language(message.language),
                "outcome": Absent.or(isIncoming ? isReviewed ? "ticket" : message.outcome?.rawValue ?? "open" : nil),
                "outcomeLabel": isIncoming
                    ? isReviewed ? "Looked at by a person" : Wordings.outcome(message.outcome) : "",
                "outcomeReason": Absent.orText(
                    message.outcomeReason.flatMap { bounce != nil || known.contains($0) ? nil : $0 }),
                "delivery": Absent.or(message.delivery?.rawValue),
                "deliveryLabel": message.delivery.map(Wordings.delivery) ?? "",
                "isUnverified": isIncoming && !message.isVerified, "verification": message.verification,
                "sources": TicketView.sources(message.sources), "hasSources": !message.sources.isEmpty,
                "hasMail": isIncoming && message.channel.kind != .chat && message.arrival != nil,
                "attachments": message.attachments.enumerated().map { index, attachment -> [String: Any] in
                    [
                        "place": "\(index + 1)", "name": attachment.name ?? "without a name", "type": attachment.type,
                        "size": Numbers.bytes(attachment.size),
                    ]
                },
                "hasAttachments": !message.attachments.isEmpty,
            ]
        }
    }

    /// The address that a visitor of the chat left, said once of the whole conversation.
    static func answersGoTo(_ messages: [SupportMessage]) -> Any {
        let last = messages.last { $0.direction == .incoming && $0.channel.kind == .chat && $0.answerTo != nil }
        return Absent.or(last?.answerTo?.text)
    }

    static func author(_ author: SupportMessage.Author) -> String {
        switch author.kind {
        case .desk: author.name.map { "Automatic answer, released by \($0)" } ?? "Automatic answer"
        case .agent: author.name ?? author.address?.text ?? "Agent"
        case .customer, .participant: TicketView.shortName(Party(name: author.name, address: author.address))
        }
    }

    /// Where it is not what the author is called anyway.
    private static func address(_ author: SupportMessage.Author) -> String? {
        guard author.kind == .customer || author.kind == .participant, let address = author.address?.text else {
            return nil
        }
        return address == self.author(author) ? nil : address
    }
}
