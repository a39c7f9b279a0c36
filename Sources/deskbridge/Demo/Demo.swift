// `deskbridge demo`: the real program, with mail servers and customers of its own around it.

import ArgumentParser
import Correspondence
import Foundation
import Glibc
import Logging
import Rehearsal
import ServiceLifecycle

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The whole job on this machine, with private mail servers and sample customers.",
        discussion: """
            Starts private mail servers on loopback, lets sample customers write in seven languages, and shows what \
            becomes of each mail. Then the pages stay up until Ctrl-C. Nothing of this machine's own is changed.

            A demo that was ended in the middle goes on at the next start; a finished one begins anew. Until then \
            everything stays on disk: in --folder and, where the servers' own account cannot reach it or its path is \
            too long for them, in a folder under /var/tmp that the demo names at its start.

            Example: deskbridge demo --exit --json
            """)

    @Flag(help: "End when every mail has its outcome; the exit code says whether each has exactly one.")
    var exit = false

    @Flag(help: "One JSON object a mail, then one with the counts.")
    var json = false

    @Option(help: ArgumentHelp("Where the demo keeps its servers, store and settings.", valueName: "dir"))
    var folder = "var/demo"

    @Option(help: ArgumentHelp("Folder with the sample mails and articles.", valueName: "dir"))
    var examples = "examples"

    @Option(help: "Port of the pages on 127.0.0.1; 0 takes a free one.")
    var port = 8025

    func run() async throws {
        // The servers run as another account and must reach their folders; all of this is sample data.
        umask(0o022)
        let place = URL(fileURLWithPath: folder).standardizedFileURL.path
        let knowledge = URL(fileURLWithPath: examples).standardizedFileURL.path + "/knowledge"
        do {
            try await DemoRun(
                folder: place, knowledge: knowledge, plan: DemoPlan(folder: examples), port: port, exits: exit,
                json: json
            ).run()
        } catch let failure as DemoFailure {
            throw Complaint(.unavailable, failure.description)
        } catch let failure as RehearsalFailure {
            throw Complaint(.unavailable, "\(failure)")
        }
    }
}
