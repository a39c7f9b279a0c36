// A mailbox session against servers that break off, fall silent, lie or lack what others have. Past 500 lines: one table
// of faults, each a script of its own, over one set of scripted answers.

import Correspondence
import Mailboxes
import Rehearsal
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct MailboxFaultTests {
    private let three = [IMAPScript.mail(1), IMAPScript.mail(2), IMAPScript.mail(3)]

    @Test func `A token that the vendor refuses for good is no fault that passes`() async throws {
        for (code, isTemporary) in [(MailboxError.Code.login, false), (.other, true)] {
            let source = IMAPMailboxSource(
                MailboxAccount(
                    name: "support", url: "imaps://localhost:1/", username: "x",
                    login: .bearer { _ in throw MailboxError(code, detail: "no token") }))
            let error = await #expect(throws: MailboxError.self) { try await source.run(KeepingIntake()) }
            #expect(error?.isTemporary == isTemporary)
        }
    }

    /// Replaces the answer to the first command that contains `words`.
    private func once(_ words: String, _ answer: @escaping IMAPScript.Override) -> IMAPScript.Override {
        let hasAnswered = Mutex(false)
        return { peer, tag, command in
            guard command.contains(words) else { return false }
            let isFirst = hasAnswered.withLock { value in
                defer { value = true }
                return !value
            }
            return isFirst ? try answer(peer, tag, command) : false
        }
    }

    // MARK: Connecting

    @Test func `Unknown hosts, closed ports and wrong kinds of TLS are told apart`() async throws {
        let server = try IMAPScript().start()
        func code(_ url: String, tls: TLSUse = .off, within limit: Duration = .seconds(20)) async -> MailboxError? {
            let account = makeAccount(server) { account in
                account.url = url
                account.tls = tls
            }
            var options = MailboxOptions()
            options.connectTimeout = limit
            return await IMAPMailboxSource(account, options: options).ending()
        }
        let place = "127.0.0.1:\(server.port)"
        #expect(await code("imap://no-such-host.invalid/")?.code == .unknownHost)
        let free = try LoopbackPort.free()
        defer { LoopbackPort.release(free) }
        #expect(await code("imap://127.0.0.1:\(free)/")?.code == .refused)
        let noSTARTTLS = await code("imap://\(place)/", tls: .required)
        #expect(noSTARTTLS?.code == .tls)
        #expect(noSTARTTLS?.detail.contains("STARTTLS") == true)
        let plainPort = await code("imaps://\(place)/")
        #expect(plainPort?.code == .tls)
        #expect(plainPort?.detail.contains("does not speak TLS at once") == true)
        // What a TLS port looks like to who speaks plain: it waits.
        let silent = try ScriptedServer { try $0.hold() }
        let plainToTLS = await code("imap://127.0.0.1:\(silent.port)/", within: .milliseconds(700))
        #expect(plainToTLS?.code == .timedOut)
        #expect(plainToTLS?.detail.contains("imaps://") == true)
        #expect(await code("smtp://\(place)/")?.code == .noMailbox)
        #expect(await code("imap://\(place)/a%0Ab")?.code == .noMailbox)
        #expect(!server.heard.contains { $0.contains("AUTHENTICATE") })
    }

    @Test func `A greeting of BYE and a refusal for now are temporary`() async throws {
        let bye = try ScriptedServer { try $0.say("* BYE too many connections\r\n") }
        let turnedAway = await makeSource(bye).ending()
        #expect(turnedAway?.code == .refused)
        #expect(turnedAway?.detail.contains("too many connections") == true)
        var script = IMAPScript()
        script.override = { peer, tag, command in
            // libcurl tries LOGIN after AUTHENTICATE.
            guard command.hasPrefix("AUTHENTICATE") || command.hasPrefix("LOGIN") else { return false }
            try peer.say("\(tag) NO [UNAVAILABLE] backend is down\r\n")
            return true
        }
        let unwell = await makeSource(try script.start()).ending()
        #expect(unwell?.code == .refused)
        #expect(unwell?.isTemporary == true)
    }

    @Test func `What a server says between sign-in and our first answer is thrown away, half lines too`() async throws {
        var script = IMAPScript()
        script.mails = three
        script.afterLogin = "* 99 EXISTS\r\n* OK half a li"
        script.override = once("NOOP") { peer, tag, _ in
            try peer.say("ne\r\n\(tag) OK nothing\r\n")
            return true
        }
        let server = try script.start()
        let intake = KeepingIntake()
        try await makeSource(server).run(intake) { try await wait(for: "the mails") { intake.hasCaughtUp } }
        #expect(intake.now.mails.map(\.uid) == [1, 2, 3])
    }

    @Test func `A mailbox that cannot be opened now is not a mailbox that does not exist`() async throws {
        for (words, code) in [("[UNAVAILABLE] later", MailboxError.Code.refused), ("[NONEXISTENT] no", .noMailbox)] {
            var script = IMAPScript()
            script.override = { peer, tag, command in
                guard command.hasPrefix("SELECT") else { return false }
                try peer.say("\(tag) NO \(words)\r\n")
                return true
            }
            #expect(await makeSource(try script.start()).ending()?.code == code)
        }
    }

    // MARK: Broken and slow streams

    @Test(arguments: [0, 1, 20, 39])
    func `A cut within a literal hands over nothing of it, and the next session all`(_ place: Int) async throws {
        var script = IMAPScript()
        script.mails = three
        script.override = once("BODY.PEEK") { peer, _, _ in
            try peer.say("* 1 FETCH (UID 1 BODY[]<0> {40}\r\n" + String(repeating: "x", count: place))
            throw ScriptedServer.Peer.Gone()
        }
        let server = try script.start()
        let source = makeSource(server)
        let intake = KeepingIntake()
        #expect(await source.ending(intake)?.code == .cutOff)
        #expect(intake.now.mails.isEmpty)
        #expect(intake.now.cursor?.lastUID == 0)
        try await source.run(intake) { try await wait(for: "the mails") { intake.hasCaughtUp } }
        #expect(intake.now.mails.map(\.uid) == [1, 2, 3])
    }

    @Test(arguments: [
        "* 1 FETCH (UID 1 BODY[]<0> {2000000000}\r\n", "garbage without a star\r\n", "* 1 FETCH (UID 1 BODY[]<0> (\r\n",
    ])
    func `Nonsense where a mail should be ends the session`(_ nonsense: String) async throws {
        var script = IMAPScript()
        script.mails = three
        script.override = once("BODY.PEEK") { peer, _, _ in
            try peer.say(nonsense)
            try peer.hold()
            return true
        }
        let intake = KeepingIntake()
        #expect(await makeSource(try script.start()).ending(intake)?.code == .protocolViolation)
        #expect(intake.now.mails.isEmpty)
    }

    @Test func `Untagged nonsense, an EXPUNGE and news in the middle of a fetch disturb nothing`() async throws {
        var script = IMAPScript()
        script.mails = three
        let usual = script
        script.override = once("BODY.PEEK") { peer, tag, command in
            try peer.say("* UTTER garbage {9\r\n* 1 EXPUNGE\r\n* 2 FETCH (FLAGS (\\Deleted))\r\n* OK Still here\r\n")
            try usual.answer(peer, tag, command)
            return true
        }
        let intake = KeepingIntake()
        try await makeSource(try script.start()).run(intake) { try await wait(for: "the mails") { intake.hasCaughtUp } }
        #expect(intake.now.mails.map(\.uid) == [1, 2, 3])
    }

    @Test func `Silence and a slow drip end within the time for an answer`() async throws {
        for isDrip in [false, true] {
            var script = IMAPScript()
            script.mails = three
            script.override = once("BODY.PEEK") { peer, _, _ in
                if isDrip {
                    try peer.drip(String(repeating: "* OK drip\r\n", count: 3000), every: .milliseconds(20))
                }
                try peer.hold()
                return true
            }
            let begin = ContinuousClock.now
            #expect(await makeSource(try script.start(), timeout: .milliseconds(500)).ending()?.code == .timedOut)
            #expect(begin.duration(to: .now) < .seconds(20))
        }
    }

    @Test func `BYE within IDLE ends the session with the server's words`() async throws {
        var script = IMAPScript()
        script.override = once("IDLE") { peer, _, _ in
            try peer.say("+ idling\r\n* BYE shutting down\r\n")
            throw ScriptedServer.Peer.Gone()
        }
        let end = await makeSource(try script.start()).ending()
        #expect(end?.code == .cutOff)
        #expect(end?.detail.contains("shutting down") == true)
    }

    @Test func `A peer that is silent after DONE is found out`() async throws {
        var script = IMAPScript()
        script.override = { peer, _, command in
            guard command == "IDLE" else { return false }
            try peer.say("+ idling\r\n")
            try peer.hold()
            return true
        }
        let source = makeSource(try script.start(), timeout: .milliseconds(300)) { $0.poll = .milliseconds(200) }
        #expect(await source.ending()?.code == .timedOut)
    }

    // MARK: More than was asked for

    @Test func `Our first tag without the end of its line is no leave to talk on for ever`() async throws {
        var script = IMAPScript()
        script.override = once("NOOP") { peer, tag, _ in
            try peer.say("\(tag) OK ")
            try peer.say([UInt8](repeating: 120, count: 3 << 20))
            try peer.hold()
            return true
        }
        #expect(await makeSource(try script.start()).ending()?.code == .protocolViolation)
    }

    @Test func `Mails far larger than their sizes say end the session, and the next one takes them one by one`()
        async throws
    {
        let large = String(repeating: "z", count: 3 << 20)
        var script = IMAPScript()
        script.mails = (1...3).map {
            IMAPScript.Mail(uid: $0, text: "Subject: \($0)\r\n\r\n\(large)", announcedSize: 1)
        }
        let server = try script.start()
        let source = makeSource(server)
        let intake = KeepingIntake()
        #expect(await source.ending(intake)?.code == .protocolViolation)
        #expect(intake.now.mails.isEmpty)
        try await source.run(intake) { try await wait(for: "the mails") { intake.hasCaughtUp } }
        #expect(intake.now.mails.map(\.uid) == [1, 2, 3])
        #expect(intake.now.mails.allSatisfy { $0.bytes.count > 3 << 20 })
    }

    /// News of one mail, and what the server answers to the question for it.
    private func growing(by uids: ClosedRange<UInt32>, _ text: String, isCut: Bool) throws -> ScriptedServer {
        let growing = Growing(three)
        var script = IMAPScript()
        script.override = { peer, tag, command in
            if command == "IDLE", growing.now.count == 3 {
                for uid in uids { growing.add(uid, text) }
                try peer.say("+ idling\r\n* 4 EXISTS\r\n")
                try peer.hearLine()
                try peer.say("\(tag) OK idled\r\n")
                return true
            }
            guard command.hasPrefix("UID FETCH 4:* "), command.contains("BODY.PEEK"), !isCut else { return false }
            try peer.say("* 4 FETCH (UID 4 RFC822.SIZE 9 BODY[] {\(text.utf8.count)}\r\n\(text))\r\n\(tag) OK\r\n")
            return true
        }
        return try serve(growing, script).start()
    }

    @Test func `A body longer than the piece that was asked for ends the session, and the next one asks for sizes`()
        async throws
    {
        let text = "Subject: long\r\n\r\n" + String(repeating: "w", count: 1 << 18)
        let source = makeSource(try growing(by: 4...4, text, isCut: false))
        let intake = KeepingIntake()
        #expect(await source.ending(intake)?.code == .protocolViolation)
        #expect(intake.now.mails.map(\.uid) == [1, 2, 3])
        try await source.run(intake) { try await wait(for: "the mail") { intake.now.mails.count == 4 } }
        #expect(intake.now.mails.last?.bytes == Array(text.utf8))
    }

    @Test func `Many more mails than were announced are listed, and their bodies asked for in windows`() async throws {
        let text = "Subject: many\r\n\r\n" + String(repeating: "v", count: 100_000)
        let server = try growing(by: 4...83, text, isCut: true)
        let intake = KeepingIntake()
        try await makeSource(server).run(intake) {
            try await wait(for: "the mails", within: .seconds(20)) { intake.now.mails.count == 83 }
        }
        #expect(intake.now.mails.map(\.uid) == Array(1...83))
        #expect(server.heard.contains { $0.contains("UID FETCH 4:23 ") || $0.contains("UID FETCH 4:24 ") })
    }

    // MARK: News

    /// A server whose mailbox gains a mail when a test says so.
    private final class Growing: Sendable {
        private let mails: Mutex<[IMAPScript.Mail]>
        init(_ mails: [IMAPScript.Mail]) { self.mails = Mutex(mails) }
        var now: [IMAPScript.Mail] { mails.withLock { $0 } }
        func add(_ uid: UInt32, _ text: String? = nil) { mails.withLock { $0.append(IMAPScript.mail(uid, text)) } }
    }

    private func serve(_ growing: Growing, _ script: IMAPScript) -> IMAPScript {
        var result = script
        result.mails = growing.now
        let override = script.override
        result.override = { peer, tag, command in
            if try override(peer, tag, command) { return true }
            var current = script
            current.mails = growing.now
            try current.answer(peer, tag, command)
            return true
        }
        return result
    }

    @Test(arguments: ["IMAP4rev1 IDLE", "IMAP4rev1"])
    func `A mail that is never announced is found by the poll`(_ capabilities: String) async throws {
        let growing = Growing(three)
        var script = IMAPScript()
        script.capabilities = capabilities
        let server = try serve(growing, script).start()
        let intake = KeepingIntake()
        try await makeSource(server) { $0.poll = .milliseconds(100) }.run(intake) {
            try await wait(for: "the catch-up") { intake.hasCaughtUp }
            growing.add(4)
            try await wait(for: "the unannounced mail") { intake.now.mails.count == 4 }
        }
        #expect(intake.now.events.contains(.caughtUp(idle: capabilities.contains("IDLE"))))
        #expect(server.heard.contains("DONE") == capabilities.contains("IDLE"))
        #expect(intake.now.mails.map(\.uid) == [1, 2, 3, 4])
    }

    @Test func `News before the plus sign of IDLE are not missed, and Still here changes nothing`() async throws {
        let growing = Growing(three)
        var script = IMAPScript()
        script.override = once("IDLE") { peer, tag, _ in
            growing.add(4)
            try peer.say("* 4 EXISTS\r\n+ idling\r\n* OK Still here\r\n")
            try peer.hearLine()
            try peer.say("\(tag) OK idled\r\n")
            return true
        }
        let server = try serve(growing, script).start()
        let intake = KeepingIntake()
        try await makeSource(server) { $0.poll = .seconds(600) }.run(intake) {
            try await wait(for: "the news") { intake.now.mails.count == 4 }
        }
    }

    @Test func `A server that ends IDLE by itself is polled from then on`() async throws {
        var script = IMAPScript()
        let idles = Mutex(0)
        script.override = { peer, tag, command in
            guard command == "IDLE" else { return false }
            idles.withLock { $0 += 1 }
            try peer.say("\(tag) BAD not now\r\n")
            return true
        }
        let server = try script.start()
        let intake = KeepingIntake()
        try await makeSource(server) { $0.poll = .milliseconds(50) }.run(intake) {
            try await wait(for: "some polls") { server.heard.filter { $0.contains("NOOP") }.count > 3 }
        }
        #expect(idles.withLock { $0 } == 1)
    }

    // MARK: Odd mailboxes

    @Test func `A missing UIDNEXT is found by looking at the last mail`() async throws {
        var script = IMAPScript()
        script.hasUIDNext = false
        script.mails = three
        let intake = KeepingIntake()
        let server = try script.start()
        try await makeSource(server) { $0.start = .now }.run(intake) {
            try await wait(for: "the first sight") { intake.hasCaughtUp }
        }
        #expect(intake.now.mails.isEmpty)
        #expect(intake.now.cursor == MailboxCursor(uidValidity: 7, lastUID: 3, firstUIDNext: 4))
    }

    @Test(arguments: ["NO not now", "OK nothing to tell"])
    func `Where neither UIDNEXT nor the last mail is told, nothing is taken for seen`(_ answer: String) async throws {
        var script = IMAPScript()
        script.hasUIDNext = false
        script.mails = three
        script.override = once("UID FETCH * (UID)") { peer, tag, _ in
            try peer.say("\(tag) \(answer)\r\n")
            return true
        }
        let source = makeSource(try script.start()) { $0.start = .now }
        let intake = KeepingIntake()
        let end = await source.ending(intake)
        #expect(end?.code == .other && end?.isTemporary == true, "\(String(describing: end))")
        #expect(intake.now.cursor == nil)
        try await source.run(intake) { try await wait(for: "the first sight") { intake.hasCaughtUp } }
        #expect(intake.now.cursor == MailboxCursor(uidValidity: 7, lastUID: 3, firstUIDNext: 4))
    }

    @Test func `UIDs that fell back under the same UIDVALIDITY hand the mailbox over again`() async throws {
        var script = IMAPScript()
        script.mails = three
        let intake = KeepingIntake(cursor: MailboxCursor(uidValidity: 7, lastUID: 50, firstUIDNext: 9))
        try await makeSource(try script.start()).run(intake) { try await wait(for: "the mails") { intake.hasCaughtUp } }
        #expect(intake.now.mails.map(\.uid) == [1, 2, 3])
        #expect(intake.now.cursor == MailboxCursor(uidValidity: 7, lastUID: 3, firstUIDNext: nil))
    }

    @Test func `A size that lies is found out, and the mail comes as its header`() async throws {
        var script = IMAPScript()
        let long = "Subject: long\r\n\r\n" + String(repeating: "y", count: 5000)
        script.mails = [
            IMAPScript.mail(1), IMAPScript.Mail(uid: 2, text: long, announcedSize: 10),
            IMAPScript.Mail(uid: 3, text: "Subject: short\r\n\r\nx", announcedSize: 9000), IMAPScript.mail(4),
        ]
        let intake = KeepingIntake()
        try await makeSource(try script.start()) { $0.sizeLimit = 1000 }.run(intake) {
            try await wait(for: "the mails") { intake.hasCaughtUp }
        }
        #expect(intake.now.mails.map(\.uid) == [1, 2, 3, 4])
        #expect(intake.now.mails.map { $0.tooLarge != nil } == [false, true, true, false])
        #expect(intake.now.mails[1].bytes == Array("Subject: long\r\n\r\n".utf8))
    }

    @Test func `A mail that the server cannot give out does not hold up the others`() async throws {
        var script = IMAPScript()
        script.mails = three
        script.override = { peer, tag, command in
            guard command.contains("BODY.PEEK") else { return false }
            let set = command.split(separator: " ")[2]
            guard set.contains("2") || set.contains("1:3") else { return false }
            try peer.say("\(tag) NO [SERVERBUG] cannot read it\r\n")
            return true
        }
        let source = makeSource(try script.start())
        let intake = KeepingIntake()
        #expect(await source.ending(intake)?.code == .other)
        try await source.run(intake) { try await wait(for: "the others") { intake.hasCaughtUp } }
        #expect(intake.now.mails.map(\.uid) == [1, 2, 3])
        #expect(intake.now.mails[1].bytes.isEmpty)
        #expect(intake.now.mails.map(\.withheld) == [nil, "[SERVERBUG] cannot read it", nil])
    }

    @Test func `Only mails that were taken in whole are flagged`() async throws {
        var script = IMAPScript()
        script.mails = [
            IMAPScript.mail(1),
            IMAPScript.Mail(uid: 2, text: "Subject: long\r\n\r\n" + String(repeating: "y", count: 5000)),
            IMAPScript.mail(3), IMAPScript.mail(4),
        ]
        script.override = { peer, tag, command in
            guard command.contains("BODY.PEEK[]") else { return false }
            guard command.split(separator: " ")[2].contains(where: { "3:".contains($0) }) else { return false }
            try peer.say("\(tag) NO [SERVERBUG] cannot read it\r\n")
            return true
        }
        let server = try script.start()
        let source = makeSource(server) { account in
            account.sizeLimit = 1000
            account.after = .seen
        }
        let intake = KeepingIntake()
        #expect(await source.ending(intake)?.code == .other)
        try await source.run(intake) {
            try await wait(for: "the others") { intake.hasCaughtUp }
            try await wait(for: "flags") { server.heard.contains { $0.contains("UID STORE 4 ") } }
        }
        #expect(intake.now.mails.map(\.isWhole) == [true, false, false, true])
        let flagged = server.heard.filter { $0.contains("UID STORE") }.map { $0.split(separator: " ")[3] }
        #expect(flagged == ["1", "4"], "\(server.heard)")
    }

    @Test func `UIDVALIDITY that changes within a session ends it`() async throws {
        var script = IMAPScript()
        script.mails = three
        script.override = once("BODY.PEEK") { peer, _, _ in
            try peer.say("* OK [UIDVALIDITY 8] changed\r\n")
            return true
        }
        #expect(await makeSource(try script.start()).ending()?.code == .cutOff)
    }

    // MARK: Tidying

    private func moving(_ capabilities: String, _ override: @escaping IMAPScript.Override = { _, _, _ in false })
        async throws -> (heard: [String], events: [MailboxEvent])
    {
        var script = IMAPScript()
        script.capabilities = capabilities
        script.mails = three
        script.override = override
        let server = try script.start()
        let intake = KeepingIntake()
        try await makeSource(server) { account in
            account.after = .move("Done")
            account.poll = .seconds(600)
        }.run(intake) { try await wait(for: "the catch-up") { intake.hasCaughtUp } }
        #expect(intake.now.mails.count == 3)
        let heard = server.heard.filter { !$0.contains("FETCH") && $0.contains("1:3") || $0.contains("CREATE") }
        return (heard.map { String($0[($0.firstIndex(of: " ") ?? $0.startIndex)...].dropFirst()) }, intake.now.events)
    }

    private func isFailure(_ event: MailboxEvent) -> Bool { if case .afterFailed = event { true } else { false } }

    @Test func `Without MOVE mails are copied and expunged by UID`() async throws {
        let (heard, events) = try await moving("IMAP4rev1 UIDPLUS")
        #expect(
            heard == [
                "UID COPY 1:3 \"Done\"", "UID STORE 1:3 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 1:3",
            ])
        #expect(!events.contains(where: isFailure))
    }

    @Test func `Without MOVE and UIDPLUS nothing is deleted: mails are flagged, and it is said`() async throws {
        let (heard, events) = try await moving("IMAP4rev1")
        #expect(heard == ["UID STORE 1:3 +FLAGS.SILENT (\\Seen)"])
        #expect(events.contains(where: isFailure))
    }

    @Test func `A move that fails is reported and fetches nothing again`() async throws {
        let (heard, events) = try await moving("IMAP4rev1 MOVE") { peer, tag, command in
            guard command.hasPrefix("UID MOVE") else { return false }
            try peer.say("\(tag) NO [OVERQUOTA] full\r\n")
            return true
        }
        #expect(heard == ["UID MOVE 1:3 \"Done\""])
        #expect(events.contains(.afterFailed(mails: 3, reason: "[OVERQUOTA] full")))
    }

    @Test func `A mailbox that may only be read is read and left alone`() async throws {
        let (heard, events) = try await moving("IMAP4rev1 MOVE") { peer, tag, command in
            guard command.hasPrefix("SELECT") else { return false }
            try peer.say("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 4] n\r\n\(tag) OK [READ-ONLY] look\r\n")
            return true
        }
        #expect(heard.isEmpty)
        #expect(events.contains(where: isFailure))
    }
}
