// `deskbridge user`: who may use the API.

import ArgumentParser
import Correspondence
import Foundation

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Open the admin pages; make, list and remove API keys.",
        discussion: """
            The admin pages open by the one-time link that serve prints at its start, or by one of `user link`; programs \
            come in by API keys.

            Example: deskbridge user token make crm --scope read --days 90
            """,
        subcommands: [Link.self, Token.self])

    struct Link: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a link that opens the admin pages once, or sign everybody out.",
            discussion: """
                For a link the gateway must be running. It holds for 15 minutes; a session ends after 30 minutes \
                without a page, or after eight hours, and outlives a restart.

                Example: deskbridge user link
                """)
        @Flag(help: "End every session, and every link that was not used yet; print no new one.")
        var revoke = false
        @OptionGroup var options: StoreOptions

        func run() async throws { try await options.run(revoke ? .endSessions : .entryLink) }
    }

    struct Token: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "token", abstract: "Make, list and remove API keys.",
            discussion: "Example: deskbridge user token make crm --scope read",
            subcommands: [Make.self, List.self, Remove.self])
    }

    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key; it is shown once and only its hash is kept.",
            discussion: "Example: deskbridge user token make shop --scope chat:identify --days 365")
        @Argument(help: "What the key is for.")
        var name: String
        @Option(help: "read, agent, admin or chat:identify; may be given more than once.")
        var scope: [AccessKey.Scope]
        @Option(help: "How many days it holds; for ever without it.")
        var days: Int?
        @OptionGroup var options: StoreOptions

        func validate() throws {
            if scope.isEmpty { throw ValidationError("--scope is missing: what may the key do?") }
            if let days, !(1...3650).contains(days) { throw ValidationError("--days takes a number from 1 to 3650") }
        }

        func run() async throws {
            let name = try OptionText.parse("name", name, SettingsText.name)
            try await options.run(.addKey(name: name, scopes: scope, days: days))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the keys, without the keys themselves.", discussion: "Example: deskbridge user token list")
        @OptionGroup var options: StoreOptions

        func run() async throws { try await options.run(.keys) }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove keys: they stop working at once.",
            discussion: "Example: deskbridge user token remove 4k7mzq0x")
        @Argument(help: "Ids of keys, as `user token list` shows them.")
        var id: [String]
        @OptionGroup var options: StoreOptions

        func run() async throws { try await options.each(id) { .removeKey($0) } }
    }
}
