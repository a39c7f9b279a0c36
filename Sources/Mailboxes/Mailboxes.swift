// Reads mailboxes by IMAP: every new mail is handed over once, and tidied away only after it is safely kept.

/// The way through this target, outside in:
///
/// - `IMAPMailboxSource` is the thin shell: it opens a stream (Transport), feeds what comes to the parser, carries out
///   what the session asks for, and keeps the deadlines.
/// - `MailboxSession` is the pure middle: responses in, actions out. Its file opens with the states and the promises.
/// - `Wire/` turns bytes into responses. A `ResponseFramer` cuts the stream into frames, literals whole, in any slicing;
///   a `ResponseParser` says what a frame means. Both have limits and take time linear in their input.
package enum MailboxLimits {
    /// One line of a response, literals not counted.
    static let lineLength = 1 << 16
    static let literalsPerResponse = 64
    static let nesting = 32
    /// Untagged responses between two tagged ones: a mailbox of that many mails can still be listed at once.
    static let untaggedReplies = 2_000_000
    /// A header that is fetched in place of a mail that is too large.
    static let headerSize = 1 << 18
    /// Mails and octets of one batch. What is asked for ahead of the batch being kept stays below `bytesAhead`.
    static let batchMails = 512
    static let batchBytes = 2 << 20
    static let bytesAhead = 4 << 20
    /// So few new mails are fetched in one round trip, each up to `quickBytes`, without asking for sizes first.
    static let quickMails = 8
    static let quickBytes = 1 << 17
    /// Beyond it no setting is believed.
    static let largestMail = 1 << 40
    static let shortestPoll = Duration.milliseconds(10)
    /// Bytes that may come before the answer to our first command.
    static let handOverBytes = 1 << 20
}
