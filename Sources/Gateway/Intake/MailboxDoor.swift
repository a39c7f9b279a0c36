// The receiving end of one mailbox: batches and cursor in one commit.

package import Correspondence
import Logging
import Synchronization

/// `start` is judged here: what lay below the first UIDNEXT is history, whatever brought it.
package final class MailboxDoor: MailboxIntake {
    package enum State: Sendable, Equatable {
        case connecting
        case caughtUp(idle: Bool)
        case failed(String)
    }
    private let name: String
    private let store: any DeskStore
    private let handover: Handover
    private let surroundings: Surroundings
    private let logger: Logger
    private let current = Mutex<State>(.connecting)

    init(name: String, store: any DeskStore, handover: Handover, surroundings: Surroundings, logger: Logger) {
        self.name = name
        self.store = store
        self.handover = handover
        self.surroundings = surroundings
        self.logger = logger
    }

    /// What the mailbox is doing, for `/readyz` and the admin's page.
    package var state: State { current.withLock { $0 } }

    package func cursor() async throws -> MailboxCursor? {
        try await store.cursor(mailbox: name)
    }

    package func take(_ mails: [FetchedMail], cursor: MailboxCursor) async throws {
        let arrivals = mails.map { mail in
            Arrival(
                id: surroundings.makeID(), channel: Channel(.mailbox, name), key: "\(cursor.uidValidity)/\(mail.uid)",
                receivedAt: mail.receivedAt, bytes: mail.bytes,
                isHistory: mail.uid < cursor.firstUIDNext ?? 0, shortfall: shortfall(mail))
        }
        _ = try await handover.accept(arrivals, cursor: (mailbox: name, cursor: cursor))
        for (mail, arrival) in zip(mails, arrivals) {
            guard let shortfall = arrival.shortfall else { continue }
            logger.warning(
                "a mail was not taken in whole",
                metadata: ["mailbox": "\(name)", "uid": "\(mail.uid)", "reason": "\(shortfall)"])
        }
    }

    /// So long may a server's words be in a reason.
    private static let wordLimit = 300

    private func shortfall(_ mail: FetchedMail) -> String? {
        let place = "it lies unread in mailbox \(name), UID \(mail.uid)"
        if let words = mail.withheld {
            return "the mail server does not give the mail out (\(words.prefix(Self.wordLimit))); \(place)"
        }
        return mail.tooLarge.map {
            "only its header was taken in: with \($0) bytes the mail is larger than limits.message-size; \(place)"
        }
    }

    package func report(_ event: MailboxEvent) async {
        switch event {
        case .connected: logger.info("mailbox connected", metadata: ["mailbox": "\(name)"])
        case .passedOver(let mails):
            logger.notice(
                "mails that lay in the mailbox before the first look are passed over; start: all records them",
                metadata: ["mailbox": "\(name)", "mails": "\(mails)"])
        case .caughtUp(let idle):
            current.withLock { $0 = .caughtUp(idle: idle) }
            logger.debug("mailbox caught up", metadata: ["mailbox": "\(name)", "idle": "\(idle)"])
        default: logger.warning("mailbox: \(event)", metadata: ["mailbox": "\(name)"])
        }
    }

    func failed(_ reason: String) {
        current.withLock { $0 = .failed(reason) }
    }
}
