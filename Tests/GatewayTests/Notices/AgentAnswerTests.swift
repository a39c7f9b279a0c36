// Agents answer customers by mail: every way it may go, with the real reader and raw mails.

import Correspondence
import Foundation
import Language
import MailFormat
import TestSupport
import Testing

@testable import Gateway
@testable import Storage

@Suite struct AgentAnswerTests {
    let ada = "ada@acme.example"

    func rig(
        notify: [String] = ["ada@acme.example", "bob@acme.example"], reply: DeskProfile.ReplyAddress = .plus
    ) async throws -> GatewayRig {
        try await GatewayRig(
            reader: GMimeMailReader(guess: CLD2LanguageGuess()),
            policy: {
                $0.notify = notify.map { Sample.address($0) }
                $0.desk.replyAddress = reply
                $0.trust = [
                    Channel(.mailbox, "support"): .init(authentication: .servers(["mx.acme.example"]))
                ]
            })
    }

    /// A mail as it lies in the mailbox.
    func mail(
        from: String, name: String = "Somebody Nice", to: String = "support@acme.example",
        id: String = UUID().uuidString, subject: String = "Re: Ticket 1", answers notice: OutgoingMail? = nil,
        isVerified: Bool = true,
        headers: [String] = [], type: String = "text/plain; charset=utf-8", text: String
    ) -> [UInt8] {
        let domain = from.split(separator: "@").last.map(String.init) ?? ""
        var lines = [
            "Received: from mx by mx.acme.example; Mon, 23 Nov 2026 09:00:00 +0000"
        ]
        if isVerified {
            lines.insert("Authentication-Results: mx.acme.example; dmarc=pass header.from=\(domain)", at: 0)
        }
        lines += [
            "From: \"\(name)\" <\(from)>", "To: <\(to)>", "Subject: \(subject)",
            "Date: Mon, 23 Nov 2026 09:00:00 +0000", "Message-ID: <\(id)@mail.example>",
        ]
        if let notice {
            lines.append("In-Reply-To: <\(notice.messageID.text)>")
            lines.append(
                "References: <\((notice.references + [notice.messageID]).map(\.text).joined(separator: "> <"))>")
        }
        lines += headers + ["MIME-Version: 1.0", "Content-Type: \(type)", "", text]
        return Array(lines.joined(separator: "\r\n").replacing("\r\n", with: "\n").replacing("\n", with: "\r\n").utf8)
    }

    /// A customer's mail that became ticket 1, told to the agents; the notice that `agent` got.
    func notice(_ rig: GatewayRig, to agent: String = "ada@acme.example") async throws -> OutgoingMail {
        try await rig.arrive(
            mail(from: "carla@x.example", id: "question", subject: "Warranty", text: "I want to speak to a human."))
        await rig.work()
        return try #require(
            rig.sender.received.first { $0.recipient.text == agent && $0.mail.origin == .notice }, "no notice"
        ).mail
    }

    func toCustomer(_ rig: GatewayRig) -> [OutgoingMail] {
        rig.sender.attempts.filter { $0.recipient.text == "carla@x.example" }.map(\.mail)
    }

    func words(_ rig: GatewayRig, to agent: String = "ada@acme.example") -> [OutgoingMail] {
        rig.sender.attempts.filter { $0.recipient.text == agent && $0.mail.subject.hasPrefix("Not sent") }.map(\.mail)
    }

    /// Held: a ticket of its own, linked if it is known to what, and not a word to the customer.
    func expectHeld(
        _ rig: GatewayRig, _ arrival: ArrivalID, told reason: String?, isLinked: Bool = true,
        location: SourceLocation = #_sourceLocation
    ) async throws {
        await rig.work()
        try await rig.expectWhole(location: location)
        #expect(try await rig.outcome(arrival) == .ticket, sourceLocation: location)
        #expect(toCustomer(rig).isEmpty, sourceLocation: location)
        let first = try await rig.base.ticket(number: 1)
        #expect(first.ticket.status == .new && first.messages.count == 1, sourceLocation: location)
        let held = try await rig.conversation(of: arrival)
        #expect(held.id != first.conversation.id, sourceLocation: location)
        #expect((held.linkedTo == first.conversation.id) == isLinked, sourceLocation: location)
        if let reason {
            #expect(words(rig).count == 1, sourceLocation: location)
            #expect(words(rig).first?.text.contains(reason) == true, sourceLocation: location)
        } else {
            #expect(words(rig).isEmpty, sourceLocation: location)
        }
    }

    @Test func `a notice names the agent's own address, and stands in a thread of its own`() async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        let address = try #require(notice.replyTo?.address)
        #expect(address.text.hasPrefix("support+") && address.domain == "acme.example")
        #expect(notice.inReplyTo != nil && notice.references == [notice.inReplyTo].compactMap { $0 })
        #expect(notice.text.hasPrefix(AnswerMark.text))
        let bobs = try #require(rig.sender.received.first { $0.recipient.text == "bob@acme.example" }).mail
        #expect(bobs.replyTo != notice.replyTo && bobs.references == notice.references)
    }

    @Test(arguments: [DeskProfile.ReplyAddress.plus, .none])
    func `an agent's new words go to the customer in the customer's thread, as a human's`(
        _ reply: DeskProfile.ReplyAddress
    ) async throws {
        let rig = try await rig(reply: reply)
        let notice = try await notice(rig)
        #expect((notice.replyTo == nil) == (reply == .none))
        let before = try await rig.base.ticket(number: 1).ticket
        let quote = notice.text.split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }
        let text =
            "Two years,\nplus one.\n\nOn Mon, 23 Nov 2026 at 09:00, Acme wrote:\n" + quote.joined(separator: "\n")
            + "\n\n-- \nAda Lovelace\nAcme Inc.\n"
        let arrival = try await rig.arrive(
            mail(from: ada, to: notice.replyTo?.address.text ?? "support@acme.example", answers: notice, text: text))
        await rig.work()
        try await rig.expectWhole()
        let sent = try #require(toCustomer(rig).first)
        #expect(toCustomer(rig).count == 1 && sent.origin == .human)
        #expect(sent.text.contains("Two years,\nplus one.") && sent.text.contains("Somebody Nice"))
        for leak in [AnswerMark.text, "Ada Lovelace", "wrote:", "ada@acme.example", "human."] {
            #expect(!sent.text.contains(leak), "\(leak)")
        }
        #expect(sent.inReplyTo?.text == "question@mail.example" && sent.subject == "Re: [Acme #1] Warranty")
        #expect(sent.replyTo == nil || sent.replyTo?.address != notice.replyTo?.address)
        let folder = try await rig.base.ticket(number: 1)
        #expect(folder.ticket.status == .waiting && folder.ticket.version == before.version + 1)
        #expect(folder.ticket.firstResponseAt != nil)
        #expect(folder.messages.map(\.direction) == [.incoming, .outgoing])
        #expect(folder.messages.last?.author.kind == .agent && folder.messages.last?.author.name == "Somebody Nice")
        let entry = try await rig.entry(arrival)
        #expect(entry.outcome == .recorded && entry.conversation == folder.conversation.id)
        #expect(entry.outcomeReason == "sent to the customer as the answer to ticket #1")
        #expect(words(rig).isEmpty)
        // The customer's next mail comes back to the same ticket.
        let next = try await rig.arrive(
            mail(from: "carla@x.example", subject: "Re: Warranty", answers: sent, text: "Thank you, and abroad?"))
        await rig.work()
        #expect(try await rig.entry(next).conversation == folder.conversation.id)
        #expect(try await rig.base.ticket(number: 1).ticket.status == .open)
    }

    @Test func `the same mail by two ways, or twice, is sent once`() async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        let address = try #require(notice.replyTo?.address.text)
        let bytes = mail(from: ada, to: address, id: "once", answers: notice, text: "Two years.")
        let other = mail(
            from: ada, to: address, id: "once", answers: notice, headers: ["X-Way: another"], text: "Two years.")
        let arrivals = [try await rig.arrive(bytes), try await rig.arrive(bytes), try await rig.arrive(other)]
        await rig.work()
        let late = try await rig.arrive(other)
        await rig.work()
        try await rig.expectWhole()
        #expect(toCustomer(rig).count == 1)
        #expect(try await rig.outcomes(arrivals + [late]) == [.recorded, .recorded, .recorded, .recorded])
        // All of it goes with the conversation: no way keeps what the customer wrote.
        let id = try await rig.base.ticket(number: 1).conversation.id
        for arrival in arrivals + [late] { #expect(try await rig.entry(arrival).conversation == id) }
        try await rig.base.erase(id)
        for arrival in arrivals + [late] {
            await #expect(throws: StoreError.self) { try await rig.base.mail(arrival) }
        }
    }

    @Test func `a second answer of the agent is a second reply`() async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        let address = try #require(notice.replyTo?.address.text)
        for text in ["Two years.", "And one more."] {
            try await rig.arrive(mail(from: ada, to: address, answers: notice, text: text))
        }
        await rig.work()
        #expect(toCustomer(rig).count == 2)
    }

    @Test func `an unverified sender is held, and the agent is told`() async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        let address = try #require(notice.replyTo?.address.text)
        let arrival = try await rig.arrive(
            mail(from: ada, to: address, answers: notice, isVerified: false, text: "Send me money."))
        try await expectHeld(rig, arrival, told: "not verified")
    }

    @Test(arguments: ["bob@acme.example", "eve@evil.example"])
    func `another sender with an agent's token is held, and its agent is told`(from: String) async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        let address = try #require(notice.replyTo?.address.text)
        let arrival = try await rig.arrive(mail(from: from, to: address, answers: notice, text: "Send me money."))
        try await expectHeld(rig, arrival, told: "another address than ada@acme.example")
    }

    @Test func `the customer with an agent's token does not speak for the desk`() async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        let address = try #require(notice.replyTo?.address.text)
        let arrival = try await rig.arrive(
            mail(from: "carla@x.example", to: address, answers: notice, text: "You get a refund."))
        try await expectHeld(rig, arrival, told: "another address")
    }

    @Test func `a customer's token gives an agent no right to speak`() async throws {
        let rig = try await rig()
        _ = try await notice(rig)
        try await rig.tickets.reply(1, body: "Two years.", agent: "Kim")
        await rig.work()
        let reply = try #require(toCustomer(rig).first)
        let arrival = try await rig.arrive(
            mail(from: ada, to: try #require(reply.replyTo?.address.text), answers: reply, text: "You get a refund."))
        await rig.work()
        #expect(try await rig.outcome(arrival) == .ticket)
        #expect(toCustomer(rig).count == 1)
    }

    @Test func `an old notice is not answered by mail any more`() async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        rig.clock.advance(.days(50))
        let arrival = try await rig.arrive(
            mail(from: ada, to: try #require(notice.replyTo?.address.text), answers: notice, text: "Two years."))
        try await expectHeld(rig, arrival, told: "too old")
    }

    @Test func `a changed token is nobody's, and the agent is told so`() async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        let address = try #require(notice.replyTo?.address)
        let last = address.localPart.dropLast() + (address.localPart.hasSuffix("0") ? "8" : "0")
        var stripped = notice
        stripped.messageID = Sample.messageID("db.gone@acme.example")
        let arrival = try await rig.arrive(
            mail(from: ada, to: "\(last)@acme.example", answers: stripped, text: "Two years."))
        try await expectHeld(rig, arrival, told: "does not say which ticket", isLinked: false)
    }

    @Test func `whoever is told of tickets no more speaks for the desk no more`() async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        var policy = rig.policy
        policy.notify = [Sample.address("bob@acme.example")]
        let filing = FilingStation(
            seams: rig.seams, policy: policy, signer: rig.signer, keeper: rig.keeper, handover: rig.handover)
        let arrival = try await rig.arrive(
            mail(from: ada, to: try #require(notice.replyTo?.address.text), answers: notice, text: "Two years."))
        while try await filing.round() {}
        try await expectHeld(rig, arrival, told: nil)
    }

    @Test(arguments: [
        "", "> Ticket 1\n> wants a human\n", "-- \nAda Lovelace\n",
    ])
    func `a mail without words of its own sends nothing, and says so`(text: String) async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        let arrival = try await rig.arrive(
            mail(from: ada, to: try #require(notice.replyTo?.address.text), answers: notice, text: text))
        try await expectHeld(rig, arrival, told: "no words of its own")
    }

    @Test func `a quote that is not seen as one keeps the notice from the customer`() async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        let arrival = try await rig.arrive(
            mail(
                from: ada, to: try #require(notice.replyTo?.address.text), answers: notice,
                text: "Two years.\n\nsomething odd\n\(notice.text)"))
        try await expectHeld(rig, arrival, told: "please remove the quote")
    }

    /// Words, and a part beside them.
    func answer(_ rig: GatewayRig, with part: String) async throws -> ArrivalID {
        let notice = try await notice(rig)
        let text = "--b\nContent-Type: text/plain\n\nSee the form.\n--b\n\(part)\n\n%PDF\n--b--\n"
        return try await rig.arrive(
            mail(
                from: ada, to: try #require(notice.replyTo?.address.text), answers: notice,
                type: "multipart/mixed; boundary=b", text: text))
    }

    @Test(arguments: [
        "Content-Type: application/pdf\nContent-Disposition: attachment; filename=form.pdf",
        // As Apple Mail sends what it shows within the words.
        "Content-Type: application/pdf; name=form.pdf\nContent-Disposition: inline; filename=form.pdf",
        "Content-Type: application/pdf\nContent-Disposition: inline; filename=form.pdf\nContent-ID: <a@b>",
        "Content-Type: image/png\nContent-Disposition: inline; filename=plan.png",
        "Content-Type: image/png\nContent-Disposition: attachment; filename=plan.png\nContent-ID: <a@b>",
    ])
    func `attachments are not lost in silence`(part: String) async throws {
        let rig = try await rig()
        try await expectHeld(rig, try await answer(rig, with: part), told: "attachments")
    }

    @Test func `a letterhead's picture keeps no answer from the customer`() async throws {
        let rig = try await rig()
        let arrival = try await answer(
            rig, with: "Content-Type: image/png\nContent-Disposition: inline; filename=logo.png\nContent-ID: <a@b>")
        await rig.work()
        #expect(try await rig.outcome(arrival) == .recorded)
        #expect(toCustomer(rig).count == 1)
    }

    /// Where the words stand beside the quoted notice.
    @Test(arguments: ["QTwo years.\n", "Two years.\nQ\n@Bob: this one always lies.\n", "HTwo years.\nQ\nBob lies.\n"])
    func `only what stands above the mark goes to the customer`(form: String) async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        var quote = notice.text.split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }
        quote = form.hasPrefix("H") ? ["> Thank you for waiting.", "", "Two years.", ""] + quote : quote
        let text = form.dropFirst(form.hasPrefix("H") ? 1 : 0).replacing(
            "Q", with: "On Mon, 23 Nov 2026 at 09:00, Acme wrote:\n" + quote.joined(separator: "\n") + "\n")
        let arrival = try await rig.arrive(
            mail(from: ada, to: try #require(notice.replyTo?.address.text), answers: notice, text: String(text)))
        try await expectHeld(rig, arrival, told: "write above it")
    }

    @Test func `words are above the mark or not, however a mail program quoted it`() {
        let quote = "> ##- Deskbridge -## Write above\n> How long?\n"
        #expect(AnswerMark.isBelow("Two years.", in: "Two years.\n\nAda wrote:\n\(quote)"))
        #expect(AnswerMark.isBelow("Two years.\nThanks", in: " Two years. \r\n\r\nThanks\r\n\(quote)Ada"))
        #expect(AnswerMark.isBelow("Two years.", in: "Two years."))
        #expect(!AnswerMark.isBelow("Two years.\nBob lies", in: "Two years.\n\(quote)Bob lies"))
        #expect(!AnswerMark.isBelow("Thanks\nThanks", in: "Thanks\n\(quote)Thanks"))
        #expect(!AnswerMark.isBelow("Two years.", in: "\(quote)Two years."))
        #expect(!AnswerMark.isBelow("Yes", in: "> ##- Deskbridge\n> -## Write above\nYes"))
    }

    // MARK: Others at the same time

    /// The customer's second mail, before the agent's answer to the notice of the first.
    func asksAgain(_ rig: GatewayRig) async throws -> ArrivalID {
        try await rig.arrive(mail(from: "carla@x.example", subject: "Re: Warranty", text: "And is it valid abroad?"))
    }

    func notices(_ rig: GatewayRig) -> [OutgoingMail] {
        rig.sender.received.filter { $0.recipient.text == ada && $0.mail.origin == .notice }.map(\.mail)
    }

    @Test(arguments: [
        ["Auto-Submitted: auto-replied"], ["X-Autoreply: yes"], ["X-Auto-Response-Suppress: All"],
        ["Auto-Submitted: auto-generated"],
    ])
    func `an agent's automatic answer never goes to a customer, and makes no mail`(headers: [String]) async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        let count = rig.sender.attempts.count
        let arrival = try await rig.arrive(
            mail(
                from: ada, to: try #require(notice.replyTo?.address.text), subject: "Out of office: Ticket 1",
                answers: notice, headers: headers, text: "I am away."))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(arrival) == .suppressed)
        #expect(rig.sender.attempts.count == count)
    }

    @Test(arguments: [
        ("Abwesenheitsnotiz: Re: Ticket 1", [], true, "ada@acme.example"),
        ("Re: Ticket 1", ["Return-Path: <>"], true, "ada@acme.example"),
        ("Re: Ticket 1", ["Return-Path: <>"], false, "ada@acme.example"),
        // The agent has her mail forwarded, and the note comes from there.
        ("Re: Ticket 1", ["Return-Path: <>"], true, "ada@home.example"),
    ])
    func `a note that only its subject or sender shows as automatic goes to no customer, and is told to nobody`(
        subject: String, headers: [String], isVerified: Bool, from: String
    ) async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        let arrival = try await rig.arrive(
            mail(
                from: from, to: try #require(notice.replyTo?.address.text), subject: subject, answers: notice,
                isVerified: isVerified, headers: headers, text: "Ich bin nicht im Büro."))
        // Some readers know it for an automatic answer; what is left is held.
        if headers.isEmpty {
            await rig.work()
            #expect(try await rig.outcome(arrival) != .recorded)
            #expect(toCustomer(rig).isEmpty && words(rig).isEmpty)
        } else {
            try await expectHeld(rig, arrival, told: nil)
        }
    }

    @Test func `a note that answers a list of tickets is told to nobody`() async throws {
        let rig = try await rig(notify: [ada])
        for number in 1...2 {
            try await rig.arrive(
                mail(from: "c\(number)@x.example", subject: "Question \(number)", text: "I want to speak to a human."))
        }
        await rig.work()
        let list = try #require(rig.sender.received.first { $0.mail.subject == "2 tickets" }).mail
        let count = rig.sender.attempts.count
        try await rig.arrive(
            mail(
                from: ada, subject: "Re: 2 tickets", answers: list, headers: ["Return-Path: <>"],
                text: "Ich bin nicht im Büro."))
        await rig.work()
        #expect(rig.sender.attempts.count == count)
    }

    @Test func `an agent's mail that answers nothing of ours is nobody's answer`() async throws {
        let rig = try await rig()
        _ = try await notice(rig)
        let arrival = try await rig.arrive(mail(from: ada, subject: "Lunch", text: "Who comes along?"))
        try await expectHeld(rig, arrival, told: nil, isLinked: false)
    }

    @Test func `an answer to a ticket that was erased is told to the agent`() async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        try await rig.base.erase(try await rig.base.ticket(number: 1).conversation.id)
        let arrival = try await rig.arrive(
            mail(from: ada, to: try #require(notice.replyTo?.address.text), answers: notice, text: "Two years."))
        await rig.work()
        #expect(try await rig.outcome(arrival) == .ticket)
        #expect(toCustomer(rig).isEmpty && words(rig).first?.text.contains("does not exist any more") == true)
    }

    @Test func `what answers refusals by itself is not answered for ever`() async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        for number in 0..<(AgentAnswer.wordLimit + 5) {
            try await rig.arrive(
                mail(
                    from: ada, to: try #require(notice.replyTo?.address.text), answers: notice, isVerified: false,
                    text: "Echo \(number)"))
        }
        await rig.work()
        #expect(words(rig).count == AgentAnswer.wordLimit)
        try await rig.expectWhole()
    }

    @Test func `where nobody can be verified a notice does not offer what would be refused`() async throws {
        let rig = try await GatewayRig(reader: GMimeMailReader(guess: CLD2LanguageGuess()))
        let notice = try await notice(rig)
        #expect(notice.replyTo == nil && !notice.text.contains(AnswerMark.text))
    }

    @Test func `the addresses in a list of tickets answer each its own`() async throws {
        let rig = try await rig(notify: [ada])
        for number in 1...3 {
            try await rig.arrive(
                mail(
                    from: "c\(number)@x.example", subject: "Question \(number)", text: "I want to speak to a human."))
        }
        await rig.work()
        let list = try #require(rig.sender.received.first { $0.mail.subject == "3 tickets" }).mail
        let line = try #require(list.text.split(separator: "\n").first { $0.hasPrefix("#2 ") })
        // To the list itself: nobody knows for whom.
        let lost = try await rig.arrive(mail(from: ada, answers: list, text: "For whom is this?"))
        let second = try await rig.arrive(
            mail(from: ada, to: String(line.dropFirst(3)), answers: list, text: "This is for two."))
        await rig.work()
        #expect(try await rig.outcomes([lost, second]) == [.ticket, .recorded])
        let sent = rig.sender.attempts.filter { $0.mail.origin == .human }
        #expect(
            sent.map(\.recipient.text) == [try await rig.base.ticket(number: 2).conversation.customer.address?.text])
        #expect(sent.first?.mail.text.contains("This is for two.") == true)
        #expect(words(rig).count == 1)
    }

    @Test func `an answer about a ticket that cannot be read ends with a human, and holds up no other mail`()
        async throws
    {
        let rig = try await rig()
        let notice = try await notice(rig)
        _ = try await rig.open.database.write {
            try $0.execute("UPDATE conversations SET status = 'of a later version'", [])
        }
        let answer = try await rig.arrive(
            mail(from: ada, to: notice.replyTo?.address.text ?? "", answers: notice, text: "Two years."))
        let other = try await rig.arrive(
            mail(from: "tom@x.example", subject: "Other", text: "How long is the warranty?"))
        await rig.workOn(for: .minutes(1))
        #expect(try await rig.outcome(answer) == .quarantined)
        #expect(try await rig.outcome(other) == .answered)
    }
}
