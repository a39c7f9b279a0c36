// `deskbridge ticket`: what waits for humans, and what they do.

import ArgumentParser
import Correspondence
import Foundation

struct TicketCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ticket", abstract: "List, show, assign, answer, note and close tickets; release their drafts.",
        discussion: """
            A ticket is named by its number, with or without #.

            Example: deskbridge ticket reply 1042 "Your parcel left us this morning."
            """,
        subcommands: [List.self, Show.self, Assign.self, Reply.self, Release.self, Discard.self, Note.self, Close.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List tickets, live ones first, by priority and age.",
            discussion: "Example: deskbridge ticket list --status new --status open --json")
        @Option(help: "Only those that are new, open, waiting, resolved or closed; may be given more than once.")
        var status: [SupportTicket.Status] = []
        @Option(help: ArgumentHelp("Only those of this agent.", valueName: "agent"))
        var assignee: String?
        @Option(help: "At most so many.")
        var limit: Int?
        @OptionGroup var options: StoreOptions

        func run() async throws {
            func call(_ cursor: String?) -> DeskCall { .tickets(statuses: status, assignee: assignee, cursor: cursor) }
            try await options.run(call(nil), limit: limit ?? .max, next: { call($0) })
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show tickets with their conversation, draft and notes.",
            discussion: "Example: deskbridge ticket show 1042")
        @Argument(help: "Numbers of tickets.")
        var number: [String]
        @OptionGroup var options: StoreOptions

        func run() async throws { try await options.each(number) { .ticket(TicketName($0)) } }
    }

    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a ticket to an agent.",
            discussion: "Without a name it is nobody's.\n\nExample: deskbridge ticket assign 1042 ada")
        @Argument(help: "Number of the ticket.")
        var number: String
        @Argument(help: "The agent; without one the ticket is nobody's.")
        var agent: String?
        @OptionGroup var options: StoreOptions

        func run() async throws { try await options.run(.assign(TicketName(number), to: agent)) }
    }

    struct Reply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Answer the customer; unsent automatic replies are withdrawn.",
            discussion: "Example: deskbridge ticket reply 1042 - --agent Ada < answer.txt")
        @Argument(help: "Number of the ticket.")
        var number: String
        @Argument(help: "The words of the answer, or - for standard input.")
        var text: String
        @Option(help: "The ticket's status afterwards; waiting without it.")
        var status: SupportTicket.Status?
        @Option(help: ArgumentHelp("Who signs it; without it the desk's name.", valueName: "name"))
        var agent: String?
        @OptionGroup var options: StoreOptions

        func run() async throws {
            let text = try StoreOptions.text(text)
            try await options.run(.reply(TicketName(number), text: text, status: status, agent: agent))
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send the draft of a ticket as it stands, signed by the desk, and resolve the ticket.",
            discussion: """
                Only a draft that waits for release is sent; `ticket show` says so of it. One that a rule or its \
                confidence spoke against is there to be read: send what is right in it by `ticket reply`.

                Example: deskbridge ticket release 1042 --agent Ada
                """)
        @Argument(help: "Numbers of tickets.")
        var number: [String]
        @Option(help: ArgumentHelp("Who releases it; without it the account at this terminal.", valueName: "name"))
        var agent: String?
        @OptionGroup var options: StoreOptions

        func run() async throws { try await options.each(number) { .release(TicketName($0), agent: agent) } }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that the draft of a ticket is not to be sent.",
            discussion: "Example: deskbridge ticket discard 1042 --reason \"The price is old.\"")
        @Argument(help: "Numbers of tickets.")
        var number: [String]
        @Option(help: "Why, for the note in the ticket.")
        var reason: String?
        @Option(help: ArgumentHelp("Who says so; without it the account at this terminal.", valueName: "name"))
        var agent: String?
        @OptionGroup var options: StoreOptions

        func run() async throws {
            try await options.each(number) { .discard(TicketName($0), reason: reason, agent: agent) }
        }
    }

    struct Note: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a word among agents; the customer never sees it.",
            discussion: "Example: deskbridge ticket note 1042 \"Asked the warehouse.\"")
        @Argument(help: "Number of the ticket.")
        var number: String
        @Argument(help: "The note, or - for standard input.")
        var text: String
        @Option(help: ArgumentHelp("Who notes it; without it the account at this terminal.", valueName: "name"))
        var agent: String?
        @OptionGroup var options: StoreOptions

        func run() async throws {
            let text = try StoreOptions.text(text)
            try await options.run(.note(TicketName(number), text: text, agent: agent))
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close tickets.", discussion: "Example: deskbridge ticket close 1042 1043")
        @Argument(help: "Numbers of tickets.")
        var number: [String]
        @OptionGroup var options: StoreOptions

        func run() async throws { try await options.each(number) { .setTicket(TicketName($0), .closed) } }
    }
}
