// The sample customers: they write in the plan's order, over SMTP, and answer the replies they get.

import Correspondence
import Foundation
import MailFormat
import Rehearsal

/// Writes every mail of the plan that is not written yet. Follow-ups wait for the reply they answer, `patience` at most;
/// then they are written as answers to the customer's own mail, as somebody would who got no reply.
struct SampleCustomers: Sendable {
    static let patience = Duration.seconds(60)

    let plan: DemoPlan
    let stage: DemoStage
    let journal: DemoJournal
    let reader: any MailReader
    /// Whether the desk is done with the mail in this file, whatever became of it.
    let isSettled: @Sendable (_ file: String) async -> Bool

    func write(progress: @escaping @Sendable (_ sent: Int) -> Void) async throws {
        var sent = journal.sent
        for mail in plan.mails where !sent.contains(mail.file) {
            var bytes = plan.bytes[mail.file] ?? []
            if let parent = mail.after {
                bytes = try await answering(parent, with: bytes)
            } else if FollowUp.hasPlaceholders(bytes) {
                throw DemoFailure("\(mail.file) answers a reply, and rehearsal.json does not say which (after)")
            }
            try await send(mail, bytes)
            try journal.note(sent: mail.file)
            sent.insert(mail.file)
            progress(sent.count)
        }
    }

    private func send(_ mail: DemoMail, _ bytes: [UInt8]) async throws {
        guard plan.messageID(of: mail.file) != nil else {
            // A server on the way would put a header on it: this one is laid into the mailbox as it is.
            return try await stage.servers.dovecot.fill(stage.desk, with: [bytes])
        }
        let sender = EmailAddress(mail.from)
        let user = sender.flatMap { stage.users[$0] }
        let dialogue: SMTPDialogue
        if mail.login, let user {
            dialogue = try await stage.servers.submission(as: user)
        } else {
            dialogue = try await stage.servers.mx()
        }
        guard let recipient = EmailAddress(mail.to) else {
            throw DemoFailure("\(mail.file): “\(mail.to)” is no address")
        }
        try await dialogue.send([bytes], from: sender, to: recipient)
        try await dialogue.quit()
    }

    /// Waits for the desk's reply to `file`, and fills the placeholders from it.
    private func answering(_ file: String, with bytes: [UInt8]) async throws -> [UInt8] {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.patience
        var wasSettled = false
        while clock.now < deadline {
            if let parent = try await reply(to: file) { return FollowUp.fill(bytes, from: parent) }
            // Settled and still nothing: one more look after delivery had its time, then it went to a human.
            if wasSettled { break }
            if await isSettled(file) {
                wasSettled = true
                try await Task.sleep(for: .seconds(3))
            } else {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        let original = try await read(plan.bytes[file] ?? [])
        guard let id = original.messageID, let address = EmailAddress(DemoStage.deskAddress) else { return bytes }
        return FollowUp.fill(
            bytes,
            from: .init(
                messageID: id, references: [], address: address, subject: "Re: \(original.subject)",
                text: original.newText))
    }

    private func reply(to file: String) async throws -> FollowUp.Parent? {
        guard let id = plan.messageID(of: file), let mail = plan.mails.first(where: { $0.file == file }),
            let sender = EmailAddress(mail.from), let user = stage.users[sender],
            let desk = EmailAddress(DemoStage.deskAddress)
        else { return nil }
        for stored in try await stage.servers.dovecot.mails(of: user) {
            let message = try await read(stored.bytes)
            guard message.inReplyTo.contains(id) || message.references.contains(id), let replyID = message.messageID
            else { continue }
            return FollowUp.Parent(
                messageID: replyID, references: message.references,
                address: message.replyTo.first?.address ?? desk, subject: message.subject, text: message.text)
        }
        return nil
    }

    private func read(_ bytes: [UInt8]) async throws -> Message {
        try await reader.read(bytes, in: ReadingContext())
    }
}
