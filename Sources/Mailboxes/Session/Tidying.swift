// What is done in the mailbox with mails that are safely kept: flagged, moved, or left as they are.

import Correspondence

/// One step leads to the next by the server's answer. A failure ends in an event, never in an error: the mails are
/// kept, and their place in the mailbox is a courtesy.
struct Tidying {
    enum Step: Equatable {
        case flag([UInt32])
        case move([UInt32], mayCreate: Bool)
        case create([UInt32])
        /// RFC 6851 is missing: COPY, `\Deleted`, UID EXPUNGE of these alone (RFC 4315).
        case copy([UInt32], mayCreate: Bool)
        case delete([UInt32])
        case expunge([UInt32])

        var uids: [UInt32] {
            switch self {
            case .flag(let uids), .move(let uids, _), .create(let uids), .copy(let uids, _), .delete(let uids),
                .expunge(let uids):
                uids
            }
        }
    }

    private let after: MailboxAccount.After
    private let canMove: Bool
    private let canExpungeByUID: Bool
    private let isReadOnly: Bool
    private var hasComplained = false

    init(_ after: MailboxAccount.After, capabilities: Set<String>, isReadOnly: Bool) {
        self.after = after
        self.isReadOnly = isReadOnly
        let isRev2 = capabilities.contains("IMAP4REV2")
        canMove = isRev2 || capabilities.contains("MOVE")
        canExpungeByUID = isRev2 || capabilities.contains("UIDPLUS")
    }

    mutating func begin(_ uids: [UInt32]) -> (step: Step?, event: MailboxEvent?) {
        guard !uids.isEmpty, after != .keep else { return (nil, nil) }
        if isReadOnly { return (nil, complaint(uids, "the mailbox may only be read: nothing is flagged or moved")) }
        guard case .move = after else { return (.flag(uids), nil) }
        if canMove { return (.move(uids, mayCreate: true), nil) }
        if canExpungeByUID { return (.copy(uids, mayCreate: true), nil) }
        return (
            .flag(uids), complaint(uids, "the server has neither MOVE nor UIDPLUS: mails are flagged \\Seen and stay")
        )
    }

    /// What holds for the whole session is said once.
    private mutating func complaint(_ uids: [UInt32], _ reason: String) -> MailboxEvent? {
        defer { hasComplained = true }
        return hasComplained ? nil : .afterFailed(mails: uids.count, reason: reason)
    }

    private var target: String {
        guard case .move(let name) = after, let quoted = MailboxName.quoted(name) else { return "\"\"" }
        return quoted
    }

    func command(_ step: Step) -> String {
        let set = UIDSet.text(step.uids)
        return switch step {
        case .flag: "UID STORE \(set) +FLAGS.SILENT (\\Seen)"
        case .move: "UID MOVE \(set) \(target)"
        case .create: "CREATE \(target)"
        case .copy: "UID COPY \(set) \(target)"
        case .delete: "UID STORE \(set) +FLAGS.SILENT (\\Deleted)"
        case .expunge: "UID EXPUNGE \(set)"
        }
    }

    func next(after step: Step, _ condition: Condition, _ text: StatusText) -> (step: Step?, event: MailboxEvent?) {
        let succeeded = condition == .ok
        switch step {
        case .move(let uids, mayCreate: true) where !succeeded && text.code == "TRYCREATE",
            .copy(let uids, mayCreate: true) where !succeeded && text.code == "TRYCREATE":
            return (.create(uids), nil)
        case .create(let uids):
            return (canMove ? .move(uids, mayCreate: false) : .copy(uids, mayCreate: false), nil)
        case .copy(let uids, _) where succeeded: return (.delete(uids), nil)
        case .delete(let uids) where succeeded: return (.expunge(uids), nil)
        default:
            return succeeded ? (nil, nil) : (nil, .afterFailed(mails: step.uids.count, reason: text.words))
        }
    }
}
