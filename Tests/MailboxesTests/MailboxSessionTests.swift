// The session as a value against a mailbox that grows, shrinks, keeps silent and is cut off, by chance.

import Correspondence
import Foundation
import Testing

@testable import Mailboxes

/// A server in memory: mails with ever rising UIDs, commands in, responses out. What it announces is up to chance.
private struct ChanceServer {
    var generator: SeededGenerator
    var present: [UInt32] = []
    var uidNext: UInt32 = 1
    var announced = 0
    var isIdling: String?
    var queue: [Response] = []
    /// Every mail that was there at some moment when it could be fetched.
    var arrivals: Set<UInt32> = []
    var expunged: Set<UInt32> = []

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    mutating func arrive() {
        present.append(uidNext)
        arrivals.insert(uidNext)
        uidNext += UInt32(Int.random(in: 1...3, using: &generator))
    }

    mutating func expunge() {
        guard let index = present.indices.randomElement(using: &generator) else { return }
        expunged.insert(present.remove(at: index))
        if announced > index {
            announced -= 1
            queue.append(.expunge(index + 1))
        }
    }

    mutating func announce() {
        guard announced != present.count else { return }
        announced = present.count
        queue.append(.exists(announced))
    }

    mutating func hear(_ line: String) {
        if line == "DONE\r\n" {
            if let tag = isIdling { queue.append(.tagged(tag: tag, .ok, StatusText())) }
            isIdling = nil
            return
        }
        let words = line.dropLast(2).split(separator: " ").map(String.init)
        let tag = words[0]
        let command = words.dropFirst().joined(separator: " ")
        if chance(10) { announce() }
        if command == "IDLE" {
            isIdling = tag
            queue.append(.continuation)
            return
        }
        if command == "CAPABILITY" { queue.append(.capability(["IMAP4REV1", "IDLE", "MOVE"])) }
        if command.hasPrefix("SELECT") {
            announced = present.count
            queue += [
                .exists(announced), .untagged(.ok, StatusText(code: "UIDVALIDITY", arguments: "5")),
                .untagged(.ok, StatusText(code: "UIDNEXT", arguments: "\(uidNext)")),
            ]
        }
        if command.hasPrefix("UID FETCH") { fetch(words[3], hasBody: command.contains("BODY.PEEK")) }
        if command.hasPrefix("UID MOVE") {
            for uid in uids(words[3]) {
                guard let index = present.firstIndex(of: uid) else { continue }
                present.remove(at: index)
                if announced > index { announced -= 1 }
                queue.append(.expunge(index + 1))
            }
        }
        queue.append(.tagged(tag: tag, .ok, StatusText()))
    }

    private mutating func fetch(_ set: String, hasBody: Bool) {
        for uid in uids(set) {
            if chance(2) { queue.append(.fetch(FetchItems(uid: nil))) }
            // The very long one does not come by the short way.
            let size = uid % 17 == 0 ? 140_000 : 10
            let body = hasBody ? [UInt8](repeating: UInt8(truncatingIfNeeded: uid), count: size) : nil
            let cut = set.hasSuffix("*") ? body.map { Array($0.prefix(MailboxLimits.quickBytes)) } : body
            queue.append(.fetch(FetchItems(uid: uid, size: size, receivedAt: nil, body: cut)))
        }
    }

    private func uids(_ set: String) -> [UInt32] {
        let last = present.last ?? 0
        return present.filter { uid in
            set.split(separator: ",").contains { part in
                let ends = part.split(separator: ":").map { $0 == "*" ? last : UInt32($0) ?? 0 }
                return (min(ends[0], ends[ends.count - 1])...max(ends[0], ends[ends.count - 1])).contains(uid)
            }
        }
    }
}

struct MailboxSessionTests {
    private let now = Instant(microseconds: 0)

    private func session(_ cursor: MailboxCursor?, after: MailboxAccount.After) -> MailboxSession {
        let account = MailboxAccount(
            name: "m", url: "imap://h/", username: "u", login: .password(Secret("p")), start: .all, after: after)
        return MailboxSession(
            account, mailbox: "\"INBOX\"", place: "h", cursor: cursor, tagPrefix: "t", idleRenewal: .seconds(540))
    }

    @Test(arguments: 0..<80)
    func `Whatever happens, every mail is kept once, in order, and none is lost`(_ seed: Int) throws {
        var server = ChanceServer(generator: SeededGenerator(state: UInt64(seed) &* 7919 &+ 3))
        for _ in 0..<Int.random(in: 0...40, using: &server.generator) { server.arrive() }
        let after: MailboxAccount.After = seed.isMultiple(of: 3) ? .move("Done") : .seen
        var cursor: MailboxCursor?
        var kept: [UInt32] = []

        for round in 1...4 {
            var session = session(cursor, after: after)
            server.isIdling = nil
            server.queue = []
            var pending = session.begin()
            var steps = round == 4 ? Int.max : Int.random(in: 1...250, using: &server.generator)
            var quietTicks = 0
            while steps > 0, quietTicks < 3 {
                steps -= 1
                if !pending.isEmpty {
                    switch pending.removeFirst() {
                    case .send(let line): server.hear(line)
                    case .report: break
                    case .take(let mails, let next):
                        // A crash between the commit and what follows it: the cursor stands, the flags do not.
                        for mail in mails {
                            let mark = UInt8(truncatingIfNeeded: mail.uid)
                            #expect(mail.bytes.first == mark && mail.bytes.last == mark)
                            #expect(mail.bytes.count == (mail.uid % 17 == 0 ? 140_000 : 10))
                        }
                        kept += mails.map(\.uid)
                        #expect(next.lastUID >= cursor?.lastUID ?? 0)
                        cursor = next
                        pending += session.kept(mails, now: now)
                    }
                    continue
                }
                if round < 4 {
                    if server.chance(15) { server.arrive() }
                    if server.chance(4) { server.expunge() }
                    if server.chance(20) { server.announce() }
                }
                if !server.queue.isEmpty {
                    pending += try session.hear(server.queue.removeFirst(), now: now)
                } else if case .time = session.wait {
                    pending += session.clockTicked(now: now)
                    quietTicks += round == 4 ? 1 : 0
                } else {
                    Issue.record("the session waits for an answer that nobody owes")
                    return
                }
            }
        }
        #expect(kept == Array(Set(kept)).sorted(), "twice, or out of order")
        #expect(server.arrivals.subtracting(kept).isSubset(of: server.expunged), "lost")
        #expect(cursor?.firstUIDNext != nil)
    }
}
