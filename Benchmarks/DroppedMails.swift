// IMAP alone: how fast a mailbox hands its mails over where nothing is done with them.

import Correspondence

/// Keeps nothing but the count: what remains is Dovecot, the reactor and the session.
actor DroppedMails: MailboxIntake {
    private let wanted: Int
    private var count = 0
    private var start: ContinuousClock.Instant?
    private(set) var seconds: Double?

    init(wanted: Int) {
        self.wanted = wanted
    }

    func cursor() -> MailboxCursor? { nil }

    func take(_ mails: [FetchedMail], cursor: MailboxCursor) {
        count += mails.count
        if count >= wanted, seconds == nil, let start { seconds = (ContinuousClock.now - start).seconds }
    }

    func report(_ event: MailboxEvent) {}

    /// Mails a second over one session.
    static func rate(of source: any MailboxSource, count: Int) async throws -> Double {
        let intake = DroppedMails(wanted: count)
        await intake.begin()
        let session = Task { try await source.run(intake) }
        defer { session.cancel() }
        let deadline = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < deadline {
            if let seconds = await intake.seconds { return Double(count) / seconds }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw BenchFailure("the mailbox did not hand over its mails in two minutes")
    }

    private func begin() { start = ContinuousClock.now }
}
