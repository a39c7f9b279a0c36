// Agents' answers beside newer questions, other agents' answers and closed tickets.

import Correspondence
import Foundation
import TestSupport
import Testing

@testable import Gateway
@testable import Storage

extension AgentAnswerTests {
    @Test(arguments: [false, true])
    func `an agent's answer does not settle what the customer wrote since the notice`(isDrafted: Bool) async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        rig.clock.advance(.minutes(1))
        let question = try await asksAgain(rig)
        if isDrafted { await rig.work() }
        let answer = try await rig.arrive(
            mail(from: ada, to: try #require(notice.replyTo?.address.text), answers: notice, text: "Two years."))
        await rig.work()
        #expect(toCustomer(rig).count == 1)
        #expect(try await rig.outcomes([question, answer]) == [.ticket, .recorded])
        #expect(try await rig.entry(question).outcomeReason?.contains("answered by") == false)
        #expect(try await rig.base.ticket(number: 1).ticket.status == .open)
        #expect(notices(rig).count == 1)
        await rig.workOn(for: .minutes(6))
        try await rig.expectWhole()
        #expect(notices(rig).count == 2 && notices(rig).last?.text.contains("valid abroad?") == true)
        #expect(try await rig.base.ticket(number: 1).ticket.status == .open)
        // The answer to the second notice is the last word.
        try await rig.arrive(
            mail(
                from: ada, to: try #require(notices(rig).last?.replyTo?.address.text), answers: notices(rig).last,
                text: "In all of Europe."))
        await rig.work()
        #expect(toCustomer(rig).count == 2)
        #expect(try await rig.base.ticket(number: 1).ticket.status == .waiting)
    }

    @Test func `an answer to a former notice leaves the ticket open for what the latter told`() async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        rig.clock.advance(.minutes(10))
        _ = try await asksAgain(rig)
        await rig.work()
        #expect(notices(rig).count == 2)
        try await rig.arrive(
            mail(from: ada, to: try #require(notice.replyTo?.address.text), answers: notice, text: "Two years."))
        await rig.work()
        try await rig.expectWhole()
        #expect(toCustomer(rig).count == 1)
        #expect(try await rig.base.ticket(number: 1).ticket.status == .open)
    }

    @Test(arguments: ["Bob", "Somebody Nice"], [true, false])
    func `of two agents who answer one notice only the first is heard`(name: String, isReply: Bool) async throws {
        let rig = try await rig()
        let hers = try await notice(rig)
        let his = try #require(rig.sender.received.first { $0.recipient.text == "bob@acme.example" }).mail
        rig.clock.advance(.minutes(1))
        let first = try await rig.arrive(
            mail(
                from: "bob@acme.example", name: name, to: try #require(his.replyTo?.address.text), answers: his,
                text: "Two years."))
        // Also to the bare address, which says nothing of the notice; there only names tell agents apart.
        let second = try await rig.arrive(
            mail(
                from: ada, name: isReply ? "Somebody Nice" : "Ada", to: try #require(hers.replyTo?.address.text),
                answers: isReply ? hers : nil, text: "Three years."))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcomes([first, second]) == [.recorded, .ticket])
        #expect(toCustomer(rig).count == 1 && toCustomer(rig).first?.text.contains("Two years.") == true)
        #expect(words(rig).count == 1 && words(rig).first?.text.contains("somebody else has answered") == true)
        #expect(try await rig.conversation(of: second).linkedTo == rig.base.ticket(number: 1).conversation.id)
        // Once the customer has written again, she may answer the next notice.
        rig.clock.advance(.minutes(10))
        _ = try await asksAgain(rig)
        await rig.work()
        try await rig.arrive(
            mail(
                from: ada, to: try #require(notices(rig).last?.replyTo?.address.text), answers: notices(rig).last,
                text: "In all of Europe."))
        await rig.work()
        #expect(toCustomer(rig).count == 2)
    }

    @Test(arguments: [SupportTicket.Status.closed, .resolved])
    func `a closed ticket is not opened by an answer to an old notice`(status: SupportTicket.Status) async throws {
        let rig = try await rig()
        let notice = try await notice(rig)
        let ticket = try await rig.base.ticket(number: 1).ticket
        try await rig.base.setStatus(ticket.id, status, by: "Bob", version: nil)
        let arrival = try await rig.arrive(
            mail(from: ada, to: try #require(notice.replyTo?.address.text), answers: notice, text: "Two years."))
        await rig.work()
        try await rig.expectWhole()
        #expect(try await rig.outcome(arrival) == .ticket)
        #expect(toCustomer(rig).isEmpty)
        #expect(words(rig).count == 1 && words(rig).first?.text.contains("closed") == true)
        #expect(try await rig.base.ticket(number: 1).ticket.status == status)
        // The held mail quotes the notice, and the customer in it: it goes with the conversation.
        let held = try await rig.conversation(of: arrival)
        try await rig.base.erase(try #require(held.linkedTo))
        await #expect(throws: StoreError.self) { try await rig.base.conversation(held.id) }
        await #expect(throws: StoreError.self) { try await rig.base.mail(arrival) }
    }
}
