// Fail at call n, for every n: whichever call of the store fails, each mail ends with one outcome and one reply.

import Correspondence
import TestSupport
import Testing

@testable import Gateway

@Suite struct FaultSweepTests {
    /// One answered, one that becomes a ticket, one suppressed, one unreadable, and an answer to the answer.
    private func scenario(_ rig: GatewayRig, note: String) async throws {
        let answered = try await rig.arrive(rig.mail("m1"))
        let ticket = try await rig.arrive(rig.mail("m2", from: "tom@x.example", text: "human"))
        let bulk = try await rig.arrive(rig.mail("m3", from: "news@x.example") { $0.kind = .bulk })
        let poison = try await rig.arrive(Array("no mail".utf8))
        await rig.workOn(for: .minutes(3))
        let reply = try #require(
            rig.sender.received.first { $0.recipient.text == "carla@x.example" }, "no answer \(note)"
        ).mail
        let second = try await rig.arrive(rig.mail("m4", text: "And abroad?", replyTo: reply))
        await rig.workOn(for: .minutes(3))
        try await rig.expectWhole(note)
        #expect(try await rig.outcome(answered) == .answered, "\(note)")
        #expect(try await rig.outcome(ticket) == .ticket, "\(note)")
        #expect(try await rig.outcome(bulk) == .suppressed, "\(note)")
        #expect(try await rig.outcome(poison) == .quarantined, "\(note)")
        #expect(try await rig.outcome(second) == .answered, "\(note)")
        let toCarla = rig.sender.received.filter { $0.recipient.text == "carla@x.example" }
        #expect(toCarla.count == 2, "\(toCarla.count) replies \(note)")
        #expect(try await rig.outbox(.automaticReply).filter { $0.state == .sent }.count == 2, "\(note)")
        #expect(try await rig.outbox(.notice).filter { $0.state == .sent }.count == 1, "\(note)")
        let tickets = try await rig.base.tickets(TicketFilter(), limit: 10, cursor: nil).items
        #expect(tickets.count == 1, "\(note)")
    }

    @Test(arguments: [StoreError.Code.unavailable, .full, .other])
    func `one failing call`(code: StoreError.Code) async throws {
        var number = 1
        while true {
            let count = number
            let faulty = FaultyBox()
            let rig = try await GatewayRig(wrap: { store in
                let wrapped = FaultyStore(store, failsAt: [count], code: code)
                faulty.set(wrapped)
                return wrapped
            })
            try await scenario(rig, note: "(call \(number): \(faulty.store?.failed ?? "none"))")
            await rig.close()
            guard faulty.store?.failed != nil else { break }
            number += 1
        }
        // A run has some dozens of calls: a sweep that ended at once has swept nothing.
        #expect(number > 30)
    }

    /// A fixed step would meet the same call of idle stations again and again.
    @Test(arguments: 1...6) func `one call in four fails, on and on`(seed: UInt64) async throws {
        var state = seed
        let failures = (1...5_000).filter { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 62 == 0
        }
        let rig = try await GatewayRig(wrap: { FaultyStore($0, failsAt: Set(failures)) })
        var arrivals: [ArrivalID] = []
        for number in 0..<5 {
            arrivals.append(try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example")))
        }
        await rig.workOn(for: .minutes(15))
        try await rig.expectWhole()
        for outcome in try await rig.outcomes(arrivals) { #expect(outcome == .answered || outcome == .ticket) }
    }

    @Test func `a store that is down for ten minutes costs no mail its answer`() async throws {
        let rig = try await GatewayRig(wrap: { FaultyStore($0, failsAt: Set(22...130)) })
        for number in 0..<10 { try await rig.arrive(rig.mail("m\(number)", from: "c\(number)@x.example")) }
        await rig.workOn(for: .minutes(30))
        try await rig.expectWhole()
        #expect(Set(rig.sender.received.map(\.recipient.text)).count == 10)
    }
}

final class FaultyBox: @unchecked Sendable {
    // Set before the rig is handed out and only read afterwards.
    private(set) var store: FaultyStore?

    func set(_ store: FaultyStore) { self.store = store }
}
