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

    static func text(_ conversation: SupportConversation, _ messages: [SupportMessage]) -> [String] {
        var lines = [row(conversation), ""]
        for message in messages {
            let author = message.author.name ?? message.author.address?.text ?? message.author.kind.rawValue
            let arrow = message.direction == .incoming ? "<-" : "->"
            let end = message.outcome?.rawValue ?? message.delivery?.rawValue ?? "waiting"
            lines.append("\(arrow) \(message.at.rfc3339)  \(Terminal.cut(author, to: 36))  [\(end)]")
            lines += Terminal.wrap(message.newText, to: Terminal.width - 4).map { "    \($0)" }
            lines.append("")
        }
        return lines
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

    static func row(_ ticket: SupportTicket) -> String {
        let head =
            "#\(ticket.number)".padding(toLength: 7, withPad: " ", startingAt: 0)
            + ticket.status.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0)
            + ticket.priority.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
            + (ticket.assignee ?? "-").padding(toLength: 14, withPad: " ", startingAt: 0)
        return head + " " + Terminal.cut(ticket.reason, to: Terminal.width - 40)
    }

    /// With whom and what it is about on a second line.
    static func row(_ ticket: SupportTicket, _ conversation: SupportConversation) -> String {
        let customer = ConversationLines.customer(conversation)
        return row(ticket) + "\n       "
            + Terminal.cut("\(customer): \(ConversationLines.subject(conversation))", to: Terminal.width - 7)
    }

    static func text(_ folder: TicketFolder) -> [String] {
        var lines = [row(folder.ticket), ""]
        lines += folder.ticket.reasons.flatMap { Terminal.wrap("- \($0)", to: Terminal.width) } + [""]
        lines += ConversationLines.text(folder.conversation, folder.messages)
        if let draft = folder.draft, !draft.reply.isEmpty {
            lines.append("Draft (confidence \(Decider.percent(draft.confidence)), not sent):")
            lines += Terminal.wrap(draft.reply, to: Terminal.width - 4).map { "    \($0)" } + [""]
        }
        for note in folder.notes {
            lines.append("Note of \(note.author), \(note.at.rfc3339):")
            lines += Terminal.wrap(note.text, to: Terminal.width - 4).map { "    \($0)" }
        }
        return lines
    }
}
