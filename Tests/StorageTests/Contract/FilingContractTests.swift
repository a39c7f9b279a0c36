// Where a message goes, and what becomes of it, on every engine.

import Correspondence
import Testing

@testable import Storage

@Suite struct FilingContractTests {
    static let stranger = EmailAddress("stranger@elsewhere.example")!
    static let colleague = EmailAddress("colleague@home.example")!

    private func isNew(_ filed: Filed, beside id: ConversationID) -> Bool {
        guard case .waiting(let other) = filed else { return false }
        return other != id
    }

    @Test(arguments: Engine.available)
    func `a first message opens a conversation that waits, with everything that was read`(
        _ engine: Engine
    ) async throws {
        try await Bench.with(engine) { bench in
            var message = bench.message("Hello\n> quoted", subject: "Héllo 😀")
            message.newText = "Hello"
            message.html = "<p>Hello</p>"
            message.inReplyTo = [MessageID("none@x.example")!]
            message.references = [MessageID("a@x.example")!, MessageID("none@x.example")!]
            message.date = Timestamp(bench.clock.now, offsetMinutes: 90)
            message.answerable = false
            message.answerableReasons = ["a list"]
            message.attachments = [
                Attachment(name: "a.png", type: "image/png", size: 9, isInline: true, contentID: "c", part: 2)
            ]
            let arrival = bench.arrival()
            let lease = try await bench.claimed(arrival)
            var filing = bench.filing(message)
            filing.answerTo = Self.colleague
            filing.customerRole = "premium"
            let filed = try await bench.store.file([(lease, filing)])[0].get()
            #expect(filed == .waiting(filing.newConversation))
            let conversation = try await bench.store.conversation(filing.newConversation)
            #expect(conversation.subject == "Héllo 😀")
            #expect(conversation.status == .open)
            #expect(conversation.customer == Party(name: "Cus Tomer", address: Bench.customer, role: "premium"))
            #expect(conversation.channel == .mailbox)
            #expect(conversation.version == 1)
            #expect(conversation.messageCount == 1)
            #expect(conversation.number > 0)
            let stored = try await bench.store.messages(of: conversation.id)
            #expect(
                stored == [
                    SupportMessage(
                        id: filing.record, conversation: conversation.id, direction: .incoming,
                        author: .init(kind: .customer, name: "Cus Tomer", address: Bench.customer),
                        answerTo: Self.colleague, messageID: message.messageID, inReplyTo: message.inReplyTo[0],
                        references: message.references, subject: message.subject, at: arrival.receivedAt,
                        date: message.date, language: "en", text: message.text, newText: "Hello", html: message.html,
                        attachments: message.attachments, isVerified: true, verification: "dmarc=pass",
                        answerable: false, answerableReasons: ["a list"], channel: arrival.channel,
                        arrival: arrival.id)
                ])
            #expect(try await bench.store.message(filing.record) == stored[0])
            let entry = try await bench.store.ledgerEntry(arrival.id)
            #expect(entry.outcome == nil)
            #expect(entry.kind == .human)
            #expect(entry.message == filing.record)
            #expect(entry.conversation == conversation.id)
            #expect(entry.from == Bench.customer.text)
            #expect(entry.subject == message.subject)
            #expect(try await bench.store.claimArrivals(limit: 1, byteLimit: 1_000).isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func `our token joins a participant, verified or not, and counts the version up`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting()
            let filed = try await bench.filed(bench.message(subject: "Other", verified: false), token: id)
            #expect(filed == .waiting(id))
            let conversation = try await bench.store.conversation(id)
            #expect(conversation.version == 2)
            #expect(conversation.messageCount == 2)
            #expect(try await bench.store.messages(of: id).map(\.isVerified) == [true, false])
        }
    }

    @Test(arguments: Engine.available)
    func `a stranger with a token is held in a linked conversation`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting()
            let filed = try await bench.filed(bench.message(from: Self.stranger), token: id)
            guard case .waiting(let other) = filed else { throw Missing("a waiting conversation") }
            #expect(other != id)
            #expect(try await bench.store.conversation(other).linkedTo == id)
            #expect(try await bench.drafting(other).item.isHeld)
        }
    }

    @Test(arguments: Engine.available)
    func `references join only a verified participant; anyone else opens a linked conversation`(
        _ engine: Engine
    ) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting(bench.message(id: "first@home.example"))
            for (sender, verified, joins) in [
                (Bench.customer, true, true), (Bench.customer, false, false), (Self.stranger, true, false),
            ] {
                var message = bench.message("again \(verified) \(sender)", from: sender, verified: verified)
                message.references = [MessageID("unknown@x.example")!, MessageID("first@home.example")!]
                let filed = try await bench.filed(message)
                #expect(joins ? filed == .waiting(id) : isNew(filed, beside: id))
                if case .waiting(let other) = filed, !joins {
                    let opened = try await bench.store.conversation(other)
                    #expect(opened.linkedTo == id)
                    #expect(try await bench.drafting(other).item.isHeld == false)
                }
            }
        }
    }

    @Test(arguments: Engine.available)
    func `an answer to our reply is found by the Message-ID we wrote`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let reply = bench.outgoing()
            let id = try await bench.answered(reply: reply)
            var message = bench.message("Thanks", subject: "Thanks")
            message.inReplyTo = [reply.reply.messageID]
            #expect(try await bench.filed(message) == .waiting(id))
        }
    }

    @Test(arguments: Engine.available)
    func `of many references the nearest one counts`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            _ = try await bench.waiting(bench.message("one", subject: "A", id: "one@home.example"))
            let two = try await bench.waiting(bench.message("two", subject: "B", id: "two@home.example"))
            var message = bench.message("three", subject: "C")
            message.references = (0..<300).map { MessageID("\($0)@x.example")! }
            message.references += [MessageID("one@home.example")!, MessageID("two@home.example")!]
            #expect(try await bench.filed(message) == .waiting(two))
        }
    }

    @Test(arguments: Engine.available)
    func `an id borne twice belongs to the first who bore it`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting(bench.message("mine", subject: "A", id: "one@home.example"))
            bench.clock.advance(.seconds(1))
            // A stranger who saw the id writes it over a mail of theirs, and names the customer as a participant.
            var forged = bench.message("forged", from: Self.stranger, subject: "B", id: "one@home.example")
            forged.cc = [NamedAddress(address: Bench.customer)]
            #expect(isNew(try await bench.filed(forged), beside: id))
            var answer = bench.message("answer", subject: "C")
            answer.inReplyTo = [MessageID("one@home.example")!]
            #expect(try await bench.filed(answer) == .waiting(id))
        }
    }

    @Test(arguments: Engine.available)
    func `the tag's number joins a verified participant`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting()
            let number = try await bench.store.conversation(id).number
            #expect(try await bench.filed(bench.message("a", subject: "X"), number: number) == .waiting(id))
            let filed = try await bench.filed(bench.message("b", from: Self.stranger, subject: "X"), number: number)
            #expect(isNew(filed, beside: id))
            #expect(isNew(try await bench.filed(bench.message("c", subject: "X"), number: 999_999), beside: id))
        }
    }

    @Test(arguments: Engine.available)
    func `the same subject joins behind a reply prefix, within 14 days, with a common participant`(
        _ engine: Engine
    ) async throws {
        try await Bench.with(engine) { bench in
            let id = try await bench.waiting(bench.message(subject: "My Parcel"))
            #expect(try await bench.filed(bench.message("1", subject: "AW: my  parcel")) == .waiting(id))
            #expect(isNew(try await bench.filed(bench.message("2", subject: "My Parcel 2")), beside: id))
            let stranger = try await bench.filed(bench.message("3", from: Self.stranger, subject: "Re: My Parcel"))
            #expect(isNew(stranger, beside: id))
            if case .waiting(let other) = stranger {
                #expect(try await bench.store.conversation(other).linkedTo == nil)
            }
            bench.clock.advance(.days(14) + .seconds(1))
            #expect(isNew(try await bench.filed(bench.message("4", subject: "Re: My Parcel")), beside: id))
            #expect(isNew(try await bench.filed(bench.message("5", subject: "Re:")), beside: id))
        }
    }

    @Test(arguments: Engine.available)
    func `whom a verified customer put in Cc joins as a participant, never the desk`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            var message = bench.message(id: "first@home.example")
            message.cc = [NamedAddress(address: Self.colleague)]
            message.to = [NamedAddress(address: EmailAddress("support+detail@acme.example")!)]
            let id = try await bench.waiting(message)
            var answer = bench.message("From Cc", from: EmailAddress("Colleague@HOME.example"))
            answer.references = [MessageID("first@home.example")!]
            #expect(try await bench.filed(answer) == .waiting(id))
            #expect(try await bench.store.messages(of: id).last?.author.kind == .participant)
            for desk in ["support@acme.example", "support+detail@acme.example"] {
                answer = bench.message("From the desk \(desk)", from: EmailAddress(desk))
                answer.references = [MessageID("first@home.example")!]
                #expect(isNew(try await bench.filed(answer), beside: id))
            }
        }
    }

    @Test(arguments: Engine.available)
    func `someone in Cc lets nobody else in`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            var message = bench.message(id: "first@home.example")
            message.cc = [NamedAddress(address: Self.colleague)]
            let id = try await bench.waiting(message)
            let friend = EmailAddress("friend@else.example")!
            var answer = bench.message("From Cc", from: Self.colleague)
            answer.references = [MessageID("first@home.example")!]
            answer.cc = [NamedAddress(address: friend)]
            #expect(try await bench.filed(answer) == .waiting(id))
            var stranger = bench.message("From the friend", from: friend)
            stranger.references = [MessageID("first@home.example")!]
            #expect(isNew(try await bench.filed(stranger), beside: id))
        }
    }

    @Test(arguments: Engine.available)
    func `whom an unverified sender names does not become a participant`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            var message = bench.message(id: "first@home.example", verified: false)
            message.cc = [NamedAddress(address: Self.colleague)]
            let id = try await bench.waiting(message)
            var answer = bench.message("From Cc", from: Self.colleague)
            answer.references = [MessageID("first@home.example")!]
            #expect(isNew(try await bench.filed(answer), beside: id))
        }
    }

    @Test(arguments: Engine.available)
    func `a copy is recorded once: the same bytes, or the same Message-ID, sender and text`(
        _ engine: Engine
    ) async throws {
        try await Bench.with(engine) { bench in
            let message = bench.message(id: "first@home.example")
            let id = try await bench.waiting(message, arrival: bench.arrival("same bytes"))
            var other = bench.message("whatever", subject: "Other")
            #expect(try await bench.filed(other, arrival: bench.arrival("same bytes")) == .settled(.recorded, id))
            #expect(try await bench.filed(message, arrival: bench.arrival("other bytes")) == .settled(.recorded, id))
            #expect(try await bench.store.conversation(id).messageCount == 1)
            // Another text, or another sender, is another mail.
            other = bench.message("another text", subject: "Other", id: "first@home.example")
            guard case .waiting = try await bench.filed(other) else { throw Missing("a second message") }
            other = bench.message(from: Self.stranger, id: "first@home.example")
            guard case .waiting = try await bench.filed(other) else { throw Missing("a second message") }
            let recorded = try await bench.store.ledger(outcome: .recorded, limit: 10, before: nil)
            #expect(recorded.map(\.conversation) == [id, id])
        }
    }

    @Test(arguments: Engine.available)
    func `a list's copy with its footer is a copy, before the mail itself and behind it`(_ engine: Engine) async throws
    {
        try await Bench.with(engine) { bench in
            let footer = "\n\n_______________________\nHelp mailing list\nhelp@lists.acme.example\n"
            for (first, second) in [("", footer), (footer, ""), ("", "\n \n")] {
                let text = "Where is it? \(first.count) \(second.count)"
                let id = try await bench.waiting(
                    bench.message(text + first, subject: text, id: "\(first.count)-\(second.count)@home.example"))
                let copy = bench.message(
                    text + second, subject: "[Help] " + text, id: "\(first.count)-\(second.count)@home.example")
                #expect(try await bench.filed(copy) == .settled(.recorded, id))
                #expect(try await bench.store.conversation(id).messageCount == 1)
            }
        }
    }

    @Test(arguments: Engine.available)
    func `a person's mail is no copy of one that was taken for automatic`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            var byList = bench.message(id: "first@home.example")
            byList.kind = .bulk
            #expect(try await bench.filed(byList) == .settled(.suppressed, nil))
            bench.clock.advance(.seconds(1))
            let id = try await bench.waiting(bench.message(id: "first@home.example"))
            // The other way round it is one, and goes with the person's when that is erased.
            #expect(try await bench.filed(byList) == .settled(.recorded, id))
            #expect(try await bench.filed(bench.message(id: "first@home.example")) == .settled(.recorded, id))
        }
    }

    @Test(arguments: Engine.available)
    func `history is filed and recorded, and nobody waits`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let filed = try await bench.filed(bench.message(), arrival: bench.arrival(isHistory: true))
            guard case .settled(.recorded, let id?) = filed else { throw Missing("a recorded message, not \(filed)") }
            #expect(try await bench.store.messages(of: id).map(\.outcome) == [.recorded])
            #expect(try await bench.store.conversation(id).status == .closed)
            #expect(try await bench.store.claimDrafting(limit: 10).isEmpty)
            #expect(try await bench.store.backlog()[.draft] == nil)
        }
    }

    @Test(arguments: Engine.available)
    func `automatic mail is suppressed, in its conversation where it threads to one`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let reply = bench.outgoing()
            let id = try await bench.answered(reply: reply)
            let version = try await bench.store.conversation(id).version
            var message = bench.message("I am away")
            message.kind = .autoReply
            message.kindReason = "Auto-Submitted: auto-replied"
            message.inReplyTo = [reply.reply.messageID]
            #expect(try await bench.filed(message) == .settled(.suppressed, id))
            #expect(try await bench.store.conversation(id).version == version)
            let last = try await bench.store.messages(of: id).last
            #expect(last?.outcome == .suppressed)
            #expect(last?.outcomeReason == "Auto-Submitted: auto-replied")
            message = bench.message("News!", from: Self.stranger)
            message.kind = .bulk
            #expect(try await bench.filed(message) == .settled(.suppressed, nil))
            #expect(try await bench.store.claimDrafting(limit: 10).isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func `a final bounce of our reply opens the ticket and marks the reply failed`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let reply = bench.outgoing()
            let id = try await bench.answered(reply: reply)
            let lease = try await bench.store.claimDeliveries(limit: 1)[0]
            try await bench.store.settle(lease, .sent(reply: "250 ok"))
            var bounce = bench.message("Undeliverable", from: Self.stranger, verified: false)
            bounce.kind = .bounce
            bounce.bounce = Bounce(
                recipient: "x", status: "4.4.1", diagnostic: nil, originalMessageID: reply.reply.messageID)
            #expect(try await bench.filed(bounce) == .settled(.suppressed, id))
            #expect(try await bench.store.conversation(id).ticket == nil)
            bounce.bounce?.status = "5.1.1"
            bounce.text = "Undeliverable for good"
            #expect(try await bench.filed(bounce) == .settled(.suppressed, id))
            let ticket = try #require(try await bench.store.conversation(id).ticket)
            let folder = try await bench.store.ticket(ticket)
            #expect(folder.ticket.status == .new)
            #expect(folder.ticket.reason.contains("5.1.1"))
            #expect(folder.messages.first { $0.direction == .outgoing }?.delivery == .failed)
            #expect(try await bench.store.outbox(state: .failed, limit: 5).map(\.id) == [reply.id])
            #expect(try await bench.store.claimDrafting(limit: 10).isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func `a bounce that came to a token names the last reply that went out`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let reply = bench.outgoing()
            let id = try await bench.answered(reply: reply)
            let sent = try await bench.store.claimDeliveries(limit: 1)[0]
            try await bench.store.settle(sent, .sent(reply: "250"))
            // A human's answer waits: no bounce can be about it.
            bench.clock.advance(.minutes(1))
            _ = try await bench.filed(bench.message("More"), token: id)
            let lease = try await bench.drafting(id)
            _ = try await bench.store.conclude(lease, bench.ticketing(lease))
            let ticket = try #require(try await bench.store.conversation(id).ticket)
            let human = bench.outgoing(.humanReply, body: "Ann here")
            try await bench.store.reply(ticket, TicketReply(agent: "Ann", outgoing: human), version: nil)
            var bounce = bench.message("Undeliverable", from: nil, verified: false)
            bounce.kind = .bounce
            bounce.bounce = Bounce(recipient: nil, status: nil, diagnostic: nil, originalMessageID: nil)
            #expect(try await bench.filed(bounce, token: id) == .settled(.suppressed, id))
            #expect(try await bench.store.outbox(state: .failed, limit: 5).map(\.id) == [reply.id])
            #expect(try await bench.store.outbox(state: .pending, limit: 5).map(\.id).contains(human.id))
            #expect(try await bench.store.claimDeliveries(limit: 1).map(\.item.id) == [human.id])
        }
    }

    @Test(arguments: Engine.available)
    func `the chat's bearer joins without an address and may say the same thing twice`(_ engine: Engine) async throws {
        try await Bench.with(engine) { bench in
            let chat = Channel(.chat, "chat")
            let id = try await bench.waiting(
                bench.message("yes", from: nil, verified: false), arrival: bench.arrival("yes", channel: chat))
            for _ in 0..<2 {
                let filed = try await bench.filed(
                    bench.message("yes", from: nil, verified: false), arrival: bench.arrival("yes", channel: chat),
                    token: id)
                #expect(filed == .waiting(id))
            }
            #expect(try await bench.store.conversation(id).messageCount == 3)
            #expect(try await bench.store.messages(of: id).map(\.author.kind) == [.customer, .customer, .customer])
        }
    }
}
