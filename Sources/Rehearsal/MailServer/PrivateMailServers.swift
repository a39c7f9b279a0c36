// Mailboxes and a mail server before them, started and stopped together.

/// A private Dovecot with the mail server that this machine and account allow: Postfix for root, else Exim.
package struct PrivateMailServers: PrivateServer {
    package let dovecot: PrivateDovecot
    package let mailServer: any PrivateMailServer

    /// Makes both in `folder` (mails and queue stay there from run to run) and starts them.
    package static func start(in folder: String, users: [MailUser] = []) async throws -> PrivateMailServers {
        if let reason = absenceReason { throw reason }
        let dovecot = try await PrivateDovecot(in: "\(folder)/mailboxes", users: users)
        let mailServer: any PrivateMailServer =
            ServiceAccount.weAreRoot && PrivatePostfix.isInstalled
            ? try PrivatePostfix(in: "\(folder)/mx", before: dovecot)
            : try PrivateExim(in: "\(folder)/mx", before: dovecot)
        let servers = PrivateMailServers(dovecot: dovecot, mailServer: mailServer)
        try await servers.start()
        return servers
    }

    /// Why `start` cannot work here; nil when it can.
    package static var absenceReason: RehearsalFailure? {
        if !PrivateDovecot.isInstalled {
            return RehearsalFailure(
                .notInstalled,
                "dovecot-imapd, dovecot-lmtpd and openssl are needed; .ci/install-packages run installs them")
        }
        if PrivateExim.isInstalled || (PrivatePostfix.isInstalled && ServiceAccount.weAreRoot) { return nil }
        if PrivatePostfix.isInstalled {
            return RehearsalFailure(
                .notPossibleHere,
                "Postfix is installed, and its master process runs as root only: do this as root, or run .ci/private-exim "
                    + "first, which fetches an Exim into .build/private")
        }
        return RehearsalFailure(
            .notInstalled, "postfix (for root) or exim4-daemon-light is needed; .ci/install-packages run installs one")
    }

    package func start() async throws {
        try await dovecot.start()
        do { try await mailServer.start() } catch {
            await dovecot.stop()
            throw error
        }
    }

    package func stop() async {
        await mailServer.stop()
        await dovecot.stop()
    }

    package func kill() async {
        await mailServer.kill()
        await dovecot.kill()
    }

    package var isRunning: Bool { dovecot.isRunning && mailServer.isRunning }

    /// A connection to the submission port, signed in as `user`.
    package func submission(as user: MailUser) async throws -> SMTPDialogue {
        let dialogue = try await SMTPDialogue.connect(port: mailServer.submissionPort)
        try await dialogue.logIn(as: user)
        return dialogue
    }

    /// A connection to the mx port, as a stranger.
    package func mx() async throws -> SMTPDialogue { try await SMTPDialogue.connect(port: mailServer.mxPort) }
}
