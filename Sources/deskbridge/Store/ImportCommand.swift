// `deskbridge import`: mails from files into the ledger, as if just received.

import ArgumentParser
import Correspondence
import Foundation

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take in mails from mbox files, Maildirs and .eml files.",
        discussion: """
            The mails are kept at once and worked through by serve, as if they had just come. The same mail is taken \
            in once, however often it is imported. --as-history only records them: no answer, no ticket.

            Example: deskbridge import old.mbox archive/ --as-history
            """)

    @Argument(help: "mbox files, Maildirs, .eml files, or folders of .eml files.")
    var paths: [String]

    @Flag(help: "Only record the mails: nobody gets an answer.")
    var asHistory = false

    @Flag(help: "Believe the senders, as if their mails had been verified.")
    var verified = false

    @OptionGroup var options: StoreOptions

    func run() async throws {
        let settings = try SettingsFile.load(options.config)
        let archive = try MailArchive(paths, sizeLimit: settings.limits.messageSize)
        let (asHistory, verified, asJSON) = (asHistory, verified, options.json.isOn)
        try await ClerkDoor.with(settings, makesDesk: true) { door in
            var new = 0
            var known = 0
            while true {
                let mails = await archive.next()
                if mails.isEmpty { break }
                let request = options.request(
                    .accept(mails.map { ImportedMail(bytes: Data($0), isHistory: asHistory, isVouched: verified) }))
                let counts = try await door.perform(request).lines.compactMap { Int($0) }
                new += counts.first ?? 0
                known += counts.last ?? 0
            }
            for problem in archive.problems { Terminal.complain(problem) }
            Terminal.print(
                asJSON
                    ? JSON.object([
                        ("imported", .int(new)), ("known", .int(known)), ("leftOut", .int(archive.problems.count)),
                    ]).line
                    : "\(new) mails imported, \(known) known already, \(archive.problems.count) left out")
        }
        if !archive.problems.isEmpty { throw ExitCode(ExitStatus.data.rawValue) }
    }
}
