// IMAP to durable conversation: 10,000 mails from a local Dovecot, against plain SQLite keeping the same bytes.

import Correspondence
import Foundation
import Gateway
import Mailboxes
import Rehearsal

enum IngestBenchmark {
    static let count = 10_000

    static func run(_ folder: String) async throws -> [Measurement] {
        let mails = SampleMail.mails(count, desk: BenchDesk.address)
        let user = try MailUser(BenchDesk.address)
        let dovecot = try await PrivateDovecot(in: "\(folder)/dovecot", users: [user])
        try await dovecot.start()
        try await dovecot.fill(user, with: mails)
        let desk = try await BenchDesk(in: "\(folder)/desk")
        let source = IMAPMailboxSource(
            MailboxAccount(
                name: "bench", url: "imap://127.0.0.1:\(dovecot.ports.imap)/INBOX", username: BenchDesk.address,
                login: .password(user.password), tls: .off, start: .all, after: .keep))
        // What lay there before is history and recorded: everything but the draft is done with it.
        let seconds = try await desk.run([.read], sources: [source]) {
            let waiting = try await desk.store.ledger(outcome: .some(nil), limit: 1, before: nil)
            guard waiting.isEmpty, let cursor = try await desk.store.cursor(mailbox: "bench") else { return false }
            return cursor.lastUID >= UInt32(count)
        }
        let alone = try await DroppedMails.rate(of: source, count: count)
        await dovecot.stop()
        let ours = Double(count) / seconds
        let plain = try Disk.plainLoop(mails, batch: 128, in: folder)
        let syncs = try Disk.syncsPerSecond(in: folder)
        return [
            Measurement(
                work: "IMAP to durable conversation, against plain SQLite in commits of 128", ours: ours, limit: plain,
                unit: "mails/s", goal: 0.5),
            Measurement(
                work: "for comparison: IMAP alone, the mails dropped, against plain SQLite", ours: alone, limit: plain,
                unit: "mails/s", isComparison: true),
            Measurement(
                work: "IMAP to durable conversation, against the fdatasync rate", ours: ours, limit: syncs,
                unit: "/s", goal: 5),
        ]
    }
}
