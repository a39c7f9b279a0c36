// Conversations, tickets and the queue as the commands print them.

import Correspondence
import Foundation
import Gateway

enum ConversationLines {
    static func object(_ conversation: SupportConversation, _ messages: [SupportMessage]) -> JSON {
        .object([
            ("id", .string(conversation.id.text)), ("subject", .string(conversation.subject)),
            ("status", .string(conversation.status.rawValue)), ("language", .string(conversation.language)),
            ("customer", .person(name: conversation.customer.name, address: conversation.customer.address)),
            ("messages", .array(messages.map(object))),
        ])
    }

    private static func object(_ message: SupportMessage) -> JSON {
        let author = JSON.object([
            ("kind", .string(message.author.kind.rawValue)), ("name", .text(message.author.name)),
            ("address", .text(message.author.address?.text)),
        ])
        return .object([
            ("id", .string(message.id.text)), ("messageID", .text(message.messageID?.text)),
            ("direction", .string(message.direction.rawValue)), ("author", author),
            ("date", .string(message.date?.rfc3339 ?? message.at.rfc3339)), ("text", .string(message.text)),
            ("newText", .string(message.newText)),
            ("outcome", .text(message.direction == .incoming ? message.outcome?.rawValue : nil)),
        ])
    }

    /// Id, status, language, customer and subject on two lines.
    static func row(_ conversation: SupportConversation) -> String {
        let head =
            "\(conversation.id)  #\(conversation.number)  \(conversation.status.rawValue)  \(conversation.language)"
        return Terminal.cut("\(head)  \(customer(conversation))", to: Terminal.width) + "\n    "
            + Terminal.cut(subject(conversation), to: Terminal.width - 4)
    }

    static func customer(_ conversation: SupportConversation) -> String {
        conversation.customer.address?.text ?? conversation.customer.name ?? "(unknown)"
    }

    static func subject(_ conversation: SupportConversation) -> String {
        conversation.subject.isEmpty ? "(no subject)" : conversation.subject
    }

    /// `reasons` are the ticket's: they say which reply did not arrive.
    static func text(
        _ conversation: SupportConversation, _ messages: [SupportMessage], reasons: [String] = []
    ) -> [String] {
        [row(conversation), ""] + messages.flatMap { text($0, reasons) + [""] }
    }

    private static func text(_ message: SupportMessage, _ reasons: [String]) -> [String] {
        let arrow = message.direction == .incoming ? "<-" : "->"
        let begin = "\(arrow) \(message.at.rfc3339)  "
        func head(_ end: String) -> String {
            begin + Terminal.cut(author(message.author), to: Terminal.width - begin.count - end.count - 4)
                + "  [\(end)]"
        }
        func line(_ text: String) -> String { "    " + Terminal.cut(text, to: Terminal.width - 4) }
        let end = message.outcome?.rawValue ?? message.delivery?.rawValue ?? "waiting"
        if isMachines(message) { return [head(message.kind.rawValue), line(gist(message, reasons))] }
        let text = message.newText.isEmpty ? message.text : message.newText
        return [head(end)] + Terminal.wrap(text, to: Terminal.width - 4).map { "    \($0)" }
            + message.attachments.map { line("attached: \(name($0)), \($0.type), \(size($0.size))") }
    }

    /// As the pages say it.
    static func author(_ author: SupportMessage.Author) -> String {
        switch author.kind {
        case .desk: author.name.map { "Automatic answer, released by \($0)" } ?? "Automatic answer"
        case .agent, .customer, .participant: author.name ?? author.address?.text ?? author.kind.rawValue
        }
    }

    /// A failed delivery, an out-of-office note: not the customer's words, and seldom worth more than a line.
    private static func isMachines(_ message: SupportMessage) -> Bool {
        guard message.direction == .incoming else { return false }
        switch message.kind {
        case .bounce, .report, .autoReply, .loop: return true
        case .bulk, .human: return false
        }
    }

    /// What a machine's mail comes to: which reply did not arrive, else how it begins.
    private static func gist(_ message: SupportMessage, _ reasons: [String]) -> String {
        let text = message.newText.isEmpty ? message.text : message.newText
        guard message.kind == .bounce else {
            let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            return lines.first { !$0.isEmpty } ?? message.subject
        }
        let failures = reasons.filter { $0.hasPrefix("a reply") && $0.contains(" could not be delivered") }
        let own = failures.last { failure in
            guard let address = failure.firstMatch(of: /^a reply to (\S+) could not/)?.1 else { return false }
            return text.lowercased().contains(address.lowercased())
        }
        return own
            ?? (failures.count == 1 ? failures[0] : "a mail server tells that a reply was not delivered, or not yet")
    }

    private static func name(_ attachment: Attachment) -> String { attachment.name ?? "without a name" }

    private static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<1000: "\(bytes) B"
        case ..<1_000_000: String(format: "%.1f kB", Double(bytes) / 1000)
        default: String(format: "%.1f MB", Double(bytes) / 1_000_000)
        }
    }
}

enum TicketLines {
    private static func fields(_ ticket: SupportTicket) -> [(String, JSON)] {
        [
            ("id", .string(ticket.id.text)), ("number", .int(ticket.number)),
            ("status", .string(ticket.status.rawValue)), ("priority", .string(ticket.priority.rawValue)),
            ("assignee", .text(ticket.assignee)), ("reason", .string(ticket.reason)),
            ("conversation", .string(ticket.conversation.text)),
        ]
    }

    static func object(_ ticket: SupportTicket) -> JSON { .object(fields(ticket)) }

    static func object(_ folder: TicketFolder) -> JSON {
        let notes = folder.notes.map { note in
            JSON.object([
                ("at", .string(note.at.rfc3339)), ("author", .string(note.author)), ("text", .string(note.text)),
            ])
        }
        let draft = folder.draft.map { draft in
            JSON.object([
                ("reply", draft.reply.isEmpty ? .null : .string(draft.reply)), ("language", .string(draft.language)),
                ("confidence", .double(draft.confidence)), ("reasons", .texts(draft.reasons)),
                (
                    "sources",
                    .array(
                        draft.sources.map {
                            JSON.object([("article", .string($0.article)), ("quote", .string($0.quote))])
                        })
                ),
            ])
        }
        return .object(
            fields(folder.ticket) + [
                ("reasons", .texts(folder.ticket.reasons)), ("openedAt", .string(folder.ticket.openedAt.rfc3339)),
                ("draft", draft ?? .null), ("notes", .array(notes)),
                ("messages", .array(messages(folder))),
            ])
    }

    private static func messages(_ folder: TicketFolder) -> [JSON] {
        guard case .object(let fields) = ConversationLines.object(folder.conversation, folder.messages),
            case .array(let messages) = fields.last?.1
        else { return [] }
        return messages
    }

    /// Number, status, priority and whose it is.
    private static func head(_ ticket: SupportTicket) -> String {
        "#\(ticket.number)".padding(toLength: 7, withPad: " ", startingAt: 0)
            + ticket.status.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0)
            + ticket.priority.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
            + Terminal.cut(ticket.assignee ?? "-", to: 14)
    }

    /// With whom and what it is about, and the whole reason, on lines of their own.
    static func row(_ ticket: SupportTicket, _ conversation: SupportConversation) -> String {
        row(
            ticket,
            about: "\(ConversationLines.customer(conversation)): \(ConversationLines.subject(conversation))")
    }

    static func row(_ ticket: SupportTicket, about: String) -> String {
        ([head(ticket), "       " + Terminal.cut(about, to: Terminal.width - 7)]
            + Terminal.wrap(ticket.reason, to: Terminal.width - 7).map { "       \($0)" }).joined(separator: "\n")
    }

    /// A draft is of use while the ticket is live and nobody has answered what the customer wrote.
    static func usefulDraft(_ folder: TicketFolder) -> Draft? {
        guard let draft = folder.draft, !draft.reply.isEmpty, folder.ticket.status.isLive,
            !folder.messages.unanswered.isEmpty
        else { return nil }
        return draft
    }

    static func text(_ folder: TicketFolder) -> [String] {
        var lines = [head(folder.ticket), ""]
        lines += folder.ticket.reasons.flatMap { Terminal.wrap("- \($0)", to: Terminal.width) } + [""]
        lines += ConversationLines.text(folder.conversation, folder.messages, reasons: folder.ticket.reasons)
        if let draft = usefulDraft(folder) {
            let state = folder.isDraftWaiting ? "waits for release" : "not sent"
            lines.append("Draft (confidence \(Decider.percent(draft.confidence)), \(state)):")
            lines += Terminal.wrap(draft.reply, to: Terminal.width - 4).map { "    \($0)" } + [""]
        }
        for note in folder.notes {
            lines.append("Note of \(note.author), \(note.at.rfc3339):")
            lines += Terminal.wrap(note.text, to: Terminal.width - 4).map { "    \($0)" }
        }
        return lines
    }
}
