// One mail by several routes, read by the real reader: one message, one answer; and mails that Outlook stripped.

import Correspondence
import Language
import MailFormat
import TestSupport
import Testing

@testable import Gateway

@Suite struct RoutesTests {
    private static let mailbox = Channel(.mailbox, "support")
    private static let webhook = Channel(.webhook, "inbound")

    private func rig() async throws -> GatewayRig {
        try await GatewayRig(
            reader: GMimeMailReader(guess: CLD2LanguageGuess()),
            policy: {
                for channel in [Self.mailbox, Self.webhook] {
                    $0.trust[channel] = .init(authentication: .servers(["mx.acme.example"]))
                }
            })
    }

    private func mail(
        _ headers: [String] = [], from: String = "carla@x.example", id: String = "question", isVerified: Bool = true,
        subject: String = "Warranty", text: String = "How long is the warranty?"
    ) -> [UInt8] {
        let verdict = "Authentication-Results: mx.acme.example; dmarc=\(isVerified ? "pass" : "fail")"
        let lines =
            [
                "\(verdict) header.from=\(from.split(separator: "@").last ?? "")",
                "Received: from mx by mx.acme.example; Mon, 23 Nov 2026 09:00:00 +0000",
            ] + headers + [
                "From: \(from)", "To: support@acme.example", "Subject: \(subject)",
                "Date: Mon, 23 Nov 2026 09:00:00 +0000", "Message-ID: <\(id)@mail.example>", "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8", "", text, "",
            ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    @discardableResult
    private func arrive(_ bytes: [UInt8], by channel: Channel = Self.mailbox, at rig: GatewayRig) async throws
        -> ArrivalID
    {
        let id: ArrivalID = rig.clock.surroundings.makeID()
        _ = try await rig.store.accept(
            [Arrival(id: id, channel: channel, key: id.text, receivedAt: rig.clock.now, bytes: bytes)], cursor: nil)
        return id
    }

    /// A list that people talk on: it writes its name, its headers and a footer.
    private var byList: [UInt8] {
        mail(
            ["List-Id: <help.lists.acme.example>", "List-Post: <mailto:help@lists.acme.example>", "Precedence: list"],
            subject: "[Help] Warranty",
            text: """
                How long is the warranty?\r
                _______________________________________________\r
                Help mailing list -- help@lists.acme.example\r
                To unsubscribe send an email to help-leave@lists.acme.example
                """)
    }

    @Test(arguments: [false, true]) func `mailbox, webhook, a group's address and a list bring one message`(
        isListFirst: Bool
    ) async throws {
        let rig = try await rig()
        let ways: [([UInt8], Channel)] = [
            (mail(), Self.mailbox), (mail(), Self.webhook), (mail(["Delivered-To: group@acme.example"]), Self.mailbox),
            (mail(["X-Vendor: inbound"]), Self.webhook), (byList, Self.mailbox),
        ]
        var arrivals: [ArrivalID] = []
        for (bytes, channel) in isListFirst ? ways.reversed() : ways {
            arrivals.append(try await arrive(bytes, by: channel, at: rig))
        }
        await rig.work()
        try await rig.expectWhole()
        let first = arrivals.removeFirst()
        #expect(try await rig.outcome(first) == (isListFirst ? .ticket : .answered))
        let id = try #require(try await rig.entry(first).conversation)
        for copy in arrivals {
            let entry = try await rig.entry(copy)
            #expect(entry.outcome == .recorded && entry.conversation == id, "\(entry)")
        }
        #expect(try await rig.messages(of: first).filter { $0.direction == .incoming }.count == 1)
        #expect(try await rig.outbox(.automaticReply).count == (isListFirst ? 0 : 1))
        // A copy that comes when all is done changes nothing.
        let late = try await arrive(mail(["Delivered-To: late@acme.example"]), by: Self.webhook, at: rig)
        await rig.work()
        #expect(try await rig.outcome(late) == .recorded)
        #expect(try await rig.outbox(.automaticReply).count == (isListFirst ? 0 : 1))
    }

    @Test func `a mail that a list's machine sent first is still answered`() async throws {
        let rig = try await rig()
        let bulk = try await arrive(mail(["Precedence: bulk", "List-Unsubscribe: <https://x.example>"]), at: rig)
        let own = try await arrive(mail(), at: rig)
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcomes([bulk, own]) == [.suppressed, .answered])
    }

    @Test func `the same words under another sender's name are no copy`() async throws {
        let rig = try await rig()
        let first = try await arrive(mail(), at: rig)
        let other = try await arrive(mail(from: "mallory@evil.example"), by: Self.webhook, at: rig)
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(other) == .answered)
        #expect(try await rig.entry(other).conversation != rig.entry(first).conversation)
    }

    @Test func `Outlook's answer without References joins by its Thread-Index, a stranger's and a forged one do not`()
        async throws
    {
        let root = "Thread-Index: AQHabjbCR9/kPqXzTUyNvL3s5W1Zyg=="
        let child = "Thread-Index: AQHabjbCR9/kPqXz\r\n TUyNvL3s5W1ZyoABAgME"
        let rig = try await rig()
        let first = try await arrive(mail([root]), at: rig)
        await rig.work()
        let answer = try await arrive(
            mail([child], id: "answer", subject: "Garantie", text: "And how long is it abroad?"), at: rig)
        let stranger = try await arrive(
            mail([child], from: "mallory@evil.example", id: "s", subject: "Mine", text: "Tell me everything."), at: rig)
        let forged = try await arrive(
            mail([child], id: "f", isVerified: false, subject: "Mine too", text: "Tell me all you know."), at: rig)
        await rig.work()
        try await rig.expectWhole()
        let id = try #require(try await rig.entry(first).conversation)
        #expect(try await rig.entry(answer).conversation == id)
        for other in [stranger, forged] {
            #expect(try await rig.entry(other).conversation != id)
            #expect(try await rig.conversation(of: other).linkedTo == id)
        }
        #expect(try await rig.outcome(forged) == .ticket)
        // What we write has no index of its own.
        let sent = try #require(rig.sender.attempts.first).mail
        #expect(sent.references.map(\.text) == ["question@mail.example"])
    }
}
