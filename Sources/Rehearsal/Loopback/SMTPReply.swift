// What an SMTP or LMTP server answered (RFC 5321 section 4.2).

package struct SMTPReply: Hashable, Sendable {
    /// How many lines one reply may have.
    static let lineLimit = 100

    package let code: Int
    package let text: String

    package var isPositive: Bool { (200..<400).contains(code) }

    /// Throws `refused` for 5xx and `notNow` for 4xx, with the server's words.
    package func mustBePositive() throws {
        guard isPositive else { throw failure }
    }

    var failure: RehearsalFailure { RehearsalFailure(code >= 500 ? .refused : .notNow, "\(code) \(text)") }
}
