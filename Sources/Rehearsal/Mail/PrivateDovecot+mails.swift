// What lies in the mailboxes of a private Dovecot: put in by LMTP or as files, read back as files.

package import Correspondence
package import Foundation

extension PrivateDovecot {
    /// Hands one mail over by LMTP, as a mail server would; returns once it lies in each mailbox. Throws `refused` or
    /// `notNow` with the server's words. A sender of nil is the null sender (RFC 5321 section 4.5.5).
    package func deliver(_ mail: [UInt8], to recipients: EmailAddress..., from sender: EmailAddress? = nil) async throws
    {
        let dialogue = try await SMTPDialogue.connect(port: ports.lmtp, speaking: .lmtp)
        for reply in try await dialogue.send(mail, from: sender, to: recipients) { try reply.mustBePositive() }
        try await dialogue.quit()
    }

    /// Puts mails into a user's mailbox as files, thousands a second; Dovecot finds them as new at its next look.
    /// `received` becomes their INTERNALDATE; nil is now.
    package func fill(
        _ user: MailUser, with mails: [[UInt8]], mailbox: String = "INBOX", received: Date? = nil
    ) async throws {
        let maildir = try maildir(user, mailbox)
        try await offThePool { try maildir.fill(with: mails, received: received) }
    }

    /// All mails in a user's mailbox, in the order of their arrival. Empty for a mailbox nobody has opened yet.
    package func mails(of user: MailUser, mailbox: String = "INBOX") async throws -> [StoredMail] {
        let maildir = try maildir(user, mailbox)
        return try await offThePool { try maildir.mails() }
    }

    /// Runs `doveadm` with this server's settings: everything else one may want to do to a mailbox.
    @discardableResult
    package func doveadm(_ arguments: String...) async throws -> String {
        var command = try ChildCommand(
            ChildCommand.locate("doveadm"), ["-c", "\(folder)/dovecot.conf"] + arguments)
        command.account = account
        return try await FinishedProcess.run(command).output
    }

    private func maildir(_ user: MailUser, _ mailbox: String) throws -> Maildir {
        guard !mailbox.hasPrefix("/"), !mailbox.split(separator: "/").contains("..") else {
            throw RehearsalFailure(.notPossibleHere, "\"\(mailbox)\" is no mailbox name")
        }
        let home = "\(folder)/mail/\(user.login)"
        return Maildir(
            home: home, path: mailbox == "INBOX" ? "\(home)/Maildir" : "\(home)/Maildir/\(mailbox)", account: account)
    }
}
