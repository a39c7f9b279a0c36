// The way out and in: libcurl for HTTP, and authenticated streams on which SMTP and IMAP are spoken.

/// Everything that leaves this machine or comes in from another goes through here.
///
/// Two threads do all of it, and neither is one of Swift's:
///
/// - `CurlEngine` owns one `curl_multi` and with it every HTTP call. `CurlHTTPClient` is its face.
/// - `StreamReactor` owns every authenticated stream by epoll. A stream is made by libcurl's `CONNECT_ONLY`: it reads
///   the greeting, secures, signs in, and hands over a socket (`StreamConnector`, a small pool of blocking threads).
///   After that only the reactor touches it. `AuthenticatedStream` gives a stream to one task (IMAP, in Mailboxes);
///   `CurlMailSender` keeps a pool of them and speaks SMTP on the reactor's own thread.
///
/// SMTP is not sent by libcurl's own SMTP, because that waits for the reply to the final dot inside
/// `curl_multi_perform`: one slow server would hold up every model call and every other mail
/// (docs/decisions/0005-smtp-dialogue-of-our-own.md). The dialogue of our own also knows exactly whether the dot went out.
package enum TransportLimits {
    /// Lines of a server's sign-in dialogue that are kept for error texts and capabilities.
    static let dialogueLines = 128
    /// Longest kept part of one such line.
    static let dialogueLineLength = 600
    /// Read from a stream and not yet taken by its task; beyond it the socket is left alone.
    static let unreadBytes = 1 << 20
    /// One recv from a stream.
    static let readSize = 1 << 17
    /// Longest line of an SMTP reply (RFC 5321 section 4.5.3.1.5 says 512).
    static let replyLineLength = 4096
    /// Lines of one SMTP reply.
    static let replyLines = 128
}
