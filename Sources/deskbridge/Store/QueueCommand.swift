// `deskbridge queue`: what waits to go out, and what got stuck.

import ArgumentParser
import Correspondence
import Foundation

struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "List what goes out, try it again, or take it back.",
        discussion: "Example: deskbridge queue list --state failed",
        subcommands: [List.self, Retry.self, Drop.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the outbox, newest first.",
            discussion: "Example: deskbridge queue list --state inDoubt --json")
        @Option(help: "Only pending, sending, sent, inDoubt, failed or withdrawn ones.")
        var state: OutboxState?
        @Option(help: "At most so many.")
        var limit = 1000
        @OptionGroup var options: StoreOptions

        func validate() throws {
            guard (1...100_000).contains(limit) else {
                throw ValidationError("--limit takes a number from 1 to 100000")
            }
        }

        func run() async throws { try await options.run(.queue(state: state, limit: limit)) }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make replies due now, or have quarantined mails read again.",
            discussion: "Example: deskbridge queue retry 01jd3k…")
        @Argument(help: "Ids of outbox rows or of quarantined mails.")
        var id: [String]
        @OptionGroup var options: StoreOptions

        func run() async throws { try await options.each(id) { .retry($0) } }
    }

    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take back replies that are not sent.", discussion: "Example: deskbridge queue drop 01jd3k…")
        @Argument(help: "Ids of outbox rows.")
        var id: [String]
        @OptionGroup var options: StoreOptions

        func run() async throws { try await options.each(id) { .drop($0) } }
    }
}
