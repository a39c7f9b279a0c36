// `deskbridge serve`: runs the gateway until it is told to stop.

import ArgumentParser
import Correspondence
import Foundation
import Gateway
import Logging
import ServiceLifecycle
import Storage

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the gateway.",
        discussion: """
            Reads the mailboxes, takes webhooks and chats, drafts, sends, and serves the pages, until SIGTERM or \
            SIGINT; then it finishes what it is sending and ends; what a mail \
            server has not answered after 18 seconds is left in doubt. Logs go to standard error. Without \
            a settings file it starts with the built-in settings: SQLite under var/, pages on 127.0.0.1:8025, no mailbox.

            Example: deskbridge serve --config deskbridge.yaml
            """)

    @Option(help: ArgumentHelp("The settings file; without it deskbridge.yaml, if there is one.", valueName: "file"))
    var config: String?

    func run() async throws {
        let settings = try SettingsFile.load(config)
        let logger = Self.logger(settings.logLevel)
        Self.prepareProcess(logger)
        let wiring = try await Wiring.open(settings, by: Preparation.Step.allCases)
        do {
            try await Gatehouse(wiring: wiring, logger: logger, announce: { Terminal.print($0) }).run()
        } catch {
            await wiring.store.close()
            throw error
        }
        await wiring.store.close()
    }

    /// `stream` nil is standard error.
    static func logger(_ level: Settings.LogLevel, to stream: (any TextOutputStream & Sendable)? = nil) -> Logger {
        LoggingSystem.bootstrap { label in
            stream.map { StreamLogHandler(label: label, stream: $0) } ?? .standardError(label: label)
        }
        var logger = Logger(label: "deskbridge")
        logger.logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
        return logger
    }

    /// Many connections at once, and a peer that goes away ends a call instead of the program.
    private static func prepareProcess(_ logger: Logger) {
        signal(SIGPIPE, SIG_IGN)
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
        else { return }
        limit.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
            logger.warning("the limit of open files could not be raised", metadata: ["limit": "\(limit.rlim_cur)"])
        }
    }
}
