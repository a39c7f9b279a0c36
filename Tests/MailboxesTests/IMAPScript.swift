// A scripted IMAP server with one small mailbox, each of whose answers a test can replace.

import Correspondence
import Foundation
import Mailboxes
import Synchronization
import TestSupport

struct IMAPScript: Sendable {
    struct Mail: Sendable {
        var uid: UInt32
        var text: String
        var announcedSize: Int?
    }
    typealias Override = @Sendable (ScriptedServer.Peer, _ tag: String, _ command: String) throws -> Bool

    var capabilities = "IMAP4rev1 IDLE MOVE UIDPLUS"
    var mails: [Mail] = []
    var uidValidity = 7
    var hasUIDNext = true
    /// Said in one piece with the answer that ends the sign-in.
    var afterLogin = ""
    /// True when it has answered the command itself.
    var override: Override = { _, _, _ in false }

    static func mail(_ uid: UInt32, _ text: String? = nil) -> Mail {
        Mail(uid: uid, text: text ?? "Subject: mail \(uid)\r\n\r\nText of \(uid).\r\n")
    }

    func start() throws -> ScriptedServer {
        let script = self
        return try ScriptedServer { try script.serve($0) }
    }

    func serve(_ peer: ScriptedServer.Peer) throws {
        try peer.say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] scripted\r\n")
        while true {
            let (tag, command) = try peer.hearCommand()
            if try override(peer, tag, command) { continue }
            try answer(peer, tag, command)
        }
    }

    func answer(_ peer: ScriptedServer.Peer, _ tag: String, _ command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        switch words.first?.uppercased() {
        case "CAPABILITY": try peer.say("* CAPABILITY \(capabilities)\r\n\(tag) OK done\r\n")
        case "AUTHENTICATE":
            if words.count == 2 {
                try peer.say("+ \r\n")
                try peer.hearLine()
            }
            try peer.say("\(tag) OK in\r\n\(afterLogin)")
        case "SELECT", "EXAMINE":
            let next = hasUIDNext ? "* OK [UIDNEXT \((mails.map(\.uid).max() ?? 0) + 1)] next\r\n" : ""
            try peer.say(
                "* FLAGS (\\Seen)\r\n* \(mails.count) EXISTS\r\n* OK [UIDVALIDITY \(uidValidity)] valid\r\n\(next)"
                    + "\(tag) OK [READ-WRITE] selected\r\n")
        case "IDLE":
            try peer.say("+ idling\r\n")
            try peer.hearLine()
            try peer.say("\(tag) OK idled\r\n")
        case "UID" where words.count > 3 && words[1].uppercased() == "FETCH":
            try fetch(peer, set: words[2], items: words[3...].joined(separator: " "))
            try peer.say("\(tag) OK fetched\r\n")
        case "LOGOUT":
            try peer.say("* BYE bye\r\n\(tag) OK out\r\n")
            throw ScriptedServer.Peer.Gone()
        default: try peer.say("\(tag) OK done\r\n")
        }
    }

    func fetch(_ peer: ScriptedServer.Peer, set: String, items: String) throws {
        for (index, mail) in mails.enumerated() where contains(set, mail.uid) {
            var answer = "* \(index + 1) FETCH (UID \(mail.uid) INTERNALDATE \"17-Nov-2026 02:44:25 +0100\""
            answer += " RFC822.SIZE \(mail.announcedSize ?? mail.text.utf8.count)"
            if items.contains("BODY.PEEK[HEADER]") {
                let end = mail.text.range(of: "\r\n\r\n")?.upperBound ?? mail.text.endIndex
                answer += " BODY[HEADER]<0> \(literal(String(mail.text[..<end])))"
            } else if let range = items.range(of: "BODY.PEEK[]<0.") {
                let limit = Int(items[range.upperBound...].prefix { $0.isNumber }) ?? 0
                answer += " BODY[]<0> \(literal(String(decoding: mail.text.utf8.prefix(limit), as: UTF8.self)))"
            }
            try peer.say(answer + ")\r\n")
        }
    }

    private func literal(_ text: String) -> String { "{\(text.utf8.count)}\r\n\(text)" }

    private func contains(_ set: String, _ uid: UInt32) -> Bool {
        let last = mails.map(\.uid).max() ?? 0
        return set.split(separator: ",").contains { part in
            let ends = part.split(separator: ":").map { $0 == "*" ? last : UInt32($0) ?? 0 }
            let (low, high) = (min(ends[0], ends[ends.count - 1]), max(ends[0], ends[ends.count - 1]))
            return (low...high).contains(uid)
        }
    }
}

func makeAccount(
    _ server: ScriptedServer, change: (inout MailboxAccount) -> Void = { _ in }
) -> MailboxAccount {
    var account = MailboxAccount(
        name: "support", url: "imap://127.0.0.1:\(server.port)/INBOX", username: "desk",
        login: .password(Secret("secret")), tls: .off, start: .all)
    change(&account)
    return account
}

func makeSource(
    _ server: ScriptedServer, timeout: Duration = .seconds(5), change: (inout MailboxAccount) -> Void = { _ in }
) -> IMAPMailboxSource {
    var options = MailboxOptions()
    options.connectTimeout = .seconds(5)
    options.commandTimeout = timeout
    return IMAPMailboxSource(makeAccount(server, change: change), options: options)
}
