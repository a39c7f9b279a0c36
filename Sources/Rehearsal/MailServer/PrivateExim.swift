// An Exim of our own: what an account without root uses in Postfix's place.

import Foundation

/// Runs as an ordinary user from its own settings; as root it drops to nobody first. Slower than Postfix (a process a
/// mail). The machine's own Exim, its settings and its queue are never touched.
package final class PrivateExim: PrivateMailServer {
    package let folder: String
    package let submissionPort: UInt16
    package let mxPort: UInt16
    private let process: WatchedProcess

    package var isRunning: Bool { process.isRunning }
    package static var isInstalled: Bool { ChildCommand.find("exim4") != nil }

    /// `dovecot` takes its mail by LMTP; its file of users is read for the passwords.
    package init(in wanted: String, before dovecot: PrivateDovecot) throws {
        let exim = try ChildCommand.locate("exim4")
        let account = try ServiceAccount.unprivileged()
        folder = try PrivateFolder.place(for: wanted)
        submissionPort = try LoopbackPort.free()
        mxPort = try LoopbackPort.free()
        try PrivateFolder.make("\(folder)/spool", mode: 0o750, for: account)
        // Exim refuses settings that others than root and its caller could have written; -bdf stays in the foreground.
        var command = ChildCommand(exim, ["-C", "\(folder)/exim.conf", "-bdf", "-q10s"])
        command.account = account
        command.output = "\(folder)/spool/output.log"
        command.losesDeathSignal = true
        process = WatchedProcess(command)
        let settings = EximSettings(
            exim: exim, folder: folder, account: account, submissionPort: submissionPort, mxPort: mxPort,
            lmtpPort: dovecot.ports.lmtp, users: dovecot.passwords, identity: dovecot.identity)
        try PrivateFolder.write(settings.text.utf8, to: "\(folder)/exim.conf", mode: 0o644)
    }

    package func start() async throws {
        guard !isRunning else { return }
        try await process.start()
        let logs = ["mainlog", "paniclog", "output.log"].map { "\(folder)/spool/\($0)" }
        do { try await awaitGreetings("Exim", of: process, logs: logs) } catch {
            await stop()
            throw error
        }
    }

    package func stop() async { await process.stop() }

    package func kill() async { await process.kill() }
}
