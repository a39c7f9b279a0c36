// What every command over the store takes, and how it asks.

import ArgumentParser
import Correspondence
import Foundation

struct StoreOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The settings file; without it deskbridge.yaml, if there is one.", valueName: "file"))
    var config: String?

    @OptionGroup var json: JSONOption

    /// Who does it, for the history: the account at this terminal.
    var user: String {
        let name = NSUserName()
        return name.isEmpty ? "command" : name
    }

    func request(_ call: DeskCall) -> DeskRequest { DeskRequest(call: call, asJSON: json.isOn, by: user) }

    /// One call, its lines printed, page after page where `next` is given.
    func run(_ call: DeskCall, limit: Int = .max, next: ((String) -> DeskCall)? = nil) async throws {
        let settings = try SettingsFile.load(config)
        try await ClerkDoor.with(settings, makesDesk: call.makesDesk) { door in
            try await door.show(request(call), limit: limit, next: next)
        }
    }

    /// The same call for each of `names`.
    func each<Name>(_ names: [Name], _ call: (Name) -> DeskCall) async throws {
        let settings = try SettingsFile.load(config)
        try await ClerkDoor.with(settings) { door in
            for name in names { try await door.show(request(call(name))) }
        }
    }

    /// A text given on the command line, or - for standard input.
    static func text(_ argument: String) throws -> String {
        guard argument == "-" else { return argument }
        let bytes = try FileInput("-").content.get()
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension SupportConversation.Status: ExpressibleByArgument {}
extension SupportTicket.Status: ExpressibleByArgument {}
extension OutboxState: ExpressibleByArgument {}
extension AccessKey.Scope: ExpressibleByArgument {}
