// The program: commands, settings, wiring.

import ArgumentParser
import Correspondence
import Foundation

/// Where to begin reading: `Settings/` turns YAML into typed values, `Running/` builds everything from them and runs
/// it, `Try/` shows what single parts make of an input, `Store/` holds the commands over the store.
@main
enum Program {
    static func main() async {
        // Whatever is written holds customers' words: for this user alone.
        umask(0o077)
        do {
            var command = try Deskbridge.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            guard let complaint = Complaint(about: error) else { Deskbridge.exit(withError: error) }
            for line in complaint.text.split(separator: "\n") { Terminal.complain(String(line)) }
            Foundation.exit(complaint.status.rawValue)
        }
    }
}

struct Deskbridge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deskbridge",
        abstract: "Stands between a support mailbox and the people behind it.",
        discussion: """
            Takes in what customers write, drafts answers from your own knowledge base, sends what it is sure of and \
            makes tickets of the rest.

            To see it work:        deskbridge demo
            To check settings:     deskbridge check --config deskbridge.yaml
            To run it:             deskbridge serve --config deskbridge.yaml

            Exit codes follow sysexits: 0 done, 64 wrong use, 65 wrong input, 66 an input or a desk is not there, \
            69 something is unreachable, 70 a fault of the program, 73 a file cannot be made, 74 a file cannot be \
            read or written, 75 try again later, 77 not permitted, 78 wrong settings.
            """,
        version: DeskbridgeVersion.text,
        subcommands: [
            Demo.self, ServeCommand.self, CheckCommand.self, Try.self, ImportCommand.self, ConversationCommand.self,
            TicketCommand.self, QueueCommand.self, KnowledgeCommand.self, UserCommand.self, ReportCommand.self,
            EvaluateCommand.self,
        ])
}
