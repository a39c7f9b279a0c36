// A small client for SMTP submission and LMTP on loopback: what sample customers and deliveries speak.

package import Correspondence
import Dispatch
import Foundation

/// One connection, one command at a time, plain text: for private servers only. The desk itself sends by Transport.
///
/// All calls of one dialogue run one after the other on a queue of its own; a connection takes any number of mails.
package final class SMTPDialogue: Sendable {
    package enum Language: String, Sendable {
        /// RFC 5321
        case smtp
        /// RFC 2033: one reply a recipient after the mail.
        case lmtp
    }

    private let queue = DispatchQueue(label: "smtp dialogue")
    private let conversation: Conversation
    private let language: Language

    private init(_ conversation: Conversation, _ language: Language) {
        self.conversation = conversation
        self.language = language
    }

    /// Connects to a port of this machine and greets. Throws `notNow` when nobody answers, `refused` when the server does
    /// not want us.
    package static func connect(
        port: UInt16, speaking language: Language = .smtp, as name: String = "customer.example"
    ) async throws -> SMTPDialogue {
        let conversation = try await offThePool {
            let conversation = try Conversation(LoopbackSocket(port: port))
            try conversation.reply().mustBePositive()
            try conversation.say("\(language == .smtp ? "EHLO" : "LHLO") \(name)").mustBePositive()
            return conversation
        }
        return SMTPDialogue(conversation, language)
    }

    /// AUTH PLAIN (RFC 4616). Throws `refused` for a wrong password.
    package func logIn(as user: MailUser) async throws {
        let token = Data("\0\(user.login)\0\(user.password.revealed)".utf8).base64EncodedString()
        try await onQueue { try $0.say("AUTH PLAIN \(token)").mustBePositive() }
    }

    /// Hands one mail over. Line ends become CRLF and dots are stuffed; nothing else is changed.
    ///
    /// Gives one reply a recipient, in their order: the server's last word on each (for SMTP the answer to the whole
    /// mail, or the earlier refusal of that recipient). Throws when the connection ends; a refused sender is thrown
    /// as `refused` or `notNow`.
    package func send(_ mail: [UInt8], from sender: EmailAddress?, to recipients: [EmailAddress]) async throws
        -> [SMTPReply]
    {
        let lmtp = language == .lmtp
        return try await onQueue { conversation in
            let start = try conversation.say("MAIL FROM:<\(sender?.text ?? "")>")
            guard start.isPositive else {
                try conversation.say("RSET").mustBePositive()
                throw start.failure
            }
            var replies = try recipients.map { try conversation.say("RCPT TO:<\($0.text)>") }
            let taken = replies.indices.filter { replies[$0].isPositive }
            guard !taken.isEmpty else {
                try conversation.say("RSET").mustBePositive()
                return replies
            }
            let go = try conversation.say("DATA")
            guard go.code == 354 else {
                for index in taken { replies[index] = go }
                try conversation.say("RSET").mustBePositive()
                return replies
            }
            try conversation.put(Self.onTheWire(mail))
            let last = try conversation.reply()
            for (count, index) in taken.enumerated() {
                replies[index] = lmtp && count > 0 ? try conversation.reply() : last
            }
            return replies
        }
    }

    /// Many mails over this connection, as fast as the server takes them. Throws at the first that is not accepted.
    package func send(_ mails: [[UInt8]], from sender: EmailAddress?, to recipient: EmailAddress) async throws {
        for mail in mails {
            for reply in try await send(mail, from: sender, to: [recipient]) { try reply.mustBePositive() }
        }
    }

    /// Says goodbye and waits for the answer.
    package func quit() async throws {
        try await onQueue { _ = try $0.say("QUIT") }
    }

    private func onQueue<Value: Sendable>(_ body: @escaping @Sendable (Conversation) throws -> Value) async throws
        -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [conversation] in continuation.resume(with: Result { try body(conversation) }) }
        }
    }

    /// CRLF line ends, a dot before a leading dot, and the final dot (RFC 5321 section 4.5.2).
    package static func onTheWire(_ mail: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(mail.count + mail.count / 32 + 8)
        var atStart = true
        var last: UInt8 = 0
        for byte in mail {
            if byte == 0x0A {
                if last == 0x0D { out.removeLast() }
                out += [0x0D, 0x0A]
                atStart = true
            } else {
                if atStart, byte == 0x2E { out.append(0x2E) }
                out.append(byte)
                atStart = false
            }
            last = byte
        }
        if !atStart { out += [0x0D, 0x0A] }
        return out + [0x2E, 0x0D, 0x0A]
    }
}

/// The lines of a dialogue. Not thread-safe by itself.
/// `@unchecked Sendable`: made on one queue and from then on used only on the serial queue of its one dialogue.
private final class Conversation: @unchecked Sendable {
    private let socket: LoopbackSocket

    init(_ socket: LoopbackSocket) throws { self.socket = socket }

    func say(_ command: String) throws -> SMTPReply {
        try socket.write(Array((command + "\r\n").utf8))
        return try reply()
    }

    func put(_ bytes: [UInt8]) throws { try socket.write(bytes) }

    func reply() throws -> SMTPReply {
        var lines: [String] = []
        while true {
            let line = try socket.line()
            guard let code = Int(line.prefix(3)), (200..<600).contains(code), lines.count < SMTPReply.lineLimit else {
                throw RehearsalFailure(.refused, "not a reply of SMTP: \(line.prefix(80))")
            }
            lines.append(String(line.dropFirst(4)))
            if line.dropFirst(3).first != "-" { return SMTPReply(code: code, text: lines.joined(separator: "\n")) }
        }
    }
}
