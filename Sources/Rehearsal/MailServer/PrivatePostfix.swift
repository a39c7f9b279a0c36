// A Postfix of our own: its own settings, queue and log, and no way out of the machine.

import Foundation

/// Needs root, as Postfix's master does. The machine's own Postfix, its settings and its queue are never touched.
package final class PrivatePostfix: PrivateMailServer {
    package let folder: String
    package let submissionPort: UInt16
    package let mxPort: UInt16
    private let process: WatchedProcess

    package var isRunning: Bool { process.isRunning }
    package static var isInstalled: Bool { ChildCommand.find("postfix") != nil && master != nil }

    private static var master: String? {
        ["/usr/lib/postfix/sbin/master", "/usr/libexec/postfix/master"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// `dovecot` takes its mail by LMTP and knows its users' passwords.
    package init(in wanted: String, before dovecot: PrivateDovecot) throws {
        guard ServiceAccount.weAreRoot else {
            throw RehearsalFailure(.notPossibleHere, "Postfix runs as root only; Exim does without")
        }
        guard let master = Self.master, let owner = ServiceAccount.named("postfix") else {
            throw RehearsalFailure(
                .notInstalled, "postfix is not on this machine; .ci/install-packages run installs it")
        }
        folder = try PrivateFolder.place(for: wanted)
        submissionPort = try LoopbackPort.free()
        mxPort = try LoopbackPort.free()
        for name in ["etc", "queue", "log"] { try PrivateFolder.make("\(folder)/\(name)", mode: 0o755) }
        try PrivateFolder.make("\(folder)/data", mode: 0o700, for: owner)
        var command = ChildCommand(master, ["-c", "\(folder)/etc", "-s"])
        command.output = "\(folder)/log/output.log"
        command.losesDeathSignal = true
        process = WatchedProcess(command)
        let settings = PostfixSettings(
            folder: folder, submissionPort: submissionPort, mxPort: mxPort, dovecot: dovecot.ports,
            identity: dovecot.identity, mark: "X-Verdict-" + String(UInt64.random(in: .min ... .max), radix: 36))
        for (name, text) in settings.files {
            try PrivateFolder.write(text.utf8, to: "\(folder)/etc/\(name)", mode: 0o644)
        }
    }

    package func start() async throws {
        guard !isRunning else { return }
        try await Predecessor.awaitEnd(in: folder, pidFile: "\(folder)/queue/pid/master.pid")
        // Makes the queue's folders and looks at every permission; `postfix start` does the same first.
        let postfix = try ChildCommand.locate("postfix")
        try await FinishedProcess.run(ChildCommand(postfix, ["-c", "\(folder)/etc", "check"]))
        try await process.start()
        let logs = ["\(folder)/log/postfix.log", "\(folder)/log/output.log"]
        do { try await awaitGreetings("Postfix", of: process, logs: logs) } catch {
            await stop()
            throw error
        }
    }

    package func stop() async { await process.stop() }

    package func kill() async { await process.kill() }
}
