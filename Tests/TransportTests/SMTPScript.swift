// A scripted submission server for the sender's tests, and mails to give it.

import Correspondence
import TestSupport
import Transport

/// The usual answers, each of which a test can replace; `nil` cuts the line instead.
struct SMTPScript: Sendable {
    var greeting = "220 scripted ESMTP\r\n"
    var hello = "250-scripted\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n"
    var mail: String? = "250 2.1.0 ok\r\n"
    var rcpt: String? = "250 2.1.5 ok\r\n"
    var data: String? = "354 go on\r\n"
    var end: String? = "250 2.0.0 kept as 1\r\n"
    /// Cut the line when so many bytes of the body have come, before any reply.
    var cutInBody = false
    var isSilentAtEnd = false
    var mailsPerConnection = Int.max

    func start() throws -> ScriptedServer {
        let script = self
        return try ScriptedServer { peer in try script.serve(peer) }
    }

    func serve(_ peer: ScriptedServer.Peer) throws {
        try peer.say(greeting)
        var mails = 0
        while true {
            let line = try peer.hearLine()
            switch line.prefix(4).uppercased() {
            case "EHLO", "HELO": try peer.say(hello)
            case "MAIL":
                if mails >= mailsPerConnection { return try peer.say("421 4.4.2 idle for too long\r\n") }
                mails += 1
                guard let mail else { return }
                try peer.say(mail)
            case "RCPT":
                guard let rcpt else { return }
                try peer.say(rcpt)
            case "DATA":
                guard let data else { return }
                // As servers do: no mail without a recipient.
                if mail?.hasPrefix("250") != true || rcpt?.hasPrefix("250") != true {
                    try peer.say("503 5.5.1 no valid recipients\r\n")
                    continue
                }
                try peer.say(data)
                guard data.hasPrefix("354") else { continue }
                if cutInBody {
                    try peer.hear(until: [13, 10])
                    return peer.reset()
                }
                try hearBody(peer)
                if isSilentAtEnd { try peer.hold() }
                guard let end else { return }
                try peer.say(end)
            case "QUIT": return try peer.say("221 bye\r\n")
            default: try peer.say("250 ok\r\n")
            }
        }
    }

    private func hearBody(_ peer: ScriptedServer.Peer) throws {
        while try peer.hearLine() != "." {}
    }
}

func makeMail(
    _ text: String = "Subject: hello\r\n\r\nText.\r\n", from: String? = "desk@acme.example",
    to: String = "customer@home.example"
) throws -> OutboundMail {
    struct NotAnAddress: Error {}
    guard let recipient = EmailAddress(to) else { throw NotAnAddress() }
    return OutboundMail(envelopeFrom: from.flatMap { EmailAddress($0) }, recipient: recipient, bytes: Array(text.utf8))
}

func makeSender(
    to server: ScriptedServer, username: String = "", connections: Int = 1,
    change: (inout SubmissionOptions) -> Void = { _ in }
) -> CurlMailSender {
    var options = SubmissionOptions()
    options.connectTimeout = .seconds(5)
    options.replyTimeout = .seconds(5)
    options.finalReplyTimeout = .seconds(5)
    change(&options)
    let submission = SubmissionServer(
        url: "smtp://127.0.0.1:\(server.port)", username: username, password: Secret("secret"), tls: .off,
        connections: connections)
    return CurlMailSender(submission, options: options)
}
