// The `try` commands: what single parts of the gateway make of an input. They touch nothing and need no settings.

import ArgumentParser
import Foundation

struct Try: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try",
        abstract: "Show what the gateway makes of a mail, a text or a question, without touching anything.",
        discussion: """
            With --json each input gives one object on a line of its own, in the order of the inputs; an input that \
            cannot be worked with gives an object with "parsed": false and "error". "-" reads standard input. The \
            exit code is 0 when all inputs were worked through, 66 when a file could not be read.

            Example: deskbridge try mail --json mails/*.eml
            """,
        subcommands: [
            TryMail.self, TryHTML.self, TryLanguage.self, TrySearch.self, TryAnswer.self, TryThreads.self,
        ])
}

struct JSONOption: ParsableArguments {
    @Flag(name: .customLong("json"), help: "One JSON object a line instead of text for humans.")
    var isOn = false
}

/// An option's text read like a setting of its kind.
enum OptionText {
    static func parse<T>(
        _ option: String, _ text: String, _ parse: (String) throws(Expected) -> T
    ) throws(Complaint) -> T {
        do { return try parse(text) } catch {
            throw Complaint(.usage, "\(option): \"\(text.prefix(60))\": expected \(error.text)")
        }
    }
}
