// `deskbridge conversation`: what was said, and its end.

import ArgumentParser
import Correspondence
import Foundation

struct ConversationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conversation", abstract: "List, show, export, close and erase conversations.",
        discussion: "Example: deskbridge conversation list --status open --search \"coffee beans\"",
        subcommands: [List.self, Show.self, Export.self, Close.self, Erase.self])

    struct Filter: ParsableArguments {
        @Option(help: "Only those that are open, waiting or closed.")
        var status: SupportConversation.Status?

        @Option(help: "Only those with all of these words.")
        var search = ""

        @Option(help: ArgumentHelp("Only those of this customer.", valueName: "address"))
        var customer: String?

        @Option(help: "At most so many.")
        var limit: Int?

        func run(_ options: StoreOptions) async throws {
            let address = try customer.map { try OptionText.parse("--customer", $0, SettingsText.address) }
            func call(_ cursor: String?) -> DeskCall {
                .conversations(status: status, search: search, customer: address, cursor: cursor)
            }
            try await options.run(call(nil), limit: limit ?? .max, next: { call($0) })
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List conversations, those changed last first.",
            discussion: "Example: deskbridge conversation list --status open --json")
        @OptionGroup var filter: Filter
        @OptionGroup var options: StoreOptions

        func run() async throws { try await filter.run(options) }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show conversations with all their messages.",
            discussion: "Without an ID all of them.\n\nExample: deskbridge conversation show 01jd3k…")
        @Argument(help: "Ids of conversations.")
        var id: [String] = []
        @OptionGroup var filter: Filter
        @OptionGroup var options: StoreOptions

        func run() async throws {
            if id.isEmpty { return try await filter.run(options) }
            try await options.each(id) { .conversation(ConversationID($0), isBrief: false) }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write conversations as JSON, one object a line.",
            discussion: """
                Without an ID all of them.

                Example: deskbridge conversation export --output all.jsonl
                """)
        @Argument(help: "Ids of conversations.")
        var id: [String] = []
        @Option(help: ArgumentHelp("The file to write; standard output without it.", valueName: "file"))
        var output: String?
        @OptionGroup var options: StoreOptions

        func run() async throws {
            let settings = try SettingsFile.load(options.config)
            func call(_ cursor: String?) -> DeskCall {
                .conversations(status: nil, search: "", customer: nil, cursor: cursor)
            }
            try await ClerkDoor.with(settings) { door in
                let sink = try OutputFile(output, saysWhere: true)
                if id.isEmpty {
                    let request = DeskRequest(call: call(nil), asJSON: true, by: options.user)
                    try await door.each(request, next: { call($0) }) { try sink.write("\($0)\n") }
                }
                for name in id {
                    let request = DeskRequest(
                        call: .conversation(ConversationID(name), isBrief: false), asJSON: true, by: options.user)
                    try await door.each(request) { try sink.write("\($0)\n") }
                }
                try sink.finish()
            }
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close conversations; a new message of the customer opens them again.",
            discussion: "Example: deskbridge conversation close 01jd3k…")
        @Argument(help: "Ids of conversations.")
        var id: [String]
        @OptionGroup var options: StoreOptions

        func run() async throws { try await options.each(id) { .closeConversation(ConversationID($0)) } }
    }

    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove conversations and everything that hangs on them, for good.",
            discussion: """
                Messages, mails, drafts, ticket, outbox and search terms are removed; the ledger keeps a line without \
                address, subject and text. --address erases everything of one person: conversations, mails that are part \
                of none, what they wrote in conversations of others, and automatic mails that name them; what others \
                quote stays. Reports written to a folder are files of yours.

                Example: deskbridge conversation erase 01jd3k… --yes
                """)
        @Argument(help: "Ids of conversations.")
        var id: [String] = []
        @Option(help: ArgumentHelp("Everything of this address; may be repeated.", valueName: "address"))
        var address: [String] = []
        @Option(help: ArgumentHelp("A mail that is part of no conversation; may be repeated.", valueName: "id"))
        var arrival: [String] = []
        @Flag(help: "Erase without being asked again.")
        var yes = false
        @OptionGroup var options: StoreOptions

        func validate() throws {
            let count = id.count + address.count + arrival.count
            guard count > 0 else { throw ValidationError("name conversations, or --address, or --arrival") }
            guard !yes else { return }
            let what = count == id.count ? "\(count) conversations" : "what is named"
            throw ValidationError("this cannot be undone: add --yes to erase \(what)")
        }

        func run() async throws {
            let addresses = try address.map { try OptionText.parse("--address", $0, SettingsText.address) }
            let calls =
                id.map { DeskCall.eraseConversation(ConversationID($0)) }
                + arrival.map { .eraseArrival(ArrivalID($0)) } + addresses.map { .eraseAddress($0) }
            try await options.each(calls) { $0 }
        }
    }
}
