// The mailbox source against a real Dovecot: first sight, bulk, IDLE, moves, limits, sign-ins.

import Correspondence
import Foundation
import Mailboxes
import Rehearsal
import TestSupport
import Testing

@Suite(.needs(.dovecot), .timeLimit(.minutes(2)))
struct DovecotTests {
    private func mail(_ number: Int, padding: Int = 0) -> [UInt8] {
        Array("Subject: number \(number)\r\n\r\nText.\r\n\(String(repeating: "x", count: padding))\r\n".utf8)
    }

    private func account(
        _ user: MailUser, secure: Bool = false, change: (inout MailboxAccount) -> Void = { _ in }
    ) async throws -> MailboxAccount {
        let server = try await TestServers.dovecot()
        var account = MailboxAccount(
            name: "support",
            url: secure ? "imaps://localhost:\(server.ports.imaps)/" : "imap://localhost:\(server.ports.imap)/INBOX",
            username: user.address.text, login: .password(user.password), authorities: server.authorities, start: .all)
        change(&account)
        return account
    }

    @Test func `Start now passes over what lay there, and takes what comes, seen only after it is kept`() async throws {
        let server = try await TestServers.dovecot()
        let user = try await TestServers.user("now")
        try await server.fill(user, with: [mail(1), mail(2), mail(3)])
        let source = IMAPMailboxSource(try await account(user) { $0.start = .now })
        let intake = KeepingIntake()
        let end = try await source.run(intake) {
            try await wait(for: "the first sight") { intake.hasCaughtUp }
            #expect(intake.now.mails.isEmpty)
            let cursor = try #require(intake.now.cursor)
            #expect(cursor.lastUID == 3)
            #expect(cursor.firstUIDNext == 4)
            try await server.deliver(mail(4), to: user.address)
            try await wait(for: "the new mail") { intake.now.mails.count == 1 }
            try await wait(for: "the flag") { try await server.mails(of: user).last?.isSeen == true }
        }
        #expect(end?.code == .cancelled)
        #expect(intake.now.mails.map(\.uid) == [4])
        #expect(intake.now.cursor?.lastUID == 4)
        #expect(intake.now.cursor?.firstUIDNext == 4)
        #expect(try await server.mails(of: user).map(\.isSeen) == [false, false, false, true])
    }

    @Test func `Hundreds of mails come whole, in order, with their dates, by STARTTLS and by TLS`() async throws {
        let server = try await TestServers.dovecot()
        for isSecure in [false, true] {
            let user = try await TestServers.user("bulk")
            let mails = (1...700).map { mail($0, padding: $0 * 13 % 9000) }
            try await server.fill(user, with: mails, received: Date(timeIntervalSince1970: 1_700_000_000))
            let source = IMAPMailboxSource(try await account(user, secure: isSecure))
            let intake = KeepingIntake()
            try await source.run(intake) { try await wait(for: "all mails") { intake.hasCaughtUp } }
            let state = intake.now
            #expect(state.mails.map(\.bytes) == mails)
            #expect(state.mails.map(\.uid) == (1...700).map { UInt32($0) })
            #expect(state.mails.allSatisfy { $0.receivedAt == Instant(microseconds: 1_700_000_000_000_000) })
            #expect(state.cursor?.lastUID == 700)
            #expect(state.cursor?.firstUIDNext == 701)
            #expect(state.batches.first?.isEmpty == true)
        }
    }

    @Test func `A delivery is seen by IDLE within two seconds, one after the other`() async throws {
        let server = try await TestServers.dovecot()
        let user = try await TestServers.user("idle")
        let source = IMAPMailboxSource(try await account(user) { $0.poll = .seconds(600) })
        let intake = KeepingIntake()
        try await source.run(intake) {
            try await wait(for: "IDLE") { intake.now.events.contains(.caughtUp(idle: true)) }
            for number in 1...3 {
                try await server.deliver(mail(number), to: user.address)
                try await wait(for: "mail \(number)", within: .seconds(2)) { intake.now.mails.count == number }
            }
        }
    }

    @Test func `Kept mails are moved, into a folder that is made for them if it must be`() async throws {
        let server = try await TestServers.dovecot()
        for folder in ["Archive", "Erledigt & älter"] {
            let user = try await TestServers.user("move")
            try await server.fill(user, with: [mail(1), mail(2)])
            let source = IMAPMailboxSource(try await account(user) { $0.after = .move(folder) })
            let intake = KeepingIntake()
            try await source.run(intake) {
                try await wait(for: "the end of the catch-up") { intake.hasCaughtUp }
                try await server.deliver(mail(3), to: user.address)
                try await wait(for: "the move") {
                    try await server.doveadm("mailbox", "status", "-u", user.address.key, "messages", folder)
                        .contains("messages=3")
                }
            }
            #expect(try await server.mails(of: user).isEmpty)
            #expect(intake.now.mails.count == 3)
            #expect(!intake.now.events.contains { if case .afterFailed = $0 { true } else { false } })
        }
    }

    @Test func `Since a date, older mails are passed over and the cursor goes on`() async throws {
        let server = try await TestServers.dovecot()
        let user = try await TestServers.user("since")
        try await server.fill(user, with: [mail(1), mail(2)], received: Date(timeIntervalSince1970: 1_700_000_000))
        try await server.fill(user, with: [mail(3)], received: Date(timeIntervalSince1970: 1_750_000_000))
        let date = Date(timeIntervalSince1970: 1_740_000_000)
        let source = IMAPMailboxSource(try await account(user) { $0.start = .since(date) })
        let intake = KeepingIntake()
        try await source.run(intake) { try await wait(for: "the catch-up") { intake.hasCaughtUp } }
        #expect(intake.now.mails.map(\.uid) == [3])
        #expect(intake.now.cursor?.lastUID == 3)
        #expect(intake.now.cursor?.firstUIDNext == 4)
    }

    @Test func `Another UIDVALIDITY hands the whole mailbox over again and is no first sight`() async throws {
        let server = try await TestServers.dovecot()
        let user = try await TestServers.user("validity")
        try await server.fill(user, with: [mail(1), mail(2)])
        let old = MailboxCursor(uidValidity: 3, lastUID: 900, firstUIDNext: 20)
        let intake = KeepingIntake(cursor: old)
        let source = IMAPMailboxSource(try await account(user) { $0.start = .now })
        try await source.run(intake) { try await wait(for: "the catch-up") { intake.hasCaughtUp } }
        #expect(intake.now.mails.map(\.uid) == [1, 2])
        #expect(intake.now.cursor?.firstUIDNext == nil)
        #expect(intake.now.cursor?.lastUID == 2)
    }

    @Test func `A mail over the limit comes as its header, its neighbours whole`() async throws {
        let server = try await TestServers.dovecot()
        let user = try await TestServers.user("large")
        try await server.fill(user, with: [mail(1), mail(2, padding: 60_000), mail(3)])
        let source = IMAPMailboxSource(try await account(user) { $0.sizeLimit = 50_000 })
        let intake = KeepingIntake()
        try await source.run(intake) {
            try await wait(for: "the catch-up") { intake.hasCaughtUp }
            // By IDLE, and so by the short way.
            try await server.deliver(mail(4, padding: 60_000), to: user.address)
            try await wait(for: "the late one") { intake.now.mails.count == 4 }
        }
        let mails = intake.now.mails
        #expect(mails.map { $0.tooLarge != nil } == [false, true, false, true])
        #expect(mails[1].bytes == Array("Subject: number 2\r\n\r\n".utf8))
        #expect(mails[1].tooLarge == mail(2, padding: 60_000).count)
    }

    @Test func `A failing intake ends the session, and the next one goes on where the cursor stands`() async throws {
        let server = try await TestServers.dovecot()
        let user = try await TestServers.user("crash")
        try await server.fill(user, with: (1...1500).map { mail($0) })
        let source = IMAPMailboxSource(try await account(user))
        let intake = KeepingIntake(takesAllowed: 2)
        #expect(await source.ending(intake)?.code == .intake)
        let first = intake.now.mails.count
        #expect(first > 0 && first < 1500)
        #expect(try await server.mails(of: user).filter(\.isSeen).count <= first)
        intake.allowTakes()
        try await source.run(intake) { try await wait(for: "the rest") { intake.hasCaughtUp } }
        #expect(intake.now.mails.map(\.uid) == (1...1500).map { UInt32($0) })
    }

    @Test func `Sign-ins that fail say why, and the good ones go through`() async throws {
        let server = try await TestServers.dovecot()
        let user = try await TestServers.user("login")
        let wrong = try await IMAPMailboxSource(account(user) { $0.login = .password(Secret("wrong")) }).ending()
        #expect(wrong?.code == .login)
        #expect(wrong?.isTemporary == false)
        #expect(wrong?.detail.contains("AUTHENTICATIONFAILED") == true)
        #expect(wrong?.detail.contains("wrong") == false)

        for isSecure in [true, false] {
            let distrusted = try await IMAPMailboxSource(
                account(user, secure: isSecure) { $0.authorities = "" }
            ).ending()
            #expect(distrusted?.code == .tls)
            #expect(distrusted?.isTemporary == false)
        }
        let named = try await account(user, secure: true) { account in
            account.url = "imaps://127.0.0.2:\(server.ports.imaps)"
        }
        #expect([.tls, .refused].contains(await IMAPMailboxSource(named).ending()?.code))

        let token = try await server.bearerToken(for: user)
        let bearer = try await account(user) { $0.login = .bearer { _ in token } }
        #expect(try await IMAPMailboxSource(bearer).probe().contains("signed in"))
        let expired = try await server.bearerToken(for: user, lifetime: .seconds(-3600))
        let late = try await account(user) { $0.login = .bearer { _ in expired } }
        #expect(await IMAPMailboxSource(late).ending()?.code == .login)
        // A token that is refused is given back, and the next one is taken.
        let renewed = try await account(user) { $0.login = .bearer { $0 == nil ? expired : token } }
        #expect(try await IMAPMailboxSource(renewed).probe().contains("signed in"))
    }

    @Test func `A probe says what it found, or that there is no such mailbox`() async throws {
        let server = try await TestServers.dovecot()
        let user = try await TestServers.user("probe")
        try await server.fill(user, with: [mail(1)])
        let words = try await IMAPMailboxSource(account(user)).probe()
        #expect(words.contains("\"INBOX\" holds 1 mails"))
        #expect(words.contains("IDLE and MOVE are offered"))
        let missing = try await account(user) { $0.url = "imap://localhost:\(server.ports.imap)/No%20such" }
        await #expect { _ = try await IMAPMailboxSource(missing).probe() } throws: {
            ($0 as? MailboxError)?.code == .noMailbox
        }
        #expect(await IMAPMailboxSource(missing).ending()?.code == .noMailbox)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["MEASURE"] != nil, "set MEASURE=1 to measure"))
    func `Ten thousand mails, measured`() async throws {
        let server = try await TestServers.dovecot()
        let mails = (1...10_000).map { mail($0, padding: 4050) }
        for isSecure in [false, true] {
            let user = try await TestServers.user("speed")
            try await server.fill(user, with: mails)
            for round in ["cold", "warm", "warm", "warm", "warm"] {
                let source = IMAPMailboxSource(
                    try await account(user, secure: isSecure) { account in
                        account.after = .keep
                        if !isSecure { account.tls = .off }
                    })
                let intake = KeepingIntake()
                let begin = ContinuousClock.now
                try await source.run(intake) {
                    try await wait(for: "all mails", within: .seconds(60)) { intake.hasCaughtUp }
                }
                let time = begin.duration(to: .now)
                #expect(intake.now.mails.count == 10_000)
                print("MEASURED \(isSecure ? "TLS" : "plain") \(round): \(Int(10_000 / time.seconds)) mails/s")
            }
        }
    }
}
